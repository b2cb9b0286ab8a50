"""What is found by keyed names is what is found by the words themselves."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.keys.vault_file import ErasedWord
from archive_tool.lifecycle.mentioned import mentions
from archive_tool.lifecycle.mentioned.erased_words import ErasedWords, _name, _parse, _shape
from archive_tool.lifecycle.mentioned.whole_words import patterns
from archive_tool.model.people import ERASED

KEY = bytes(32)
LETTERS = "ab_1-.@[] é\u0301нด\u0e35ब\u093f参"
TEXTS = st.text(LETTERS, max_size=30)
WORDS = st.lists(st.text(LETTERS, min_size=1, max_size=6), min_size=1, max_size=3, unique=True)


def by_name(words: list[str]) -> ErasedWords:
    noted = {_name(KEY, word): ErasedWord(shape=_shape(word), owner="") for word in words}
    shapes = sorted({_parse(word.shape) for word in noted.values()})
    return ErasedWords(names=frozenset(noted), shapes=tuple(shapes), key=KEY)


@given(WORDS, TEXTS)
@settings(max_examples=300, deadline=None)
def test_keyed_names_find_a_word_where_the_word_itself_is_found(
    words: list[str], text: str
) -> None:
    column = pa.table({"text": [text]})
    found = bool(mentions.changes(column, "text", mentions.Sought(words=patterns(words)), ERASED))
    assert (by_name(words).without(text) != text) == found


@given(st.text("ab_1", min_size=1, max_size=4), TEXTS)
@settings(max_examples=300, deadline=None)
def test_keyed_names_leave_the_text_that_a_first_erasure_left(word: str, text: str) -> None:
    column = pa.table({"text": [text]})
    new = mentions.changes(column, "text", mentions.Sought(words=patterns([word])), ERASED)
    assert by_name([word]).without(text) == new.get(0, text)
