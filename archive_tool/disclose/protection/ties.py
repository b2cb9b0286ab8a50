"""How the cells of two tables lie over each other, although they have no dimension in common.

A component belongs to a state, a wide bin holds two narrow ones, a filter takes some of the levels:
then cells of one table add up to cells of another, and everybody who knows the design knows it. The
combinations that occur are counted, and published nowhere; cells that hang together through them
are a tie: in both tables they have the same sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.cells.about import MET, Met, about, filters, limited_by, number_of
from archive_tool.disclose.cells.columns import OTHER
from archive_tool.disclose.cells.lattice import ANY, Cells, Kept, Lattice
from archive_tool.disclose.cells.seats import compact
from archive_tool.disclose.cells.sums import merge
from archive_tool.model.aggregates import TableSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.disclose.protection.crossing import Combinations

WIDEST: Final = 6
"""Most dimensions, filters among them, whose combinations are counted."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two tables of one data type that may have a tie."""

    left: int
    """Place of the table."""
    left_kept: Kept
    """Its dimensions that can have to do with the other table."""
    right: int
    right_kept: Kept
    crossing: TableSpec
    """What both are broken down by."""


class Tie(NamedTuple):
    """Which cells hang together: a number for each, -1 for those that do not."""

    left: np.ndarray
    right: np.ndarray


def pairs(specs: Sequence[TableSpec]) -> list[Pair]:
    """Give the pairs of tables of one data type of which none lies within the other.

    Also with some or all answers added up: nobody has a row for an answer that nobody gave, so no
    combination says that it has the same sum in both; all answers together have.
    """
    found = []
    for (left, one), (right, two) in combinations(enumerate(specs), 2):
        for left_kept, right_kept in _added_up(one, _related(one, two), two, _related(two, one)):
            narrow = _narrowed(one, left_kept), _narrowed(two, right_kept)
            crossing, (mine, other) = _crossing(*narrow), map(limited_by, narrow)
            within = filters(one) == filters(two) and (mine <= other or other <= mine)
            if not within and len(crossing.dimensions) <= WIDEST:
                found.append(
                    Pair(
                        left=left,
                        left_kept=left_kept,
                        right=right,
                        right_kept=right_kept,
                        crossing=crossing,
                    )
                )
    return found


def crossings(specs: Sequence[TableSpec]) -> list[TableSpec]:
    """Give what has to be counted to know the ties of some tables, each once."""
    return list({limited_by(pair.crossing): pair.crossing for pair in pairs(specs)}.values())


