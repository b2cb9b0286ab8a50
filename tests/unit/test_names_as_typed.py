"""Names as people type them: joined, with a genitive, without dots, and not the little words in them."""

import pyarrow as pa
import pytest

from archive_tool.anonymize.known.identifiers import KnownIdentifiers
from archive_tool.anonymize.texts.lookup import Lookup
from archive_tool.anonymize.texts.phrases import name_phrases
from archive_tool.anonymize.texts.text import Scrubber

NAMES = (
    "María José García Márquez", "Åsa Lind", "Ida Ekdahl", "Soo Haneul", "فاطمة العلي",
    "Luca Dell'Acqua", "Kees ten Brink",
)  # fmt: skip
KNOWN = KnownIdentifiers(names={name: frozenset[str]() for name in NAMES})
SCRUBBER = Scrubber(Lookup.of(name_phrases(KNOWN, None)))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mariajose MARIAJOSÉ mariamarquez", "[NAME] [NAME] [NAME]"),
        ("tenbrink", "[NAME]"),
        ("Aasa, asa, Åsas tur, ÅSAS", "[NAME], [NAME], [NAME] tur, [NAME]"),
        ("idas idea, Ida's", "[NAME] idea, [NAME]'s"),
        ("sooo nice", "sooo nice"),
        ("فاطمه هنا", "[NAME] هنا"),
        ("dell'acqua, l'opinione dell'altra", "dell'[NAME], l'opinione dell'altra"),
    ],
)
def test_names_as_they_are_typed(text, left):
    assert SCRUBBER.scrub(text) == left
    assert SCRUBBER.column(pa.array([text]))[0].to_pylist() == [left]
