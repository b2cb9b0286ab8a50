"""What Windows does differently, played on another system.

Only what ``archive_tool`` meets: files that are open can neither be renamed nor removed, folders
cannot be opened, what is opened without ``O_BINARY`` gets carriage returns, modes mean nothing, and
the modules of POSIX are not there. What is open is asked of this very process.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

POSIX: Final = ("fcntl", "resource", "pwd", "grp")
O_BINARY: Final = 1 << 29


class Windows:
    """Plays Windows while it is entered."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self._real = SimpleNamespace(**{name: getattr(os, name) for name in dir(os)})
        self._binary: set[int] = set()
        self.refused: list[str] = []
        """What was refused because it was open."""

    def begin(self) -> None:
        """Take away what Windows has not, and put its own in place."""
        import fcntl

        patch = self._patch
        self._flock = fcntl
        for name in POSIX:
            patch.setitem(sys.modules, name, None)
        locks = ModuleType("msvcrt")
        locks.LK_NBLCK = 2  # type: ignore[attr-defined]
        locks.locking = self._locking  # type: ignore[attr-defined]
        patch.setitem(sys.modules, "msvcrt", locks)
        patch.setattr(sys, "platform", "win32")
        patch.setattr(shutil, "_use_fd_functions", False)
        patch.setattr(os, "O_BINARY", O_BINARY, raising=False)
        for name in ("posix_fadvise", "sched_getaffinity"):
            patch.delattr(os, name)
        for name in ("open", "write", "fsync", "mkdir", "chmod", "close"):
            patch.setattr(os, name, getattr(self, f"_{name}"))
        for name in ("rename", "replace"):
            patch.setattr(os, name, self._moving(getattr(self._real, name)))
        for name in ("unlink", "remove"):
            patch.setattr(os, name, self._removing(getattr(self._real, name)))

    def _locking(self, descriptor: int, _mode: int, _bytes: int) -> None:
        with suppress(BlockingIOError):
            self._flock.flock(descriptor, self._flock.LOCK_EX | self._flock.LOCK_NB)
            return
        raise PermissionError(errno.EACCES, "Permission denied")

    def _open(self, path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if os.path.isdir(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        descriptor: int = self._real.open(path, flags & ~O_BINARY, mode, **more)
        self._binary.discard(descriptor)
        if flags & O_BINARY:
            self._binary.add(descriptor)
        return descriptor

    def _close(self, descriptor: int) -> None:
        self._binary.discard(descriptor)
        self._real.close(descriptor)

    def _write(self, descriptor: int, content: bytes) -> int:
        if descriptor in self._binary:
            return int(self._real.write(descriptor, content))
        self._real.write(descriptor, bytes(content).replace(b"\n", b"\r\n"))
        return len(content)

    def _fsync(self, descriptor: int) -> None:
        with suppress(OSError), open(f"/proc/self/fdinfo/{descriptor}") as said:
            flags = int(next(line for line in said if line.startswith("flags:")).split()[1], 8)
            if flags & os.O_ACCMODE == os.O_RDONLY:
                raise OSError(errno.EBADF, "Bad file descriptor")
        self._real.fsync(descriptor)

    def _mkdir(self, path: Any, mode: int = 0o777, **more: Any) -> None:
        self._real.mkdir(path, **more)

    def _chmod(self, path: Any, mode: int, **more: Any) -> None:
        """Do nothing: there is a flag for read-only files, and no group and no others."""

    def _moving(self, real: Any) -> Any:
        def move(source: Any, target: Any, **more: Any) -> None:
            self._refuse_open(source)
            if os.path.isfile(target):
                self._refuse_open(target)
            real(source, target, **more)

        return move

    def _removing(self, real: Any) -> Any:
        def remove(path: Any, **more: Any) -> None:
            self._refuse_open(path)
            real(path, **more)

        return remove

    def _refuse_open(self, path: Any) -> None:
        place = os.path.realpath(path)
        held = [name for name in _open_files() if name == place or name.startswith(place + os.sep)]
        if held:
            self.refused.append(Path(held[0]).name)
            raise PermissionError(errno.EACCES, "Permission denied", str(path))


def _open_files() -> Iterator[str]:
    """Files that this process has open or mapped."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            yield os.readlink(f"/proc/self/fd/{name}")
    with open("/proc/self/maps") as maps:
        yield from ("/" + line.partition("/")[2].rstrip("\n") for line in maps if "/" in line)
