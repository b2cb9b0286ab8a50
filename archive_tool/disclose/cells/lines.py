"""Rows of many people become one line per cell and seat: small, and mergeable.

A seat is one person in one room. Everything that is published is computed from these lines, so
that rows never have to be in memory together, and so that people, not rows, are what is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from archive_tool.disclose.cells import columns
from archive_tool.disclose.cells.seats import DENSE, Registry, compact
from archive_tool.disclose.protection.about import about
from archive_tool.model.aggregates import PERSON_COLUMNS
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np

    from archive_tool.disclose.cells.seats import Rows
    from archive_tool.model.aggregates import Dimension, Source, TableSpec


class Sums(NamedTuple):
    """What adds up, one entry per line."""

    rows: np.ndarray
    n: np.ndarray
    """Rows with a measure; the same array as ``rows`` where all of them have one."""
    mean: np.ndarray
    """Of the measure; 0 where there is none."""
    m2: np.ndarray
    """Sum of squared deviations from that mean."""

    def take(self, places: np.ndarray) -> Sums:
        """Give the lines at these places (numbers, not a mask), in their order."""
        rows = self.rows.take(places)
        n = rows if self.n is self.rows else self.n.take(places)
        return Sums(rows, n, self.mean.take(places), self.m2.take(places))


class Grid(NamedTuple):
    """Bounds of a value, and the steps between them."""

    low: float
    high: float
    zero: float
    step: float

    def steps(self, values: np.ndarray) -> np.ndarray:
        """Give whole steps from zero: their sums are the same in any order."""
        import numpy as np

        return np.asarray(np.trunc((np.clip(values, self.low, self.high) - self.zero) / self.step))


@dataclass(kw_only=True)
class Lines:
    """What one table needs to know of the rows: one line per cell and seat."""

    spec: TableSpec
    grid: Grid | None = None
    """Values of the measure become whole steps between bounds; None leaves them as they are."""
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

    def add_all(self, pieces: Iterable[Rows]) -> None:
        """Count rows, piece by piece."""
        for rows in pieces:
            self.add(rows)

    def add(self, rows: Rows) -> None:
        """Count some rows."""
        import numpy as np

        coded = [rows.code(dimension) for dimension in self.dimensions]
        codes, seats = [one.codes for one in coded], rows.seats
        values = None if self.spec.measure is None else rows.numbers(self.spec.measure)
        if values is not None and self.grid is not None:
            values = self.grid.steps(values)
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
            key, size = key * levels, size * levels
            key += column
        if size <= max(DENSE, 4 * len(key)):
            sums = _sums(key, size, values)
            keys = np.flatnonzero(sums.rows)
            sums = sums if len(keys) == size else sums.take(keys)
        elif values is None:  # sorted without saying what came from where
            keys, counts = np.unique(key, return_counts=True)
            sums = _counted(counts.astype(np.float64))
        else:
            inverse, keys = compact(key, size)
            sums = _sums(inverse, len(keys), values)
        self._sums.append(sums)
        for place in range(len(coded) - 1, -1, -1):
            one, local = coded[place], keys % len(coded[place].levels)
            seen = np.flatnonzero(np.bincount(local, minlength=1))
            self._seen[place].update(one.levels[code] for code in seen.tolist())
            self._codes.append(self.levels[place].of(one.levels)[local])
            keys = keys // len(one.levels)
        self._seats.append(rows.seat_codes[keys])

    def counts_for(self, spec: TableSpec) -> Lines | None:
        """Give these lines for a table that asks the rows for no more; None for one that does."""
        other = Lines(spec=spec)
        mine = [about(one) for one in self.dimensions]
        if not {about(one) for one in other.dimensions} <= set(mine):
            return None
        if set(spec.where) != set(self.spec.where):
            return None
        places = [mine.index(about(one)) for one in other.dimensions]
        other.levels = [self.levels[place] for place in places]
        by_place = [self._codes[len(mine) - 1 - place :: len(mine)] for place in reversed(places)]
        other._codes = [codes for piece in zip(*by_place, strict=True) for codes in piece]
        other._seats, other._sums = self._seats, self._sums
        return other

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
        columns_of = [_joined(self._codes[place::width]) for place in range(width)]
        codes = np.stack(columns_of[::-1], axis=1) if width else np.zeros((0, 0), np.int64)
        seats = _joined(self._seats)
        if not width:
            codes = np.zeros((len(seats), 0), np.int64)
        rows, n, mean, m2 = (_joined(parts) for parts in zip(*self._sums, strict=True))
        measured = all(one.n is one.rows for one in self._sums)
        return codes, seats, Sums(rows, rows if measured else n, mean, m2)


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    import numpy as np

    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def not_at_hand(specs: Iterable[TableSpec], lines: Sequence[Lines]) -> list[Lines]:
    """Give empty lines for tables that no others count for, the finest first."""
    found: list[Lines] = []
    for spec in sorted(specs, key=lambda one: -len(one.dimensions)):
        if not any(one.counts_for(spec) for one in (*lines, *found)):
            found.append(Lines(spec=spec))
    return found


def is_of_person(source: Source, data_type: str) -> bool:
    """Whether a source is not in the rows but known of the person."""
    return source.column in PERSON_COLUMNS and all(
        field.name != source.column for field in FIELDS[data_type]
    )


def merge(groups: np.ndarray, count: int, sums: Sums) -> Sums:
    """Lines of the same group become one (Chan, Golub and LeVeque 1979, for ``m2``)."""
    import numpy as np

    if len(groups) == count:
        seen = np.zeros(count, bool)
        seen[groups] = True
        if seen.all():  # every line is a group of its own: only their order changes
            place = np.empty(count, np.int64)
            place[groups] = np.arange(count)
            return sums.take(place)
    rows = np.bincount(groups, sums.rows, count)
    n = rows if sums.n is sums.rows else np.bincount(groups, sums.n, count)
    total = np.bincount(groups, sums.n * sums.mean, count)
    mean = np.divide(total, n, out=np.zeros(count), where=n > 0)
    apart = mean.take(groups)
    np.subtract(sums.mean, apart, out=apart)
    apart *= apart
    apart *= sums.n
    apart += sums.m2
    m2 = np.bincount(groups, apart, count)
    return Sums(rows, n, mean, m2)


def _counted(rows: np.ndarray) -> Sums:
    """Sums of rows without a measure."""
    import numpy as np

    nothing = np.zeros(len(rows))
    return Sums(rows, nothing, nothing, nothing)


def _sums(groups: np.ndarray, count: int, values: np.ndarray | None) -> Sums:
    """Sum rows up; the deviations are taken from each line's own mean, so nothing cancels."""
    import numpy as np

    rows = np.bincount(groups, minlength=count).astype(np.float64)
    if values is None:
        return _counted(rows)
    n = rows
    if np.isnan(values.min(initial=0.0)):  # the quickest way to ask for any NaN
        known = ~np.isnan(values)
        groups, values = groups[known], values[known]
        n = np.bincount(groups, minlength=count).astype(np.float64)
    total = np.bincount(groups, values, count)
    mean = np.divide(total, n, out=np.zeros(count), where=n > 0)
    apart = mean.take(groups)
    np.subtract(values, apart, out=apart)
    np.multiply(apart, apart, out=apart)
    return Sums(rows, n, mean, np.bincount(groups, apart, count))
