"""Distinct texts searched as a whole column: known phrases, and patterns of their own.

Nothing here is shared with the scrubber but what a word is: a scrubber that has gone blind must not
blind the gate. Every text is searched as it stands and with JSON, percent, HTML and base64 escapes
taken apart.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import encodings
from archive_tool.anonymize.labels import PLACEHOLDER
from archive_tool.disclose.gate import hits
from archive_tool.disclose.gate.sought import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from archive_tool.disclose.gate.promises import Promise
    from archive_tool.disclose.gate.sought import Sought

_BARRIER: Final = " \x1e\x1e\x1e\x1e "
"""Stands for a placeholder: too wide for two words around it to become one phrase."""

_EMAIL: Final = r"[\pL\pN._+%'-]+@[\pL\pN_-]+(?:\.[\pL\pN_-]+)+"
_URL: Final = r"(?i)(?:[a-z][a-z0-9+.-]{1,15}://|www\.|mailto:)[^\s<>\"']"
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IP: Final = rf"(?:^|[^\pL\pN_.])(?:{_OCTET}\.){{3}}{_OCTET}(?:[^\pL\pN_.]|$)"
_PHONE: Final = (
    r"(?:^|[\s:;,(>])\+[1-9][0-9]{0,2}[ -]?[0-9]{2,4}[ -]?[0-9]{3,4}[ -]?[0-9]{3,4}"
    r"(?:[\s.,;!?)<]|$)"
)
PATTERNS: Final = ((hits.EMAIL, _EMAIL), (hits.URL, _URL))
NUMBERS: Final = ((hits.IP, _IP), (hits.PHONE, _PHONE))


class Texts:
    """Searches distinct texts."""

    def __init__(self, sought: Sought, left_out: Sought) -> None:
        """``left_out``: what must be gone even where everybody else stays as they are."""
        self._sought = sought
        self._left_out = left_out
        self._anchors = sought.by_anchor.keys() | left_out.by_anchor.keys()

    def suspicious(self, texts: pa.StringArray) -> pa.BooleanArray:
        """Which texts may hold something; never false where :meth:`kinds` finds something."""
        import pyarrow.compute as pc

        look = pc.match_substring_regex(texts, encodings.MAY_HIDE)
        look = pc.or_(look, pc.match_substring(texts, "\\"))
        look = pc.or_(look, pc.invert(pc.string_is_ascii(texts)))
        for _, pattern in (*PATTERNS, *NUMBERS):
            look = pc.or_(look, pc.match_substring_regex(texts, pattern))
        return pc.or_(look, self._anchored(texts))

    def _anchored(self, texts: pa.StringArray) -> pa.BooleanArray:
        """Which texts hold an anchor of a known phrase; ASCII texts only."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        spaced = pc.replace_substring_regex(pc.ascii_lower(texts), "([0-9]+)", r" \1 ")
        lists = pc.split_pattern_regex(spaced, "[^a-z0-9]+")
        starts = lists.offsets.to_numpy()
        words = lists.flatten()
        known = pc.is_in(words, pa.array(sorted(self._anchors), pa.string()))
        places = np.flatnonzero(known.to_numpy(zero_copy_only=False)) + starts[0]
        found = np.zeros(len(texts), bool)
        found[np.searchsorted(starts, places, side="right") - 1] = True
        return pa.array(found)

    def kinds(self, text: str, promise: Promise) -> set[str]:
        """Everything in one text that the promise rules out."""
        found: set[str] = set()
        for form in forms(text):
            found.update(self._known(form, promise))
            bare = _SPOTS.sub(_BARRIER, form)
            for wanted, patterns in ((promise.addresses, PATTERNS), (promise.numbers, NUMBERS)):
                if wanted:
                    found.update(kind for kind, _ in patterns if _PYTHON[kind].search(bare))
        return found

    def _known(self, text: str, promise: Promise) -> Iterator[str]:
        if not (promise.ids or promise.names or promise.left_out):
            return
        low, words = folded(_SPOTS.sub(_BARRIER, text))
        if promise.left_out:
            yield from self._left_out.kinds_in(low, words)
            return
        for kind in self._sought.kinds_in(low, words):
            if promise.ids if kind == hits.ID else promise.names:
                yield kind


def forms(text: str) -> Iterator[str]:
    """Give a text as it stands, and everything that is written inside it."""
    yield text
    inner = {encodings.unescaped(text), encodings.from_json(text)}
    for plain in (text, *inner):
        inner = inner | {inside for _, _, inside in encodings.hidden(plain)}
    yield from inner - {text}


_SPOTS: Final = re.compile(PLACEHOLDER)
_PYTHON: Final = {
    kind: re.compile(pattern.replace(r"[^\pL\pN_.]", r"[^\w.]").replace(r"\pL\pN_", r"\w")
                     .replace(r"\pL\pN", r"\w"))
    for kind, pattern in (*PATTERNS, *NUMBERS)
}  # fmt: skip
"""The same for ``re``, which has no classes of Unicode."""
