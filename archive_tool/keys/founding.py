"""A new vault on the disk: it goes over nothing, also where two are made at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.errors import VaultError
from archive_tool.keys import disk, vault_file
from archive_tool.model.archive import VAULT_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive_tool.keys.identities import Identity
    from archive_tool.keys.vault_file import VaultBody


def refuse_existing(*paths: Path) -> None:
    """VaultError (17) where one of the files is there already."""
    for path in paths:
        if path.exists():
            raise _exists(path)


def put(
    folder: Path, body: VaultBody, *, identity: Identity, identity_path: Path, content: bytes
) -> None:
    """Write the identity file, which has this content, and then the vault that it opens.

    VaultError (17) where somebody else who makes one there was faster: theirs stays, whole.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / VAULT_FILE
    if _is_taken(lambda: disk.write_new(identity_path, content)):
        raise _exists(identity_path)
    try:
        is_taken = _is_taken(lambda: vault_file.write(folder, body, [identity], first=True))
    except BaseException:
        if not path.exists():  # an identity that opens nothing must not lie about
            identity_path.unlink(missing_ok=True)
        raise
    if is_taken:
        identity_path.unlink(missing_ok=True)
        raise _exists(path)


def _is_taken(write: Callable[[], object]) -> bool:
    """Whether somebody else, who makes a vault there too, was faster."""
    try:
        write()
    except FileExistsError:
        return True
    return False


def _exists(path: Path) -> VaultError:
    return VaultError(
        "exists already and is never overwritten",
        where=path.name,
        hint="use what is there, or name another place",
    )
