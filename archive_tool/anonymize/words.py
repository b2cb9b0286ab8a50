"""Texts as words: how they are compared, whatever their case, accents and invisible characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

LONG_NAME: Final = 7
"""Letters from which a name is found with one typo in it."""
WIDEST_GAP: Final = 3
"""Characters between two words of one known phrase."""

WORD: Final = re.compile(r"[^\W\d_]+|\d+")
"""A run of letters, or a run of digits."""
_CUT: Final = re.compile(f"({WORD.pattern})")
_CUT_ASCII: Final = re.compile("([a-z]+|[0-9]+)")
"""The same for ASCII texts in lower case, in two thirds of the time."""

INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
"""Characters that take no room on the screen but would part a word."""


_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters with a stroke of their own, which Unicode does not take apart."""

_WRITTEN_OUT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "ae", "Ö": "oe", "Ü": "ue"}
)
"""How such letters are typed where a keyboard lacks them."""


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Give a word without case and accents."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().translate(_PLAIN)


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a phrase as they are compared: runs of letters, runs of digits."""
    return tuple(fold(word) for word in WORD.findall(unicodedata.normalize("NFC", text)))


def written_out(text: str) -> str:
    """Give a text with ``ue`` for ``ü`` and the like: ``Müller`` is typed ``Mueller`` too."""
    return unicodedata.normalize("NFC", text).translate(_WRITTEN_OUT)


def one_typo_apart(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, makes one of the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at + 1 : at + 2] + one[at : at + 1] + one[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped == other[at:]


def shortened(word: str) -> set[str]:
    """Give the word, and the word without each of its letters: where typos meet."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


class Words:
    """The words of a text as they are compared; where they stand is told when it is asked for."""

    __slots__ = ("_ends", "_pieces", "folded")

    def __init__(self, text: str) -> None:
        plain = text.isascii()
        self._pieces = _CUT_ASCII.split(text.lower()) if plain else _CUT.split(text)
        """What is between the words, and the words, in turn."""
        self._ends: list[int] = []
        found = self._pieces[1::2]
        self.folded = found if plain else list(map(fold, found))

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Give where words stand in the text: start of the first, end of the last."""
        if not self._ends:
            self._ends = list(accumulate(map(len, self._pieces)))
        return self._ends[2 * first], self._ends[2 * last + 1]

    def stands(self, at: int, phrase: tuple[str, ...]) -> bool:
        """Whether the words of a phrase stand here one after the other, with little in between."""
        if len(phrase) == 1:
            return self.folded[at] == phrase[0]
        after = at + len(phrase)
        gaps = self._pieces[2 * at + 2 : 2 * after : 2]
        return tuple(self.folded[at:after]) == phrase and max(map(len, gaps)) <= WIDEST_GAP


def words_of_column(texts: pa.StringArray) -> tuple[pa.DictionaryArray, np.ndarray]:
    """Words of many ASCII texts, lower case, and which text each of them stands in.

    Told byte by byte, all texts at once; letters of other alphabets part words here.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    low = pc.ascii_lower(texts).fill_null("")
    offsets = np.frombuffer(low.buffers()[1], np.int32, len(low) + 1, 4 * low.offset)
    data = np.frombuffer(low.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    kinds = _kinds_of_bytes()[data]
    starts = np.ones(len(data) + 1, bool)
    starts[1:-1] = kinds[1:] != kinds[:-1]
    starts[offsets] = True
    places = np.flatnonzero(starts).astype(np.int32)
    pieces = pa.StringArray.from_buffers(len(places) - 1, pa.py_buffer(places), pa.py_buffer(data))
    of_words = kinds[places[:-1]] > 0
    owners = np.repeat(np.arange(len(low)), np.diff(np.searchsorted(places, offsets)))
    return pieces.filter(pa.array(of_words)).dictionary_encode(), owners[of_words]


@cache
def _kinds_of_bytes() -> np.ndarray:
    """Lower-case letters 1, digits 2, anything else 0."""
    import numpy as np

    kinds = np.zeros(256, np.uint8)
    kinds[ord("a") : ord("z") + 1] = 1
    kinds[ord("0") : ord("9") + 1] = 2
    return kinds
