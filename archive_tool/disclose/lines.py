"""Rows of many people become one line per cell and seat: small, and mergeable.

A seat is one person in one room. Everything that is published is computed from these lines, so
that rows never have to be in memory together, and so that people, not rows, are what is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from archive_tool.disclose import columns
from archive_tool.model.aggregates import PERSON_COLUMNS
from archive_tool.model.datatypes import BY_NAME
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    import pyarrow as pa

    from archive_tool.disclose.columns import Coded
    from archive_tool.model.aggregates import Dimension, Source, TableSpec

_DENSE_CELLS: Final = 1 << 22
"""Largest table of places that is always counted directly; beyond, when the rows are as many."""


class Sums(NamedTuple):
    """What adds up, one entry per line."""

    rows: np.ndarray
    n: np.ndarray
    """Rows with a measure."""
    mean: np.ndarray
    """Of the measure; 0 where there is none."""
    m2: np.ndarray
    """Sum of squared deviations from that mean."""

    def take(self, places: np.ndarray) -> Sums:
        """Give some of the lines, in another order."""
        return Sums(*(part[places] for part in self))


@dataclass(kw_only=True)
class Registry:
    """Names to numbers, in order of arrival."""

    codes: dict[str, int] = field(default_factory=dict, repr=False)

    def of(self, names: Iterable[str]) -> np.ndarray:
        """Number names, new ones too."""
        import numpy as np

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
        import numpy as np

        seats = self.seats
        return np.array([seats.setdefault(pair, len(seats)) for pair in pairs], np.int64)

    def by_seat(self) -> tuple[np.ndarray, np.ndarray]:
        """Person and room of every seat."""
        import numpy as np

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
    """Keep the rows of people; agents, excluded people and rows of nobody count for nothing."""
    import numpy as np
    import pyarrow as pa

    subject, names = _names(table, BY_NAME[data_type].subject)
    counts = np.array([bool(name) and name not in leave_out for name in names])
    kept = counts[subject]
    room, rooms = _names(table, "roomId")
    if not kept.all():
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


@dataclass(kw_only=True)
class Lines:
    """What one table needs to know of the rows: one line per cell and seat."""

    spec: TableSpec
    dimensions: tuple[Dimension, ...] = ()
    """Those that lie in the rows; ``role`` and ``condition`` come with the person, later."""
    levels: list[Registry] = field(default_factory=list)
    _seen: list[set[str]] = field(default_factory=list, repr=False)
    """Levels that any row had, by dimension."""
    _codes: list[np.ndarray] = field(default_factory=list, repr=False)
    _seats: list[np.ndarray] = field(default_factory=list, repr=False)
    _sums: list[Sums] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.dimensions = tuple(
            d for d in self.spec.dimensions if not is_of_person(d.source, self.spec.data_type)
        )
        self.levels = [Registry() for _ in self.dimensions]
        self._seen = [set() for _ in self.dimensions]

    def add(self, rows: Rows) -> None:
        """Count some rows."""
        import numpy as np

        coded = [rows.code(dimension) for dimension in self.dimensions]
        codes, seats = [one.codes for one in coded], rows.seats
        values = None if self.spec.measure is None else rows.numbers(self.spec.measure)
        in_rows = [c for c in self.spec.where if not is_of_person(c.source, self.spec.data_type)]
        if in_rows:
            kept = np.logical_and.reduce([columns.meets(c, rows.table) for c in in_rows])
            codes, seats = [one[kept] for one in codes], seats[kept]
            values = None if values is None else values[kept]
        if not len(seats):
            return
        sizes = [len(one.levels) for one in coded]
        key, size = seats, len(rows.seat_codes)
        for column, levels in zip(codes, sizes, strict=True):
            key, size = key * levels + column, size * levels
        if size <= max(_DENSE_CELLS, 4 * len(key)):
            sums = _sums(key, size, values)
            keys = np.flatnonzero(sums.rows)
            sums = sums if len(keys) == size else sums.take(keys)
        else:
            inverse, keys = compact(key, size)
            sums = _sums(inverse, len(keys), values)
        self._sums.append(sums)
        for place in range(len(coded) - 1, -1, -1):
            one, local = coded[place], keys % len(coded[place].levels)
            self._seen[place].update(one.levels[code] for code in np.unique(local).tolist())
            self._codes.append(self.levels[place].of(one.levels)[local])
            keys = keys // len(one.levels)
        self._seats.append(rows.seat_codes[keys])

    @property
    def filled(self) -> bool:
        """Whether any row counts."""
        return bool(self._seats)

    def says_nothing(self, persons: Mapping[str, Mapping[int, str]]) -> bool:
        """Whether no row has a value in one of the dimensions, so that it is but a total."""
        return any(seen <= {columns.MISSING} for seen in self._seen) or any(
            not persons.get(dimension.source.column)
            for dimension in self.spec.dimensions
            if dimension not in self.dimensions
        )

    def merged(self) -> tuple[np.ndarray, np.ndarray, Sums]:
        """Give codes (a row per line, a column per dimension), seats and sums of all rows."""
        import numpy as np

        width = len(self.dimensions)
        if not self._seats:
            nothing = np.zeros(0)
            return (
                np.zeros((0, width), np.int64),
                np.zeros(0, np.int64),
                Sums(nothing, nothing, nothing, nothing),
            )
        columns_of = [np.concatenate(self._codes[place::width]) for place in range(width)]
        codes = np.stack(columns_of[::-1], axis=1) if width else np.zeros((0, 0), np.int64)
        seats = np.concatenate(self._seats)
        if not width:
            codes = np.zeros((len(seats), 0), np.int64)
        sums = Sums(*(np.concatenate(parts) for parts in zip(*self._sums, strict=True)))
        return codes, seats, sums


def is_of_person(source: Source, data_type: str) -> bool:
    """Whether a source is not in the rows but known of the person."""
    return source.column in PERSON_COLUMNS and all(
        field.name != source.column for field in FIELDS[data_type]
    )


def compact(keys: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the keys that occur from 0; give the number of every entry, and the keys in order.

    ``size`` is one more than the largest key there may be.
    """
    import numpy as np

    if size <= max(_DENSE_CELLS, 4 * len(keys)):
        present = np.bincount(keys, minlength=1) > 0
        found = np.flatnonzero(present)
        if len(found) == len(present):
            return keys, found
        numbers = np.cumsum(present) - 1
        return numbers[keys], found
    found, inverse = np.unique(keys, return_inverse=True)
    return inverse, found


