"""A store that was opened, and its vault as it is now."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive_tool.errors import FormatError, VaultError
from archive_tool.lifecycle import places
from archive_tool.model.moments import in_utc
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from archive_tool.keys import Vault

    Ids = str | Iterable[str]
    """Ids of people as the platform writes them, one or many."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Where a store lies, and the vault that it was opened with."""

    path: Path
    vault: Vault | None = field(repr=False)

    def __repr__(self) -> str:
        """Where it is, and how many archives lie there now."""
        held = "not there"
        with suppress(FormatError):  # its drive may have been taken away
            held = count(len(places.archives_of(self.path)), "archive")
        return f"<Store {self.path}: {held}{'' if self.vault else ', without its vault'}>"

    def _vault(self) -> Vault:
        vault = self._vault_if_any()
        if vault is None:
            raise VaultError(
                "this needs the vault",
                where="vault",
                hint="give --vault DIR, in Python open_store(path, vault=vault)",
            )
        return vault

    def _vault_if_any(self) -> Vault | None:
        """Give the vault as it is now: a notebook is open for hours, and others write it too.

        One from a backup must not know people who were erased in the store since.
        """
        if self.vault is not None:
            self.vault.follow()
            self.vault.heed_store(self.path)
        return self.vault


def clock(now: datetime | None) -> datetime:
    """Give the moment; the machine's where none was given."""
    return datetime.now(UTC) if now is None else in_utc(now, "now")
