"""The table of contents of a ZIP, checked before a byte of its files is read.

It is read here and not with :mod:`zipfile`, which up to Python 3.11.7 accepts overlapping
entries, lets the last of two equal names win, and cleans ``..`` out of names without a word.
Layout and names of the fields: PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from archive_tool.bundle.zip_entries import (
    ENCRYPTED,
    Member,
    Record,
    check_name,
    check_overlaps,
    check_sizes,
    entry_name,
    refuse,
)
from archive_tool.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.bundle.limits import Limits

_END: Final = struct.Struct("<4s4H2LH")
_LOCATOR64: Final = struct.Struct("<4sLQL")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_FULL16: Final = 0xFFFF
_FULL32: Final = 0xFFFFFFFF
_SIZES_FOLLOW: Final = 0x0008
_UTF8: Final = 0x0800

Bytes = memoryview
"""The whole ZIP, mapped."""


def read_directory(zip_bytes: Bytes, where: str, limits: Limits) -> tuple[Member, ...]:
    """List the files of a ZIP in the order of its table of contents; folders are checked too.

    Raises :class:`BundleError` that names the ZIP (``where``) and the entry when the ZIP is cut
    off, damaged, over a limit, or built to mislead.
    """
    count, begin, end = _find_directory(zip_bytes, where)
    if count > limits.files:
        refuse(where, "too many entries", expected=f"at most {limits.files}")
    records = list(_records(zip_bytes, begin, end, where, limits))
    if len(records) != count:
        refuse(where, "its count of entries is wrong", hint="the ZIP is damaged: fetch it again")
    check_sizes(records, len(zip_bytes), where, limits)
    members = [_located(zip_bytes, record, begin, where) for record in records]
    check_overlaps(members, begin, where)
    return tuple(member for member in members if not member.name.endswith("/"))


def _find_directory(zip_bytes: Bytes, where: str) -> tuple[int, int, int]:
    """Count of entries, and begin and end of the central directory."""
    place = _find_end(zip_bytes, where)
    _, disk, first_disk, here, count, size, offset, _ = _END.unpack_from(zip_bytes, place)
    end = place
    locator = place - _LOCATOR64.size
    if locator >= 0 and _signed(zip_bytes, locator, b"PK\x06\x07"):
        _, _, end, disks = _LOCATOR64.unpack_from(zip_bytes, locator)
        if disks > 1 or end + _END64.size > locator or not _signed(zip_bytes, end, b"PK\x06\x06"):
            refuse(where, "its table of contents cannot be found", hint="fetch the ZIP again")
        *_, disk, first_disk, here, count, size, offset = _END64.unpack_from(zip_bytes, end)
    elif _FULL16 in (here, count) or _FULL32 in (size, offset):
        refuse(where, "its table of contents cannot be found", hint="fetch the ZIP again")
    if disk or first_disk or here != count:
        refuse(where, "one volume of several", expected="one whole ZIP")
    if offset + size != end:
        refuse(
            where,
            "bytes that belong to no entry before or after its table of contents",
            hint="the ZIP is damaged or was made to mislead: fetch it again",
        )
    return count, offset, end


def _find_end(zip_bytes: Bytes, where: str) -> int:
    """Offset of the end record, whose comment must reach exactly to the end of the file."""
    total = len(zip_bytes)
    tail_from = max(0, total - _END.size - _FULL16)
    tail = bytes(zip_bytes[tail_from:])
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        if place + _END.size <= len(tail):
            comment = _END.unpack_from(tail, place)[-1]
            if place + _END.size + comment == len(tail):
                return tail_from + place
        place = tail.rfind(b"PK\x05\x06", 0, place)
    if _signed(zip_bytes, 0, b"PK\x03\x04"):
        refuse(
            where,
            "half a ZIP: the download was cut off",
            expected="a table of contents at its end",
            hint="fetch it again",
        )
    raise BundleError("not a ZIP", where=where, expected="a ZIP, as its name says")


def _records(
    zip_bytes: Bytes, begin: int, end: int, where: str, limits: Limits
) -> Iterator[Record]:
    """Yield the central directory's records; never more than the limit, whatever it declares."""
    names: set[str] = set()
    position = 0
    while begin < end:
        position += 1
        if position > limits.files:
            refuse(where, "too many entries", expected=f"at most {limits.files}")
        if end - begin < _CENTRAL.size or not _signed(zip_bytes, begin, b"PK\x01\x02"):
            refuse(f"{where}, entry {position}", "a damaged table of contents")
        fields = _CENTRAL.unpack_from(zip_bytes, begin)
        _, _, _, flags, method, _, _, crc, packed, size, n_name, n_extra, n_comment = fields[:13]
        *_, attributes, header = fields
        after_name = begin + _CENTRAL.size + n_name
        begin_next = after_name + n_extra + n_comment
        if begin_next > end:
            refuse(f"{where}, entry {position}", "a damaged table of contents")
        raw_name = bytes(zip_bytes[begin + _CENTRAL.size : after_name])
        # Windows PowerShell 5 puts a backslash between folders; the name that results is checked
        name = _decoded(raw_name, flags, f"{where}, entry {position}").replace("\\", "/")
        check_name(name, raw_name, f"{where}, entry {position}", limits)
        if name in names:
            refuse(entry_name(where, position, name), "a name that another entry has already")
        names.add(name)
        extra = bytes(zip_bytes[after_name : after_name + n_extra])
        size, packed, header = _sizes64(
            extra, size, packed, header, entry_name(where, position, name)
        )
        yield Record(
            raw_name=raw_name,
            name=name,
            position=position,
            flags=flags,
            method=method,
            crc=crc,
            packed=packed,
            size=size,
            header=header,
            mode=attributes >> 16,
        )
        begin = begin_next