def tie(pair: Pair, lattices: Sequence[Lattice], crossed: Combinations) -> Tie | None:
    """Find the cells that hang together; None where nothing new follows from it."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    left = cell_of(crossed, lattices[pair.left], pair.left_kept)
    right = cell_of(crossed, lattices[pair.right], pair.right_kept)
    if left is None or right is None:
        return None
    sizes = (
        len(lattices[pair.left].groups[pair.left_kept]),
        len(lattices[pair.right].groups[pair.right_kept]),
    )
    both = (left >= 0) & (right >= 0)
    edges = coo_matrix(
        (np.ones(both.sum()), (left[both], right[both] + sizes[0])), (sum(sizes), sum(sizes))
    )
    _, part = connected_components(edges, directed=False)
    mine, other = part[: sizes[0]], part[sizes[0] :]
    whole = np.zeros(len(part), bool)
    whole[mine[left[both]]] = True
    whole[mine[left[(left >= 0) & (right < 0)]]] = False  # rows that the other does not count
    whole[other[right[(right >= 0) & (left < 0)]]] = False
    number = np.where(whole, np.cumsum(whole) - 1, -1)
    if not whole.any() or _is_old(pair, lattices, crossed, int(whole.sum())):
        return None
    return Tie(number[mine], number[other])


def group_of(lattice: Lattice, kept: Kept, number: np.ndarray) -> Cells:
    """Make the ties of a table a group of its cells; what is in none makes up the last one.

    ``number``: tie by cell of ``kept``. Its rooms are at least those given.
    """
    base, count = lattice.base, int(number.max()) + 2
    of_kept = number[lattice.groups[kept].of_base]
    of_base = np.where(of_kept < 0, count - 1, of_kept)
    width = int(base.people.max(initial=0)) + 1
    group, keys = compact(of_base[base.owners] * width + base.people, count * width)
    cells = np.arange(count + 1)
    starts = np.searchsorted(keys, cells * width)
    rooms, measured = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.maximum.at(rooms, of_base, base.rooms)
    np.maximum.at(measured, of_base, base.measured_rooms)
    return Cells(
        kept=(),
        levels=np.full((count, len(lattice.names)), ANY),
        of_base=of_base,
        starts=starts,
        people=keys - np.repeat(cells[:-1] * width, np.diff(starts)),
        sums=merge(group, len(keys), base.sums),
        rooms=rooms,
        measured_rooms=measured,
    )


def is_tie(kept: Kept) -> bool:
    """Whether a group of cells is a tie, not a choice of dimensions."""
    return bool(kept) and kept[0] < 0


def _related(spec: TableSpec, other: TableSpec) -> Kept:
    """Leave out answers that the other table says nothing about: they cross it freely."""
    sources = [*(one.source for one in other.dimensions), *(one.source for one in other.where)]
    told = set(map(number_of, sources))
    return tuple(
        place
        for place, one in enumerate(spec.dimensions)
        if number_of(one.source) in told or not one.outcome
    )


def _added_up(
    one: TableSpec, kept: Kept, two: TableSpec, other_kept: Kept
) -> Iterator[tuple[Kept, Kept]]:
    """Give the dimensions of two tables, and again without some of the answers or all of them."""
    sides = ((one, kept), (two, other_kept))
    answers = {
        number_of(spec.dimensions[place].source)
        for spec, places in sides
        for place in places
        if spec.dimensions[place].outcome
    }
    ordered = sorted(answers, key=str)
    for size in range(len(ordered) + 1):
        for gone in combinations(ordered, size):
            left, right = (
                tuple(p for p in places if number_of(spec.dimensions[p].source) not in gone)
                for spec, places in sides
            )
            yield left, right


def _narrowed(spec: TableSpec, kept: Kept) -> TableSpec:
    return replace(spec, dimensions=tuple(spec.dimensions[place] for place in kept))


def _crossing(left: TableSpec, right: TableSpec) -> TableSpec:
    shared = tuple(one for one in left.where if one in right.where)
    more = [Met.of(one) for one in (*left.where, *right.where) if one not in shared]
    dimensions = {
        about(one): replace(one, design=True, outcome=False)  # every word that occurs, nothing else
        for one in (*left.dimensions, *right.dimensions, *more)
    }
    return TableSpec(
        name=f"{left.name} and {right.name}",
        data_type=left.data_type,
        dimensions=tuple(dimensions.values()),
        where=shared,
    )


def cell_of(crossed: Combinations, table: Lattice, kept: Kept) -> np.ndarray | None:
    """Cell of a table for every combination, -1 where it counts none of it; None if one is lost."""
    place_of = {about(one): place for place, one in enumerate(crossed.spec.dimensions)}
    levels, cells = crossed.levels, table.groups[kept].levels
    counted = np.ones(len(levels), bool)
    for one in filters(table.spec) & place_of.keys():
        met = np.array([name == MET for name in crossed.names[place_of[one]]], bool)
        counted &= met[levels[:, place_of[one]]]
    mine, theirs = np.zeros(len(levels), np.int64), np.zeros(len(cells), np.int64)
    for place in kept:
        column = place_of[about(table.spec.dimensions[place])]
        names = {name: code for code, name in enumerate(table.names[place])}
        other = names.get(OTHER, -1)  # what few people have is called so in the table
        to = np.array([names.get(name, other) for name in crossed.names[column]], np.int64)
        counted_code = to[levels[:, column]]
        if (counted_code[counted] < 0).any():
            return None
        mine = mine * len(names) + counted_code
        theirs = theirs * len(names) + cells[:, place]
    order = np.argsort(theirs)
    at = np.minimum(np.searchsorted(theirs[order], mine), len(cells) - 1)
    found = np.where(counted, order[at], -1)
    return found if (theirs[found] == mine)[counted].all() else None


def _is_old(pair: Pair, lattices: Sequence[Lattice], crossed: Combinations, ties: int) -> bool:
    """Whether the totals that both tables have in common say as much."""
    left, right = lattices[pair.left].spec, lattices[pair.right].spec
    if filters(left) != filters(right):
        return False
    both = limited_by(left) & limited_by(right)
    common = [place for place, one in enumerate(crossed.spec.dimensions) if about(one) in both]
    return len(np.unique(crossed.levels[:, common], axis=0)) == ties
