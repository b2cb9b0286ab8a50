"""Who sits where: people, rooms and the seats that they share, as numbers.

A seat is one person in one room. People, not rows, are what is counted, so every row becomes the
number of its seat first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.disclose.cells import columns
from archive_tool.errors import DisclosureError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.people import canonical_person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive_tool.disclose.cells.columns import Coded
    from archive_tool.model.aggregates import Dimension, Source

MOST: Final = 1 << 62
"""Combinations from which their numbers no longer fit."""

DENSE: Final = 1 << 22
"""Largest table of places that is always counted directly; beyond, when the rows are as many."""


@dataclass(kw_only=True)
class Registry:
    """Names to numbers, in order of arrival."""

    codes: dict[str, int] = field(default_factory=dict, repr=False)

    def of(self, names: Iterable[str]) -> np.ndarray:
        """Number names, new ones too."""
        codes = self.codes
        return np.array([codes.setdefault(name, len(codes)) for name in names], np.int64)

    def names(self) -> list[str]:
        """All names, by their number."""
        return list(self.codes)


@dataclass(kw_only=True)
class Everyone:
    """People, rooms and seats of a study, shared by all of its tables."""

    people: Registry = field(default_factory=Registry)
    rooms: Registry = field(default_factory=Registry)
    seats: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)
    """Person and room (-1 for none) to the number of the seat."""

    def seats_of(self, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
        """Number seats, new ones too."""
        seats = self.seats
        return np.array([seats.setdefault(pair, len(seats)) for pair in pairs], np.int64)

    def by_seat(self) -> tuple[np.ndarray, np.ndarray]:
        """Person and room of every seat."""
        pairs = np.array(list(self.seats), np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]


@dataclass(kw_only=True)
class Rows:
    """Some rows of people who count, with everything that was made of them so far."""

    table: pa.Table
    seats: np.ndarray
    """Local number of the seat per row."""
    seat_codes: np.ndarray
    """Number of each local seat in :class:`Everyone`."""
    _coded: dict[Dimension, Coded] = field(default_factory=dict, repr=False)
    _numbers: dict[Source, np.ndarray] = field(default_factory=dict, repr=False)

    def code(self, dimension: Dimension) -> Coded:
        """Code a dimension once for all tables that use it."""
        if dimension not in self._coded:
            self._coded[dimension] = columns.code(dimension, self.table)
        return self._coded[dimension]

    def numbers(self, source: Source) -> np.ndarray:
        """Read a measure once for all tables that use it."""
        if source not in self._numbers:
            self._numbers[source] = columns.numbers(source, self.table)
        return self._numbers[source]


def rows_of(data_type: str, table: pa.Table, everyone: Everyone, leave_out: frozenset[str]) -> Rows:
    """Keep the rows of people; agents, excluded people and rows of nobody count for nothing.

    ``leave_out`` holds canonical ids: both spellings of an id are one person.
    """
    subject, spelled = _within(*_names(table, BY_NAME[data_type].subject))
    names = [canonical_person(name) for name in spelled]
    counts = np.array([bool(name) and name not in leave_out for name in names])
    room, rooms = _within(*_names(table, "roomId"))
    if not counts.all():
        kept = counts.take(subject)
        table = table.filter(pa.array(kept))
        subject, room = subject[kept], room[kept]
    inverse, pairs = _pairs(subject, room, len(names), len(rooms))
    people = everyone.people.of(name for name in names if name)
    of_name = np.zeros(len(names), np.int64)
    of_name[[place for place, name in enumerate(names) if name]] = people
    of_room = np.array(
        [int(everyone.rooms.of([name])[0]) if name else -1 for name in rooms], np.int64
    )
    seats = zip(
        of_name[pairs // len(rooms)].tolist(), of_room[pairs % len(rooms)].tolist(), strict=True
    )
    return Rows(table=table, seats=inverse, seat_codes=everyone.seats_of(seats))


def combinations(levels: Iterable[int]) -> int:
    """Say how many combinations so many levels have.

    Raises DisclosureError (18) for more than whole numbers tell apart: two cells would be one.
    """
    found = prod(levels)
    if found >= MOST:
        raise DisclosureError(
            "the dimensions have more combinations than can be told apart",
            where="aggregate",
            expected="fewer than 2^62",
            hint="take dimensions out of the tables, or give them bins or edges",
        )
    return found


def compact(keys: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the keys that occur from 0; give the number of every entry, and the keys in order.

    ``size`` is one more than the largest key there may be.
    """
    if size <= max(DENSE, 4 * len(keys)):
        present = np.bincount(keys, minlength=1) > 0
        found = np.flatnonzero(present)
        if len(found) == len(present):
            return keys, found
        numbers = np.cumsum(present) - 1
        return numbers[keys], found
    found, inverse = np.unique(keys, return_inverse=True)
    return inverse, found


def _pairs(
    subject: np.ndarray, room: np.ndarray, names: int, rooms: int
) -> tuple[np.ndarray, np.ndarray]:
    """Number the seats: by the person alone where everybody keeps to one room, as most do."""
    of_person = np.zeros(names, np.int64)
    of_person[subject] = room
    if (of_person.take(subject) == room).all():
        return subject, np.arange(names) * rooms + of_person
    return compact(subject * rooms + room, names * rooms)


def _within(codes: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Leave out names before the first and after the last one: people's rows lie together."""
    first, last = int(codes.min()), int(codes.max())
    return (codes - first if first else codes), names[first : last + 1]


def _names(table: pa.Table, column: str) -> tuple[np.ndarray, list[str]]:
    """Give a code per row and the names; no name is the empty one."""
    if column not in table.column_names:
        return np.zeros(table.num_rows, np.int64), [""]
    array = table[column]
    if not pa.types.is_dictionary(array.type):
        array = pc.cast(array, pa.string()).dictionary_encode()
    array = array.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], array.type)
    names = [name or "" for name in array.dictionary.to_pylist()]
    indices = array.indices
    if indices.null_count or not names:
        indices, names = indices.fill_null(len(names)), [*names, ""]
    return indices.to_numpy(zero_copy_only=False).astype(np.int64), names
