"""Whose a name or an address is: the ids of people who write in and know no id of theirs.

The platform's list of participants may be long deleted. Archives that keep ids still hold what
people are called, beside their rows and in the sealed list of participants, each under the person's
own key.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts.words import words_of
from archive_tool.errors import SubjectError
from archive_tool.keys import SubjectState
from archive_tool.lifecycle import each_archive, places
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.mentioned import called
from archive_tool.lifecycle.subjects import roster
from archive_tool.model.datatypes import BY_NAME, SHARED_SUBJECT
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.unreadable import Unreadable

EVENT: Final = "ids"


@dataclass(frozen=True, kw_only=True)
class Named:
    """The ids behind some names."""

    ids: tuple[str, ...] = field(repr=False)
    """As the platform writes them, sorted."""
    asked: int
    """Names and addresses that were asked for."""
    unknown: tuple[int, ...]
    """Which of them, counted from 1, nobody has."""
    several: tuple[int, ...]
    """Which of them more than one id has: one person under two ids, or two of one name."""
    unreadable: tuple[Unreadable, ...] = ()
    """Archives that were not looked at."""

    def __repr__(self) -> str:
        """How many there are."""
        return f"<Named: {self.summary}>"

    @property
    def summary(self) -> str:
        """How many names are known, and how many ids have them."""
        known = self.asked - len(self.unknown)
        return f"{known:,} of {count(self.asked, 'name')} known, {count(len(self.ids), 'id')}"


def find(store: Path, vault: Vault, names: Sequence[str], *, now: datetime) -> Named:
    """Look for whole names and addresses in all archives of a store; leaves a line in the log.

    Case counts nothing, nor do the order of the words and what stands between them. Those who were
    erased are not found. Raises SubjectError (20) when nobody has any of the names.
    """
    places.require_store(store)
    wanted = [_alike(name) for name in names]
    looked = each_archive.look(store, vault, lambda one: _in_archive(one, vault, frozenset(wanted)))
    bearers: defaultdict[frozenset[str], set[str]] = defaultdict(set)
    for found in looked.seen:
        for name, theirs in found.items():
            bearers[name] |= theirs
    ids = sorted(set().union(*bearers.values()))
    audit.append(store, EVENT, detail={"names": len(names), "ids": len(ids)}, now=now)
    if not ids:
        raise SubjectError(
            "in none of the archives that keep ids",
            where="name-file",
            expected="whole names, or addresses, one on a line",
            hint="archive-tool verify names the archives that could not be looked at"
            if looked.unreadable
            else "",
        )
    return Named(
        ids=tuple(ids),
        asked=len(names),
        unknown=tuple(at for at, name in enumerate(wanted, 1) if not bearers.get(name)),
        several=tuple(at for at, name in enumerate(wanted, 1) if len(bearers.get(name, ())) > 1),
        unreadable=looked.unreadable,
    )


def _in_archive(
    archive: Archive, vault: Vault, wanted: frozenset[frozenset[str]]
) -> Mapping[frozenset[str], set[str]]:
    """Give the ids of those who have one of the names, by name."""
    listed = roster.rows_of(archive, vault) if roster.has_roster(archive) else ()
    ids = {vault.subject_key(line[roster.PERSON]): line[roster.PERSON] for line in listed}
    keys = {entry.subject for entry in archive.index} - {vault.subject_key(SHARED_SUBJECT)}
    known = SubjectState.KNOWN
    people = {key: key for key in keys | ids.keys() if vault.state_of_key(key) is known}
    found: defaultdict[frozenset[str], set[str]] = defaultdict(set)
    for key, person in called.of_subjects(archive, vault, people).items():
        for name in wanted.intersection(map(_alike, person.names)):
            found[name] |= {ids[key]} if key in ids else _own_id(archive, vault, key)
    return found


def _own_id(archive: Archive, vault: Vault, key: str) -> set[str]:
    """Read the id of somebody from their own rows; nothing where a code stands in its place."""
    for entry in archive.index:
        if entry.subject == key and not archive.is_erased(entry) and entry.data_type in BY_NAME:
            subject = BY_NAME[entry.data_type].subject
            written = archive.read_file(entry, [subject]).column(subject).unique().to_pylist()
            return {one for one in written if one and vault.subject_key(one) == key}
    return set()


def _alike(name: str) -> frozenset[str]:
    """Give what counts of a name: its words, or the address, in any case."""
    text = unicodedata.normalize("NFC", name).strip().casefold()
    return frozenset({text} if "@" in text else words_of(text) or {text})
