"""The folder in which an archive grows, on the store's own disk, until one rename publishes it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from archive_tool.archive import layout, swap
from archive_tool.archive.files import Files
from archive_tool.keys import disk, primitives
from archive_tool.keys.lock import FileLock
from archive_tool.keys.shared import make_folder

if TYPE_CHECKING:
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
        self.files = Files(self._top / archive_id)

    @property
    def folder(self) -> Path:
        """Where the archive grows."""
        return self.files.folder

    def open(self) -> None:
        """Take the store's lock, remove what dead runs left, make the folder."""
        self._store.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock.__enter__()
        try:
            swap.settle(self._store)
            swap.clear_staging(self._store)
            make_folder(self._store / layout.ARCHIVES, mode=0o777)
            make_folder(self._top)
            make_folder(self.folder, mode=0o777)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the folder, if it was not published, and free the store."""
        try:
            self.files.close()
            shutil.rmtree(self._top, ignore_errors=True)
        finally:
            self._lock.__exit__()

    def publish(self) -> Path:
        """Rename the folder to its final place: the archive exists in full, or not at all."""
        target = self._store / layout.ARCHIVES / self._archive_id
        disk.move(self.folder, target)
        disk.sync_folder(target.parent)
        return target
