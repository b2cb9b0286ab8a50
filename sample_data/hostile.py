"""ZIP files that mean harm or arrived broken, built byte by byte and always the same."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

DOS_DATE: Final = 46 << 9 | 10 << 5 | 30
DOS_TIME: Final = 8 << 11
FILE: Final = 0o100644 << 16
LINK: Final = 0o120777 << 16


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry; whatever is not given is as an honest writer would have it."""

    name: str
    content: bytes = b""
    local_name: str | None = None
    packed: bytes | None = None
    """The bytes on disk; by default the content, stored."""
    method: int = 0
    flags: int = 0x800
    size: int | None = None
    """The unpacked size that the directory declares."""
    attributes: int = FILE
    at: int | None = None
    """Offset of the local header; given only where it lies in another entry."""

    @property
    def data(self) -> bytes:
        """The bytes on disk."""
        return self.content if self.packed is None else self.packed

    def sums(self) -> bytes:
        """Checksum, packed and unpacked size, as both headers hold them."""
        size = len(self.content) if self.size is None else self.size
        return struct.pack("<III", zlib.crc32(self.content), len(self.data), size)

    def local(self) -> bytes:
        """Local header and data."""
        name = (self.name if self.local_name is None else self.local_name).encode()
        head = struct.pack("<4sHHHHH", b"PK\3\4", 20, self.flags, self.method, DOS_TIME, DOS_DATE)
        return head + self.sums() + struct.pack("<HH", len(name), 0) + name + self.data

    def central(self, offset: int) -> bytes:
        """The entry of the central directory."""
        name = self.name.encode()
        head = struct.pack(
            "<4sHHHHHH", b"PK\1\2", 0x031E, 20, self.flags, self.method, DOS_TIME, DOS_DATE
        )
        tail = struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, self.attributes, offset)
        return head + self.sums() + tail + name


def zip_bytes(*entries: Entry, declared: int | None = None) -> bytes:
    """A ZIP of these entries; ``declared`` overrides the number of entries at its end."""
    body, directory = b"", b""
    for entry in entries:
        directory += entry.central(len(body) if entry.at is None else entry.at)
        body += entry.local() if entry.at is None else b""
    number = len(entries) if declared is None else declared
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, number, number, len(directory), len(body), 0)
    return body + directory + end


def overlapping(name: str, inner: Entry) -> bytes:
    """Two honest-looking entries, the second of which lies inside the data of the first."""
    outer = Entry(name=name, content=inner.local())
    start = len(outer.local()) - len(outer.content)
    return zip_bytes(outer, Entry(name=inner.name, content=inner.content, at=start))


def bomb(name: str, megabytes: int) -> bytes:
    """Megabytes of nothing in some kilobytes; its bytes depend on the zlib that packed them."""
    content = bytes(megabytes << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    return zip_bytes(Entry(name=name, content=content, packed=packed, method=8))


def encrypted(name: str, content: bytes) -> bytes:
    """An entry that says it is encrypted; nobody has the password."""
    return zip_bytes(
        Entry(name=name, content=content, packed=bytes(range(12)) + content, flags=0x801)
    )


def lying(name: str, content: bytes) -> bytes:
    """A packed entry that unpacks to more than both its headers say.

    The one deflate block is stored, so that no packer has a say in the bytes.
    """
    block = b"\1" + struct.pack("<HH", len(content), len(content) ^ 0xFFFF) + content
    return zip_bytes(Entry(name=name, content=content, packed=block, method=8, size=10))
