"""The lines that other stages leave in the audit log: making an archive, reading one."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout
from archive_tool.lifecycle.audit_log import audit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault

_READ_ONLY: Final = (errno.EROFS, errno.EACCES, errno.EPERM)

CREATE: Final = "create"
EXTRACT: Final = "extract"


def before_create(store: Path, vault: Vault, archive_id: str, *, now: datetime) -> bytes:
    """Write the intent and return the signed checkpoint that goes into the archive.

    It lies there as ``data/audit.json`` (:data:`checkpoints.CHECKPOINT`); the vault notes it and must be
    saved afterwards. The caller holds the locks.
    """
    detail = {"archive": archive_id}
    audit.append(store, CREATE, phase=audit.INTENT, detail=detail, now=now)
    return audit.checkpoint(store, vault, now=now)


def after_create(store: Path, archive_id: str, *, now: datetime) -> None:
    """Write that the archive was published."""
    audit.append(store, CREATE, detail={"archive": archive_id}, now=now)


def store_of(archive: Path) -> Path | None:
    """Return the store that an archive's folder lies in; None for a copy elsewhere."""
    folder = archive.resolve().parent
    return folder.parent if folder.name == layout.ARCHIVES else None


def extracted(store: Path, archive_id: str, types: Sequence[str], *, now: datetime) -> bool:
    """Write that rows left an archive in plain form; False in a store that cannot be written.

    A collaborator may read a store that belongs to somebody else, or lies on a medium that takes
    no more: who can read an archive can copy it away from its log all the same.
    """
    detail = {"archive": archive_id, "types": sorted(types)}
    try:
        audit.append(store, EXTRACT, detail=detail, now=now)
    except OSError as error:
        if error.errno not in _READ_ONLY:
            raise
        return False
    return True
