"""What is refused of a vault, and of a store, before anything is done with them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from archive_tool.errors import UsageError, VaultError
from archive_tool.keys.vault import Vault
from archive_tool.model.archive import STORE_LOCK
from archive_tool.model.paths import is_inside


def refuse_nested(store: Path, vault: Path) -> None:
    """VaultError (17) when one lies in the other: a copy of both keeps what is erased later on."""
    if is_inside(vault, store):
        raise VaultError(
            "the vault lies inside the store",
            where="vault",
            expected="a folder outside the store",
            hint="whoever copies the store must not get the keys with it",
        )
    if is_inside(store, vault):
        raise VaultError(
            "the store lies inside the folder of the vault",
            where="vault",
            expected="a folder of its own",
            hint="whoever copies the vault must not get the store with it",
        )


def refuse_in_a_store(vault: Path) -> None:
    """VaultError (17) for a new vault in a store that is there, which would be refused later on."""
    real = Path(os.path.realpath(vault))
    for folder in (real, *real.parents):
        if (folder / STORE_LOCK).exists():
            refuse_nested(folder, vault)


def refuse_read_only(*folders: Path) -> None:
    """OSError for a folder that nothing can be written to: found out at the end, hours are lost."""
    for folder in folders:
        if not os.access(folder, os.W_OK | os.X_OK):
            said = "cannot be written: it is read-only, or somebody else's"
            raise OSError(errno.EACCES, said, os.fspath(folder))


def require_open(vault: object) -> None:
    """UsageError for what is no open vault: the path of one, most often."""
    if not isinstance(vault, Vault):
        raise UsageError("is no open vault", where="vault", expected="Vault.open(folder)")


def refuse_grant(vault: Vault, where: str = "vault") -> None:
    """VaultError (17) for a grant, where something is to be changed or somebody looked for."""
    from archive_tool.keys.grant import Grant

    if isinstance(vault, Grant):
        raise VaultError(
            "is a grant, which only reads",
            where=where,
            expected="the folder of a vault",
            hint="archive-tool extract and archive-tool verify take a grant",
        )
