"""Work that was decided and is not done yet: one file each, so that the next start finds it.

Signed with the vault's key: nobody else can have something finished that was never decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.keys import disk, signed, sshsig
from archive_tool.lifecycle import places
from archive_tool.lifecycle.applying.work import Work
from archive_tool.model.files import read_file
from archive_tool.model.parsed import of_kind

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.keys import Vault

NAMESPACE: Final = "archive-tool-pending"


def write(store: Path, vault: Vault, work: Work) -> None:
    """Write work down before it begins."""
    content = signed.seal(msgspec.to_builtins(work), vault.signing_key, namespace=NAMESPACE)
    places.write(_path(store, work.plan), content)


def remove(store: Path, work: Work) -> None:
    """Take it away when it is done, or undone."""
    path = _path(store, work.plan)
    path.unlink()
    disk.sync_folder(path.parent)


def works(store: Path, vault: Vault) -> list[Work]:
    """Return the works of this vault; what was torn while it was written had not begun."""
    folder = store / places.STATE / places.PENDING
    for torn in folder.glob(".*.new"):
        torn.unlink()
    found = [_read(path, vault) for path in sorted(folder.glob("[!.]*.json"))]
    return [work for work in found if work is not None]


def _path(store: Path, plan: str) -> Path:
    return store / places.STATE / places.PENDING / f"{plan}.json"


def _read(path: Path, vault: Vault) -> Work | None:
    """Return None for work of another vault; a renewal of keys was signed by the former key."""
    where = f"{places.STATE}/{places.PENDING}"
    document, signer = signed.unseal(read_file(path), namespace=NAMESPACE, where=where)
    work = of_kind(document, Work)
    if work is None:
        raise IntegrityError("cannot be read", where=where)
    if work.vault_id != vault.vault_id:
        return None
    if not vault.has_signed(sshsig.openssh_line(signer)):
        raise IntegrityError("is signed by a key that is not the vault's", where=where)
    return work
