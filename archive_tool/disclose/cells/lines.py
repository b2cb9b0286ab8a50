"""Rows of many people become one line per cell and seat: small, and mergeable.

A seat is one person in one room. Everything that is published is computed from these lines, so
that rows never have to be in memory together, and so that people, not rows, are what is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive_tool.disclose.cells import columns
from archive_tool.disclose.cells.about import RATING, about, number_of
from archive_tool.disclose.cells.people import is_of_person
from archive_tool.disclose.cells.pieces import Piece, once, packed
from archive_tool.disclose.cells.seats import Registry
from archive_tool.disclose.cells.sums import Sums, counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive_tool.disclose.cells.people import People
    from archive_tool.disclose.cells.seats import Rows
    from archive_tool.model.aggregates import Dimension, Source, TableSpec


class Grid(NamedTuple):
    """Bounds of a value, and the steps between them."""

    low: float
    high: float
    zero: float
    step: float

    def steps(self, values: np.ndarray) -> np.ndarray:
        """Give whole steps from zero: their sums are the same in any order."""
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
    _places: tuple[int, ...] = ()
    """Where the pieces have these dimensions."""
    _pieces: list[Piece] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.dimensions = tuple(
            d for d in self.spec.dimensions if not is_of_person(d.source, self.spec.data_type)
        )
        self.levels = [Registry() for _ in self.dimensions]
        self._places = tuple(range(len(self.dimensions)))

    def add_all(self, pieces: Iterable[Rows]) -> None:
        """Count rows, piece by piece."""
        for rows in pieces:
            self.add(rows)

    def add(self, rows: Rows) -> None:
        """Count some rows."""
        coded = [rows.code(dimension) for dimension in self.dimensions]
        codes, seats = [one.codes for one in coded], rows.seats
        number = self.spec.measure or scale_of(self.spec)
        values = None if number is None else rows.numbers(number)
        if values is not None and self.grid is not None:
            values = self.grid.steps(values)
        in_rows = [c for c in self.spec.where if not is_of_person(c.source, self.spec.data_type)]
        if in_rows:
            kept = np.logical_and.reduce([columns.meets(c, rows.table) for c in in_rows])
            codes, seats = [one[kept] for one in codes], seats[kept]
            values = None if values is None else values[kept]
        if not len(seats):
            return
        levels = [of.of(one.levels) for of, one in zip(self.levels, coded, strict=True)]
        self._pieces.append(packed(seats, rows.seat_codes, codes, levels, values))

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
        other._places = tuple(self._places[place] for place in places)
        other._pieces = self._pieces
        return other

    def once(self, like: np.ndarray) -> Lines:
        """Give what occurs: one line per combination of levels and kind of seat, without its rows.

        ``like``: by seat the one that stands for its kind.
        """
        other = Lines(spec=self.spec)
        other.levels, other._places = self.levels, self._places
        other._pieces = once(self._pieces, like)
        return other

    @property
    def filled(self) -> bool:
        """Whether any row counts."""
        return bool(self._pieces)

    def says_nothing(self, people: People) -> bool:
        """Whether no row has a value in one of the dimensions, so that it is but a total."""
        return any(map(self._is_missing, range(len(self.dimensions)))) or any(
            not people.of_source(dimension.source)
            for dimension in self.spec.dimensions
            if dimension not in self.dimensions
        )

    def _is_missing(self, place: int) -> bool:
        """Whether no row has a value in a dimension."""
        missing = self.levels[place].codes.get(columns.MISSING, -1)
        codes = (piece.codes([self._places[place]]) for piece in self._pieces)
        return all(bool((code == missing).all()) for code in codes)

    def merged(self) -> tuple[np.ndarray, np.ndarray, Sums]:
        """Give codes (a row per line, a column per dimension), seats and sums of all rows."""
        if not self._pieces:
            nothing = np.zeros(0)
            return (
                np.zeros((0, len(self._places)), np.int64),
                np.zeros(0, np.int64),
                counted(nothing),
            )
        codes = _joined([piece.codes(self._places) for piece in self._pieces])
        seats = _joined([piece.of_seats() for piece in self._pieces])
        sums = [piece.sums for piece in self._pieces]
        rows, n, mean, m2 = (_joined(parts) for parts in zip(*sums, strict=True))
        measured = all(one.n is one.rows for one in sums)
        rows = rows.astype(np.float64, copy=False)
        return codes, seats, Sums(rows, rows if measured else n, mean, m2)


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def not_at_hand(specs: Iterable[TableSpec], lines: Sequence[Lines]) -> list[Lines]:
    """Give empty lines for tables that no others count for, the finest first."""
    found: list[Lines] = []
    for spec in sorted(specs, key=lambda one: -len(one.dimensions)):
        if not any(one.counts_for(spec) for one in (*lines, *found)):
            found.append(Lines(spec=spec))
    return found


def scale_of(spec: TableSpec) -> Source | None:
    """Give the rating that a table has as bins: what a bin holds says what a mean tells of it."""
    for one in spec.dimensions:
        if (one.bin is not None or one.edges) and number_of(one.source) == RATING:
            return one.source
    return None
