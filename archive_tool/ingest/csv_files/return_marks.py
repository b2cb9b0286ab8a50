"""Carriage returns inside unquoted cells, which a CSV parser would take for the end of a row.

The JavaScript guide's writer leaves such cells unquoted (trap E4).
"""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Array

RETURN_MARK: Final = "\ue00d"
"""Stands for a carriage return inside a cell while the file is parsed (trap E4)."""
_ALONE: Final = re.compile(rb"\r(?!\n)")


class ReturnMarks(io.RawIOBase):
    """A byte stream in UTF-8 with lone carriage returns replaced by a mark."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._ready = b""
        self._held = b""
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Array) -> int:
        """Fill the buffer with bytes of the marked text."""
        while not self._ready:
            block = self._stream.read(1 << 20)
            text = self._held + self._decoder.decode(block, not block).encode()
            if not text and not block:
                return 0
            cut = len(text) - 1 if block and text.endswith(b"\r") else len(text)
            self._held = text[cut:]
            self._ready = _ALONE.sub(RETURN_MARK.encode(), text[:cut])
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def close(self) -> None:
        """Close the stream below as well."""
        self._stream.close()
        super().close()
