"""Where people stand in rows that are not theirs, by id, code or name: recipients, partners, texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import PseudonymKeys
from archive_tool.anonymize.random_codes import PERSON
from archive_tool.anonymize.texts.phrases import findable
from archive_tool.anonymize.texts.words import words_of
from archive_tool.archive import layout
from archive_tool.errors import IntegrityError
from archive_tool.lifecycle.mentioned import documents
from archive_tool.lifecycle.mentioned.called import NOBODY, ROOM, name_columns
from archive_tool.lifecycle.mentioned.whole_words import patterns
from archive_tool.lifecycle.subjects import linkage
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.files import read_file
from archive_tool.model.parsed import parse_toml
from archive_tool.model.people import canonical_people, canonical_person, spellings
from archive_tool.schemas import FIELDS, Kind, Sensitivity, field_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.mentioned.called import Called
    from archive_tool.lifecycle.mentioned.whole_words import Pattern
    from archive_tool.model.archive import FileEntry

OTHER: Final = "[other person]"
_SEARCHED: Final = frozenset({Kind.ID, Kind.LABEL, Kind.TEXT, Kind.JSON})
_EXTRA: Final = "extra"
OF_PEOPLE: Final = frozenset(
    f.name for fields in FIELDS.values() for f in fields if f.sensitivity is Sensitivity.PERSON
)
"""Columns of ids of people, in tables of any type."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What finds whole words.

    Somebody may have been in a thousand rooms: what names them in one is put together when a text of
    that room is changed.
    """

    words: Sequence[Pattern] = field(repr=False)
    """Ids and codes, and names that are looked for in every column."""
    small: Sequence[Pattern] = field(default=(), repr=False)
    """Ids that are small numbers or single letters: looked for where only people stand."""
    called: Sequence[Called] = field(default=(), repr=False)
    """Names, looked for where no column says who somebody else is; parts of them in their rooms."""
    own: Called = field(default=NOBODY, repr=False)
    """What somebody is called whose names are left alone."""

    @cached_property
    def names(self) -> list[Pattern]:
        """Whole names."""
        whole = frozenset[str]().union(*(one.whole for one in self.called))
        return patterns(sorted(whole - self.own.whole), any_case=True)

    @cached_property
    def parts(self) -> list[Pattern]:
        """Parts of names, whatever the room."""
        parts = frozenset[str]().union(*(one.parts for one in self.called if one.rooms))
        return patterns(sorted(parts - self.own.parts), any_case=True)

    def all(self, *, named: bool, small: bool) -> list[Pattern]:
        """All of them: what none of these finds is not touched."""
        names = (*self.names, *self.parts) if named else ()
        return [*self.words, *(self.small if small else ()), *names]

    def changing(self, by: str, *, named: bool, small: bool) -> Callable[[str, str], str]:
        """Give what puts a word in the place of every mention in a text of a room."""
        ids = (*self.words, *self.small) if small else self.words

        def put(found: re.Match[str]) -> str:
            bracketed = by.startswith("[") and found[1] and found[2]  # [P-…]
            return by if bracketed else f"{found[1]}{by}{found[2]}"

        @cache
        def compiled(parts: frozenset[str]) -> list[re.Pattern[str]]:
            names = (*self.names, *patterns(sorted(parts), any_case=True)) if named else ()
            return [re.compile(pattern.exact) for pattern in (*ids, *names)]

        in_room = cache(self._parts_in)

        def change(text: str, room: str) -> str:
            for expression in compiled(in_room(room)):
                text = expression.sub(put, text)
            return text

        return change

    def _parts_in(self, room: str) -> frozenset[str]:
        """Parts of names that mean somebody in a room."""
        there = (one.parts for one in self.called if room in one.rooms)
        return frozenset[str]().union(*there) - self.own.parts


def sought(
    vault: Vault,
    archive: Archive,
    data_type: str,
    ids: Iterable[str],
    called: Mapping[str, Called],
) -> Sought:
    """Put together what people may be called in a table: ids, codes in this archive, names."""
    return by_words(terms(vault, archive, data_type, ids), called.values())


def by_words(words: Sequence[str], called: Iterable[Called], own: Called = NOBODY) -> Sought:
    """Put together words and names; those that somebody (``own``) has as well are left alone."""
    alone = [word for word in words if findable(words_of(word))]
    small = [word for word in words if not findable(words_of(word))]
    return Sought(words=patterns(alone), small=patterns(small), called=tuple(called), own=own)


def terms(vault: Vault, archive: Archive, data_type: str, ids: Iterable[str]) -> list[str]:
    """Return what people may be called in a table: their ids, and their codes in this archive."""
    call = names_in(vault, archive, data_type)
    return list(dict.fromkeys(word for person_id in ids for word in call(person_id)))


def names_in(vault: Vault, archive: Archive, data_type: str) -> Callable[[str], list[str]]:
    """Return what gives the names of one person in a table."""
    if linkage.has_linkage(archive):
        codes: dict[str, list[str]] = {}
        for link in linkage.links_of(archive, vault)[0]:
            if link.kind == PERSON:
                codes.setdefault(link.id, []).append(link.code)
        return lambda one: [*spellings(one), *codes.get(canonical_person(one), ())]
    keys = PseudonymKeys.derive(
        vault.pseudonym_key, linkability=_linkability(archive), archive_id=archive.archive_id
    ).within(data_type)
    return lambda one: [*spellings(one), keys.of_person(one)]


def random_codes(vault: Vault, archive: Archive, ids: Iterable[str]) -> list[str]:
    """Return what people are called in an archive with random codes; the erased are not found."""
    if not linkage.has_linkage(archive):
        return []
    wanted = canonical_people(ids)
    links, _ = linkage.links_of(archive, vault)
    return sorted({link.code for link in links if link.kind == PERSON and link.id in wanted})


def searched(archive: Archive, data_type: str) -> list[str]:
    """Return the columns of a table in which somebody may be named; recordings have none."""
    if data_type not in BY_NAME:
        return []
    own = BY_NAME[data_type].subject
    return [
        name
        for name in archive.manifest.columns[data_type]
        if name == _EXTRA or (name not in (own, "nulls") and _kind(data_type, name) in _SEARCHED)
    ]


def with_texts(table: pa.Table, column: str, texts: Mapping[int, str]) -> pa.Table:
    """Put other texts into some rows of a column, which keeps its type."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = table.column(column)
    plain = array.cast(pa.string()).combine_chunks()
    chosen = [False] * len(plain)
    for row in texts:
        chosen[row] = True
    new = pa.array([texts[row] for row in sorted(texts)], pa.string())
    changed = pc.replace_with_mask(plain, pa.array(chosen), new)
    if pa.types.is_dictionary(array.type):
        changed = changed.dictionary_encode()
    position = table.column_names.index(column)
    return table.set_column(position, table.schema.field(column), changed.cast(array.type))


