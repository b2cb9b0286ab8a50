"""Lines become cells: the finest ones, and every total over some of the dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.cells.columns import ALL, MISSING, OTHER, level_order
from archive_tool.disclose.cells.finest import finest
from archive_tool.disclose.cells.people import is_of_person
from archive_tool.disclose.cells.seats import compact
from archive_tool.disclose.cells.sums import Sums, merge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archive_tool.disclose.cells.lines import Lines
    from archive_tool.disclose.cells.people import People
    from archive_tool.model.aggregates import Aggregate, Dimension, TableSpec

Kept = tuple[int, ...]
"""Places of the dimensions that a group of cells is broken down by; the others are totalled."""

ANY: Final = -1
"""Code of the level ``(all)``."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """All cells that are broken down by the same dimensions."""

    kept: Kept
    levels: np.ndarray
    """A row per cell, a column per dimension of the table; ``ANY`` where it is totalled."""
    of_base: np.ndarray
    """Cell of each of the finest cells."""
    starts: np.ndarray
    """Where the people of each cell begin; one more entry at the end."""
    people: np.ndarray
    """Number of the person, a person once per cell, in the order of the cells."""
    sums: Sums
    """What each of these people gives to the cell."""
    rooms: np.ndarray
    """Distinct rooms per cell."""
    measured_rooms: np.ndarray
    """Those of them in which anybody has a measure."""

    def __len__(self) -> int:
        return len(self.levels)

    @cached_property
    def owners(self) -> np.ndarray:
        """Cell of each line."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    @cached_property
    def whole(self) -> Sums:
        """What each cell adds up to."""
        return merge(self.owners, len(self), self.sums)

    def united(self, which: np.ndarray) -> Cells:
        """Give some cells as one; its rooms are at least those of the largest."""
        ends = zip(self.starts[which].tolist(), self.starts[which + 1].tolist(), strict=True)
        lines = np.concatenate([np.arange(*span) for span in ends])
        chosen = np.zeros(len(self), bool)
        chosen[which] = True
        people, group = np.unique(self.people[lines], return_inverse=True)
        return Cells(
            kept=(),
            levels=np.full((1, self.levels.shape[1]), ANY),
            of_base=np.where(chosen[self.of_base], 0, ANY),
            starts=np.array([0, len(people)]),
            people=people,
            sums=merge(group, len(people), self.sums.take(lines)),
            rooms=self.rooms[which].max(keepdims=True),
            measured_rooms=self.measured_rooms[which].max(keepdims=True),
        )


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """One table with all of its totals."""

    spec: TableSpec
    names: list[list[str]]
    """Levels of every dimension, in their order."""
    groups: Mapping[Kept, Cells]
    """By the dimensions that are kept; the finest cells first."""

    @property
    def base(self) -> Cells:
        """The finest cells."""
        return self.groups[tuple(range(len(self.names)))]

    def labels(self, cells: Cells, cell: int) -> tuple[str, ...]:
        """Levels of a cell in words."""
        return tuple(
            ALL if code == ANY else self.names[place][code]
            for place, code in enumerate(cells.levels[cell].tolist())
        )


def lattice(lines: Lines, people: People, thresholds: Aggregate, groups: Iterable[Kept]) -> Lattice:
    """Build the cells of a table and the totals in ``groups``."""
    spec = lines.spec
    names, code, person, room, sums = coded(lines, people)
    for place, dimension in enumerate(spec.dimensions):
        _rare(names[place], code[:, place], person, dimension, thresholds)
        names[place], code[:, place] = _sorted(names[place], code[:, place])
    base, levels = finest(spec, names, code, thresholds)
    base, person, room, sums = _capped(base, person, room, sums, len(levels), spec.cap)
    everything = tuple(range(len(names)))
    made = {}
    for kept in dict.fromkeys((everything, *groups)):
        made[kept] = _cells(kept, levels, base, person, room, sums)
    return Lattice(spec=spec, names=names, groups=made)


class Coded(NamedTuple):
    """Lines that count for a table, with all of its dimensions."""

    names: list[list[str]]
    """Levels of every dimension."""
    code: np.ndarray
    """A row per line, a column per dimension."""
    person: np.ndarray
    room: np.ndarray
    sums: Sums


def coded(lines: Lines, people: People) -> Coded:
    """Give the lines of the people who meet the filters of a table, with their own levels."""
    codes, seats, sums = lines.merged()
    of_person, of_room = people.everyone.by_seat()
    person, room = of_person[seats], of_room[seats]
    names, code = levels_of(lines, codes, person, people)
    keep = people.meet(lines.spec, person)
    if not keep.all():
        left = np.flatnonzero(keep)
        person, room, code, sums = person[left], room[left], code[left], sums.take(left)
    return Coded(names, code, person, room, sums)


def subsets(dimensions: int) -> list[Kept]:
    """Every choice of dimensions, the finest first."""
    places = range(dimensions)
    return [kept for size in range(dimensions, -1, -1) for kept in combinations(places, size)]


