"""What the log says of an archive that is made because another, which tells more, has to go.

The making itself is the way of every archive (:mod:`archive_tool.pipeline.downgrade`). It is written
down before it begins; the next start says whether it came to be. Killed in between, nothing was
destroyed: the same plan can be applied again, and makes nothing twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.lifecycle import catalogue, places
from archive_tool.lifecycle.applying import pending
from archive_tool.lifecycle.applying.work import DOWNGRADE, Task, Work
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import due

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.planning.sweep_item import Item

_POLICY = "policy"


def begin(
    store: Path, vault: Vault, item: Item, *, plan: str, operator: str, now: datetime
) -> None:
    """Write down that an archive which tells less is made. The caller holds the locks."""
    policy = "" if item.lesser is None else item.lesser.digest
    work = Work(
        kind=DOWNGRADE,
        plan=places.digest({"sweep": plan, "archive": item.archive, "now": now}),
        vault_id=vault.vault_id,
        started=now,
        operator=operator,
        epoch=vault.epoch,
        tasks=[Task(archive_id=item.archive, seal=item.seal, why=item.why)],
        extra={"sweep": plan, _POLICY: policy},
    )
    pending.write(store, vault, work)
    audit.append(store, DOWNGRADE, phase=audit.INTENT, detail=_detail(work), now=now)


def recover(store: Path, vault: Vault, *, now: datetime) -> None:
    """Say of everything that was begun whether it came to be. The caller holds the locks."""
    begun = [work for work in pending.works(store, vault) if work.kind == DOWNGRADE]
    overview = catalogue.load(store, vault) if begun else None
    for work in begun:
        stored = () if overview is None else overview.entries
        made = [
            name
            for entry in stored
            if overview is not None and entry.archive_id == work.tasks[0].archive_id
            for name in due.made_under(work.extra[_POLICY], entry, overview)
        ]
        phase = audit.DONE if made else audit.UNDONE
        audit.append(store, DOWNGRADE, phase=phase, detail=_detail(work) | {"made": made}, now=now)
        pending.remove(store, work)


def _detail(work: Work) -> dict[str, object]:
    return {"plan": work.plan, "archives": [t.archive_id for t in work.tasks], **work.extra}