def merge(groups: np.ndarray, count: int, sums: Sums) -> Sums:
    """Lines of the same group become one (Chan, Golub and LeVeque 1979, for ``m2``)."""
    import numpy as np

    rows = np.bincount(groups, sums.rows, count)
    n = np.bincount(groups, sums.n, count)
    total = np.bincount(groups, sums.n * sums.mean, count)
    mean = np.divide(total, n, out=np.zeros(count), where=n > 0)
    apart = sums.mean - mean[groups]
    m2 = np.bincount(groups, sums.m2 + sums.n * apart * apart, count)
    return Sums(rows, n, mean, m2)


def _sums(groups: np.ndarray, count: int, values: np.ndarray | None) -> Sums:
    """Sum rows up; the deviations are taken from each line's own mean, so nothing cancels."""
    import numpy as np

    rows = np.bincount(groups, minlength=count).astype(np.float64)
    if values is None:
        nothing = np.zeros(count)
        return Sums(rows, nothing, nothing, nothing)
    known = np.isfinite(values)
    if known.all():
        n = rows
    else:
        groups, values = groups[known], values[known]
        n = np.bincount(groups, minlength=count).astype(np.float64)
    total = np.bincount(groups, values, count)
    mean = np.divide(total, n, out=np.zeros(count), where=n > 0)
    apart = values - mean[groups]
    return Sums(rows, n, mean, np.bincount(groups, apart * apart, count))


def _pairs(
    subject: np.ndarray, room: np.ndarray, names: int, rooms: int
) -> tuple[np.ndarray, np.ndarray]:
    """Number the seats: by the person alone where everybody keeps to one room, as most do."""
    import numpy as np

    of_person = np.zeros(names, np.int64)
    of_person[subject] = room
    if (of_person[subject] == room).all():
        return subject, np.arange(names) * rooms + of_person
    return compact(subject * rooms + room, names * rooms)


def _names(table: pa.Table, column: str) -> tuple[np.ndarray, list[str]]:
    """Give a code per row and the names; no name is the empty one."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if column not in table.column_names:
        return np.zeros(table.num_rows, np.int64), [""]
    array = table[column]
    if not pa.types.is_dictionary(array.type):
        array = pc.cast(array, pa.string()).dictionary_encode()
    array = array.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], array.type)
    names = [name or "" for name in array.dictionary.to_pylist()]
    codes = array.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), [*names, ""]
