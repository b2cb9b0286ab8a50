"""Retention: what is past its date goes, by a plan that somebody has looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.archive import layout
from archive_tool.errors import PlanError, RetentionError
from archive_tool.lifecycle.applying import changing, destroy, erase, lowering
from archive_tool.lifecycle.applying.work import AS_OF, SWEEP, Task, Unreached, Work
from archive_tool.lifecycle.audit_log import audit, clocks
from archive_tool.lifecycle.dates import deferred
from archive_tool.lifecycle.planning import plans, sweep_plan, unreached
from archive_tool.lifecycle.stored_policy import summaries_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.lifecycle.planning.sweep_item import Item
    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan
    from archive_tool.lifecycle.unreadable import Unreadable
    from archive_tool.model.paths import AnyPath


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What a plan led to."""

    destroyed: destroy.Destroyed | None
    """None when nothing was due."""
    erased: tuple[destroy.Destroyed, ...]
    """Erasures, or parts of them, that no hold kept any more."""
    unreadable: tuple[Unreadable, ...]
    """Archives that were not looked at, when the plan was made or now."""
    undecided: int
    """Data types that are past their date and wait for somebody's decision, by the plan."""


def apply(
    store: Path,
    vault: Vault,
    given: SweepPlan | AnyPath,
    *,
    as_of: datetime,
    now: datetime,
    operator: str = "",
    leave: Collection[str] = (),
) -> Applied:
    """Run exactly a plan, or the plan in a file, and erasures that nothing holds any more.

    ``leave``: archives that stay as they are, because nothing that tells less could be made of
    them.

    Raises PlanError (19) when the plan was edited, was applied already, or no longer fits the
    store; RetentionError (14) when everything in it is under hold and no erasure waits, or not due
    on ``as_of``, or when the clock runs behind the plan or the audit log. Then nothing is destroyed.
    """
    decided = plans.taken(given, sweep_plan.SweepPlan, sweep_plan.SCHEMA)
    with changing.changing(store, vault, now=now):
        records = audit.read(store)
        decided = _still_fits(store, vault, decided, records, as_of=as_of, now=now)
        going = [item for item in decided.ready if item.archive not in leave]
        if any(item.lesser for item in going):
            raise PlanError("an archive that tells less has to be made first", where="plan")
        done = None
        if going:
            work = _work(
                store, vault, decided, going, records, as_of=as_of, now=now, operator=operator
            )
            done = destroy.run(store, vault, work, now=now)
        erased = erase.run_due(store, vault, now=now)
    return Applied(
        destroyed=done,
        erased=tuple(erased),
        unreadable=tuple(decided.unreadable),
        undecided=len(decided.undecided),
    )


def prepare(
    store: Path,
    vault: Vault,
    given: SweepPlan | AnyPath,
    *,
    as_of: datetime,
    now: datetime,
    operator: str = "",
) -> list[Item]:
    """Write down which archives that tell less a plan needs, and return what they are made of.

    Raises what :func:`apply` raises. The next start says in the log whether each was made.
    """
    decided = plans.taken(given, sweep_plan.SweepPlan, sweep_plan.SCHEMA)
    with changing.changing(store, vault, now=now):
        records = audit.read(store)
        decided = _still_fits(store, vault, decided, records, as_of=as_of, now=now)
        wanted = [item for item in decided.ready if item.lesser]
        for item in wanted:
            lowering.begin(store, vault, item, plan=decided.digest, operator=operator, now=now)
    return wanted


def _still_fits(
    store: Path,
    vault: Vault,
    decided: SweepPlan,
    records: Sequence[Record],
    *,
    as_of: datetime,
    now: datetime,
) -> SweepPlan:
    plans.refuse_applied(records, decided.digest, known=vault.has_applied(decided.digest))
    clocks.refuse_behind(records, decided.made, now)
    day = as_of.date()
    if day != decided.as_of:  # only the plan's own day may be one to come
        day = min(day, now.date())
    decided = sweep_plan.current(store, vault, decided, records, day)
    if decided.held and not decided.ready and not deferred.released(store, vault):
        raise RetentionError(
            "everything that is due is under hold",
            where="plan",
            hint="see archive-tool hold list",
            detail={"holds": sorted({hold for item in decided.held for hold in item.holds})},
        )
    return decided


def _work(
    store: Path,
    vault: Vault,
    decided: SweepPlan,
    going: Sequence[Item],
    records: Sequence[Record],
    *,
    as_of: datetime,
    now: datetime,
    operator: str,
) -> Work:
    tasks, secrets, shared = [], [], []
    for item in going:
        types = [] if item.whole else _types_of(store, item)
        tasks.append(
            Task(
                archive_id=item.archive,
                seal=item.seal,
                why=item.why,
                whole=item.whole,
                types=types,
                successors=item.successors,
                named=item.named,
                revision=item.revision,
                files=item.files,
                bytes=item.bytes,
            )
        )
        names, left = _secrets_of(item, types)
        secrets += names
        shared += left
    touched = [item.archive for item in going]
    return Work(
        kind=SWEEP,
        plan=decided.digest,
        vault_id=vault.vault_id,
        started=now,
        operator=operator,
        epoch=vault.epoch,
        tasks=tasks,
        secrets=secrets,
        key_ids=vault.key_ids((), secrets),
        not_reached=[
            *unreached.copies(vault, records, touched),
            *unreached.unreadable(decided.unreadable),
            *shared,
        ],
        # another day than the clock's destroys earlier or later than the dates say: it is told
        extra={AS_OF: as_of.date().isoformat()},
    )


def _types_of(store: Path, item: Item) -> list[str]:
    """Return what goes of an archive of which something stays: types, and the summaries of them."""
    types = [due.data_type for due in item.due]
    if not types or not any(map(layout.is_aggregate, item.types)):
        return types
    summaries = summaries_of(store / layout.ARCHIVES / item.archive, types)
    return [*types, *sorted(summaries.intersection(item.types))]


def _secrets_of(item: Item, types: Sequence[str]) -> tuple[list[str], list[Unreached]]:
    """Return the secrets to destroy, and what stays readable in copies because its key stays.

    ``types`` go, of an archive of which something stays.
    """
    if item.whole:
        return [item.archive], []
    staying = {layout.scope_of(name) for name in item.types if name not in types}
    going = {
        layout.scope_of(name): "summary tables" if layout.is_aggregate(name) else name
        for name in types
    }
    shared = [
        Unreached(
            kind="shared-key",
            what=f"{name} in copies of archive {item.archive}: the key is also that of data that "
            "stays",
            notice="destroy the copies; the key goes when the rest of the scope is due",
        )
        for scope, name in going.items()
        if scope in staying
    ]
    return [f"{item.archive}/{scope}" for scope in sorted(going) if scope not in staying], shared
