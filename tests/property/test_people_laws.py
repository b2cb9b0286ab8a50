"""Laws of ids: whatever programs make of one, the person can be named."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from archive_tool.keys.derive import subject_key
from archive_tool.model.people import PROLIFIC, canonical_person, spellings

BLANKS = st.text(" \t\n\u00a0", max_size=2)
IDS = st.lists(st.sampled_from((PROLIFIC, "ann", " ", "\t", "_", "Ann")), max_size=6).map("".join)


@given(IDS)
@example("prolific_ ann")
@example(3 * PROLIFIC + "ann")
def test_a_person_has_one_subject_key_however_the_id_is_written(written: str) -> None:
    same = {written, canonical_person(written), *spellings(written), PROLIFIC + written}
    assert {subject_key(b"k", one) for one in same} == {subject_key(b"k", written)}


@given(IDS, IDS)
def test_two_people_have_two_subject_keys(one: str, other: str) -> None:
    same_person = canonical_person(one) == canonical_person(other)
    assert (subject_key(b"k", one) == subject_key(b"k", other)) == same_person


@given(IDS, BLANKS, BLANKS)
def test_blanks_around_an_id_change_nothing(written: str, before: str, after: str) -> None:
    padded = before + written + after
    assert canonical_person(padded) == canonical_person(written)
    assert spellings(padded) == spellings(written)


@given(IDS)
def test_the_person_behind_an_id_stays_who_it_is(written: str) -> None:
    person = canonical_person(written)
    assert canonical_person(person) == person
    assert {canonical_person(one) for one in spellings(written)} == {person}
