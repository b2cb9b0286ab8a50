"""Withdrawal: somebody disappears from every archive of a store, and from every copy of one.

The subject's secret leaves the vault, so that no copy of the files can be read; the files and index
entries of the live archives go; what was not reached is listed.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.archive import layout, rewrite
from archive_tool.archive.reader import open_archive
from archive_tool.errors import PlanError, RetentionError
from archive_tool.keys import SubjectState
from archive_tool.lifecycle import (
    audit,
    destroy,
    holds,
    mentions,
    people,
    places,
    plans,
    subjects,
    sweep,
    unreached,
)
from archive_tool.lifecycle.work import ERASE, Task, Unreached, Work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.archive import Archive
    from archive_tool.keys import Vault

SCHEMA: Final = "archive-tool/erase-plan/1"
WITHDRAWN: Final = "somebody withdrew"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One of the people, by keyed names only."""

    keys: list[str]
    """Subject keys of all spellings of the id."""
    holds: list[str]
    """Holds on the person, or on an archive with files of the person."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What would happen to one archive."""

    archive: str
    seal: str
    """SHA-256 of its tag manifest: another one makes the plan stale."""
    subjects: list[str]
    """Subject keys of the people who have files here."""
    files: int
    rows: int


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of others that name one of the people."""

    archive: str
    data_type: str
    column: str
    rows: int


class ErasePlan(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure would do."""

    schema: str
    made: datetime
    """By the clock of the machine."""
    vault_id: str
    asked: int
    """Ids that were given."""
    people: list[Person]
    """Those of them whom the vault knows."""
    items: list[Item]
    mentions: list[Named]
    rewrite_mentions: bool
    """Whether the mentions are taken out of the rows of others."""
    not_reached: list[Unreached]
    digest: str = ""

    @property
    def ready(self) -> list[Person]:
        """People whom nothing holds."""
        return [person for person in self.people if not person.holds]

    @property
    def held(self) -> list[Person]:
        """People under a hold: they stay until it is released."""
        return [person for person in self.people if person.holds]


def plan(
    store: Path,
    vault: Vault,
    ids: Sequence[str],
    *,
    rewrite_mentions: bool = False,
    now: datetime,
) -> ErasePlan:
    """Look for people in all archives and write down what their erasure would do.

    Raises SubjectError (20) when the vault knows none of them, VaultError (17) when all that it
    knows were erased.
    """
    places.require_store(store)
    records = audit.read(store)
    in_force = holds.active(store)
    subjects.require_known(vault, ids)
    keys = people.keys_of_all(vault, ids)
    items: list[Item] = []
    named: list[Named] = []
    counted: list[str] = []
    for archive in subjects.opened(store, vault):
        item = _item(archive, keys)
        if item is not None:
            items.append(item)
        named += _named(vault, archive, ids, keys)
        if any(name.startswith(layout.AGGREGATE_PREFIX) for name in archive.types()):
            counted.append(archive.archive_id)
    body = ErasePlan(
        schema=SCHEMA,
        made=now,
        vault_id=vault.vault_id,
        asked=len(ids),
        people=_people(vault, ids, items, in_force),
        items=items,
        mentions=named,
        rewrite_mentions=rewrite_mentions,
        not_reached=[
            *unreached.copies(vault, records, [item.archive for item in items]),
            *_remaining(named, counted, rewritten=rewrite_mentions),
        ],
    )
    return msgspec.structs.replace(body, digest=plans.digest_of(msgspec.to_builtins(body)))


