"""A disk that fails at its n-th operation, in this process: killed, out of order, or full.

    with breaking(folder, 7, "kill") as disk:
        ...
    disk.struck  # whether there was a seventh operation

``kill``: from then on no operation succeeds, clean-up included, as for a process that is gone; the
locks it held are free. ``io``: that one operation fails. ``full``: from then on nothing can grow.

What a process leaves that is killed at any of its operations, all of them from one run:

    with deaths(folder, copies):
        ...
    sorted(copies.iterdir())  # the folder as it was before each operation
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODES: Final = ("kill", "io", "full")
GROW: Final = frozenset({"open", "os.mkdir", "os.link"})
CHANGES: Final = GROW | {"os.rename", "os.rmdir", "os.remove", "os.truncate"}
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Killed(BaseException):
    """Stands for the end of the process: no handler of the product catches it."""


@dataclass
class Disk:
    """Counts what happens below a folder, and strikes."""

    root: str
    at: int
    mode: str
    operations: int = 0

    @property
    def struck(self) -> bool:
        return self.operations >= self.at

    def see(self, name: str) -> None:
        self.operations += 1
        if self.mode == "kill" and self.struck:
            raise Killed
        if self.mode == "io" and self.operations == self.at:
            raise OSError(errno.EIO, "the disk fails")
        if self.mode == "full" and self.struck and name in GROW:
            raise OSError(errno.ENOSPC, "the disk is full")


@dataclass
class Copies:
    """Copies a folder before every operation below it."""

    root: str
    into: Path
    operations: int = 0

    def see(self, name: str) -> None:
        self.operations += 1
        shutil.copytree(self.root, self.into / f"{self.operations:04d}")


_armed: list[Disk | Copies] = []


def _watch(name: str, arguments: tuple[Any, ...]) -> None:
    if not _armed or name not in CHANGES or not str(arguments[0]).startswith(_armed[0].root):
        return
    if name != "open" or (arguments[2] or 0) & _WRITES:
        _armed[0].see(name)


sys.addaudithook(_watch)  # for good: Python has no way to take one off


@contextmanager
def breaking(root: Path, at: int, mode: str) -> Iterator[Disk]:
    """Let the ``at``-th operation below a folder fail."""
    disk = Disk(str(root), at, mode)

    def fsync(descriptor: int) -> None:
        """No power fails here: a death before it is a death before the next operation."""
        if mode == "io":
            disk.see("fsync")

    _armed.append(disk)
    try:
        with patch.object(os, "fsync", fsync):
            yield disk
    finally:
        _armed.clear()


@contextmanager
def deaths(root: Path, into: Path) -> Iterator[None]:
    """Keep what each operation below a folder finds: no process that dies there leaves another."""
    into.mkdir()
    _armed.append(Copies(str(root), into))
    try:
        with patch.object(os, "fsync", lambda descriptor: None):
            yield
    finally:
        _armed.clear()
