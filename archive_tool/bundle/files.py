"""Plain files on disk: streams and maps, refused when they changed since they were listed."""

from __future__ import annotations

import errno
import mmap
import os
from typing import BinaryIO, Final

from archive_tool.bundle.limits import MIB
from archive_tool.errors import BundleError

_MAP_FROM: Final = 1 * MIB
"""Smaller files are read: thousands of maps cost more than they save."""


_PLAIN: Final = frozenset({errno.ENOENT, errno.EACCES, errno.EPERM})
_IN_A_CLOUD: Final = "if it lies in OneDrive or iCloud: let it be kept on this computer first"
"""Files that are listed and not here: without a network they cannot be opened."""


def opened(path: str, size: int, where: str) -> BinaryIO:
    """Open a file that is still as large as when it was listed."""
    stream: BinaryIO | None = None
    hint = ""
    try:
        stream = open(path, "rb")  # noqa: SIM115  (the caller closes it)
        now = os.fstat(stream.fileno()).st_size
    except OSError as error:
        now = -1
        hint = "" if error.errno in _PLAIN else _IN_A_CLOUD
    if stream is None or now < 0:
        raise BundleError(
            "cannot be opened", where=where, expected="a file with read permission", hint=hint
        )
    if now != size:
        stream.close()
        raise BundleError(
            "changed while it was being read", where=where, hint="wait until it is complete"
        )
    return stream


def mapped(path: str, size: int, where: str) -> memoryview:
    """All bytes of a file on disk. The map closes itself with the last view of it."""
    with opened(path, size, where) as stream:
        if size < _MAP_FROM:
            return memoryview(stream.read())
        return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