def apply(
    store: Path,
    vault: Vault,
    path: Path,
    *,
    ids: Sequence[str] | None = None,
    now: datetime,
    operator: str = "",
) -> destroy.Destroyed:
    """Run exactly the plan in a file. People under a hold stay and are named as a number.

    ``ids`` must be those of the plan where they are given, and are needed to rewrite mentions.
    Raises PlanError (19) when the plan was edited, was applied already, or no longer fits the
    store; RetentionError (14) when everybody in it is under hold, or the clock runs behind. Then
    nothing is destroyed.
    """
    decided = plans.load(path, ErasePlan, SCHEMA)
    with sweep.changing(store, vault, now=now):
        records = audit.read(store)
        plans.refuse_applied(records, decided.digest)
        sweep.refuse_clock(records, decided.made, now)
        _refuse_other_ids(vault, decided, ids)
        _refuse_stale(store, vault, decided)
        if not decided.ready:
            raise RetentionError(
                "everybody in the plan is under hold",
                where="plan",
                hint="see archive-tool hold list",
                detail={"holds": sorted({hold for p in decided.held for hold in p.holds})},
            )
        seals = {}
        if decided.rewrite_mentions:
            seals = _rewrite_mentions(store, vault, decided, ids or (), now=now)
        work = _work(vault, decided, records, seals, now=now, operator=operator)
        return destroy.run(store, vault, work, now=now)


def _item(archive: Archive, keys: frozenset[str]) -> Item | None:
    own = [entry for entry in archive.index if entry.subject in keys]
    if not own:
        return None
    return Item(
        archive=archive.archive_id,
        seal=rewrite.seal_of(archive.path),
        subjects=sorted({entry.subject for entry in own}),
        files=len(own),
        rows=sum(entry.rows for entry in own),
    )


def _named(vault: Vault, archive: Archive, ids: Sequence[str], keys: frozenset[str]) -> list[Named]:
    return [
        Named(archive=m.archive_id, data_type=m.data_type, column=m.column, rows=m.rows)
        for data_type in archive.types()
        for m in subjects.mentions_in(vault, archive, data_type, ids, keys)
    ]


def _people(
    vault: Vault, ids: Sequence[str], items: Sequence[Item], in_force: Sequence[holds.Hold]
) -> list[Person]:
    """Return the people whom the vault knows and has not erased, two spellings as one person."""
    found: dict[tuple[str, ...], Person] = {}
    for person_id in ids:
        keys = tuple(sorted(people.keys_of(vault, person_id)))
        if SubjectState.KNOWN not in {vault.state_of_key(key) for key in keys}:
            continue
        found[keys] = Person(keys=list(keys), holds=_holds_on(frozenset(keys), items, in_force))
    return [found[keys] for keys in sorted(found)]


def _holds_on(
    keys: frozenset[str], items: Sequence[Item], in_force: Sequence[holds.Hold]
) -> list[str]:
    named = set(holds.covering(in_force, "", keys))
    for item in items:
        if not keys.isdisjoint(item.subjects):
            named.update(holds.covering(in_force, item.archive))
    return sorted(named)


def _remaining(
    named: Sequence[Named], counted: Sequence[str], *, rewritten: bool
) -> list[Unreached]:
    found = [
        Unreached(
            kind="aggregate",
            what=f"aggregate tables of archive {archive_id}, which may have counted the person",
            notice="a number of many people; make the tables anew where the protocol asks for it",
        )
        for archive_id in counted
    ]
    rows = sum(item.rows for item in named)
    if rows and not rewritten:
        found.append(
            Unreached(
                kind="mention",
                what=f"{rows} places in rows of others that name the person by id or code",
                notice="make the plan with --rewrite-mentions to take them out",
            )
        )
    elif rows:
        found.append(
            Unreached(
                kind="mention",
                what=f"{rows} places in rows of others, in copies of the archives made before",
                notice="destroy older copies of the archives",
            )
        )
    return found


def _refuse_other_ids(vault: Vault, decided: ErasePlan, ids: Sequence[str] | None) -> None:
    if decided.vault_id != vault.vault_id:
        raise plans.stale("was made with another vault")
    if ids is None:
        if decided.rewrite_mentions:
            raise PlanError(
                "the plan rewrites mentions, and there are no ids",
                where="plan",
                hint="give the ids of the plan with --id-file; a plan holds none",
            )
        return
    given = people.keys_of_all(vault, ids)
    planned = {key for person in decided.people for key in person.keys}
    if not planned <= given or len(ids) != decided.asked:
        raise PlanError(
            "was made for other ids", where="plan", hint="give the ids that the plan was made for"
        )


