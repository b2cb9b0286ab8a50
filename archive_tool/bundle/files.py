"""Plain files on disk: streams and maps, refused when they changed since they were listed."""

from __future__ import annotations

import errno
import mmap
import os
from dataclasses import dataclass
from typing import BinaryIO, Final

from archive_tool.bundle.limits import MIB
from archive_tool.errors import BundleError
from archive_tool.model.files import at_once

_MAP_FROM: Final = 1 * MIB
"""Smaller files are read: thousands of maps cost more than they save."""


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What tells that a file was changed since it was listed."""

    size: int
    """Bytes."""
    second: int
    """When it was last written. Finer times change by themselves on disks in a network."""

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Take it from what the system says of a file."""
        return cls(size=status.st_size, second=int(status.st_mtime))


_PLAIN: Final = frozenset({errno.ENOENT, errno.EACCES, errno.EPERM})
_IN_A_CLOUD: Final = "if it lies in OneDrive or iCloud: let it be kept on this computer first"
"""Files that are listed and not here: without a network they cannot be opened."""


def opened(path: str, stamp: Stamp, where: str) -> BinaryIO:
    """Open a file that is still as it was when it was listed."""
    stream: BinaryIO | None = None
    now: Stamp | None = None
    hint = ""
    try:
        stream = open(path, "rb", opener=at_once)  # noqa: SIM115  (the caller closes it)
        now = Stamp.of(os.fstat(stream.fileno()))
    except OSError as error:
        hint = "" if error.errno in _PLAIN else _IN_A_CLOUD
    if stream is None or now is None:
        raise BundleError(
            "cannot be opened", where=where, expected="a file with read permission", hint=hint
        )
    if now != stamp:
        stream.close()
        raise changed(where)
    return stream


def changed(where: str) -> BundleError:
    """Make the error for a file that somebody writes while it is read."""
    return BundleError(
        "changed while it was being read", where=where, hint="wait until it is complete"
    )


def mapped(path: str, stamp: Stamp, where: str) -> memoryview:
    """All bytes of a file on disk. The map closes itself with the last view of it."""
    with opened(path, stamp, where) as stream:
        if stamp.size < _MAP_FROM:
            return memoryview(stream.read())
        return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
