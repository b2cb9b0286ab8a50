"""Files in the folder in which an archive grows: sent to the disk while the next ones are made."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

from archive_tool.archive.parquet import LARGEST
from archive_tool.errors import IntegrityError
from archive_tool.keys import disk
from archive_tool.keys.shared import share, share_folder
from archive_tool.model.files import read_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from io import FileIO
    from pathlib import Path

GROUP: Final = 128
"""Files that are sent to the disk together: a journal is written for all new files at once, so that
the first one of a group waits for it and the others hardly do."""


class Files:
    """Creates files below a folder; a file that is there already is never written over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._top = os.fspath(folder)
        self._folders: set[str] = set()
        self._disk = ThreadPoolExecutor(1, "disk")
        self._threads = Lock()
        self._new: list[str] = []
        self._sent: list[Future[None]] = []

    def write(self, path: str, content: bytes | memoryview) -> None:
        """Create one file of the archive; it is on the disk for good after :meth:`settle`."""
        self.write_parts(path, (content,))

    def put(self, path: str, content: bytes) -> None:
        """Create one small file, read it back and compare; IntegrityError when it is another."""
        self.write(path, content)
        if self.read(path) != content:
            raise IntegrityError("did not read back as it was written", where=path)

    def write_parts(self, path: str, parts: Iterable[bytes | memoryview]) -> None:
        """Create one file of the archive of parts that come one by one.

        It is sent to the disk while the next ones are made.
        """
        self.make_folder(path.rpartition("/")[0])
        full = os.path.join(self._top, path)
        with open(full, "xb", buffering=0) as file:
            share(file.fileno(), full)
            for part in parts:
                try:
                    _put(file, part)
                except OSError as error:
                    disk.name_file(error, full)
                    raise
        with self._threads:
            self._new.append(full)
            if len(self._new) >= GROUP:
                self._send()

    def make_folder(self, path: str) -> None:
        """Make the folders of a path; never the top one, which is gone when the run has failed."""
        if path in self._folders:
            return
        at = self._top
        for name in path.split("/") if path else ():
            at = os.path.join(at, name)
            with suppress(FileExistsError):
                os.mkdir(at)
            share_folder(at)  # another process may have made it: before a file is put into it
        self._folders.add(path)

    def read(self, path: str) -> bytes:
        """Read a file back."""
        return read_file(self.folder / path, most=LARGEST)

    def send(self) -> None:
        """Begin to bring to the disk what was written."""
        with self._threads:
            self._send()

    def settle(self) -> None:
        """Wait until all files are on the disk; raises what the disk said."""
        with self._threads:
            self._send()
            sent, self._sent = self._sent, []
        for group in sent:
            group.result()

    def sync(self, alike: Collection[str] = ()) -> None:
        """Wait until all files are on the disk, then bring the folders there.

        ``alike`` are files of people: all get one age, because copies keep the age of files, and it
        would tell in which order they were written.
        """
        self.settle()
        full = [os.path.join(self._top, path) for path in alike]
        newest = max((os.stat(path).st_mtime_ns for path in full), default=0)
        for path in full:
            with suppress(OSError):  # a disk that lets nobody say how old a file is
                os.utime(path, ns=(newest, newest))
        for folder, _, _ in os.walk(self.folder):
            disk.sync_folder(folder)

    def _send(self) -> None:
        self._sent.append(self._disk.submit(disk.sync_all, self._new))
        self._new = []

    def close(self) -> None:
        """Send nothing more."""
        self._disk.shutdown(cancel_futures=True)


def _put(file: FileIO, part: bytes | memoryview) -> None:
    """Write all of a part: a disk that is nearly full takes less than given, and says so next."""
    rest = memoryview(part)
    while rest:
        rest = rest[file.write(rest) :]
