"""What a sweep would do on a day, written down before anything is done."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.archive import layout
from archive_tool.archive.refusals import REFUSALS, naming
from archive_tool.errors import RetentionError
from archive_tool.lifecycle import catalogue, each_archive, places
from archive_tool.lifecycle.applying.work import Unreached  # noqa: TC001
from archive_tool.lifecycle.audit_log import audit, clocks
from archive_tool.lifecycle.dates import deferred, due, holds
from archive_tool.lifecycle.dates.due import Decision  # noqa: TC001  (msgspec reads the annotations)
from archive_tool.lifecycle.planning import plans, raw_bundles, unreached
from archive_tool.lifecycle.planning.raw_bundles import RawBundle  # noqa: TC001
from archive_tool.lifecycle.planning.sweep_item import Item  # noqa: TC001
from archive_tool.lifecycle.planning.sweep_items import Looking, was_made
from archive_tool.lifecycle.unreadable import Unreadable
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.lifecycle.catalogue import Overview

SCHEMA: Final = "archive-tool/sweep-plan/1"
LOOK_AHEAD: Final = 90
"""Days for which a plan says what comes due."""


class Coming(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes due soon."""

    archive: str
    data_type: str
    due: date
    action: str


class SweepPlan(plans.Plan, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a sweep would do on a day."""

    made: datetime
    """By the clock of the machine."""
    as_of: date
    vault_id: str
    items: list[Item]
    decisions: list[Decision]
    """What is past its date and waits for a human."""
    coming: list[Coming]
    """What comes due within :data:`LOOK_AHEAD` days."""
    bundles: list[RawBundle]
    """Raw bundles that were given to be looked at."""
    archives: int
    """Archives looked at."""
    unreadable: list[Unreadable]
    """Archives that were not looked at."""
    not_reached: list[Unreached]
    """Copies that the sweep would not reach."""
    erasures: int = 0
    """Noted erasures that no hold keeps any more: a sweep runs them."""
    newest_line: datetime | None = None
    """Time of the newest line of the audit log, where the clock runs behind it or over a year after."""

    def __repr__(self) -> str:
        """One line; ``print`` says what goes, and why."""
        unseen = count(len(self.unreadable), "archive") + " not looked at"
        return (
            f"<SweepPlan {self.digest[:12]}: {self.summary}{f', {unseen}' * bool(self.unreadable)}>"
        )

    @property
    def summary(self) -> str:
        """How much it is, in one line."""
        due = sum(item.whole or bool(item.due) for item in self.ready)
        waiting = len({what.archive for what in self.undecided})
        rest, coming = len(self.ready) - due, len({what.archive for what in self.coming})
        return (
            f"{self.as_of.isoformat()}: {count(self.archives, 'archive')}, "
            f"{due:,} to destroy, {len(self.held):,} under hold, "
            f"{coming:,} due in the next {LOOK_AHEAD} days"
            + (f", {waiting:,} to decide on" if waiting else "")
            + (f", {rest:,} from which erased people are taken out" if rest else "")
        )

    @property
    def ready(self) -> list[Item]:
        """Items that nothing holds."""
        return [item for item in self.items if not item.holds]

    @property
    def held(self) -> list[Item]:
        """Items under a hold."""
        return [item for item in self.items if item.holds]

    @property
    def undecided(self) -> list[Decision]:
        """What is past its date and stays until a human decides."""
        return [what for what in self.decisions if what.action != due.RESTORED]

    @property
    def is_behind(self) -> bool:
        """Whether its day is that of a clock that runs behind the audit log: it sees too little due."""
        newest = self.newest_line
        return newest is not None and newest > self.made and newest.date() >= self.as_of

    @property
    def is_due(self) -> bool:
        """Whether somebody has to do something today."""
        others = self.decisions or any(raw.is_due for raw in self.bundles) or self.erasures
        return bool(self.ready or others)


def plan(
    store: Path,
    vault: Vault,
    *,
    as_of: datetime,
    now: datetime,
    bundles: Sequence[Path] = (),
) -> SweepPlan:
    """Look through a store. Changes nothing but the catalogue.

    ``bundles`` are raw bundles that may have been archived: the plan says which are due to go.
    """
    places.require_store(store)
    records = audit.read_known(store, vault)
    day = as_of.date()
    overview = catalogue.load(store, vault)
    looking = _looking(store, vault, overview, day)
    items: list[Item] = []
    decisions: list[Decision] = []
    left_out = each_archive.left_out(store, vault, overview, records)
    for entry in overview.entries:
        folder = layout.stored(store, entry.archive_id)
        try:
            with layout.reading(folder):
                gone = looking.gone(entry)
                item = looking.item(entry, gone)
                if item is not None:  # whatever the catalogue says: applied, it is read anew too
                    catalogue.entry_of(folder, vault)
        except REFUSALS as error:
            left_out.append(Unreadable.because(entry.archive_id, error))
            continue
        decisions += due.undecided(entry, gone, day)
        items += [] if item is None else [item]
    touched = [item.archive for item in items]
    body = SweepPlan(
        schema=SCHEMA,
        made=now,
        as_of=day,
        vault_id=vault.vault_id,
        items=items,
        decisions=decisions,
        coming=_coming(overview, day),
        bundles=raw_bundles.look(bundles, overview),
        archives=len(overview.entries),
        unreadable=left_out,
        not_reached=unreached.copies(vault, records, touched) if items else [],
        erasures=deferred.released(store, vault),
        newest_line=clocks.doubt(records, now),
    )
    return plans.with_digest(body)


def current(
    store: Path, vault: Vault, decided: SweepPlan, records: Sequence[Record], day: date
) -> SweepPlan:
    """Return a plan as it is now: what tells less may have been made, and archives gone bad since.

    PlanError (19) when the store is no longer as the plan says; RetentionError (14) before its day.
    Only the archives of the plan are read anew, whatever the catalogue says.
    """
    if decided.vault_id != vault.vault_id:
        raise plans.stale("was made with another vault")
    overview = catalogue.load(store, vault)
    looking = _looking(store, vault, overview, decided.as_of)
    items = []
    for item in decided.items:
        folder = store / layout.ARCHIVES / item.archive
        with naming(item.archive):
            entry = catalogue.entry_of(folder, vault) if folder.is_dir() else None
        if entry is None or entry.seal != item.seal:
            raise plans.stale("an archive has changed since, or is gone")
        again = looking.item(entry, looking.gone(entry))
        if again is None or again.holds != item.holds:
            raise plans.stale("holds have changed since")
        if again != item and not was_made(item, again):
            raise plans.stale("an archive has changed since")
        if any(what.since > day for what in item.due):
            raise RetentionError(
                f"is not due on {day.isoformat()}",
                where=item.archive,
                expected=f"{decided.as_of.isoformat()} or later, as the plan says",
                hint="apply the plan when it is due, or with the --as-of it was made with",
            )
        items.append(again)
    known = {item.archive for item in decided.unreadable}
    left_out = each_archive.left_out(store, vault, overview, records)
    since = [item for item in left_out if item.archive not in known]
    return msgspec.structs.replace(decided, items=items, unreadable=[*decided.unreadable, *since])


def _looking(store: Path, vault: Vault, overview: Overview, day: date) -> Looking:
    held = holds.active(store)
    return Looking(store=store, vault=vault, overview=overview, in_force=held, day=day)


def _coming(overview: Overview, day: date) -> list[Coming]:
    found = [
        Coming(
            archive=entry.archive_id,
            data_type=term.data_type,
            due=due.since(term.destroy_after),
            action=term.action,
        )
        for entry in overview.entries
        for term in entry.terms
        if timedelta() <= term.destroy_after - day < timedelta(days=LOOK_AHEAD)
    ]
    return sorted(found, key=lambda c: (c.due, c.archive, c.data_type))
