"""One writer at a time: a lock file that the operating system frees when its holder dies."""

from __future__ import annotations

import errno
import os
import sys
import time as clock
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.errors import LockError
from archive_tool.keys.shared import open_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


_HELD: Final = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK})
"""What systems say when somebody else has the lock; a disk without locks says something else."""

_NO_LOCKS: Final = "this disk has no locks that keep two commands apart; use another one"

_FIRST_LOOK: Final = 0.01
_LAST_LOOK: Final = 0.5
"""Seconds between two looks at a lock that somebody holds: from the first on twice as long."""

_SILENCE: Final = 2.0
"""Seconds after which it is told that a lock is waited for, where nobody asked to wait."""


@dataclass(frozen=True, kw_only=True)
class _Patience:
    seconds: float = 0.0
    tell: Callable[[str], object] | None = None


_PATIENCE: Final[ContextVar[_Patience]] = ContextVar("patience", default=_Patience())  # noqa: B039


@contextmanager
def waiting(seconds: float, tell: Callable[[str], object] | None = None) -> Iterator[None]:
    """Let every lock that is taken meanwhile wait so long for whoever holds it.

    ``tell`` is called with what is locked, once for each lock that has to be waited for; where nobody
    asked to wait (0 seconds), of the audit log after a while. Locks are taken in one order everywhere
    (vault, store, audit log), so that nobody waits in a circle.
    """
    token = _PATIENCE.set(_Patience(seconds=seconds, tell=tell))
    try:
        yield
    finally:
        _PATIENCE.reset(token)


class FileLock:
    """An exclusive lock on a file, as a context manager; may be entered again by its holder."""

    def __init__(self, path: Path, *, what: str, patience: float = 0.0) -> None:
        self._path = path
        self._what = what
        self._patience = patience
        self._descriptor: int | None = None
        self._depth = 0

    def __enter__(self) -> FileLock:
        """Take the lock; LockError (21) when another process holds it.

        After the seconds of :func:`waiting`; where nobody asked to wait, after those of ``patience``.
        """
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
        descriptor = open_shared(self._path, os.O_RDWR)
        try:
            taken = self._take(descriptor) or self._wait(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        if taken:
            return descriptor
        os.close(descriptor)
        raise LockError(
            "another process is writing",
            where=self._what,
            hint="wait until it has finished, or give --lock-wait SECONDS; the lock goes when that "
            "process ends",
        )

    def _wait(self, descriptor: int) -> bool:
        """Look again and again, until the patience ends."""
        asked = _PATIENCE.get()
        begun = clock.monotonic()
        until = begun + (asked.seconds or self._patience)
        silent, tell = 0.0 if asked.seconds else _SILENCE, asked.tell
        pause = _FIRST_LOOK
        while (left := until - clock.monotonic()) > 0:
            if tell is not None and clock.monotonic() - begun >= silent:
                tell(self._what)
                tell = None
            clock.sleep(min(pause, left))
            if self._take(descriptor):
                return True
            pause = min(2 * pause, _LAST_LOOK)
        return False

    def _take(self, descriptor: int) -> bool:
        """Take the lock unless somebody has it; OSError, with the path, on a disk without locks."""
        try:
            _lock(descriptor)
        except OSError as error:
            if error.errno in _HELD:
                return False
            said = f"{error.strerror}: {_NO_LOCKS}"
            raise OSError(error.errno, said, str(self._path)) from None
        return True


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
