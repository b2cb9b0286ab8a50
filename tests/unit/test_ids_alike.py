"""Thousands of ids that begin alike: what looks for them asks for few of them in each text."""

import pytest

from archive_tool.anonymize.codes import PseudonymKeys
from archive_tool.anonymize.known.identifiers import KnownIdentifiers
from archive_tool.anonymize.texts.lookup import Lookup
from archive_tool.anonymize.texts.phrases import candidates, id_phrases
from archive_tool.anonymize.texts.text import Scrubber
from archive_tool.anonymize.texts.words import Words, folded
from archive_tool.disclose.gate import hits, sought

KEYS = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
IDS = frozenset(
    {f"lab-2026-{n:05}" for n in range(1000)}
    | {f"participant_{n}" for n in range(100, 1100)}
    | {f"s{a}-block{b}" for a in range(10) for b in range(10)}
    | {f"s{a}-block{b}-c{c}" for a in range(10) for b in range(10) for c in range(10)}
)
PHRASES = id_phrases(IDS, KEYS.of_person)


@pytest.mark.parametrize(
    "text",
    ["lab-2026-00017 said", "lab 2026", "participant 100", "s3 block4 c5 c6", "s3-block4-c99", "x"],
)
def test_only_phrases_that_stand_there_begin_there(text):
    words = Words(text).folded
    found = candidates(PHRASES)
    for at in range(len(words)):
        standing = [p for p in PHRASES if tuple(words[at : at + len(p)]) == p]
        expected = [(p, *PHRASES[p]) for p in sorted(standing, key=len, reverse=True)]
        assert list(dict.fromkeys(found.beginning(words, at))) == expected


def test_every_id_is_replaced_by_its_own_code():
    scrubber = Scrubber(Lookup.of(PHRASES))
    for known in sorted(IDS)[::97]:
        assert scrubber.scrub(f"here is {known}.") == f"here is [{KEYS.of_person(known)}]."
    assert scrubber.scrub("the lab of 2026") == "the lab of 2026"


def test_the_gate_looks_for_an_id_where_a_word_stands_that_few_of_them_have():
    wanted = sought.everything(KnownIdentifiers(people=IDS), rooms=False, names=())
    told = {word: len(phrases) for word, phrases in wanted.by_anchor.items()}
    assert not told.keys() & {"lab", "2026", "participant", "block"}
    assert max(told.values()) < len(IDS) / 8, "ids of three numbers share each of them"
    for known in sorted(IDS)[::97]:
        assert set(wanted.kinds_in(*folded(f"it was {known}"))) == {hits.ID}
    assert not list(wanted.kinds_in(*folded("a participant of the lab, 2026, block 4")))


def test_a_name_is_found_where_a_word_of_it_is_glued_to_others():
    names = [f"Dilnoza \u738b{letter}" for letter in map(chr, range(0x4E00, 0x4E20))]
    wanted = sought.everything(KnownIdentifiers(), rooms=False, names=names)
    said = f"{names[3]}\u3055\u3093"
    assert hits.NAME in set(wanted.kinds_in(*folded(said)))
    whole = sought.people(KnownIdentifiers(names={n: frozenset({"p"}) for n in names}), {"p"})
    assert set(whole.kinds_in(*folded(said))) == {hits.NAME}
