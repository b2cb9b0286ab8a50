"""What people give to a table with noise, cut to what the policy lets one person give.

Whole numbers, so that the bound holds exactly: sums of floating-point numbers depend on their
order, so that one person more could move what others gave (Casacuberta and others 2022, "Widespread
underestimation of sensitivity in differentially private libraries").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.cells.columns import between
from archive_tool.disclose.cells.lattice import levels_of
from archive_tool.disclose.cells.lines import Grid
from archive_tool.disclose.cells.seats import compact
from archive_tool.disclose.cells.sums import merge

if TYPE_CHECKING:
    from archive_tool.disclose.cells.lines import Lines
    from archive_tool.disclose.cells.people import People
    from archive_tool.disclose.cells.sums import Sums
    from archive_tool.model.aggregates import NoisySpec

STEPS: Final = 1 << 20
"""Whole steps that the most which one row gives is divided into."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A number for every cell of a table, before the noise."""

    values: np.ndarray
    """int64, one per cell in the order of the levels."""
    step: float
    """What one of them stands for."""
    sensitivity: int
    """Most that all of them together change when a person is added or taken away."""


def levels(spec: NoisySpec) -> list[tuple[str, ...]]:
    """Give all levels of every dimension; they follow from the policy alone."""
    return [
        given or tuple(between(dimension.edges))
        for given, dimension in zip(spec.levels, spec.table.dimensions, strict=True)
    ]


def parts(spec: NoisySpec, lines: Lines, people: People) -> list[Part]:
    """Add up what everybody gives: the figure, or for a mean its count and its centred sum.

    Somebody with more than the bound weighs as much as the bound, spread over all of theirs: no row
    counts more for coming first. What anybody gives follows from their own rows alone, exactly.
    """
    count = int(np.prod([len(one) for one in levels(spec)], dtype=np.int64))
    cell, person, sums = _placed(spec, lines, people, count)
    units = {"people": np.ones(len(cell)), "rows": sums.rows}.get(spec.figure, sums.n)
    given = np.bincount(person, units)[person] if len(person) else units
    weight = np.divide(spec.rows, given, out=np.ones(len(given)), where=given > spec.rows)
    counts = _part(spec, cell, count, units * weight * STEPS, 1 / STEPS)
    grid = grid_of(spec)
    if grid is None:
        return [counts]
    # a sum of whole steps, exact again after the division by the count in its mean
    total = np.rint(sums.n * sums.mean)
    totals = _part(spec, cell, count, total * weight, grid.step)
    return [counts, totals] if spec.figure == "mean" else [totals]


def grid_of(spec: NoisySpec) -> Grid | None:
    """Say in which steps values count: of a mean from the middle, which needs less noise."""
    if spec.figure not in ("sum", "mean"):
        return None
    zero = (spec.low + spec.high) / 2 if spec.figure == "mean" else 0.0
    most = max(abs(spec.low - zero), abs(spec.high - zero))
    return Grid(low=spec.low, high=spec.high, zero=zero, step=most / STEPS)


def _placed(
    spec: NoisySpec, lines: Lines, people: People, count: int
) -> tuple[np.ndarray, np.ndarray, Sums]:
    """Give cell, person and sums of everybody in every cell; other levels count nowhere."""
    codes, seats, sums = lines.merged()
    person = people.everyone.by_seat()[0][seats]
    names, code = levels_of(lines, codes, person, people)
    cell, keep = np.zeros(len(person), np.int64), people.meet(spec.table, person)
    for place, closed in enumerate(levels(spec)):
        at = {level: number for number, level in enumerate(closed)}
        to = np.array([at.get(name, -1) for name in names[place]], np.int64)[code[:, place]]
        keep &= to >= 0
        cell = cell * len(closed) + to
    width = int(person.max(initial=0)) + 1
    group, keys = compact(cell[keep] * width + person[keep], count * width)
    return keys // width, keys % width, merge(group, len(keys), sums.take(np.flatnonzero(keep)))


def _part(spec: NoisySpec, cell: np.ndarray, count: int, steps: np.ndarray, step: float) -> Part:
    """Add up whole steps; each is cut towards zero, so that nobody exceeds the bound."""
    values = np.zeros(count, np.int64)
    np.add.at(values, cell, np.trunc(steps).astype(np.int64))
    return Part(values=values, step=step, sensitivity=spec.rows * STEPS)
