"""Retention: what is past its date goes, by a plan that somebody has looked at."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.archive import layout
from archive_tool.archive.reader import open_archive
from archive_tool.errors import RetentionError
from archive_tool.lifecycle import (
    audit,
    catalogue,
    changing,
    destroy,
    erase,
    holds,
    places,
    plans,
    unreached,
)
from archive_tool.lifecycle.work import SWEEP, Task, Unreached, Work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.keys import Vault

SCHEMA: Final = "archive-tool/sweep-plan/1"
LOOK_AHEAD: Final = 90
"""Days for which a plan says what comes due."""

PAST: Final = "past its retention date"
CAME_BACK: Final = "destroyed before, and came back from a copy"
PEOPLE_CAME_BACK: Final = "holds files of erased people that came back from a copy"


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One data type of an archive that is past its date."""

    data_type: str
    since: date
    """First day on which it should not be there any more."""
    basis: str
    action: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen to one archive."""

    archive: str
    seal: str
    """SHA-256 of its tag manifest: another one makes the plan stale."""
    why: str
    whole: bool
    due: list[Due]
    types: list[str]
    """Everything that the archive holds."""
    files: int | None
    bytes: int
    holds: list[str]
    """Holds that keep it; then nothing happens."""


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """What comes due soon."""

    archive: str
    data_type: str
    due: date


class SweepPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep would do on a day."""

    schema: str
    made: datetime
    """By the clock of the machine."""
    as_of: date
    vault_id: str
    items: list[Item]
    coming: list[Coming]
    """What comes due in the next 90 days."""
    archives: int
    """Archives looked at."""
    not_reached: list[Unreached]
    """Copies that the sweep would not reach."""
    digest: str = ""

    @property
    def ready(self) -> list[Item]:
        """Items that nothing holds."""
        return [item for item in self.items if not item.holds]

    @property
    def held(self) -> list[Item]:
        """Items under a hold."""
        return [item for item in self.items if item.holds]


def plan(store: Path, vault: Vault, *, as_of: datetime, now: datetime) -> SweepPlan:
    """Look through a store. Changes nothing but the catalogue."""
    places.require_store(store)
    records = audit.read(store)
    in_force = holds.active(store)
    day = as_of.date()
    overview = catalogue.load(store, vault)
    items = [_item(store, vault, entry, in_force, day) for entry in overview.entries]
    found = [item for item in items if item is not None]
    coming = [
        Coming(archive=entry.archive_id, data_type=term.data_type, due=_since(term.destroy_after))
        for entry in overview.entries
        for term in entry.terms
        if day <= term.destroy_after < day + timedelta(days=LOOK_AHEAD)
    ]
    body = SweepPlan(
        schema=SCHEMA,
        made=now,
        as_of=day,
        vault_id=vault.vault_id,
        items=found,
        coming=sorted(coming, key=lambda c: (c.due, c.archive, c.data_type)),
        archives=len(overview.entries),
        not_reached=unreached.copies(vault, records, [i.archive for i in found]) if found else [],
    )
    return msgspec.structs.replace(body, digest=plans.digest_of(msgspec.to_builtins(body)))


def apply(
    store: Path,
    vault: Vault,
    path: Path,
    *,
    as_of: datetime,
    now: datetime,
    operator: str = "",
) -> destroy.Destroyed | None:
    """Run exactly the plan in a file; None when it has nothing to do.

    Raises PlanError (19) when the plan was edited, was applied already, or no longer fits the
    store; RetentionError (14) when everything in it is under hold or not due on ``as_of``, or when
    the clock runs behind the plan or the audit log. Then nothing is destroyed.
    """
    decided = plans.load(path, SweepPlan, SCHEMA)
    with changing.changing(store, vault, now=now):
        records = audit.read(store)
        plans.refuse_applied(records, decided.digest)
        changing.refuse_clock(records, decided.made, now)
        _refuse_stale(store, vault, decided, as_of.date())
        if decided.held and not decided.ready:
            raise RetentionError(
                "everything that is due is under hold",
                where="plan",
                hint="see archive-tool hold list",
                detail={"holds": sorted({hold for item in decided.held for hold in item.holds})},
            )
        done = None
        if decided.ready:
            work = _work(vault, decided, records, now=now, operator=operator)
            done = destroy.run(store, vault, work, now=now)
        erase.run_due(store, vault, now=now)
    return done


