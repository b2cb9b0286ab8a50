"""Names in scripts that put no spaces between words: found wherever their letters stand."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from archive_tool.anonymize.texts.words import WIDEST_GAP, fold, unspaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

_APART: Final = "\0"
_START: Final = 2
"""Letters by which candidates are looked up; a phrase has no fewer."""

_KANA: Final = re.compile("[\u3041-\u30ff]+")
_KANA_PART: Final = 3
"""Letters of a part in kana: two of them begin and end all sorts of words."""


def parts(name: str) -> Iterator[str]:
    """Give what somebody may be called of a name without spaces: ``田中`` and ``美咲`` of ``田中美咲``.

    Nothing tells where the one ends and the other begins, so these are all beginnings and ends of two
    letters or more.
    """
    word = unicodedata.normalize("NFC", name)
    runs: list[str] = [] if word.isascii() else _run().findall(word)
    if "".join(runs) != word:
        return
    for run in runs:
        is_kana = bool(_KANA.fullmatch(run))
        if run != word and len(run) >= (_KANA_PART if is_kana else _START):
            yield run
        for length in () if is_kana else range(_START, len(run)):
            yield from (run[:length], run[-length:])


@cache
def _run() -> re.Pattern[str]:
    """Match letters of one kind: Han, Hangul, kana."""
    return re.compile(
        "[\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+|[\uac00-\ud7a3]+|[\u3041-\u30ff]+"
    )


class Unspaced(Generic[T]):
    """Knows phrases in such scripts, and what each of them is."""

    def __init__(self, phrases: Mapping[tuple[str, ...], T]) -> None:
        """``phrases``: of any script; those of others are not looked for here."""
        self._by_start: dict[str, list[tuple[str, T]]] = {}
        for words, what in phrases.items():
            if not words[0].isascii() and all(map(_is_unspaced, words)):
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


def _is_unspaced(word: str) -> bool:
    return all(map(unspaced().match, word))


def _letters(text: str) -> tuple[str, list[int]]:
    """Give the folded letters of such scripts, and which character each of them comes from."""
    letters: list[str] = []
    owners: list[int] = []
    after = 0
    for match in unspaced().finditer(text):
        gap = text[after : match.start()]
        if len(gap) > WIDEST_GAP or any(map(str.isalnum, gap)):
            letters.append(_APART)
            owners.append(after)
        for letter in fold(match.group()):
            letters.append(letter)
            owners.append(match.start())
        after = match.end()
    return "".join(letters), owners
