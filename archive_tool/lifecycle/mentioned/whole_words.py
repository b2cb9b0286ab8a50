"""Whole words in texts: a letter or a digit beside one makes another word of it.

``Ana`` is no part of ``Anaïs``, composed or not, nor ``P-1`` of ``P-12``. What is in a script without
spaces is found inside a run of its letters, and beside those of any other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from archive_tool.anonymize.texts.words import border, last_letter

if TYPE_CHECKING:
    from collections.abc import Iterable

_AT_ONCE: Final = 500
"""Terms in one expression: RE2 refuses very large ones."""
_BESIDE: Final = "[0-9A-Za-z_]"
"""What no word has beside it, whatever it ends in."""


class Pattern(NamedTuple):
    """One expression for many words, twice."""

    quick: str
    """RE2, which knows no borders of other alphabets: texts without a match hold none of the words."""
    exact: str
    """``re``; its groups hold the brackets around a word, where there are some."""


def patterns(words: Iterable[str], *, any_case: bool = False) -> list[Pattern]:
    """Return expressions that find some words wherever they stand whole."""
    alike = defaultdict(list)
    for word in words:
        alike[_borders(word)].append(re.escape(word))
    case = "(?i:" if any_case else "(?:"
    found = []
    for (before, after), escaped in alike.items():
        for start in range(0, len(escaped), _AT_ONCE):
            terms = f"{case}{'|'.join(escaped[start : start + _AT_ONCE])})"
            left = "(?:^|[^0-9A-Za-z_])" if before else ""
            right = "(?:$|[^0-9A-Za-z_])" if after else ""
            exact = rf"(\[?){before}{terms}{after}(\]?)"
            found.append(Pattern(f"{left}{terms}{right}", exact))
    return found


def stands_whole(text: str, start: int, end: int) -> bool:
    """Whether a piece of a text has nothing of a word beside it."""
    before, after = _borders(text[start:end])
    return bool(_compiled(before).match(text, start) and _compiled(after).match(text, end))


_compiled: Final = cache(re.compile)


def _borders(word: str) -> tuple[str, str]:
    """Give the expressions for what is not before a word, and not after it."""
    return _border(word[0], "<!"), _border(last_letter(word), "!")


@cache
def _border(letter: str, look: str) -> str:
    part_of_word = letter == "_" or letter.isdigit()  # ids are words as a whole
    if letter.isascii() and not letter.isalpha() and not part_of_word:
        return f"(?{look}{_BESIDE})"
    more = border("a" if part_of_word else letter, look)
    return f"(?{look}{_BESIDE}){more}" if more else ""
