"""The bytes of the audit log on the disk: whole lines only, one writer at a time."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from archive_tool.keys import disk
from archive_tool.keys.lock import FileLock
from archive_tool.keys.shared import open_shared
from archive_tool.model.files import open_in_place

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE: Final = 60.0
"""Seconds that a writer of one line waits for others: a hundred jobs, on a slow disk in a network."""


LARGEST: Final = 2**31
"""Bytes of a log: four million lines."""


def last_line(path: Path) -> bytes | None:
    """Return the last line; one that a power cut tore is taken off first."""
    if not path.exists():
        return None
    with open(open_in_place(path, os.O_RDWR), "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        start, tail = size, b""
        while start > 0 and tail.count(b"\n") < 2:
            start = max(0, start - 65_536)
            file.seek(start)
            tail = file.read(size - start)
        whole = tail[: tail.rfind(b"\n") + 1]
        if len(whole) < len(tail):
            file.truncate(start + len(whole))
    lines = whole.split(b"\n")
    return lines[-2] if len(lines) > 1 else None


def append(path: Path, line: bytes) -> None:
    """Append in one call; a disk that takes only a part of it gets the part taken back."""
    descriptor = open_shared(path, os.O_WRONLY | os.O_APPEND)
    try:
        size = os.fstat(descriptor).st_size
        written = 0
        try:
            written = os.write(descriptor, line)
            disk.flush(descriptor)
        finally:
            if written != len(line):
                os.ftruncate(descriptor, size)
        if written != len(line):
            raise OSError(errno.ENOSPC, "no space left on device")
    except OSError as error:
        disk.name_file(error, path)
        raise
    finally:
        os.close(descriptor)


def alone(folder: Path) -> FileLock:
    """Write alone: lines take milliseconds, so this is waited for also where nobody asked to wait."""
    return FileLock(folder / ".lock", what="audit log", patience=_PATIENCE)
