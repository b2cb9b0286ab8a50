"""NDJSON: one JSON object per line, streamed in blocks of whole lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

from archive_tool.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK: Final = 4 << 20
"""Bytes read at a time."""


def read_lines(stream: BinaryIO, longest: int) -> Iterator[tuple[list[bytes], bool]]:
    """Blocks of non-empty lines, and whether the block ends with the end of the file in mid-line.

    ``longest`` is the limit of one line in bytes; a longer one is an :class:`IngestError`.
    """
    rest = b""
    first = True
    while block := stream.read(BLOCK):
        if first:
            block, first = block.removeprefix(b"\xef\xbb\xbf"), False
        cut = block.rfind(b"\n")
        if cut < 0:
            rest += block
            if len(rest) > longest:
                raise IngestError("a line is too long", expected=f"at most {longest:,} bytes")
            continue
        lines = (rest + block[:cut]).split(b"\n")
        rest = block[cut + 1 :]
        yield [line for line in lines if line.strip()], False
    if rest.strip():
        yield [rest], True
