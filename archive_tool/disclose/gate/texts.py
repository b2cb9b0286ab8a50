"""Distinct texts searched as a whole column: known phrases, and patterns of their own.

Shared with the scrubber is only what a word is, what stands for a find, and how texts hide in texts:
a scrubber that has gone blind must not blind the gate. Every text is searched as it stands and with JSON, percent, HTML and base64 escapes
taken apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.anonymize.texts import encodings
from archive_tool.anonymize.texts.labels import PLACEHOLDER
from archive_tool.anonymize.texts.words import folded, in_ascii, visible, words_of_column
from archive_tool.disclose.gate import hits
from archive_tool.disclose.gate.promises import Promise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.disclose.gate.sought import Sought

_BARRIER: Final = " \x1e\x1e\x1e\x1e "
"""Stands for a placeholder: too wide for two words around it to become one phrase."""

MOST_CLEARED: Final = 200_000
"""Texts that are remembered as harmless; beyond, texts that repeat are looked at again."""

_EMAIL: Final = r"[\pL\pN._+%'-]@[\pL\pN_-]+\.[\pL\pN_-]"
"""One character before the sign will do: all of them would take quadratic time in a long word."""
_URL: Final = r"(?i)(?:[a-z][a-z0-9+.-]{1,15}://|www\.|mailto:)[^\s<>\"']"
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IP: Final = rf"(?:^|[^\pL\pN_.])(?:{_OCTET}\.){{3}}{_OCTET}(?:[^\pL\pN_.]|$)"
_PHONE: Final = (
    r"(?:^|[\s:;,(>])\+[1-9][0-9]{0,2}[ -]?[0-9]{2,4}[ -]?[0-9]{3,4}[ -]?[0-9]{3,4}"
    r"(?:[\s.,;!?)<]|$)"
)
PATTERNS: Final = ((hits.EMAIL, _EMAIL), (hits.URL, _URL))
NUMBERS: Final = ((hits.IP, _IP), (hits.PHONE, _PHONE))


MAY_MATCH: Final = r"@|://|\\|[0-9]\.[0-9]|\+[1-9]|(?i:www\.|mailto:)|" + encodings.MAY_HIDE
"""RE2: ASCII texts without a match hold neither a pattern nor another text inside."""

STRICTEST: Final = (
    Promise(ids=True, names=True, addresses=True, numbers=True),
    Promise(left_out=True),
)
"""What neither of these finds in a text, no promise does."""


class Texts:
    """Searches distinct texts."""

    def __init__(self, sought: Sought, left_out: Sought) -> None:
        """``left_out``: what must be gone even where everybody else stays as they are."""
        self._sought = sought
        self._left_out = left_out
        self._anchors = sorted(sought.by_anchor.keys() | left_out.by_anchor.keys())
        self._cleared: set[str] = set()
        """Texts of earlier columns and batches in which nothing at all is found."""

    @property
    def numerals(self) -> frozenset[str]:
        """Ids of digits only, of anybody who may be looked for."""
        return self._sought.numerals | self._left_out.numerals

    def is_id(self, number: str, promise: Promise) -> bool:
        """Whether a number is an id that the promise rules out."""
        ruled_out = self._left_out if promise.left_out else self._sought
        return promise.numerals and number in ruled_out.numerals

    def guilty(self, texts: pa.StringArray) -> list[str]:
        """Which texts hold something that some promise rules out: those that :meth:`kinds` tells.

        ``texts``: distinct. Arrow finds the few that need a look, only they are taken apart.
        """
        new = [text for text in texts.to_pylist() if text not in self._cleared]
        if not new:
            return []
        suspects = pa.array(new, pa.string())
        suspects = suspects.filter(self._suspicious(suspects)).to_pylist()
        found = [text for text in suspects if any(self.kinds(text, one) for one in STRICTEST)]
        if len(self._cleared) < MOST_CLEARED:
            self._cleared.update(set(new).difference(found))
        return found

    def _suspicious(self, texts: pa.StringArray) -> pa.BooleanArray:
        """Which texts may hold something; never false where :meth:`kinds` finds something."""
        bare = pc.replace_substring_regex(texts, PLACEHOLDER, _BARRIER)
        look = pc.or_(pc.match_substring_regex(bare, MAY_MATCH), self._anchored(bare))
        return pc.or_(look, pc.invert(pc.string_is_ascii(texts)))

    def _anchored(self, texts: pa.StringArray) -> pa.BooleanArray:
        """Which texts hold an anchor of a known phrase; ASCII texts only."""
        words, owners = words_of_column(texts)
        known = pc.is_in(words.dictionary, pa.array(self._anchors, pa.string()))
        found = np.zeros(len(texts), bool)
        found[owners[known.to_numpy(zero_copy_only=False)[words.indices.to_numpy()]]] = True
        return pa.array(found)

    def kinds(self, text: str, promise: Promise) -> set[str]:
        """Everything in one text that the promise rules out."""
        found: set[str] = set()
        for form in forms(text):
            found.update(self._known(form, promise))
            bare = in_ascii(_SPOTS.sub(_BARRIER, visible(form)))
            for wanted, patterns in ((promise.addresses, PATTERNS), (promise.numbers, NUMBERS)):
                if wanted:
                    found.update(kind for kind, _ in patterns if _PYTHON[kind].search(bare))
        return found

    def _known(self, text: str, promise: Promise) -> Iterator[str]:
        if not (promise.ids or promise.names or promise.left_out):
            return
        low, words = folded(_SPOTS.sub(_BARRIER, visible(text)))
        if promise.left_out:
            yield from self._left_out.kinds_in(low, words)
            return
        for kind in self._sought.kinds_in(low, words):
            if promise.ids if kind == hits.ID else promise.names:
                yield kind


def forms(text: str) -> Iterator[str]:
    """Give a text as it stands, and everything that is written inside it, and inside that."""
    yield text
    seen = {text}
    outer = {text}
    for _ in range(1 + encodings.DEEPEST):
        inner = {plain for one in outer for plain in encodings.forms(one)}
        inner |= {inside for one in outer | inner for _, _, inside in encodings.hidden(one)}
        outer = inner - seen
        yield from outer
        seen |= outer


_SPOTS: Final = re.compile(PLACEHOLDER)
_PYTHON: Final = {
    kind: re.compile(pattern.replace(r"[^\pL\pN_.]", r"[^\w.]").replace(r"\pL\pN_", r"\w")
                     .replace(r"\pL\pN", r"\w"))
    for kind, pattern in (*PATTERNS, *NUMBERS)
}  # fmt: skip
"""The same for ``re``, which has no classes of Unicode."""
