"""The end of a renewal of keys: archives written again are swapped in, now or at the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.archive import layout, swap
from archive_tool.keys import disk
from archive_tool.lifecycle import places
from archive_tool.lifecycle.applying import destroy, pending
from archive_tool.lifecycle.applying.work import REKEY
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import deferred

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.applying.work import Work


def finish(store: Path, vault: Vault, work: Work, *, now: datetime) -> None:
    """Swap the archives in; may be done again after a crash."""
    destroy.leave_record(store, vault)
    beside = store / layout.REKEYED
    for task in work.tasks:
        if (beside / task.archive_id).is_dir():
            swap.put(store, beside / task.archive_id)
    deferred.take_over(store, beside / places.DEFERRED)
    if beside.exists():
        disk.remove_tree(beside)
    said = detail(work) | {"epoch": vault.epoch}
    audit.append(store, REKEY, phase=audit.DONE, detail=said, now=now)
    pending.remove(store, work)


def recover(store: Path, vault: Vault, *, now: datetime) -> None:
    """Finish or undo a renewal that was interrupted."""
    for work in pending.works(store, vault):
        if work.kind == REKEY and vault.has_applied(work.plan):
            finish(store, vault, work, now=now)
        elif work.kind == REKEY:
            if (store / layout.REKEYED).exists():
                disk.remove_tree(store / layout.REKEYED)
            audit.append(store, REKEY, phase=audit.UNDONE, detail=detail(work), now=now)
            pending.remove(store, work)


def detail(work: Work) -> dict[str, object]:
    """Return what the log says of it."""
    return {"plan": work.plan, "archives": [task.archive_id for task in work.tasks]}
