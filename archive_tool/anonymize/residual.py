"""What scrubbing left that may still be a name: capitalised words, and rare ones.

Nobody can prove that a text holds no name (disclosure-control.md: the best trained systems find
70 % in chat). A person who reads the few words that stick out can tell most of the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts.labels import PLACEHOLDER
from archive_tool.anonymize.texts.words import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Iterable

CAPITALISED: Final = "capitalised"
RARE: Final = "rare"
SELDOM: Final = 2
"""Different texts up to which a word is rare."""
_SHORTEST: Final = 3

_PLACES: Final = re.compile(PLACEHOLDER)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_BESIDE: Final = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\"'(\u201e\u201c-"
"""What may stand between the end of a sentence and the first word of the next."""
_ENDS: Final = (".", "!", "?", ":")
"""What ends a sentence, beside a new line."""


@dataclass(frozen=True, kw_only=True, order=True)
class ResidualWord:
    """One word that sticks out. Personal until somebody said that it is not."""

    word: str
    """In lower case."""
    kind: str
    """``capitalised`` somewhere inside a sentence, else ``rare``."""
    times: int
    contexts: int
    """Different texts that hold it."""


@dataclass(kw_only=True)
class Residue:
    """Counts words text by text."""

    _times: Counter[str] = field(default_factory=Counter, repr=False)
    _contexts: Counter[str] = field(default_factory=Counter, repr=False)
    _capitalised: set[str] = field(default_factory=set, repr=False)

    def add(self, texts: Iterable[tuple[str, int]]) -> None:
        """Count distinct texts, each with how often it stands there."""
        for text, times in texts:
            bare = INVISIBLE.sub("", _PLACES.sub(" ", text))
            here: Counter[str] = Counter()
            after = 0
            for match in _WORD.finditer(bare):
                word = match.group()
                low = word.lower()
                here[low] += times
                if word[0].isupper() and low != "i":
                    gap = bare[after : match.start()]  # no more: a long text would take hours
                    if not _begins(gap, first=not after):
                        self._capitalised.add(low)
                after = match.end()
            self._times.update(here)
            self._contexts.update(here.keys())

    def words(self) -> list[ResidualWord]:
        """Give what sticks out: capitalised words first, those in most texts first."""
        found = []
        for word, contexts in self._contexts.items():
            capitalised = word in self._capitalised
            rare = contexts <= SELDOM and len(word) >= _SHORTEST
            if capitalised or rare:
                kind = CAPITALISED if capitalised else RARE
                times = self._times[word]
                found.append(ResidualWord(word=word, kind=kind, times=times, contexts=contexts))
        return sorted(found, key=lambda one: (one.kind, -one.contexts, one.word))


def _begins(gap: str, *, first: bool) -> bool:
    """Whether a sentence begins after what stands between two words, or before the first."""
    before = gap.rstrip(_BESIDE)
    return "\n" in gap[len(before) :] or (before.endswith(_ENDS) if before else first)
