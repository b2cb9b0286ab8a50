"""What is refused of a vault that somebody names, before anything is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.errors import UsageError, VaultError
from archive_tool.keys.vault import Vault
from archive_tool.model.paths import is_inside

if TYPE_CHECKING:
    from pathlib import Path


def refuse_inside(store: Path, vault: Path) -> None:
    """VaultError (17) when the vault lies in the store: its backups would hold the keys."""
    if is_inside(vault, store):
        raise VaultError(
            "the vault lies inside the store",
            where="vault",
            expected="a folder outside the store",
            hint="whoever copies the store must not get the keys with it",
        )


def require_open(vault: object) -> None:
    """UsageError for what is no open vault: the path of one, most often."""
    if not isinstance(vault, Vault):
        raise UsageError("is no open vault", where="vault", expected="Vault.open(folder)")