def _decoded(raw: bytes, flags: int, where: str) -> str:
    """Decode a name: UTF-8, or the code page of old ZIPs where nothing says UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if flags & _UTF8:
        refuse(where, "a name that is not UTF-8")
    return raw.decode("cp437")


def _sizes64(extra: bytes, size: int, packed: int, header: int, where: str) -> tuple[int, int, int]:
    """Unpacked size, packed size and offset, taken from the Zip64 field where they are too big."""
    wanted = [value == _FULL32 for value in (size, packed, header)]
    if not any(wanted):
        return size, packed, header
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        if kind == 1 and length >= 8 * sum(wanted) and place + 4 + length <= len(extra):
            found = iter(struct.unpack_from(f"<{sum(wanted)}Q", extra, place + 4))
            sizes = (
                next(found) if is_wanted else value
                for is_wanted, value in zip(wanted, (size, packed, header), strict=True)
            )
            return next(sizes), next(sizes), next(sizes)
        place += 4 + length
    raise BundleError("a damaged entry", where=where, expected="its sizes in a Zip64 field")


def _located(zip_bytes: Bytes, record: Record, limit: int, where: str) -> Member:
    """Find the place of an entry's bytes; its local header must tell the same story."""
    here = entry_name(where, record.position, record.name)
    header = record.header
    if header + _LOCAL.size > limit or not _signed(zip_bytes, header, b"PK\x03\x04"):
        refuse(here, "a damaged entry", expected="a local header where the ZIP says")
    fields = _LOCAL.unpack_from(zip_bytes, header)
    _, _, flags, method, _, _, _, packed, size, n_name, n_extra = fields
    start = header + _LOCAL.size + n_name + n_extra
    same_name = bytes(zip_bytes[header + _LOCAL.size : start - n_extra]) == record.raw_name
    if not same_name:
        refuse(here, "another name in its local header")
    sizes_differ = not flags & _SIZES_FOLLOW and (
        packed not in (record.packed, _FULL32) or size not in (record.size, _FULL32)
    )
    if method != record.method or flags & ENCRYPTED or sizes_differ:
        refuse(here, "its local header contradicts the table of contents")
    return Member(
        name=record.name,
        position=record.position,
        method=method,
        crc=record.crc,
        packed=record.packed,
        size=record.size,
        header=header,
        start=start,
    )


def _signed(zip_bytes: Bytes, place: int, signature: bytes) -> bool:
    return bytes(zip_bytes[place : place + 4]) == signature
