"""Where somebody is, in all archives of a store: their own files, and mentions in others' rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from archive_tool.archive import layout
from archive_tool.errors import SubjectError
from archive_tool.keys import SubjectState
from archive_tool.keys.keyring import subject_erased
from archive_tool.lifecycle import each_archive, places
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.mentioned import called as naming
from archive_tool.lifecycle.mentioned import mentions, of_others
from archive_tool.lifecycle.subjects import people, roster
from archive_tool.model.datatypes import MEDIA, ROSTER, SHARED_SUBJECT
from archive_tool.model.people import ERASED
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.mentioned.called import Called
    from archive_tool.lifecycle.unreadable import Unreadable
    from archive_tool.model.archive import FileEntry


@dataclass(frozen=True, kw_only=True)
class Place:
    """The files of some people in one table of one archive."""

    archive_id: str
    data_type: str
    rows: int
    files: int


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Rows of others in which one of the people is named."""

    archive_id: str
    data_type: str
    column: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """Where some people are. Holds no id."""

    asked: int
    """Ids that were asked for."""
    known: int
    """Of these, ids that the vault has a secret for."""
    erased: int
    """Of these, ids whose subject was erased."""
    places: tuple[Place, ...]
    mentions: tuple[Mention, ...]
    aggregates: tuple[str, ...]
    """Archives with aggregate tables: they may have counted the people."""
    unknown: tuple[int, ...] = ()
    """Which of the ids, counted from 1, nobody has."""
    unreadable: tuple[Unreadable, ...] = ()
    """Archives that were not looked at."""

    def __repr__(self) -> str:
        """How many are known, and how much there is."""
        there = len({place.archive_id for place in self.places})
        rows = count(sum(place.rows for place in self.places), "row")
        return f"<Found: {self.summary}; {rows} in {count(there, 'archive')}>"

    @property
    def summary(self) -> str:
        """How many of the ids are known."""
        return f"{self.known:,} of {count(self.asked, 'id')} known, {self.erased:,} erased"


def require_known(vault: Vault, ids: Sequence[str]) -> tuple[int, int]:
    """Count known and erased ids.

    Raises VaultError (17) when all were erased, SubjectError (20) when the vault knows nobody.
    """
    states = Counter(map(vault.subject_state, ids))
    known, erased = states[SubjectState.KNOWN], states[SubjectState.ERASED]
    if not known and erased:
        raise subject_erased()
    if not known:
        raise SubjectError(
            "in none of the archives",
            where="id-file",
            expected="ids as the platform writes them, not codes",
        )
    return known, erased


def find(store: Path, vault: Vault, ids: Sequence[str]) -> Found:
    """Look for people in all archives, in the rows of others too.

    Raises SubjectError (20) when the vault knows none of them, VaultError (17) when all that it
    knows were erased.
    """
    places.require_store(store)
    known, erased = require_known(vault, ids)
    keys = people.subject_keys(vault, ids)
    names = called(store, vault, ids)

    def look(archive: Archive) -> tuple[list[Place], list[Mention], list[str]]:
        named = [mentions_in(vault, archive, name, ids, keys, names) for name in archive.types()]
        return _places(archive, vault, keys), list(chain(*named)), summaries_of(archive)

    looked = each_archive.look(store, vault, look)
    return Found(
        asked=len(ids),
        known=known,
        erased=erased,
        places=tuple(chain(*(found for found, _, _ in looked.seen))),
        mentions=tuple(chain(*(named for _, named, _ in looked.seen))),
        aggregates=tuple(chain(*(summaries for _, _, summaries in looked.seen))),
        unknown=people.unknown(vault, ids),
        unreadable=looked.unreadable,
    )


def called(store: Path, vault: Vault, ids: Sequence[str]) -> dict[str, Called]:
    """Read what people are called by name, in all archives of a store."""
    looked = each_archive.look(store, vault, lambda one: naming.in_archive(one, vault, ids))
    return naming.together(looked.seen)


def _places(archive: Archive, vault: Vault, keys: frozenset[str]) -> list[Place]:
    own = [entry for entry in archive.index if entry.subject in keys]
    by_type = {name: [e for e in own if e.data_type == name] for name in archive.types()}
    found = [_place(archive, name, files) for name, files in by_type.items() if files]
    listed = roster.rows_of_people(archive, vault, keys)
    return [*found, _listed(archive, len(listed))] if listed else found


def summaries_of(archive: Archive) -> list[str]:
    """Give the archive if it has aggregate tables: they may have counted anybody."""
    tables = any(map(layout.is_aggregate, archive.types()))
    return [archive.archive_id] if tables else []


def has_recordings_of_nobody(vault: Vault, archive: Archive) -> bool:
    """Whether an archive holds recordings of no one person: they may show anybody."""
    nobody = vault.subject_key(SHARED_SUBJECT)
    return any(entry.data_type == MEDIA and entry.subject == nobody for entry in archive.index)


def mentions_in(
    vault: Vault,
    archive: Archive,
    data_type: str,
    ids: Sequence[str],
    keys: frozenset[str],
    names: Mapping[str, Called],
    kept: Sequence[holds.Hold] = (),
) -> list[Mention]:
    """Count, by column, the rows of others in one table that name one of the people.

    Files under one of the holds ``kept`` are passed over.
    """
    columns = mentions.searched(archive, data_type)
    if not columns:
        return []
    wanted = mentions.sought(vault, archive, data_type, ids, names)
    rows = dict.fromkeys(columns, 0)
    entries = [
        entry
        for entry in archive.entries(data_type)
        if entry.subject not in keys
        and not holds.covering(kept, archive.archive_id, frozenset({entry.subject}))
    ]
    for name, new in of_others.changes(vault, archive, entries, wanted, ERASED):
        rows[name] += len(new)
    return [
        Mention(archive_id=archive.archive_id, data_type=data_type, column=name, rows=hits)
        for name, hits in rows.items()
        if hits
    ]


def _place(archive: Archive, data_type: str, files: list[FileEntry]) -> Place:
    rows = sum(entry.rows for entry in files)
    return Place(archive_id=archive.archive_id, data_type=data_type, rows=rows, files=len(files))


def _listed(archive: Archive, rows: int) -> Place:
    """Lines of the participants' list, in the one file that holds them sealed person by person."""
    return Place(archive_id=archive.archive_id, data_type=ROSTER[0], rows=rows, files=1)
