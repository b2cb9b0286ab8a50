"""Texts as words: how they are compared, whatever their case, accents and invisible characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

WIDEST_GAP: Final = 3
"""Characters between two words of one known phrase."""

WORD: Final = re.compile(r"[^\W\d_]+|\d+")
"""A run of letters, or a run of digits."""

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


def follows(found: list[tuple[int, int, str]], at: int, words: tuple[str, ...]) -> bool:
    """Whether the words of a phrase stand here, one after the other."""
    if at + len(words) > len(found):
        return False
    for offset in range(1, len(words)):
        start, _, word = found[at + offset]
        if word != words[offset] or start - found[at + offset - 1][1] > WIDEST_GAP:
            return False
    return True
