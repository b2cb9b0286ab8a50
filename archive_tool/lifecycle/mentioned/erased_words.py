"""Finds ids, codes and names of erased people by their keyed names alone: none of them is kept.

When mentions are taken out of the rows of others, the vault notes for every id, code and name that
was looked for an HMAC, its *shape* and whose it was. Names count in any case; part of a name is noted
with the room where it means somebody. An older revision that comes back from a copy can
then be read for them again: every piece of text that has the shape of such a word is hashed and
compared, where it stands whole (:mod:`whole_words`).

The shape of a word is ``before.runs.after``: characters before its first run of ``[0-9A-Za-z_]``,
the number of such runs, characters after the last; a word without any is ``length.0.0``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts.phrases import findable
from archive_tool.anonymize.texts.words import words_of
from archive_tool.archive.opening import open_stored
from archive_tool.keys import SubjectState, primitives
from archive_tool.keys.vault_file import ErasedWord
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.mentioned import documents, mentions
from archive_tool.lifecycle.mentioned.called import NOBODY, lowered
from archive_tool.lifecycle.mentioned.whole_words import stands_whole
from archive_tool.model.datatypes import SHARED_SUBJECT
from archive_tool.model.people import ERASED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.mentioned.called import Called
    from archive_tool.model.archive import FileEntry

PURPOSE: Final = "erased-words"
_RUN: Final = re.compile(r"[0-9A-Za-z_]+")
_NAME: Final = "name\0"
"""Before a name, and the room where it means somebody: no id or code begins like this."""

Span = tuple[int, int]


def note(
    vault: Vault, archives: Iterable[Archive], ids: Sequence[str], called: Mapping[str, Called]
) -> None:
    """Note what people are called in some archives; it counts after the vault's next save."""
    key = _key(vault)
    owners = {one: _owner(vault, one) for one in ids}
    found: dict[str, ErasedWord] = {}
    for archive in archives:
        for data_type in (name for name in archive.types() if mentions.searched(archive, name)):
            names_of = mentions.names_in(vault, archive, data_type)
            for one, owner in owners.items():
                for word in names_of(one):
                    found[_name(key, word)] = ErasedWord(shape=_shape(word), owner=owner)
    for one, names in called.items():
        for word, room in _names_of(names):
            name = _name(key, _as_noted(word, room))
            found[name] = ErasedWord(shape=_shape(word), owner=owners[one])
    vault.note_words(found)


@dataclass(frozen=True, kw_only=True)
class ErasedWords:
    """The words of everybody who was erased."""

    names: frozenset[str] = field(repr=False)
    shapes: tuple[tuple[int, int, int], ...]
    key: bytes = field(repr=False)
    by: str = ERASED
    """What is put in the place of a word."""

    @classmethod
    def of(cls, vault: Vault, *, own: Called = NOBODY, by: str = ERASED) -> ErasedWords:
        """Take them from a vault; words of people who were not erased after all do not count.

        Nor do names that somebody (``own``) has as well.
        """
        erased, key = SubjectState.ERASED, _key(vault)
        theirs = {_name(key, _as_noted(word, room)) for word, room in _names_of(own)}
        words = {
            name: word.shape
            for name, word in vault.words.items()
            if name not in theirs and (not word.owner or vault.state_of_key(word.owner) is erased)
        }
        shapes = sorted({_parse(shape) for shape in words.values()})
        return cls(names=frozenset(words), shapes=tuple(shapes), key=key, by=by)

    def without(self, text: str, room: str = "", *, named: bool = True, small: bool = True) -> str:
        """Put another word in the place of every such word in a text of a room.

        ``named``: names of people count as well as their ids and codes; ``small``: so do ids that are
        small numbers or single letters.
        """
        parts, at = [], 0
        spans = self._spans(text, room, named=named, small=small)
        for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start >= at:
                bracketed = start > at and text[start - 1] == "[" and text[end : end + 1] == "]"
                parts += [text[at : start - bracketed], self.by]  # [P-…] has brackets already
                at = end + bracketed
        return "".join([*parts, text[at:]])

    def _spans(self, text: str, room: str, *, named: bool, small: bool) -> Iterator[Span]:
        runs = [run.span() for run in _RUN.finditer(text)]
        for shape in self.shapes:
            for start, end in _candidates(text, runs, shape):
                piece = text[start:end]
                if any(
                    _name(self.key, word) in self.names
                    and (small or word != piece or findable(words_of(piece)))
                    for word in _words(piece, room, named)
                ):
                    yield start, end