def wanted(spec: TableSpec) -> list[Kept]:
    """Say which totals a table asks for, its finest cells included."""
    everything = subsets(len(spec.dimensions))
    finest, *totals = everything
    if spec.totals == "margins":
        return everything
    return [finest, *totals[-1:]] if spec.totals == "grand" else [finest]


def levels_of(
    lines: Lines, codes: np.ndarray, person: np.ndarray, people: People
) -> tuple[list[list[str]], np.ndarray]:
    """Give levels and codes of all dimensions in the order of the table."""
    names: list[list[str]] = []
    columns = []
    in_rows = iter(range(len(lines.dimensions)))
    for dimension in lines.spec.dimensions:
        if is_of_person(dimension.source, lines.spec.data_type):
            levels, code = people.coded(dimension, person)
            names.append(levels)
            columns.append(code)
        else:
            at = next(in_rows)
            names.append(lines.levels[at].names())
            columns.append(codes[:, at])
    return names, np.stack(columns).T if columns else np.zeros((len(person), 0), np.int64)


def _rare(
    names: list[str], code: np.ndarray, person: np.ndarray, dimension: Dimension,
    thresholds: Aggregate,
) -> None:  # fmt: skip
    """Give levels that too few people have one name: theirs could be those people's own words."""
    if dimension.design or dimension.bin is not None or dimension.edges or not len(code):
        return
    width = int(person.max()) + 1
    met = np.unique(code * width + person) // width
    few = np.bincount(met, minlength=len(names)) < thresholds.people
    few[[place for place, name in enumerate(names) if name == MISSING]] = False
    if few[code].any():
        names.append(OTHER)
        code[few[code]] = len(names) - 1


def _sorted(names: list[str], code: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Put levels in order; those without a line go, unless they are bins between fixed edges."""
    used = np.bincount(code, minlength=len(names)) > 0
    kept = [place for place, name in enumerate(names) if used[place] or name.startswith("[")]
    order = sorted(kept, key=lambda place: level_order(names[place]))
    to = np.zeros(len(names), np.int64)
    to[order] = np.arange(len(order))
    return [names[place] for place in order], to[code]


def _capped(
    base: np.ndarray, person: np.ndarray, room: np.ndarray, sums: Sums, cells: int, cap: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, Sums]:
    """Let nobody weigh more than ``cap`` rows in one cell, however many seats they had.

    Of a measure these are rows that have one: somebody with few of them among many weighs as many.
    """
    if cap is None or not len(base):
        return base, person, room, sums
    width = int(person.max()) + 1
    group, found = compact(base * width + person, cells * width)

    def weight(rows: np.ndarray) -> np.ndarray:
        mine = np.bincount(group, rows, len(found))
        most = np.divide(cap, mine, out=np.ones(len(found)), where=mine > cap)
        return np.asarray(most[group])

    rows, less = sums.rows * weight(sums.rows), weight(sums.n)
    n = rows if sums.n is sums.rows else sums.n * less
    return base, person, room, Sums(rows, n, sums.mean, sums.m2 * less)


def totalled(levels: np.ndarray, kept: Kept) -> tuple[np.ndarray, np.ndarray]:
    """Give the levels of the totals that keep some dimensions, and the total of every finest cell."""
    whole = levels.copy()
    whole[:, [place for place in range(levels.shape[1]) if place not in kept]] = ANY
    found, of_base = np.unique(whole, axis=0, return_inverse=True)
    return found, of_base.reshape(-1)


def _cells(
    kept: Kept, levels: np.ndarray, base: np.ndarray, person: np.ndarray, room: np.ndarray,
    sums: Sums,
) -> Cells:  # fmt: skip
    if len(kept) == levels.shape[1]:
        found, of_base, cell = levels, np.arange(len(levels)), base
    else:
        found, of_base = totalled(levels, kept)
        cell = of_base.take(base)
    width = int(person.max(initial=0)) + 1
    group, keys = compact(cell * width + person, len(found) * width)
    cells = np.arange(len(found) + 1)
    starts = np.searchsorted(keys, cells * width)
    rooms = _rooms(cell, room, len(found))
    some = sums.n > 0
    return Cells(
        kept=kept,
        levels=found,
        of_base=of_base,
        starts=starts,
        people=keys - np.repeat(cells[:-1] * width, np.diff(starts)),
        sums=merge(group, len(keys), sums),
        rooms=rooms,
        measured_rooms=rooms if some.all() else _rooms(cell[some], room[some], len(found)),
    )


def _rooms(cell: np.ndarray, room: np.ndarray, cells: int) -> np.ndarray:
    """Count the distinct rooms of every cell; lines without a room are in none."""
    known = room >= 0
    if not known.all():
        cell, room = cell[known], room[known]
    seats = int(room.max(initial=0)) + 1
    _, met = compact(cell * seats + room, cells * seats)
    return np.diff(np.searchsorted(met, np.arange(cells + 1) * seats))
