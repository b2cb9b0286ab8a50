"""What the library cannot be told about the head of an SPSS file: its time, and some names."""

from __future__ import annotations

import mmap
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

CREATED: Final = slice(92, 109)
"""Where date (9 bytes) and time (8 bytes) lie: ``02 Mar 2610:00:00``."""

_NAMES: Final = struct.pack("<iii", 7, 13, 1)
"""How the record of the names begins; its length and ``SHORT=name``, joined by tabs, follow."""

_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
)  # fmt: skip


def correct(path: Path, *, created: datetime, names: Mapping[str, str]) -> None:
    """Write when the file was made, and put ``names`` (by those they are called by) in their place.

    The library takes the time of the machine's own clock and zone. Nothing changes its length.
    """
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as head:
        head[CREATED] = _moment(created)
        if names:
            _rename(head, names)
        head.flush()


def _rename(head: mmap.mmap, names: Mapping[str, str]) -> None:
    start = head.find(_NAMES) + len(_NAMES) + 4
    (length,) = struct.unpack("<i", head[start - 4 : start])
    listed = dict(pair.split("=") for pair in head[start : start + length].decode().split("\t"))
    changed = "\t".join(f"{short}={names.get(name, name)}" for short, name in listed.items())
    head[start : start + length] = changed.encode()


def _moment(created: datetime) -> bytes:
    month = _MONTHS[created.month - 1]  # %b would speak the language of the machine
    return f"{created:%d} {month} {created:%y%H:%M:%S}".encode()