def _refuse_stale(store: Path, vault: Vault, decided: ErasePlan) -> None:
    """Compare the plan with store, vault and holds as they are."""
    in_force = holds.active(store)
    for person in decided.people:
        if _holds_on(frozenset(person.keys), decided.items, in_force) != person.holds:
            raise plans.stale("holds have changed since")
        if SubjectState.KNOWN not in {vault.state_of_key(key) for key in person.keys}:
            raise plans.stale("somebody in it was erased since")
    keys = frozenset(key for person in decided.people for key in person.keys)
    current = [_item(archive, keys) for archive in subjects.opened(store, vault)]
    if [item for item in current if item is not None] != decided.items:
        raise plans.stale("archives have changed since, or new ones hold files of the people")


def _rewrite_mentions(
    store: Path, vault: Vault, decided: ErasePlan, ids: Sequence[str], *, now: datetime
) -> dict[str, str]:
    """Take the mentions out, one new revision per archive; returns the new seals.

    This comes before the keys go: ids are needed, and no file but the id file has them. A crash
    between leaves the mentions out and the plan stale; the next plan does the rest.
    """
    keys = frozenset(key for person in decided.ready for key in person.keys)
    wanted = [i for i in ids if not keys.isdisjoint(people.keys_of(vault, i))]
    seals: dict[str, str] = {}
    for archive_id in sorted({item.archive for item in decided.mentions}):
        folder = store / layout.ARCHIVES / archive_id
        archive = open_archive(folder, vault=vault)
        instead = _without_mentions(vault, archive, wanted, keys)
        done = rewrite.revise(
            store, archive_id, vault, drop=lambda _: False, instead=instead, now=now
        )
        if done is not None:
            seals[archive_id] = done.seal_after
            detail = {"archive": archive_id, "files": done.rewritten, "plan": decided.digest}
            audit.append(store, "rewrite-mentions", detail=detail, phase="step", now=now)
    return seals


def _without_mentions(
    vault: Vault, archive: Archive, ids: Sequence[str], keys: frozenset[str]
) -> dict[str, pa.Table]:
    """Return new rows by file id, for the files of others that name one of the people."""
    instead = {}
    for data_type in archive.types():
        columns = mentions.searched(archive, data_type)
        if not columns:
            continue
        expressions = mentions.patterns(mentions.terms(vault, archive, data_type, ids))
        for entry in archive.entries(data_type):
            filled = set(entry.filled.split(","))
            looked_at = [name for name in columns if name in filled]
            if entry.subject in keys or not looked_at:
                continue
            table = archive.read_file(entry)
            hits = [name for name in looked_at if mentions.count(table, name, expressions)]
            if hits:
                instead[entry.file_id] = mentions.replace(table, hits, expressions, mentions.ERASED)
    return instead


def _work(
    vault: Vault,
    decided: ErasePlan,
    records: Sequence[audit.Record],
    seals: dict[str, str],
    *,
    now: datetime,
    operator: str,
) -> Work:
    keys = {key for person in decided.ready for key in person.keys}
    tasks = [
        Task(
            archive_id=item.archive,
            seal=seals.get(item.archive, item.seal),
            why=WITHDRAWN,
            subjects=sorted(keys.intersection(item.subjects)),
            files=item.files if keys.issuperset(item.subjects) else None,
        )
        for item in decided.items
        if not keys.isdisjoint(item.subjects)
    ]
    copies = unreached.copies(vault, records, [task.archive_id for task in tasks])
    told = {(item.kind, item.what) for item in copies}
    rest = [item for item in decided.not_reached if (item.kind, item.what) not in told]
    return Work(
        kind=ERASE,
        plan=decided.digest,
        vault_id=vault.vault_id,
        started=now,
        operator=operator,
        epoch=vault.epoch,
        tasks=tasks,
        subjects=sorted(keys),
        people=len(decided.ready),
        key_ids=vault.key_ids(sorted(keys), ()),
        not_reached=[*copies, *(item for item in rest if item.kind in ("aggregate", "mention"))],
        extra={"deferred_by_hold": len(decided.held)},
    )
