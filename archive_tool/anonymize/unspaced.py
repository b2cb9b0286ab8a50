"""Names in scripts that put no spaces between words: found wherever their letters stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from archive_tool.anonymize.words import UNSPACED, WIDEST_GAP, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

_LETTER: Final = re.compile(f"[{UNSPACED}]")
_WORD: Final = re.compile(f"[{UNSPACED}]+")
_APART: Final = "\0"
_START: Final = 2
"""Letters by which candidates are looked up; a phrase has no fewer."""


class Unspaced(Generic[T]):
    """Knows phrases in such scripts, and what each of them is."""

    def __init__(self, phrases: Mapping[tuple[str, ...], T]) -> None:
        """``phrases``: of any script; those of others are not looked for here."""
        self._by_start: dict[str, list[tuple[str, T]]] = {}
        for words, what in phrases.items():
            if not words[0].isascii() and all(map(_WORD.fullmatch, words)):
                joined = "".join(words)
                if len(joined) >= _START:
                    self._by_start.setdefault(joined[:_START], []).append((joined, what))

    def find(self, text: str) -> Iterator[tuple[int, int, T]]:
        """Give start, end and meaning of every phrase; little may stand between its letters."""
        if not self._by_start or text.isascii():
            return
        letters, owners = _letters(text)
        for at in range(len(letters) - 1):
            for phrase, what in self._by_start.get(letters[at : at + _START], ()):
                if letters.startswith(phrase, at):
                    end = owners[at + len(phrase) - 1] + 1
                    while end < len(text) and not fold(text[end]):  # accents of the last letter
                        end += 1
                    yield owners[at], end, what


def _letters(text: str) -> tuple[str, list[int]]:
    """Give the folded letters of such scripts, and which character each of them comes from."""
    letters: list[str] = []
    owners: list[int] = []
    after = 0
    for match in _LETTER.finditer(text):
        gap = text[after : match.start()]
        if len(gap) > WIDEST_GAP or any(map(str.isalnum, gap)):
            letters.append(_APART)
            owners.append(after)
        for letter in fold(match.group()):
            letters.append(letter)
            owners.append(match.start())
        after = match.end()
    return "".join(letters), owners
