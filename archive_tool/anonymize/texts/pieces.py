"""Names in pieces: spelt out, parted by signs, or glued to other words by capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from string import printable
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts.words import CAPITALS, SMALL, fold

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

SHORTEST: Final = 4
"""Letters from which a name is found in pieces (``A n n a``, ``clipAnna.mp4``)."""
LONGEST: Final = 40
"""Letters of pieces that are put together."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of taking words to pieces."""

    clue: str
    """RE2 and ``re``: ASCII texts without a match hold none."""
    pattern: str
    """All the pieces, or what is one word inside another. Compiled when a text first needs it."""
    of_ascii: str
    """The same for ASCII texts, in half the time."""
    needs: frozenset[str]
    """Characters of which a text must hold one for it to be tried."""

    @cached_property
    def full(self) -> re.Pattern[str]:
        """The pattern for any text."""
        return re.compile(self.pattern)

    @cached_property
    def plain(self) -> re.Pattern[str]:
        """The pattern for ASCII texts."""
        return re.compile(self.of_ascii)


_LETTER: Final = r"[^\W\d_]"
_LETTERS: Final = re.compile(f"{_LETTER}+")
_SPELT: Final = rf"(?<![^\W_])(?:{_LETTER}[\W_]{{1,3}}){{3,}}{_LETTER}(?![^\W_])"
_PARTED: Final = rf"(?<!{_LETTER}){_LETTER}+(?:[-.*_/]{_LETTER}+)+"
_GLUED: Final = "(?<![a-z])[A-Z]?[a-z]{3,}(?=[A-Z])|(?<=[a-z])[A-Z][a-z]{3,}"


WAYS: Final = (
    Way(
        clue=r"(?:^|[^A-Za-z0-9])(?:[A-Za-z][^A-Za-z0-9]{1,3}){3}[A-Za-z]",
        pattern=_SPELT,
        of_ascii=_SPELT.replace(_LETTER, "[A-Za-z]"),
        needs=frozenset(printable),
    ),
    Way(
        clue="[A-Za-z][-.*_/][A-Za-z]",
        pattern=_PARTED,
        of_ascii=_PARTED.replace(_LETTER, "[A-Za-z]"),
        needs=frozenset("-.*_/"),
    ),
    Way(
        clue="[a-z][A-Z]",
        pattern=_GLUED.replace("a-z", SMALL).replace("A-Z", CAPITALS),
        of_ascii=_GLUED,
        needs=frozenset(CAPITALS),
    ),
)
MAY_BE: Final = "|".join(way.clue for way in WAYS)
"""RE2 and ``re``: ASCII texts without a match hold no name in pieces."""


def pieces_in(
    text: str, starts: Container[str], ways: Iterable[Way]
) -> Iterator[tuple[int, int, str]]:
    """Give every word that pieces may make: start, end, and the word as it is compared.

    ``starts``: the first letters (:data:`SHORTEST`) of all words that are looked for.
    """
    plain = text.isascii()
    for way in ways:
        if way.needs.isdisjoint(text):
            continue
        for match in (way.plain if plain else way.full).finditer(text):
            if way is WAYS[-1]:
                yield match.start(), match.end(), fold(match.group())
            else:
                yield from _joined(match, starts)


def _joined(run: re.Match[str], starts: Container[str]) -> Iterator[tuple[int, int, str]]:
    parts = [
        (part.start() + run.start(), part.end() + run.start(), fold(part.group()))
        for part in _LETTERS.finditer(run.group())
    ]
    for at, (start, _, first) in enumerate(parts):
        word = first
        for _, end, more in parts[at + 1 : at + 1 + LONGEST]:
            word += more
            if len(word) >= SHORTEST:
                if len(word) > LONGEST or word[:SHORTEST] not in starts:
                    break
                yield start, end, word
