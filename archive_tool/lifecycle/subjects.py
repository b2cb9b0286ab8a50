"""Where somebody is, in all archives of a store: their own files, and mentions in others' rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.archive import layout
from archive_tool.archive.reader import Archive, open_archive
from archive_tool.errors import SubjectError, VaultError
from archive_tool.keys import SubjectState
from archive_tool.lifecycle import catalogue, mentions, people, places, roster
from archive_tool.model.datatypes import MEDIA, ROSTER, SHARED_SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.catalogue import Overview, Unreadable
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
    unreadable: tuple[Unreadable, ...] = ()
    """Archives that were not looked at, because no key of the vault opens them."""


def opened(store: Path, vault: Vault, overview: Overview) -> Iterator[Archive]:
    """Open every archive of a store that belongs to the vault and was not destroyed."""
    for entry in overview.entries:
        if not vault.is_destroyed(entry.archive_id):
            yield open_archive(store / layout.ARCHIVES / entry.archive_id, vault=vault)


def require_known(vault: Vault, ids: Sequence[str]) -> tuple[int, int]:
    """Count known and erased ids.

    Raises VaultError (17) when all were erased, SubjectError (20) when the vault knows nobody.
    """
    states = [{vault.state_of_key(key) for key in people.keys_of(vault, item)} for item in ids]
    erased = sum(SubjectState.ERASED in state for state in states)
    known = sum(
        SubjectState.KNOWN in state and SubjectState.ERASED not in state for state in states
    )
    if not known and erased:
        raise VaultError(
            "the subject was erased", where="vault", hint="its rows cannot be read any more"
        )
    if not known:
        raise SubjectError(
            "in none of the archives",
            where="id-file",
            expected="ids as the platform writes them, not codes",
        )
    return known, erased


def find(store: Path, vault: Vault, ids: Sequence[str], *, in_others: bool = True) -> Found:
    """Look for people in all archives; with ``in_others``, also in the rows of others.

    Raises SubjectError (20) when the vault knows none of them, VaultError (17) when all that it
    knows were erased.
    """
    places.require_store(store)
    known, erased = require_known(vault, ids)
    keys = people.keys_of_all(vault, ids)
    found: list[Place] = []
    named: list[Mention] = []
    aggregates: list[str] = []
    overview = catalogue.load(store, vault)
    for archive in opened(store, vault, overview):
        own = [entry for entry in archive.index if entry.subject in keys]
        for data_type in archive.types():
            files = [entry for entry in own if entry.data_type == data_type]
            if files:
                found.append(_place(archive, data_type, files))
            if in_others:
                named += mentions_in(vault, archive, data_type, ids, keys)
        listed = roster.rows_of_people(archive, vault, keys)
        if listed:
            found.append(_listed(archive, len(listed)))
        if any(name.startswith(layout.AGGREGATE_PREFIX) for name in archive.types()):
            aggregates.append(archive.archive_id)
    return Found(
        asked=len(ids),
        known=known,
        erased=erased,
        places=tuple(found),
        mentions=tuple(named),
        aggregates=tuple(aggregates),
        unreadable=overview.unreadable,
    )


def has_recordings_of_nobody(vault: Vault, archive: Archive) -> bool:
    """Whether an archive holds recordings of no one person: they may show anybody."""
    nobody = vault.subject_key(SHARED_SUBJECT)
    return any(entry.data_type == MEDIA and entry.subject == nobody for entry in archive.index)


def mentions_in(
    vault: Vault, archive: Archive, data_type: str, ids: Sequence[str], keys: frozenset[str]
) -> list[Mention]:
    """Count, by column, the rows of others in one table that name one of the people."""
    columns = mentions.searched(archive, data_type)
    if not columns:
        return []
    expressions = mentions.patterns(mentions.terms(vault, archive, data_type, ids))
    rows = dict.fromkeys(columns, 0)
    for entry in archive.entries(data_type):
        filled = set(entry.filled.split(","))
        looked_at = [name for name in columns if name in filled]
        if entry.subject in keys or not looked_at:
            continue
        table = archive.read_file(entry, looked_at)
        for name in looked_at:
            rows[name] += mentions.count(table, name, expressions)
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
