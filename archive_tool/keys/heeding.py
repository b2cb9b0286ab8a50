"""What of a vault remembers the destroyed: the records of erasures, read and left behind.

:mod:`archive_tool.keys.erasure` says what stands in one and where they lie.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from archive_tool.keys import disk, erasure
from archive_tool.keys.custody import Custody
from archive_tool.model.files import read_file

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Lock

    from archive_tool.keys.vault_file import VaultBody


class Heeding(Custody):
    """Records of erasures of a vault."""

    _newest: int
    """Newest epoch that the vault, or a record of it, is known to have had."""
    _threads: Lock
    _heeded: dict[Path, tuple[VaultBody, bytes]]
    """By place: the record that was heeded last, and by which body: another one has not heeded it."""

    @property
    def vault_id(self) -> str:
        """128 random bits, hex."""
        return self._body.vault_id

    def erasure_record(self) -> bytes | None:
        """Return what this vault has forgotten, signed; None when it is nothing."""
        if not self._body.erased and not self._body.destroyed:
            return None
        return erasure.encode(self._body)

    def heed_store(self, store: Path) -> None:
        """Heed the record that lies in a store: it may know of erasures that this copy does not."""
        self.heed(erasure.store_path(store, self.vault_id))

    def heed(self, path: Path) -> None:
        """Forget what a record of erasures says was destroyed; a missing file says nothing.

        This is what makes a vault from a backup refuse the people who were erased since; its next
        :meth:`save` shreds them again. Raises IntegrityError when the record was changed.
        """
        content = None
        with suppress(FileNotFoundError, NotADirectoryError):  # the home of a service is no folder
            content = read_file(path)
        if content is None:
            return
        body, known = self._heeded.get(path, (None, b""))
        if body is self._body and known == content:
            return  # every archive of a store asks for the same record, and it may name thousands
        record = erasure.decode(
            content,
            vault_id=self.vault_id,
            signers=[self.public_key, *self._body.former_signers],
            where=path.name,
        )
        if record is None:
            return
        with self._threads:
            erasure.heed(self._body, record)
            self._newest = max(self._newest, record.epoch)
            self._heeded[path] = (self._body, content)

    @property
    def behind(self) -> bool:
        """Whether a record of erasures comes from a newer epoch than this vault."""
        return self._newest > self._body.epoch

    def _heed_all(self) -> None:
        """Forget what the records beside the identity and on this machine say was destroyed."""
        for place in erasure.places_of(self.vault_id, self._identity_path):
            self.heed(place)

    def _leave_record(self) -> None:
        """Leave the record of erasures beside the identity and on this machine, where possible."""
        record = self.erasure_record()
        if record is None:
            return
        for place in erasure.places_of(self.vault_id, self._identity_path):
            with suppress(OSError):  # read-only media, no home: the store has it too
                place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                disk.replace(place, record)
