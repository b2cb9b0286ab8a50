"""What a cell has beyond the cells of another table that lie within it: few people may be left.

A component has 20 people, 18 of them in two states that nobody else was in: two tables of safe cells
tell of the other two. The rest is a cell like any other, of a table that is published nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive_tool.disclose.cells.about import filters, limited_by
from archive_tool.disclose.cells.lattice import Cells, Kept, Lattice
from archive_tool.disclose.protection.crossing import Combinations
from archive_tool.disclose.protection.rules import count_people
from archive_tool.disclose.protection.ties import cell_of, group_of, pairs, tie
from archive_tool.model.aggregates import Dimension, Source, TableSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archive_tool.disclose.cells.about import About
    from archive_tool.disclose.protection.crossing import Crossing


@dataclass(frozen=True, kw_only=True)
class Rests(TableSpec):
    """A table of rests and of the cells within: counted only."""


class Side(NamedTuple):
    """A table, and the cells of it that are looked at."""

    place: int
    kept: Kept
    over: Kept | None = None
    """Dimensions over which its totals are looked at instead; None for the cells themselves."""

    def total_of(self, lattice: Lattice) -> np.ndarray:
        """Give the number of the total of every cell, or of the cell itself."""
        levels = lattice.groups[self.kept].levels
        if self.over is None:
            return np.arange(len(levels))
        return np.unique(levels[:, self.over], axis=0, return_inverse=True)[1].reshape(-1)


class Found(NamedTuple):
    """Rests of few people."""

    table: Lattice
    outer: np.ndarray
    """Number of what has a rest, by cell of the outer table; -1 for the others."""
    inner: np.ndarray
    """Number of what lies within, by cell of the inner table."""
    of_outer: np.ndarray
    """The same numbers, by cell of the table of rests."""
    of_inner: np.ndarray


def tied(
    lattices: Sequence[Lattice], crossed: Mapping[frozenset[About], Crossing], least: int
) -> list[Lattice]:
    """Give the tables with their ties among the groups, and then the tables of rests.

    ``crossed``: what was counted of the crossings, by what they are about; ``least``: fewest people
    of a published cell.
    """
    ties, tables = _Ties.of(lattices), []
    for pair in pairs([lattice.spec for lattice in lattices]):
        counted = crossed.get(limited_by(pair.crossing))
        if counted is None:
            continue
        left, right = Side(pair.left, pair.left_kept), Side(pair.right, pair.right_kept)
        one = tie(pair, lattices, counted.combinations)
        if one is not None:
            ties.add((left, one.left), (right, one.right))
        within_each_other = (
            *((total, right) for total in _totals(left)),
            *((total, left) for total in _totals(right)),
        )
        for outer, inner in within_each_other:
            found = rests(lattices, counted, outer, inner, least)
            if found is not None:
                inside = {
                    ties.add((outer, found.outer)): group_of(found.table, (0,), found.of_outer),
                    ties.add((inner, found.inner)): group_of(found.table, (0,), found.of_inner),
                }
                tables.append(replace(found.table, groups={**found.table.groups, **inside}))
    return [*ties.lattices(), *tables]


@dataclass(frozen=True, kw_only=True)
class _Ties:
    """Tables, and the groups of cells that their ties are."""

    tables: Sequence[Lattice]
    groups: Sequence[dict[Kept, Cells]]
    keys: Iterator[int]

    @classmethod
    def of(cls, tables: Sequence[Lattice]) -> _Ties:
        return cls(
            tables=tables, groups=[dict(one.groups) for one in tables], keys=count(-1, step=-1)
        )

    def add(self, *sides: tuple[Side, np.ndarray]) -> Kept:
        """Note the same sums in some tables, under one key; give the key.

        Of each table the number of the sum that a cell belongs to, -1 for none: see :func:`group_of`.
        """
        key = (next(self.keys),)
        for side, number in sides:
            self.groups[side.place][key] = group_of(self.tables[side.place], side.kept, number)
        return key

    def lattices(self) -> list[Lattice]:
        """Give the tables with these groups."""
        both = zip(self.tables, self.groups, strict=True)
        return [replace(table, groups=groups) for table, groups in both]


def _totals(side: Side) -> Iterator[Side]:
    """Give the cells of a table, and its totals over some of the dimensions."""
    yield side
    for size in range(len(side.kept) - 1, 0, -1):
        yield from (side._replace(over=over) for over in combinations(side.kept, size))


def rests(
    lattices: Sequence[Lattice], counted: Crossing, outer: Side, inner: Side, least: int
) -> Found | None:
    """Find cells of one table that have few people beyond cells of the other; None without any.

    What a filter leaves out is compared, and blocked with a way out: see
    :mod:`archive_tool.disclose.releases.differencing`.
    """
    if _sides(lattices, counted.combinations, outer, inner) is None:
        return None  # people are counted only where there is a rest
    crossed = counted.cells
    sides = _sides(lattices, Combinations.of(crossed), outer, inner)
    if sides is None:
        return None
    left, right, within = sides
    total_of = outer.total_of(lattices[outer.place])
    sizes = [int(total_of.max()) + 1, len(lattices[inner.place].groups[inner.kept])]
    inside = within[right] >= 0
    few = np.zeros(sizes[0], bool)
    few[left[inside]] = True
    people = count_people(group_of(crossed, crossed.base.kept, np.where(inside, -1, left)))[:-1]
    few[len(people) :] = False
    few[: len(people)] &= (people > 0) & (people < least)
    if not few.any():
        return None
    chosen = few[left]
    cells, number = np.full(len(left), -1), np.where(inside, sizes[0] + right, left)
    known, cells[chosen] = np.unique(number[chosen], return_inverse=True)
    is_rest = known < sizes[0]
    parts = known[~is_rest] - sizes[0]
    total, part = (np.full(size, -1) for size in sizes)
    total[few], part[parts] = np.arange(few.sum()), np.arange(len(parts))
    of_outer, of_inner = np.zeros(len(known), np.int64), np.full(len(known), -1)
    of_outer[is_rest], of_outer[~is_rest] = total[known[is_rest]], total[within[parts]]
    of_inner[~is_rest] = part[parts]
    return Found(_table(crossed, cells, (outer, inner)), total[total_of], part, of_outer, of_inner)


class Sides(NamedTuple):
    """Cells of two tables, combination by combination."""

    outer: np.ndarray
    inner: np.ndarray
    within: np.ndarray
    """Outer cell of every inner one that lies in one only, else -1."""


def _sides(
    lattices: Sequence[Lattice], crossed: Combinations, outer: Side, inner: Side
) -> Sides | None:
    """Lay the cells of two tables side by side; None where nothing has a rest.

    That is an outer cell with inner ones that lie within it, and more.
    """
    if filters(lattices[outer.place].spec) != filters(lattices[inner.place].spec):
        return None
    left = cell_of(crossed, lattices[outer.place], outer.kept)
    right = cell_of(crossed, lattices[inner.place], inner.kept)
    if left is None or right is None:
        return None
    left = outer.total_of(lattices[outer.place])[left]
    within = _within(left, right, len(lattices[inner.place].groups[inner.kept]))
    inside = within[right] >= 0
    return Sides(left, right, within) if np.isin(left[inside], left[~inside]).any() else None


def _within(left: np.ndarray, right: np.ndarray, inner: int) -> np.ndarray:
    """Outer cell of every inner one that lies in one only, else -1."""
    low, high = np.full(inner, np.iinfo(np.int64).max), np.full(inner, -1)
    np.minimum.at(low, right, left)
    np.maximum.at(high, right, left)
    return np.where(low == high, low, -1)


def _table(crossed: Lattice, number: np.ndarray, sides: tuple[Side, Side]) -> Lattice:
    """Make the numbered combinations the finest cells of a table of its own."""
    made = group_of(crossed, crossed.base.kept, number)
    cells = len(made) - 1  # the last one is what has no number
    end = int(made.starts[cells])
    base = Cells(
        kept=(0,),
        levels=np.arange(cells)[:, None],
        of_base=np.arange(cells),
        starts=made.starts[: cells + 1],
        people=made.people[:end],
        sums=made.sums.take(np.arange(end)),
        rooms=made.rooms[:cells],
        measured_rooms=made.measured_rooms[:cells],
    )
    outer, inner = sides
    source = Source(column=f"rests of {outer.place} over {outer.over} beyond {inner.place}")
    spec = Rests(
        name=crossed.spec.name,
        data_type=crossed.spec.data_type,
        dimensions=(Dimension(name="rest", source=source),),
    )
    return Lattice(spec=spec, names=[[str(cell) for cell in range(cells)]], groups={(0,): base})
