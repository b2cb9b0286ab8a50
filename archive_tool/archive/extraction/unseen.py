"""A plain file that grows unseen: whatever ends the process, no half of it is left.

Linux makes files without a name: only the process has them, and the disk forgets them with it. They
get their names when all is written. Elsewhere, and on disks that know no such files, a sibling whose
name begins with a dot grows beside the target.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from archive_tool.keys import disk, primitives

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMELESS = getattr(os, "O_TMPFILE", 0)


class Unseen:
    """One file on its way; for its owner only."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._beside = target.with_name(f".{target.name}.{primitives.random_bytes(4).hex()}")
        descriptor = _nameless(target.parent)
        self._is_named = descriptor is None
        self.file: IO[bytes] = (
            _new(self._beside) if descriptor is None else os.fdopen(descriptor, "wb")
        )

    @contextmanager
    def lent(self) -> Iterator[Path]:
        """Give a path to a library that writes the whole file; what is appended comes after that."""
        if not self._is_named:
            yield _path_of(self.file)
            self.file.seek(0, os.SEEK_END)
            return
        self.file.close()  # Windows shares no file that is open
        yield self._beside
        self.file = self._beside.open("ab")

    def complete(self) -> None:
        """Bring all of it to the disk."""
        self.file.flush()
        disk.flush(self.file.fileno())
        if self._is_named:
            self.file.close()

    def name(self) -> None:
        """Give it the name beside the target, and close it: few files can be open at once."""
        if self._is_named:
            return
        try:
            os.link(_path_of(self.file), self._beside, follow_symlinks=True)
        except OSError:  # a disk without links, or no /proc
            self._copy()
        self._is_named = True
        self.file.close()

    def publish(self) -> None:
        """Put it in its place; what was there goes."""
        self.name()
        disk.move(self._beside, self._target)

    def discard(self) -> None:
        """Remove what was not published, also where the disk is too full to close a file."""
        with suppress(OSError):
            self.file.close()
        self._beside.unlink(missing_ok=True)  # it may be half a copy

    def _copy(self) -> None:
        with open(os.dup(self.file.fileno()), "rb") as source, _new(self._beside) as copy:
            source.seek(0)
            shutil.copyfileobj(source, copy)
            copy.flush()
            disk.flush(copy.fileno())


def _nameless(folder: Path) -> int | None:
    """Open a file without a name; None where there are none."""
    if not _NAMELESS:
        return None
    try:
        return os.open(folder, _NAMELESS | os.O_RDWR, disk.PRIVATE)
    except OSError:
        return None


def _new(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, disk.PRIVATE), "wb")


def _path_of(file: IO[bytes]) -> Path:
    return Path(f"/proc/self/fd/{file.fileno()}")
