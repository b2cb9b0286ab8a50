"""What a pattern is that finds a thing by how it looks, and what may stand beside such a thing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts.labels import Span
from archive_tool.anonymize.texts.words import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LETTER: Final = rf"(?-i:[^\W{UNSPACED}])"
"""A letter or digit, but of scripts in which nobody puts a space beside it. They know no cases: to
look for those of each would take the compiler a tenth of a second."""
_ASCII: Final = "(?-i:[A-Za-z0-9_])"
BEGINS: Final = f"(?<!{LETTER})"
ENDS: Final = f"(?!{LETTER})"

DIGITS: Final = frozenset("0123456789")
ANY_DIGIT: Final = "[0-9]"
"""RE2: what most detectors need, and most of what people say has none."""


@dataclass(frozen=True, kw_only=True)
class Detector:
    """One kind of thing that is found by how it looks."""

    label: str
    rank: int
    trigger: str
    """RE2 and ``re``: texts without a match hold none."""
    pattern: str
    """What goes: the whole match, or its named group. Compiled when a text first needs it."""
    check: Callable[[str], bool] | None = None
    needs: frozenset[str] = DIGITS
    """Characters of which a text must hold one for the pattern to be tried."""
    word: str = ""
    """What ``re`` looks for in place of a trigger with ``.*``, which takes it quadratic time: one
    message of 200,000 digits would take an hour."""

    @cached_property
    def quick(self) -> re.Pattern[str]:
        """The trigger, or its word: cheaper by far than the pattern."""
        return re.compile(self.word or self.trigger)

    @cached_property
    def full(self) -> re.Pattern[str]:
        """The pattern for any text."""
        return re.compile(self.pattern)

    @cached_property
    def plain(self) -> re.Pattern[str]:
        """The same for ASCII texts, in half the time."""
        return re.compile(self.pattern.replace(LETTER, _ASCII).replace(UNSPACED, UNSPACED[0]))

    def find(self, text: str) -> Iterator[Span]:
        """Give every find that passes the check."""
        for match in (self.plain if text.isascii() else self.full).finditer(text):
            which = match.lastgroup or 0
            if self.check is None or self.check(match[which]):
                yield Span(*match.span(which), self.rank, self.label)
