"""What people are called by name, by their own rows and by the participants' lists of a store.

A withdrawal takes names out of the rows of others as well as ids and codes. A whole name, or an
address, is looked for everywhere. A part of it (``Anna``) means somebody only in the rooms where that
person was: others may be called so too. Parts that are words of the language (``Will``) are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.known.identifiers import as_name
from archive_tool.anonymize.texts.phrases import can_stand_alone, is_talk, telling
from archive_tool.anonymize.texts.words import words_of
from archive_tool.lifecycle.subjects import roster
from archive_tool.model.datatypes import BY_NAME
from archive_tool.schemas import FIELDS, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault

ROOM: Final = "roomId"
_LISTED: Final = ("participantName", "email")
"""What the lines of the participants' list call somebody."""
_BETWEEN: Final = re.compile(r"[\s\-.,;()\"]+")


@dataclass(frozen=True, kw_only=True)
class Called:
    """The names of one person. Personal: never shown, never saved."""

    names: frozenset[str] = field(default=frozenset(), repr=False)
    """As they are written."""
    rooms: frozenset[str] = field(default=frozenset(), repr=False)
    """Where the person was, as the rows call the rooms."""

    @cached_property
    def whole(self) -> frozenset[str]:
        """Names of several words, and addresses, in lower case."""
        whole = (name for name in self.names if "@" in name or _is_whole(name))
        return frozenset(form for name in whole for form in _forms(name))

    @cached_property
    def parts(self) -> frozenset[str]:
        """Words that name the person where the person was, in lower case."""
        named = (name for name in self.names if "@" not in name and telling(words_of(name)))
        pieces = (piece for name in named for piece in (*name.split(), *_BETWEEN.split(name)))
        return frozenset(form for piece in pieces if _is_part(piece) for form in _forms(piece))


NOBODY: Final = Called()


def in_archive(archive: Archive, vault: Vault, ids: Iterable[str]) -> dict[str, Called]:
    """Read what people are called in an archive; those of whom it says nothing are left out."""
    return of_subjects(archive, vault, {one: vault.subject_key(one) for one in ids})


def of_subjects(archive: Archive, vault: Vault, subjects: Mapping[str, str]) -> dict[str, Called]:
    """Do the same for people by their subject keys, each under any name."""
    own = defaultdict(list)
    for entry in archive.index:
        if not archive.is_erased(entry):
            own[entry.subject].append(entry)
    listed = _listed(archive, vault, frozenset(subjects.values()))
    found = {}
    for one, key in subjects.items():
        names, rooms = listed[key], set[str]()
        for entry in (e for e in own[key] if e.data_type in BY_NAME):
            columns = {*name_columns(entry.data_type), ROOM}.intersection(entry.filled.split(","))
            table = archive.read_file(entry, sorted(columns))
            for column in columns:
                values = {str(v) for v in table.column(column).unique().to_pylist() if v}
                (rooms if column == ROOM else names).update(values)
        kept = frozenset(filter(None, map(as_name, names)))
        if kept or rooms:
            found[one] = Called(names=kept, rooms=frozenset(rooms))
    return found


def _listed(archive: Archive, vault: Vault, keys: frozenset[str]) -> defaultdict[str, set[str]]:
    """Read what the participants' list calls people, by subject key: the whole file at once."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in roster.rows_of_people(archive, vault, keys):
        called = (str(line[column]) for column in _LISTED if line.get(column))
        found[vault.subject_key(line[roster.PERSON])].update(called)
    return found


def together(found: Sequence[Mapping[str, Called]]) -> dict[str, Called]:
    """Put together what several archives say: a name may have been corrected between them."""
    return {
        one: Called(
            names=frozenset[str]().union(*(part[one].names for part in found if one in part)),
            rooms=frozenset[str]().union(*(part[one].rooms for part in found if one in part)),
        )
        for one in dict.fromkeys(one for part in found for one in part)
    }


def name_columns(data_type: str) -> list[str]:
    """Columns with the name that somebody gave."""
    return [
        column.name
        for column in FIELDS[data_type]
        if column.kind is Kind.TEXT and column.sensitivity is Sensitivity.NAME
    ]


def _forms(name: str) -> Iterator[str]:
    """Give a name in lower case, with each sign that takes other signs in capitals (``ß``, ``ı``) or for its accent."""
    for text in (name, name.upper()):
        for form in ("NFC", "NFD"):
            low = lowered(unicodedata.normalize(form, text))
            yield low
            yield low.replace("İ", "i")


def lowered(name: str) -> str:
    """Give a name in lower case and as long as it was: İ alone has no small letter of its length."""
    return "İ".join(map(str.lower, name.split("İ")))


def _is_whole(name: str) -> bool:
    words = words_of(name)
    return len(name.split()) > 1 and bool(telling(words)) and not is_talk(words)


def _is_part(piece: str) -> bool:
    words = words_of(piece)
    return bool(telling(words)) and can_stand_alone("".join(words)) and not is_talk(words)