def named_again(
    vault: Vault, archive: Archive, in_force: Sequence[holds.Hold] = ()
) -> dict[str, pa.Table]:
    """Return the rows of others without the erased, by id of the files that name them.

    Files that a hold keeps are left out.
    """
    words, nobody = ErasedWords.of(vault), vault.subject_key(SHARED_SUBJECT)
    instead: dict[str, pa.Table] = {}
    for data_type in archive.types() if words.names else ():
        columns = set(mentions.searched(archive, data_type))
        for entry in archive.entries(data_type) if columns else ():
            names = sorted(columns.intersection(entry.filled.split(",")))
            kept = holds.covering(in_force, archive.archive_id, frozenset({entry.subject}))
            if names and not kept and (table := _rewritten(archive, entry, names, words, nobody)):
                instead[entry.file_id] = table
    return instead


def of_stored(store: Path, archive_id: str, vault: Vault) -> dict[str, pa.Table]:
    """Do the same for an archive of a store, under the holds that are in force."""
    archive = open_stored(store, archive_id, vault)
    return named_again(vault, archive, holds.active(store))


def _rewritten(
    archive: Archive, entry: FileEntry, columns: Sequence[str], words: ErasedWords, nobody: str
) -> pa.Table | None:
    """Return a file's rows without the words; None when it has none of them."""
    table, changed = archive.read_file(entry), False
    for column in columns:
        new = changes(table, column, words, named=mentions.named_in(column, entry, nobody))
        if new:
            table, changed = mentions.with_texts(table, column, new), True
    return table if changed else None


def changes(table: pa.Table, column: str, words: ErasedWords, *, named: bool) -> dict[int, str]:
    """Give the new texts of the rows in which a column names one of the erased."""
    texts = table.column(column).to_pylist() if words.names else []
    rows = [row for row, text in enumerate(texts) if text is not None]
    if not rows:
        return {}
    told = [
        (texts[row], room) for row, room in zip(rows, mentions.rooms_of(table, rows), strict=True)
    ]
    after = {pair: _without(words, column, *pair, named=named) for pair in set(told)}
    return {
        row: after[pair] for row, pair in zip(rows, told, strict=True) if after[pair] != pair[0]
    }


def _without(words: ErasedWords, column: str, text: str, room: str, *, named: bool) -> str:
    of_people = partial(words.without, room=room, named=named)
    change = partial(of_people, small=column in mentions.OF_PEOPLE)
    if column in documents.COLUMNS:
        return documents.without(text, change, of_people)
    return change(text)


def _words(piece: str, room: str, named: bool) -> Iterator[str]:
    """Give what a piece of text may stand noted as."""
    yield piece
    if named:
        yield _as_noted(piece)
        yield _as_noted(piece, room)


def _names_of(called: Called) -> Iterator[tuple[str, str]]:
    """Give names with the room where they mean somebody; empty for everywhere."""
    yield from ((name, "") for name in called.whole)
    yield from product(called.parts, called.rooms)


def _as_noted(name: str, room: str = "") -> str:
    return f"{_NAME}{room}\0{lowered(name)}"


def _candidates(text: str, runs: Sequence[Span], shape: tuple[int, int, int]) -> Iterator[Span]:
    """Give the pieces of a text that have a shape and nothing of a word beside them."""
    before, count, after = shape
    if count:
        pieces = (
            (runs[at][0] - before, runs[at + count - 1][1] + after)
            for at in range(len(runs) - count + 1)
        )
    else:
        pieces = ((start, start + before) for start in range(len(text) - before + 1))
    for start, end in pieces:
        if start >= 0 and end <= len(text) and stands_whole(text, start, end):
            yield start, end


def _owner(vault: Vault, person_id: str) -> str:
    """Return the subject key of a person; a code that was asked for as such has none."""
    key = vault.subject_key(person_id)
    return "" if vault.state_of_key(key) is SubjectState.UNKNOWN else key


def _shape(word: str) -> str:
    runs = [run.span() for run in _RUN.finditer(word)]
    if not runs:
        return f"{len(word)}.0.0"
    return f"{runs[0][0]}.{len(runs)}.{len(word) - runs[-1][1]}"


def _parse(shape: str) -> tuple[int, int, int]:
    before, count, after = map(int, shape.split("."))
    return before, count, after


def _key(vault: Vault) -> bytes:
    return vault.pseudonym_key(PURPOSE)


def _name(key: bytes, word: str) -> str:
    return primitives.mac(key, word.encode()).hex()
