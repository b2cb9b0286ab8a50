"""The rows of one person without the others in them: what may be handed out to that person.

Others are taken out by id, code and name as far as the archive knows them: whoever has rows here or
stands in a list of recipients, by whole names wherever they stand, by parts of them in their rooms.
Who was erased is found by the keyed names that the vault keeps (:mod:`erased_words`), and who has no
rows here by an id that stands alone in a document: the vault knows it from another archive.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.anonymize.texts.phrases import SHORTEST_NUMBER
from archive_tool.archive.reader import Archive
from archive_tool.keys import SubjectState
from archive_tool.lifecycle.mentioned import documents, erased_words, mentions
from archive_tool.lifecycle.mentioned.called import NOBODY, Called, name_columns, of_subjects
from archive_tool.model.datatypes import BY_NAME, SHARED_SUBJECT
from archive_tool.model.people import canonical_person, is_nobody, spellings
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from archive_tool.keys import Vault
    from archive_tool.model.archive import FileEntry

_SHORTEST_NAME: Final = 2


@dataclass(frozen=True, kw_only=True)
class OwnRows(Archive):
    """An archive as one person may see it: the person's rows, without the others in them."""

    others: dict[str, mentions.Sought] = field(default_factory=dict, repr=False)
    """By data type: what finds ids, codes and names of others."""
    withdrawn: erased_words.ErasedWords | None = field(default=None, repr=False)
    """What finds the erased, who have no rows any more."""
    found: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    """By data type and column: rows in which somebody else was taken out."""

    def read_file(self, entry: FileEntry, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a file and take the others out."""
        table = super().read_file(entry, columns)
        others = self.others.get(entry.data_type)
        if others is None:
            return table
        for name in (
            n for n in mentions.searched(self, entry.data_type) if n in table.column_names
        ):
            told = self._told(table, name, others, named=mentions.named_in(name, entry, ""))
            if told:
                place = (entry.data_type, name)
                self.found[place] = self.found.get(place, 0) + len(told)
                table = mentions.with_texts(table, name, told)
        return table

    def _told(
        self, table: pa.Table, column: str, others: mentions.Sought, *, named: bool
    ) -> dict[int, str]:
        """Give the new texts of the rows in which a column names somebody else."""
        told = mentions.changes(table, column, others, mentions.OTHER, named=named)
        if self.withdrawn is not None:
            left = mentions.with_texts(table, column, told) if told else table
            told |= erased_words.changes(left, column, self.withdrawn, named=named)
        return told


def as_seen_by(archive: Archive, vault: Vault, person_id: str) -> OwnRows:
    """Collect who else is in the archive: ids or codes in the rows, and names."""
    own = set(spellings(person_id))
    known: set[str] = set()
    names: set[str] = set()
    for data_type in archive.types():
        if data_type not in BY_NAME:
            continue
        own |= set(mentions.terms(vault, archive, data_type, [person_id]))
        left = archive.manifest.columns[data_type]
        who, given = BY_NAME[data_type].subject, name_columns(data_type)
        wanted = [column for column in (who, *given) if column in left]
        lists = [f.name for f in FIELDS[data_type] if f.lists_people and f.name in left]
        nested = sorted(documents.COLUMNS.intersection(left).difference(lists))
        key = vault.subject_key(person_id)
        for entry in archive.entries(data_type):
            if entry.subject == key:
                table = archive.read_file(entry, [*lists, *nested])
                known |= _listed_in(table.select(lists))
                known |= _ids_in(vault, _texts(table.select(nested)))
            elif wanted:
                table = archive.read_file(entry, wanted)
                known |= _distinct(table, who)
                names = names.union(*(_distinct(table, name) for name in given))
    words = sorted(
        word
        for word in known | {name for name in names if len(name) >= _SHORTEST_NAME}
        if own.isdisjoint({word, canonical_person(word)})
    )
    values: dict[str, Any] = {item.name: getattr(archive, item.name) for item in fields(Archive)}
    called = _called(archive, vault, person_id)
    me = called.pop(person_id, NOBODY)
    others = mentions.by_words(words, called.values(), own=me)
    withdrawn = erased_words.ErasedWords.of(vault, own=me, by=mentions.OTHER)
    return OwnRows(**values, others=dict.fromkeys(archive.types(), others), withdrawn=withdrawn)


def _called(archive: Archive, vault: Vault, person_id: str) -> dict[str, Called]:
    """Read what everybody is called in an archive: the person under the id, others under any word."""
    own = vault.subject_key(person_id)
    keys = {entry.subject for entry in archive.index} - {vault.subject_key(SHARED_SUBJECT), own}
    readable = {k: k for k in sorted(keys) if vault.state_of_key(k) is SubjectState.KNOWN}
    return of_subjects(archive, vault, {**readable, person_id: own})


def _listed_in(table: pa.Table) -> set[str]:
    """Give the people whom lists of ids name: somebody may be named who has no rows here."""
    found: set[str] = set()
    for text in _texts(table):
        value: object = text
        with suppress(msgspec.DecodeError):
            value = msgspec.json.decode(text)
        listed = value if isinstance(value, list) else [value]
        found |= {one for one in listed if isinstance(one, str) and one and not is_nobody(one)}
    return found


def _ids_in(vault: Vault, texts: Iterable[str]) -> set[str]:
    """Give what stands in documents and is the id of somebody whom the vault knows, or knew."""
    said: set[str] = set()

    def look(leaf: str) -> str:
        said.add(leaf)
        return leaf

    for text in texts:
        documents.without(text, look)
    named = filter(canonical_person, said)
    ids = (one for one in named if not (one.isdigit() and len(one) < SHORTEST_NUMBER))
    return {one for one in ids if vault.subject_state(one) is not SubjectState.UNKNOWN}


def _texts(table: pa.Table) -> set[str]:
    return set().union(*(_distinct(table, name) for name in table.column_names))


def _distinct(table: pa.Table, column: str) -> set[str]:
    if column not in table.column_names:
        return set()
    return {str(item) for item in table.column(column).unique().to_pylist() if item}