def _item(
    store: Path,
    vault: Vault,
    entry: catalogue.Entry,
    in_force: Sequence[holds.Hold],
    day: date,
) -> Item | None:
    due = [
        Due(data_type=t.data_type, since=_since(t.destroy_after), basis=t.basis, action=t.action)
        for t in entry.terms
        if t.destroy_after < day and t.action == "destroy"
    ]
    back = vault.is_destroyed(entry.archive_id)
    if not due and not back and not entry.erased_here:
        return None
    dated = {term.data_type for term in entry.terms}
    tables = {name for name in entry.types if not name.startswith(layout.AGGREGATE_PREFIX)}
    whole = back or (len(due) == len(dated) and tables <= dated)
    why = CAME_BACK if back else (PAST if due else PEOPLE_CAME_BACK)
    files = entry.files
    if files is not None:
        names = {item.data_type for item in due}
        counted = sum(n for name, n in files.items() if whole or name in names)
        files_going: int | None = counted or entry.erased_here
    else:
        files_going = None
    subjects: frozenset[str] = frozenset()
    if not back and any(hold.subjects for hold in in_force):
        archive = open_archive(store / layout.ARCHIVES / entry.archive_id, vault=vault)
        subjects = frozenset(e.subject for e in archive.index)
    return Item(
        archive=entry.archive_id,
        seal=entry.seal,
        why=why,
        whole=whole,
        due=due,
        types=entry.types,
        files=files_going,
        bytes=entry.bytes if whole else 0,
        # what came back was destroyed under the holds of its time
        holds=[] if not due else list(holds.covering(in_force, entry.archive_id, subjects)),
    )


def _since(last: date) -> date:
    return last if last == date.max else last + timedelta(days=1)


def _refuse_stale(store: Path, vault: Vault, decided: SweepPlan, day: date) -> None:
    """Compare every item with the store as it is."""
    if decided.vault_id != vault.vault_id:
        raise plans.stale("was made with another vault")
    in_force = holds.active(store)
    for item in decided.items:
        folder = store / layout.ARCHIVES / item.archive
        entry = catalogue.entry_of(folder, vault) if folder.is_dir() else None
        if entry is None or entry.seal != item.seal:
            raise plans.stale("an archive has changed since, or is gone")
        again = _item(store, vault, entry, in_force, decided.as_of)
        if again is None or again.holds != item.holds:
            raise plans.stale("holds have changed since")
        if again != item:
            raise plans.stale("an archive has changed since")
        if any(due.since > day for due in item.due):
            raise RetentionError(
                f"is not due on {day.isoformat()}",
                where=item.archive,
                expected=f"{decided.as_of.isoformat()} or later, as the plan says",
                hint="apply the plan when it is due, or with the --as-of it was made with",
            )


def _work(
    vault: Vault,
    decided: SweepPlan,
    records: Sequence[audit.Record],
    *,
    now: datetime,
    operator: str,
) -> Work:
    tasks, secrets, shared = [], [], []
    for item in decided.ready:
        types = [] if item.whole else [due.data_type for due in item.due]
        tasks.append(
            Task(
                archive_id=item.archive,
                seal=item.seal,
                why=item.why,
                whole=item.whole,
                types=types,
                files=item.files,
                bytes=item.bytes,
            )
        )
        names, left = _secrets_of(item, types, item.types)
        secrets += names
        shared += left
    touched = [item.archive for item in decided.ready]
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
        not_reached=[*unreached.copies(vault, records, touched), *shared],
    )


def _secrets_of(
    item: Item, types: Sequence[str], all_types: Sequence[str]
) -> tuple[list[str], list[Unreached]]:
    """Return the secrets to destroy, and what stays readable in copies because its key stays."""
    if item.whole:
        return [item.archive], []
    staying = {layout.scope_of(name) for name in all_types if name not in types}
    going = {layout.scope_of(name): name for name in types}
    shared = [
        Unreached(
            kind="shared-key",
            what=f"{name} in copies of archive {item.archive}: its key is also that of data that "
            "stays",
            notice="destroy the copies; the key goes when the rest of the scope is due",
        )
        for scope, name in going.items()
        if scope in staying
    ]
    return [f"{item.archive}/{scope}" for scope in sorted(going) if scope not in staying], shared
