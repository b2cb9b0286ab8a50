"""Reading one file inside a ZIP: never past its declared size, never past a wrong checksum."""

from __future__ import annotations

import io
import zlib
from typing import Final

from archive_tool.bundle.limits import KIB
from archive_tool.bundle.zip_entries import DEFLATED, Member
from archive_tool.errors import BundleError

_INPUT: Final = 256 * KIB
"""Packed bytes handed to zlib at a time: what it leaves over is copied, so not too many."""


class MemberReader(io.RawIOBase):
    """The unpacked bytes of one member, forward only.

    The last bytes are handed out only after size and CRC-32 were found right; a
    :class:`BundleError` says ``damaged entry`` otherwise. Readers of one ZIP are independent
    of each other, so that threads may read side by side.
    """

    def __init__(self, zip_bytes: memoryview, member: Member, where: str) -> None:
        super().__init__()
        self._packed = zip_bytes[member.start : member.start + member.packed]
        self._member = member
        self._where = where
        self._taken = 0
        self._given = 0
        self._crc = 0
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == DEFLATED else None

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, target: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill ``target`` with the next unpacked bytes; 0 at the end."""
        room = memoryview(target).cast("B")
        left = self._member.size - self._given
        # one byte more than is left shows an entry that unpacks to more than it declares
        chunk = self._next(min(len(room), left) if left else 1)
        if len(chunk) > left:
            raise self._damaged("it unpacks to more than it declares")
        self._crc = zlib.crc32(chunk, self._crc)
        self._given += len(chunk)
        if len(chunk) == left:
            self._finish()
        elif not chunk and len(room):
            raise self._damaged("it ends before its declared size")
        room[: len(chunk)] = chunk
        return len(chunk)

    def _next(self, most: int) -> bytes | memoryview:
        """Up to ``most`` unpacked bytes.

        Chosen here and kept in no attribute: a reader that refers to itself, and its 40 kB, would
        wait for the garbage collector, which is held while tables are decoded.
        """
        return self._stored(most) if self._inflate is None else self._inflated(most)

    def _stored(self, most: int) -> memoryview:
        chunk = self._packed[self._taken : self._taken + most]
        self._taken += len(chunk)
        return chunk

    def _inflated(self, most: int) -> bytes:
        """Up to ``most`` unpacked bytes; nothing only at the end of the stream."""
        inflate = self._inflate
        assert inflate is not None  # noqa: S101  (for the type checker: set in __init__)
        broken = False
        try:
            while not inflate.eof:
                source: bytes | memoryview = inflate.unconsumed_tail
                if not source:
                    source = self._packed[self._taken : self._taken + _INPUT]
                    self._taken += len(source)
                chunk = inflate.decompress(source, most)
                if chunk or not source:
                    return chunk
        except zlib.error:
            broken = True
        if broken:
            raise self._damaged("it cannot be unpacked")
        return b""

    def _finish(self) -> None:
        """All declared bytes are there: nothing may follow, and the checksum must be right."""
        if len(self._next(1)):
            raise self._damaged("it unpacks to more than it declares")
        if self._crc != self._member.crc:
            raise self._damaged("its checksum is wrong")
        if self._inflate is not None and not self._inflate.eof:
            raise self._damaged("it ends before its declared size")

    def _damaged(self, why: str) -> BundleError:
        return BundleError(
            f"damaged entry: {why}",
            where=self._where,
            hint="fetch the ZIP again",
        )
