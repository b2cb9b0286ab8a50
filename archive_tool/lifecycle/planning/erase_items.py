"""What the archives of a store have of people who are to be erased, as a plan writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from archive_tool.archive.revision import seal_of
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.subjects import people
from archive_tool.lifecycle.subjects import where as subjects
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.mentioned.called import Called
    from archive_tool.lifecycle.unreadable import Unreadable


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the people, by keyed names only."""

    subject: str
    """The subject key."""
    holds: list[str]
    """Holds on the person, or on an archive with files of the person: the key stays."""
    everywhere: bool
    """A hold is on the person: then all files stay too."""


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would happen to one archive."""

    archive: str
    seal: str
    """SHA-256 of its tag manifest: another one makes the plan stale."""
    subjects: list[str]
    """Subject keys of the people who have files here."""
    files: int
    rows: int
    holds: list[str]
    """Holds on the archive: then no file of it goes."""

    def __repr__(self) -> str:
        """One line for each archive of a plan; no keyed names."""
        people = count(len(self.subjects), "subject")
        held = f", held by {', '.join(self.holds)}" if self.holds else ""
        return f"<Item {self.archive}: {people}, {count(self.rows, 'row')}{held}>"


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of others that name one of the people."""

    archive: str
    data_type: str
    column: str
    rows: int
    held: int = 0
    """Of these, rows that a hold on them or on the person keeps as they are."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What one archive has of the people."""

    item: Item | None
    named: list[Named]
    counted: list[str]
    """The archive, if it has summary tables."""
    filmed: list[str]
    """The archive, if it has files of the people beside recordings of no one person."""


def seen_of(
    vault: Vault,
    archive: Archive,
    ids: Sequence[str],
    free: Sequence[str],
    keys: frozenset[str],
    called: Mapping[str, Called],
    in_force: Sequence[holds.Hold],
) -> Seen:
    """Look at one archive: files of the people by their subject keys, ids in rows of others.

    ``free``: of the ids, those that no hold on people names (:func:`free_of`).
    """
    item = item_of(archive, keys, in_force)
    films = item is not None and subjects.has_recordings_of_nobody(vault, archive)
    return Seen(
        item=item,
        named=_named(vault, archive, ids, free, keys, called, in_force) if ids else [],
        counted=subjects.summaries_of(archive),
        filmed=[archive.archive_id] if films else [],
    )


def holds_unseen(archives: Sequence[Unreadable], in_force: Sequence[holds.Hold]) -> frozenset[str]:
    """Holds on archives that could not be looked at: anybody may have files in them.

    No key opens one from before the keys were renewed, whoever is erased now.
    """
    return frozenset(
        hold
        for item in archives
        if not item.is_sealed
        for hold in holds.covering(in_force, item.archive)
    )


def item_of(archive: Archive, keys: frozenset[str], in_force: Sequence[holds.Hold]) -> Item | None:
    """Say what an archive has of the people by their subject keys; None when nothing."""
    own = [entry for entry in archive.index if entry.subject in keys]
    if not own:
        return None
    return Item(
        archive=archive.archive_id,
        seal=seal_of(archive.path),
        subjects=sorted({entry.subject for entry in own}),
        files=len(own),
        rows=sum(entry.rows for entry in own),
        holds=list(holds.covering(in_force, archive.archive_id)),
    )


def free_of(vault: Vault, ids: Sequence[str], in_force: Sequence[holds.Hold]) -> list[str]:
    """Give the ids of those people whom no hold names."""
    return [i for i in ids if not holds.covering(in_force, "", people.subject_keys(vault, [i]))]


def _named(
    vault: Vault,
    archive: Archive,
    ids: Sequence[str],
    free: Sequence[str],
    keys: frozenset[str],
    called: Mapping[str, Called],
    in_force: Sequence[holds.Hold],
) -> list[Named]:
    names = {one: called[one] for one in free if one in called}
    found = []
    for data_type in archive.types():
        all_rows = subjects.mentions_in(vault, archive, data_type, ids, keys, called)
        going = {m.column: m.rows for m in all_rows}
        if in_force and all_rows:
            rows = subjects.mentions_in(vault, archive, data_type, free, keys, names, in_force)
            going = {m.column: m.rows for m in rows}
        found += [
            Named(
                archive=m.archive_id,
                data_type=m.data_type,
                column=m.column,
                rows=m.rows,
                held=m.rows - going.get(m.column, 0),
            )
            for m in all_rows
        ]
    return found


def person_of(
    subject: str,
    items: Sequence[Item],
    in_force: Sequence[holds.Hold],
    unseen: frozenset[str],
) -> Person:
    """Say what keeps the key of one person; ``unseen`` are holds on archives that cannot be read."""
    own = holds.covering(in_force, "", frozenset({subject}))
    there = [item for item in items if subject in item.subjects]
    named = {
        *own,
        *unseen,
        *(hold for item in there for hold in holds.covering(in_force, item.archive)),
    }
    return Person(subject=subject, holds=sorted(named), everywhere=bool(own))
