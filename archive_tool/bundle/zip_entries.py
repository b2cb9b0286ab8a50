"""The entries of a ZIP: what is known of one, and what is refused before a byte of it is read.

Names that lead out of the ZIP or mean different things to different programs, links, encryption,
sizes of bombs, and entries that share bytes, which is how small ZIPs declare gigabytes.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from archive_tool.errors import BundleError
from archive_tool.model.texts import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.bundle.limits import Limits

STORED: Final = 0
DEFLATED: Final = 8

ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000
"""General purpose bits: encrypted, strong encryption, masked directory."""
_PATCHED: Final = 0x0020
_DRIVE: Final = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One file inside a ZIP."""

    name: str
    """As the ZIP has it, with ``/`` between folders."""
    position: int
    """Place in the table of contents, counted from 1."""
    method: int
    """:data:`STORED` or :data:`DEFLATED`."""
    crc: int
    """CRC-32 of the unpacked bytes, as declared."""
    packed: int
    """Bytes in the ZIP."""
    size: int
    """Bytes unpacked, as declared; reading stops there."""
    header: int
    """Offset of its local header."""
    start: int
    """Offset of its packed bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record of the central directory, before its local header was looked at."""

    raw_name: bytes
    name: str
    position: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int
    mode: int


def check_name(name: str, raw: bytes, where: str, limits: Limits) -> None:
    """Refuse names that lead out of the ZIP or mean different things to different programs."""
    if not name or "\0" in name:
        refuse(where, "an empty name or one with a NUL byte")
    if len(raw) > limits.path_bytes:
        refuse(where, "a name that is too long", expected=f"at most {limits.path_bytes} bytes")
    where = f"{where} ({printable(name)})"
    if name.startswith("/") or _DRIVE.match(name):
        refuse(where, "an absolute name", expected="a name inside the ZIP")
    folders = name.split("/")
    if ".." in folders:
        refuse(where, "a name that leads out of the ZIP", expected="no .. in it")
    if len(folders) > limits.folder_depth:
        refuse(where, "too many folders", expected=f"at most {limits.folder_depth}")


def check_sizes(records: Sequence[Record], zip_size: int, where: str, limits: Limits) -> None:
    """Kinds, methods and declared sizes of all entries; a declared bomb never gets further."""
    for record in records:
        here = entry_name(where, record.position, record.name)
        kind = stat.S_IFMT(record.mode)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            refuse(here, "a link or device", expected="a file or folder")
        if record.flags & ENCRYPTED or record.method == 99:
            refuse(here, "an encrypted entry", hint="unpack the ZIP with its password first")
        if record.flags & _PATCHED or record.method not in (STORED, DEFLATED):
            refuse(
                here,
                "an unknown compression method",
                expected="stored or deflated",
                hint="unpack the ZIP and give the folder",
            )
        if record.name.endswith("/") and record.size:
            refuse(here, "a folder that holds bytes")
        if record.method == STORED and record.packed != record.size:
            refuse(here, "sizes that contradict each other")
        if record.size > limits.member_bytes:
            refuse(here, "too large unpacked", expected=f"at most {limits.member_bytes} bytes")
        _check_ratio(record.size, record.packed, here, limits)
    _check_ratio(sum(record.size for record in records), zip_size, where, limits)


def _check_ratio(size: int, packed: int, where: str, limits: Limits) -> None:
    if size > limits.ratio_from_bytes and size > limits.ratio * packed:
        refuse(
            where,
            "unpacks to far more than it holds, like a ZIP bomb",
            expected=f"at most {limits.ratio} to 1",
        )


def check_overlaps(members: Sequence[Member], begin: int, where: str) -> None:
    """No two entries may share a byte: that is how small ZIPs declare gigabytes."""
    free_from = 0
    for member in sorted(members, key=lambda member: member.header):
        if member.header < free_from:
            refuse(
                entry_name(where, member.position, member.name),
                "an entry that overlaps another one",
            )
        free_from = member.start + member.packed
    if free_from > begin:
        refuse(where, "an entry that reaches into the table of contents")


def entry_name(where: str, position: int, name: str) -> str:
    """Say which entry: its number counts where its name says nothing."""
    return f"{where}, entry {position} ({printable(name)})"


def refuse(where: str, what: str, *, expected: str = "", hint: str = "") -> NoReturn:
    """Raise BundleError."""
    raise BundleError(what, where=where, expected=expected, hint=hint)
