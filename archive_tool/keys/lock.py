"""One writer at a time: a lock file that the operating system frees when its holder dies."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, Final

from archive_tool.errors import LockError

if TYPE_CHECKING:
    from pathlib import Path


_HELD: Final = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK})
"""What systems say when somebody else has the lock; a disk without locks says something else."""


class FileLock:
    """An exclusive lock on a file, as a context manager; may be entered again by its holder."""

    def __init__(self, path: Path, *, what: str) -> None:
        self._path = path
        self._what = what
        self._descriptor: int | None = None
        self._depth = 0

    def __enter__(self) -> FileLock:
        """Take the lock; LockError (21) at once when another process holds it."""
        if self._depth == 0:
            self._descriptor = self._acquire()
        self._depth += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if self._depth == 0 and self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _acquire(self) -> int:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _HELD:
                raise OSError(error.errno, error.strerror, str(self._path)) from None
        else:
            return descriptor
        raise LockError(
            "another process is writing",
            where=self._what,
            hint="wait until it has finished; the lock goes when that process ends",
        )


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
