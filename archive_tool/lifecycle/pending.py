"""Work that was decided and is not done yet: one file each, so that the next start finds it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from archive_tool.errors import IntegrityError
from archive_tool.lifecycle import places
from archive_tool.lifecycle.work import Work

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.keys import Vault


def write(store: Path, work: Work) -> None:
    """Write work down before it begins."""
    places.write(_path(store, work.plan), places.canonical(work))


def remove(store: Path, work: Work) -> None:
    """Take it away when it is done, or undone."""
    path = _path(store, work.plan)
    path.unlink()
    places.sync_folder(path.parent)


def works(store: Path, vault: Vault) -> list[Work]:
    """Return the works of this vault; what was torn while it was written had not begun."""
    folder = store / places.STATE / places.PENDING
    for torn in folder.glob(".*.new"):
        torn.unlink()
    found = [_read(path) for path in sorted(folder.glob("*.json"))]
    return [work for work in found if work.vault_id == vault.vault_id]


def _path(store: Path, plan: str) -> Path:
    return store / places.STATE / places.PENDING / f"{plan}.json"


def _read(path: Path) -> Work:
    work = None
    with suppress(msgspec.MsgspecError):
        work = msgspec.json.decode(path.read_bytes(), type=Work)
    if work is None:
        raise IntegrityError("cannot be read", where=f"{places.STATE}/{places.PENDING}")
    return work
