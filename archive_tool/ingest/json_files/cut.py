"""A page of the API taken apart without decoding its rows: the envelope, and the text of the rows.

The place of the rows is guessed by how the platform writes a page, and then proven. With one word in
the place of its rows the page has to be JSON whose ``data`` is that word; what is cut out is decoded as
rows by whoever reads them. By the grammar of JSON both together are the page.

Rows of a large page are cut into pieces where one row seems to end and the next to begin. A piece
that starts with a row and is a JSON array ends with one: a cut within a row leaves no JSON behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.ingest.cells.values import NOT_JSON
from archive_tool.ingest.json_files.decode import NULL, has_failed

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD: Final = 64 << 10
TAIL: Final = 8 << 10
"""Bytes at the beginning of a page, and at its end, among which its rows begin and end."""

_OPENING: Final = re.compile(rb'"data"\s*:\s*\[(?=\s*\{)')
_CLOSING: Final = re.compile(rb"\}\s*(?=\])")
_BETWEEN: Final = re.compile(rb'\}(\s*,\s*)(?=\{\s*")')
_TRIES: Final = 4
"""Places where the rows may end that are tried, from the last one."""
_WORD: Final = "rows"


class _Frame(msgspec.Struct, gc=False):
    """A page with a word in place of its rows."""

    data: list[str]
    status: msgspec.Raw = NULL
    metadata: msgspec.Raw = NULL
    error: msgspec.Raw = NULL


_FRAME: Final = msgspec.json.Decoder(_Frame)


@dataclass(frozen=True, kw_only=True)
class CutPage:
    """A page with rows."""

    metadata: msgspec.Raw
    text: memoryview
    """The whole page."""
    first: int
    """Where the text of its first row begins, in bytes."""
    end: int
    """Where that of its last row ends."""

    def cuts(self, size: int) -> Iterator[tuple[int, int]]:
        """Where pieces of about so many bytes begin and end; a comma is between two of them."""
        start, length = self.first, self.end - self.first
        size = length // max(1, length // size)  # nearly equal ones
        while start < self.end:
            found = _BETWEEN.search(self.text, min(start + size, self.end), self.end)
            if found is None:
                yield start, self.end
                return
            yield start, found.start(1)
            start = found.end()

    def without(self, start: int) -> memoryview:
        """The same page without the rows before this place, and all that follows in its file."""
        return memoryview(b"".join((self.text[: self.first], self.text[start:])))


def cut_page(text: memoryview) -> CutPage | None:
    """Take a page apart; None where it is none, or not so clearly one."""
    opening = _OPENING.search(text, 0, HEAD)
    if opening is None:
        return None
    first = opening.end()
    endings = [found.end() for found in _CLOSING.finditer(text, max(first, len(text) - TAIL))]
    for end in islice(reversed(endings), _TRIES):
        try:
            frame = _FRAME.decode(bytes(text[:first]) + f'"{_WORD}"'.encode() + bytes(text[end:]))
        except NOT_JSON:
            continue
        if frame.data == [_WORD] and not has_failed(frame.status, frame.error):
            return CutPage(metadata=frame.metadata, text=text, first=first, end=end)
    return None
