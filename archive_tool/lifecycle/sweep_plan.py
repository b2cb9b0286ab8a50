"""What a sweep would do on a day, written down before anything is done."""

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
    due,
    erased_words,
    holds,
    places,
    plans,
    raw_bundles,
    terms,
    unreached,
)
from archive_tool.lifecycle.catalogue import Unreadable  # noqa: TC001
from archive_tool.lifecycle.due import Decision, Due  # noqa: TC001  (msgspec reads the annotations)
from archive_tool.lifecycle.raw_bundles import RawBundle  # noqa: TC001
from archive_tool.lifecycle.work import Unreached  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.catalogue import Entry, Overview

SCHEMA: Final = "archive-tool/sweep-plan/1"
LOOK_AHEAD: Final = 90
"""Days for which a plan says what comes due."""

PAST: Final = "past its retention date"
REPLACED: Final = "past its date, and replaced by an archive that tells less"
CAME_BACK: Final = "destroyed before, and came back from a copy"
PEOPLE_CAME_BACK: Final = "holds files of erased people that came back from a copy"
NAMED_AGAIN: Final = "an older revision came back from a copy, and names erased people"


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
    named: int
    """Files of others that name erased people again: they are written without them."""
    revision: int
    """Number of the revision that it becomes; 0 for the next."""
    files: int | None
    bytes: int
    holds: list[str]
    """Holds that keep it; then nothing happens."""


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """What comes due soon."""

    archive: str
    data_type: str
    due: date
    action: str


class SweepPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a sweep would do on a day."""

    schema: str
    made: datetime
    """By the clock of the machine."""
    as_of: date
    vault_id: str
    items: list[Item]
    decisions: list[Decision]
    """What is past its date and waits for a human."""
    coming: list[Coming]
    """What comes due in the next 90 days."""
    bundles: list[RawBundle]
    """Raw bundles that were given to be looked at."""
    archives: int
    """Archives looked at."""
    unreadable: list[Unreadable]
    """Archives that were not looked at, because no key of the vault opens them."""
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

    @property
    def is_due(self) -> bool:
        """Whether somebody has to do something today."""
        return bool(self.ready or self.decisions or any(raw.is_due for raw in self.bundles))


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
    records = audit.read(store)
    in_force = holds.active(store)
    day = as_of.date()
    overview = catalogue.load(store, vault)
    items: list[Item] = []
    decisions: list[Decision] = []
    for entry in overview.entries:
        gone = due.going(store, entry, overview, day)
        decisions += due.undecided(entry, gone, day, vault.newest_revision(entry.archive_id))
        item = _item(store, vault, entry, gone, in_force)
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
        unreadable=list(overview.unreadable),
        not_reached=unreached.copies(vault, records, touched) if items else [],
    )
    return msgspec.structs.replace(body, digest=plans.digest_of(msgspec.to_builtins(body)))


def refuse_stale(store: Path, vault: Vault, decided: SweepPlan, day: date) -> None:
    """PlanError (19) when the store is no longer as the plan says; RetentionError (14) before it.

    Only the archives of the plan are read anew, whatever the catalogue says.
    """
    if decided.vault_id != vault.vault_id:
        raise plans.stale("was made with another vault")
    in_force = holds.active(store)
    overview = catalogue.load(store, vault)
    for item in decided.items:
        folder = store / layout.ARCHIVES / item.archive
        entry = catalogue.entry_of(folder, vault) if folder.is_dir() else None
        if entry is None or entry.seal != item.seal:
            raise plans.stale("an archive has changed since, or is gone")
        gone = due.going(store, entry, overview, decided.as_of)
        again = _item(store, vault, entry, gone, in_force)
        if again is None or again.holds != item.holds:
            raise plans.stale("holds have changed since")
        if again != item:
            raise plans.stale("an archive has changed since")
        if any(what.since > day for what in item.due):
            raise RetentionError(
                f"is not due on {day.isoformat()}",
                where=item.archive,
                expected=f"{decided.as_of.isoformat()} or later, as the plan says",
                hint="apply the plan when it is due, or with the --as-of it was made with",
            )


def _item(
    store: Path,
    vault: Vault,
    entry: Entry,
    gone: Sequence[Due],
    in_force: Sequence[holds.Hold],
) -> Item | None:
    back = vault.is_destroyed(entry.archive_id)
    named = 0 if back else _named(store, vault, entry, in_force)
    if not gone and not back and not entry.erased_here and not named:
        return None
    dated = {term.data_type for term in entry.terms}
    tables = {name for name in entry.types if not name.startswith(layout.AGGREGATE_PREFIX)}
    whole = back or (len(gone) == len(dated) and tables <= dated)
    return Item(
        archive=entry.archive_id,
        seal=entry.seal,
        why=_why(gone, back=back, named=named),
        whole=whole,
        due=list(gone),
        types=entry.types,
        named=0 if whole else named,
        revision=0 if whole else _becomes(store, entry, named),
        files=_files(entry, gone, whole=whole),
        bytes=entry.bytes if whole else 0,
        # what came back was destroyed under the holds of its time
        holds=[] if not gone else _holds(store, vault, entry, in_force, back=back),
    )


def _named(store: Path, vault: Vault, entry: Entry, in_force: Sequence[holds.Hold]) -> int:
    """Count the files of others that name erased people again and that nothing holds."""
    if not entry.named_here or not in_force:
        return entry.named_here
    return len(erased_words.of_stored(store, entry.archive_id, vault))


def _becomes(store: Path, entry: Entry, named: int) -> int:
    """Number the next revision of an archive: the newest there is, unless it still lacks something.

    A revision that was put back lacks what was done since. Files and mentions of the erased are
    taken out of it again, but not what a hold keeps; and dates that somebody changed since are not
    known any more. Then an older number keeps saying so.
    """
    if entry.revision >= entry.newest or named < entry.named_here:
        return 0
    lost = terms.changed_since(audit.read(store), entry.archive_id, entry.revision)
    return 0 if lost else entry.newest + 1


def _why(gone: Sequence[Due], *, back: bool, named: int) -> str:
    if back:
        return CAME_BACK
    if not gone:
        return NAMED_AGAIN if named else PEOPLE_CAME_BACK
    return REPLACED if all(what.action == due.DOWNGRADE for what in gone) else PAST


def _files(entry: Entry, gone: Sequence[Due], *, whole: bool) -> int | None:
    if entry.files is None:
        return None
    names = {what.data_type for what in gone}
    counted = sum(n for name, n in entry.files.items() if whole or name in names)
    return counted or entry.erased_here + entry.named_here


def _holds(
    store: Path, vault: Vault, entry: Entry, in_force: Sequence[holds.Hold], *, back: bool
) -> list[str]:
    subjects: frozenset[str] = frozenset()
    if not back and any(hold.subjects for hold in in_force):
        archive = open_archive(store / layout.ARCHIVES / entry.archive_id, vault=vault)
        subjects = frozenset(e.subject for e in archive.index)
    return list(holds.covering(in_force, entry.archive_id, subjects))


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
        if day <= term.destroy_after < day + timedelta(days=LOOK_AHEAD)
    ]
    return sorted(found, key=lambda c: (c.due, c.archive, c.data_type))