def rooms_of(table: pa.Table, rows: Sequence[int]) -> list[str]:
    """Give the rooms of some rows, empty where they name none."""
    if ROOM not in table.column_names:
        return [""] * len(rows)
    return [room or "" for room in table.column(ROOM).take(list(rows)).to_pylist()]


def named_in(column: str, entry: FileEntry, nobody: str) -> bool:
    """Whether a name in a column is a mention, and not what the person of the row is called.

    ``nobody``: subject of the rows that belong to no one person.
    """
    return entry.subject == nobody or column not in name_columns(entry.data_type)


def changes(
    table: pa.Table, column: str, wanted: Sought, by: str, *, named: bool = True
) -> dict[int, str]:
    """Give the new texts of the rows in which a column names somebody."""
    array, is_document = table.column(column), column in documents.COLUMNS
    people = column in OF_PEOPLE
    rows = _rows(array, wanted.all(named=named, small=people or is_document))
    if not rows:
        return {}
    change = wanted.changing(by, named=named, small=people)
    of_people = wanted.changing(by, named=named, small=True)

    @cache
    def new(text: str, room: str) -> str:
        if is_document:
            return documents.without(text, lambda x: change(x, room), lambda x: of_people(x, room))
        return change(text, room)

    texts = array.take(rows).to_pylist()
    told = [new(text, room) for text, room in zip(texts, rooms_of(table, rows), strict=True)]
    return {row: t for row, t, old in zip(rows, told, texts, strict=True) if t != old}


def _rows(array: pa.ChunkedArray, wanted: Sequence[Pattern]) -> list[int]:
    """Give the rows in whose text one of the expressions may find something."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not wanted:
        return []
    expressions = [pattern.quick for pattern in wanted]
    hits = []
    for chunk in array.chunks:
        if pa.types.is_dictionary(array.type):
            hits.append(
                pc.fill_null(_any(chunk.dictionary, expressions).take(chunk.indices), False)
            )
        else:
            hits.append(_any(chunk, expressions))
    found = pa.chunked_array(hits, pa.bool_())
    return list(pc.indices_nonzero(found).to_pylist())


def _any(array: pa.Array, expressions: Sequence[str]) -> pa.Array:
    import pyarrow.compute as pc

    found = pc.match_substring_regex(array, expressions[0])
    for expression in expressions[1:]:
        found = pc.or_(found, pc.match_substring_regex(array, expression))
    return pc.fill_null(found, False)


def _linkability(archive: Archive) -> str:
    try:
        policy = parse_toml(read_file(archive.path / layout.POLICY).decode())
    except (OSError, ValueError, IntegrityError):
        return "study"
    return str(policy.get("linkability", "study"))


def _kind(data_type: str, name: str) -> Kind:
    return field_of(data_type, name).kind
