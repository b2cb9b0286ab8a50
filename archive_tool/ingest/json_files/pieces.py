"""Rows of JSON in pieces that are decoded at once: cut out of a page, or given one by one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.ingest.cells.values import NOT_JSON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.ingest.json_files.cut import CutPage

    JsonText = bytes | bytearray | memoryview | msgspec.Raw

ROWS: Final = 1_000
"""Rows decoded at once: few enough that their objects stay in the processor's cache."""
BYTES: Final = 256 << 10
"""The same for rows that are cut out of a page, whose number nobody knows."""
MOST_BYTES: Final = 16 << 20
"""A piece with large cells has fewer rows."""

_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Rows that are decoded at once."""

    text: bytes
    """All of them as one array, if they are what they seem to be."""
    start: int = 0
    """Where they begin in their page, in bytes."""
    given: Sequence[JsonText] | None = None
    """Text of each row, where that was known before."""

    def rows(self) -> Sequence[JsonText] | None:
        """Give the text of each row; None when this is no array: it was cut where no row ends."""
        if self.given is not None:
            return self.given
        try:
            return _ARRAY.decode(self.text)
        except NOT_JSON:
            return None


def pieces_of_page(page: CutPage) -> Iterator[Piece]:
    """All rows of a page in their order."""
    for start, end in page.cuts(BYTES):
        yield Piece(text=b"".join((b"[", page.text[start:end], b"]")), start=start)


def pieces_of_rows(rows: Sequence[JsonText]) -> Iterator[Piece]:
    """All rows of a table in their order, given as texts."""
    for start in range(0, len(rows), ROWS):
        yield from _halved(rows[start : start + ROWS])


def _halved(rows: Sequence[JsonText]) -> Iterator[Piece]:
    """Give the rows at once, or halves while their text is too large."""
    text = b"[" + b",".join(rows) + b"]"
    if len(rows) > 1 and len(text) > MOST_BYTES:
        del text
        half = len(rows) // 2
        yield from _halved(rows[:half])
        yield from _halved(rows[half:])
    else:
        yield Piece(text=text, given=rows)


def next_pieces(pieces: Iterator[Piece], most: int) -> list[Piece]:
    """Give the next pieces, fewer where they are large; none at the end."""
    found, size = [], 0
    for piece in islice(pieces, most):
        found.append(piece)
        size += len(piece.text)
        if size >= MOST_BYTES:
            break
    return found
