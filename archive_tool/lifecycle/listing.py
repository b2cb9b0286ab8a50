"""What a store holds, archive by archive, as rows for a data frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.archive import layout
from archive_tool.archive.manifest import info_of
from archive_tool.archive.opening import open_archive
from archive_tool.archive.refusals import REFUSALS
from archive_tool.lifecycle import places, whole
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.unreadable import Unreadable
from archive_tool.model.datatypes import SHARED_SUBJECT
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.model.archive import ArchiveInfo
    from archive_tool.model.policy import Ending


@dataclass(frozen=True, kw_only=True)
class StoredArchive:
    """One archive of a store; of one that cannot be read, or is gone, only its id is known, and why."""

    archive_id: str
    created: datetime | None
    policy: str | None
    """Name of the policy that was applied."""
    types: tuple[str, ...]
    """Data types and summary tables."""
    bytes: int | None
    """Size of the payload."""
    people: int | None
    """Subjects with files here who were not erased, agents too; None without the archive's vault, and
    for summary tables, which have no files of single people."""
    keep_until: date | None
    """Last day of what goes first; None for an archive without dates."""
    holds: tuple[str, ...]
    """Holds on the archive and, with its vault, on people in it."""
    problem: str = ""
    """What keeps it from being read; empty for nothing. ``verify`` looks at every file, this does not."""

    def __repr__(self) -> str:
        """One line for each archive of a store."""
        said = [self.problem or str(self.policy)]
        if self.people is not None:
            said.append(count(self.people, "person", "people"))
        if self.keep_until is not None:
            said.append(f"until {self.keep_until.isoformat()}")
        if self.holds:
            said.append(f"held by {', '.join(self.holds)}")
        return f"<StoredArchive {self.archive_id}: {', '.join(said)}>"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Until when one data type of one archive is kept."""

    archive_id: str
    data_type: str
    keep_until: date
    """Last day on which it may be there; it is due on the next."""
    counted_from: str
    action: Ending
    """What happens then."""
    holds: tuple[str, ...]
    """As of the archive: then nothing happens."""

    def __repr__(self) -> str:
        """One line for each data type."""
        then = f"until {self.keep_until.isoformat()}, then {self.action}"
        held = f", held by {', '.join(self.holds)}" if self.holds else ""
        return f"<Kept {self.archive_id} {self.data_type}: {then}{held}>"


@dataclass(frozen=True, kw_only=True)
class _Seen:
    about: ArchiveInfo
    subjects: frozenset[str] | None
    """Subject keys; None without the vault."""
    holds: tuple[str, ...]


def archives(store: Path, vault: Vault | None = None) -> tuple[StoredArchive, ...]:
    """Give every archive of a store by its id, and those that are gone without having been destroyed.

    IntegrityError (16) for holds or a log that changed, or that lacks what the vault knows.
    """
    in_force = holds.active(store, vault)
    gone = whole.missing(store, audit.read(store), vault)
    rows = [
        _unread(seen, in_force) if isinstance(seen, Unreadable) else _stored(seen)
        for _, seen in _each(store, vault, in_force)
    ]
    rows += [_unread(whole.lost(archive_id), in_force) for archive_id in gone]
    return tuple(sorted(rows, key=lambda row: row.archive_id))


def dates(store: Path, vault: Vault | None = None) -> tuple[Kept, ...]:
    """Give the dates of every archive that can be read, what goes first in front."""
    found = [
        Kept(
            archive_id=folder.name,
            data_type=data_type,
            keep_until=term.destroy_after,
            counted_from=term.basis,
            action=term.action,
            holds=seen.holds,
        )
        for folder, seen in _each(store, vault, holds.active(store, vault))
        if isinstance(seen, _Seen)
        for data_type, term in seen.about.manifest.retention.items()
    ]
    return tuple(sorted(found, key=lambda kept: (kept.keep_until, kept.archive_id, kept.data_type)))


def _each(
    store: Path, vault: Vault | None, in_force: Sequence[holds.Hold]
) -> list[tuple[Path, _Seen | Unreadable]]:
    return [(folder, _look(folder, vault, in_force)) for folder in places.archives_of(store)]


def _look(folder: Path, vault: Vault | None, in_force: Sequence[holds.Hold]) -> _Seen | Unreadable:
    """Without the vault nothing is verified; with it seal, signer and index are."""
    try:
        with layout.reading(folder):
            about = info_of(folder)
            subjects = None
            if vault is not None and folder.name in vault.archives:
                archive = open_archive(folder, vault=vault)
                there = {e.subject for e in archive.index if not archive.is_erased(e)}
                subjects = frozenset(there - {"", vault.subject_key(SHARED_SUBJECT)})
    except REFUSALS as error:
        return Unreadable.because(folder.name, error)
    held = holds.covering(in_force, folder.name, subjects or frozenset())
    return _Seen(about=about, subjects=subjects, holds=held)


def _stored(seen: _Seen) -> StoredArchive:
    stated = seen.about.manifest
    return StoredArchive(
        archive_id=stated.archive_id,
        created=stated.created,
        policy=stated.policy.name,
        types=tuple(stated.types),
        bytes=seen.about.bytes,
        people=None if seen.subjects is None or stated.aggregate else len(seen.subjects),
        keep_until=min((t.destroy_after for t in stated.retention.values()), default=None),
        holds=seen.holds,
    )


def _unread(what: Unreadable, in_force: Sequence[holds.Hold]) -> StoredArchive:
    return StoredArchive(
        archive_id=what.archive,
        created=None,
        policy=None,
        types=(),
        bytes=None,
        people=None,
        keep_until=None,
        holds=holds.covering(in_force, what.archive),
        problem=what.why,
    )
