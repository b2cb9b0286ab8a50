"""Long names with one typo in them, names with a genitive ``s``, names drawn out (``Annaaa``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.known.common_words import COMMON
from archive_tool.anonymize.texts.phrases import GENERIC, near_names, single_names
from archive_tool.anonymize.texts.words import LONG_NAME, one_typo_apart, shortened

if TYPE_CHECKING:
    from archive_tool.anonymize.texts.phrases import Phrases

_REPEATED: Final = re.compile(r"(.)\1+")
_DRAWN_OUT: Final = re.compile(r"(.)\1\1")
SHORTEST_DRAWN: Final = 4
"""Letters of a name that is found drawn out: ``sooo`` is no ``Soo``."""
MOST_WORDS: Final = 200_000
"""Words whose spelling is remembered: a language has fewer that people use."""


class Misspelt:
    """Knows which words are nearly a name."""

    def __init__(self, phrases: Phrases) -> None:
        self._names = single_names(phrases)
        self._drawn = {
            _REPEATED.sub(r"\1", name): label
            for name, label in self._names.items()
            if len(name) >= SHORTEST_DRAWN
        }
        self._near = near_names(self._names)
        self._longest = max(map(len, self._near), default=0)
        self._seen: dict[str, str] = {}

    def label(self, word: str) -> str:
        """Give the replacement of a name that a word nearly is; empty for none.

        A word of the language is itself: ``person`` is no misspelt ``Pearson``.
        """
        label = self._nearly(word)
        return "" if label and (word in COMMON or word in GENERIC) else label

    def _nearly(self, word: str) -> str:
        if word[-1:] == "s" and word[:-1] in self._names:
            return self._names[word[:-1]]
        if _DRAWN_OUT.search(word):
            drawn = self._drawn.get(_REPEATED.sub(r"\1", word))
            if drawn:
                return drawn
        if not LONG_NAME - 1 <= len(word) <= self._longest + 1:
            return ""
        label = self._seen.get(word)
        if label is None:
            near = (name for short in shortened(word) for name in self._near.get(short, "").split())
            label = next((self._names[name] for name in near if one_typo_apart(word, name)), "")
            if len(self._seen) < MOST_WORDS:
                self._seen[word] = label
        return label
