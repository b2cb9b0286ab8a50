"""What is done to texts in one reading gives what the simple way gives, and reads them once."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.anonymize import residual
from archive_tool.anonymize.residual import CAPITALISED, Residue
from archive_tool.anonymize.texts.labels import Span, uncovered

LAWS = settings(deadline=None)
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
BEGINS = re.compile(r"(?:^|[.!?:\n])[\s\"'(\u201e\u201c-]*\Z")
PARTS = (
    "Abc",
    "D",
    "ef",
    ".",
    "!",
    "?",
    ":",
    "\n",
    " ",
    "\u2003",
    "\x1f",
    "-",
    "'",
    '"',
    "(",
    "1",
    "_",
    ",",
    "É",
)
TEXTS = st.lists(st.sampled_from(PARTS), max_size=20).map("".join)


@LAWS
@given(text=TEXTS)
def test_a_word_is_inside_a_sentence_where_the_text_before_it_ends_none(text):
    residue = Residue()
    residue.add([(text, 1)])
    inside = {
        match.group().lower()
        for match in WORD.finditer(text)
        if match.group()[0].isupper() and not BEGINS.search(text[: match.start()])
    }
    assert {one.word for one in residue.words() if one.kind == CAPITALISED} == inside


def test_a_long_text_is_read_once(monkeypatch):
    begins, seen = residual._begins, []
    monkeypatch.setattr(
        residual, "_begins", lambda gap, first: seen.append(len(gap)) or begins(gap, first=first)
    )
    text = "He saw Quentin there. " * 1_000
    Residue().add([(text, 1)])
    assert len(seen) == 2_000
    assert sum(seen) < len(text)


@st.composite
def texts_with_finds(draw):
    text = draw(st.text(min_size=1, max_size=30))
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    finds = st.tuples(places, st.integers(0, 3)).map(lambda f: Span(*f[0], f[1], "[NAME]"))
    return text, draw(st.lists(finds, max_size=8))


@LAWS
@given(case=texts_with_finds())
def test_what_was_found_is_covered_with_digits(case):
    text, spans = case
    simple = text
    for span in spans:
        simple = f"{simple[: span.start]}{'0' * (span.end - span.start)}{simple[span.end :]}"
    assert uncovered(text, spans) == simple
