"""The folder in which an archive grows, on the store's own disk, until one rename publishes it."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from archive_tool.archive import layout, swap
from archive_tool.keys import primitives
from archive_tool.keys.lock import FileLock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Staging:
    """A private folder under the lock of the store; gone when the run ends, however it ends.

    A killed run leaves its folder behind, with encrypted files only; the next one removes it.
    """

    def __init__(self, store: Path, archive_id: str) -> None:
        self._store = store
        self._archive_id = archive_id
        self._top = store / f"{layout.STAGING_PREFIX}{primitives.random_bytes(8).hex()}"
        self._lock = FileLock(store / layout.STORE_LOCK, what="store")
        self._folders: set[str] = set()
        self._disk = ThreadPoolExecutor(1, "disk")
        self._sent: dict[str, Future[None]] = {}

    @property
    def folder(self) -> Path:
        """Where the archive grows."""
        return self._top / self._archive_id

    def open(self) -> None:
        """Take the store's lock, remove what dead runs left, make the folder."""
        self._store.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock.__enter__()
        try:
            swap.settle(self._store)
            for stale in self._store.glob(f"{layout.STAGING_PREFIX}*"):
                shutil.rmtree(stale)
            (self._store / layout.ARCHIVES).mkdir(exist_ok=True)
            self._top.mkdir(mode=0o700)
            self.folder.mkdir()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the folder, if it was not published, and free the store."""
        try:
            self._disk.shutdown(cancel_futures=True)
            shutil.rmtree(self._top, ignore_errors=True)
        finally:
            self._lock.__exit__()

    def write(self, path: str, content: bytes | memoryview) -> None:
        """Create one file of the archive; it is on the disk for good after :meth:`sync`."""
        self.write_parts(path, (content,))

    def write_parts(self, path: str, parts: Iterable[bytes | memoryview]) -> None:
        """Create one file of the archive of parts that come one by one.

        It is sent to the disk while the next ones are made.
        """
        parent = path.rpartition("/")[0]
        if parent not in self._folders:
            (self.folder / parent).mkdir(parents=True, exist_ok=True)
            self._folders.add(parent)
        with open(self.folder / path, "xb", buffering=0) as file:
            for part in parts:
                rest = memoryview(part)
                while rest:  # a disk that is nearly full takes less than given, and says so next
                    rest = rest[file.write(rest) :]
        self._sent[path] = self._disk.submit(_sync, str(self.folder / path))

    def sync(self) -> None:
        """Wait until all files are on the disk, then bring the folders there."""
        for sent in self._sent.values():
            sent.result()
        if os.name != "nt":  # Windows has no folder handles to flush
            for folder, _, _ in os.walk(self._top):
                _sync(folder)

    def publish(self) -> Path:
        """Rename the folder to its final place: the archive exists in full, or not at all."""
        target = self._store / layout.ARCHIVES / self._archive_id
        self.folder.rename(target)
        if os.name != "nt":
            _sync(str(target.parent))
        return target


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
