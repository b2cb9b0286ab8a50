"""Files that somebody else may have put there: in a folder that a group shares, in an archive handed in.

A pipe would be waited for without end, ``/dev/zero`` and a file with a hole of a terabyte would fill
the memory, and through a link a line would go into somebody's own file. Only what is a file, and no
larger than files of its kind are, is read; what is written to is no link. A file that somebody named
may also be a pipe of their own.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING, BinaryIO, Final

from archive_tool.errors import IntegrityError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_PAPER: Final = 256 * 2**20
"""Bytes of anything that is read whole and holds no rows: lists of a million files have half of it."""

_IN_PLACE: Final = getattr(os, "O_NOFOLLOW", 0)

_NO_FILE: Final = frozenset({errno.ENXIO, errno.EOPNOTSUPP, errno.ELOOP})
"""What systems say of a socket, and of a link that is not to be followed."""

_HINT: Final = "somebody put something else in its place: remove it, or restore it from a copy"


def read_file(path: Path, *, most: int = LARGEST_PAPER) -> bytes:
    """Read a file; IntegrityError (16) for a pipe, a device or a folder, and above ``most`` bytes."""
    return _read(open(_open(path, os.O_RDONLY), "rb"), path, most)


def read_named(path: Path, *, most: int = LARGEST_PAPER) -> bytes:
    """Read what :func:`open_named` opens; IntegrityError (16) above ``most`` bytes."""
    return _read(open_named(path), path, most)


def open_named(path: Path) -> BinaryIO:
    """Open a file that somebody named: a pipe of their own is waited for (``<(...)`` of a shell).

    IntegrityError (16) for a pipe that somebody else put in its place, who need never write to it.
    """
    if sys.platform == "win32" or _is_own_pipe(path):
        return path.open("rb")
    file: BinaryIO | None = None
    try:
        file = open(path, "rb", opener=at_once)  # noqa: SIM115  (the caller closes it)
    except OSError as error:
        if error.errno not in _NO_FILE:
            raise
    if file is None:
        raise _no_file(path)
    if stat.S_ISFIFO(os.fstat(file.fileno()).st_mode):
        file.close()
        raise _no_file(path)
    os.set_blocking(file.fileno(), True)
    return file


def at_once(path: str, flags: int) -> int:
    """Open without waiting for whoever writes to a pipe: an ``opener`` for :func:`open`."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _is_own_pipe(path: Path) -> bool:
    status = path.stat()
    return stat.S_ISFIFO(status.st_mode) and status.st_uid in {os.geteuid(), 0}


def _read(file: BinaryIO, path: Path, most: int) -> bytes:
    with file:
        size = os.fstat(file.fileno()).st_size
        # not ``most`` at once: Python takes room for all that it is asked for
        content = file.read(size + 1) if size <= most else b""
        if size < len(content) <= most:  # it grew meanwhile
            content += file.read(most + 1 - len(content))
    if max(size, len(content)) > most:
        raise IntegrityError(
            "is too large", where=path.name, expected=f"at most {most:,} bytes", hint=_HINT
        )
    return content


def open_in_place(path: Path, flags: int) -> int:
    """Open a file to lock it or to write to it; IntegrityError (16) for a link, a pipe or a device."""
    return _open(path, flags | _IN_PLACE)


def _open(path: Path, flags: int) -> int:
    flags |= getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)  # or a pipe is waited for until somebody writes to it
    descriptor = -1
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        if error.errno not in _NO_FILE:
            raise
    if descriptor >= 0 and stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    if descriptor >= 0:
        os.close(descriptor)
    raise _no_file(path)


def _no_file(path: Path) -> IntegrityError:
    return IntegrityError("is no file", where=path.name, expected="a file, and no link", hint=_HINT)
