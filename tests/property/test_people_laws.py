"""Laws of ids: whatever programs make of one, the person can be named."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from archive_tool.keys.derive import subject_key
from archive_tool.model.people import PROLIFIC, canonical_person, spelling, spellings

BLANKS = st.text(" \t\n\u00a0", max_size=2)
IDS = st.lists(st.sampled_from((PROLIFIC, "ann", " ", "\t", "_", "Ann")), max_size=6).map("".join)


@given(IDS)
@example("prolific_ ann")
@example(3 * PROLIFIC + "ann")
def test_every_id_counts_as_one_of_the_spellings_of_its_person(written: str) -> None:
    keys = {subject_key(b"k", one) for one in spellings(canonical_person(written))}
    assert subject_key(b"k", written) in keys
    assert spelling(written) in spellings(canonical_person(written))


@given(IDS, BLANKS, BLANKS)
def test_blanks_around_an_id_change_nothing(written: str, before: str, after: str) -> None:
    padded = before + written + after
    assert canonical_person(padded) == canonical_person(written)
    assert spelling(padded) == spelling(written)
    assert spellings(padded) == spellings(written)


@given(IDS)
def test_a_spelling_stays_what_it_is(written: str) -> None:
    assert spelling(spelling(written)) == spelling(written)
    assert {canonical_person(one) for one in spellings(written)} == {canonical_person(written)}
