"""When a cell may be published by itself.

The rules and their numbers are those of disclosure-control.md; what each one is for:

threshold    at least 10 distinct people (UK LLC: data subjects, not rows; ACRO: 10)
rooms        at least 5 distinct rooms where people act on each other: a dyad is one observation; of a
             measure those in which anybody has one
nk           the two largest contributors give less than 90 % (ACRO; Hundepool et al. 2012, 4.2.2)
p            all others give at least 10 % of the largest contributor (ACRO; ibid.)
degrees      a measure has 10 degrees of freedom (ACRO)
zeros, full  an empty or a full outcome tells of everybody (ACRO; ibid. 5.2, group disclosure)
constant     a measure that is the same for all tells of everybody (the same, for magnitudes)
sides        a measure of yes and no is two counts: each needs the threshold's people
told         a measure would solve the hidden bins of a histogram of the same numbers
             (:mod:`archive_tool.disclose.protection.hiding.moments`)
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive_tool.disclose.cells.lattice import ANY
from archive_tool.schemas import Kind, field_of

if TYPE_CHECKING:
    from archive_tool.disclose.cells.lattice import Cells
    from archive_tool.disclose.cells.sums import Sums
    from archive_tool.model.aggregates import Aggregate, TableSpec


class Rule(StrEnum):
    """Why a cell is hidden."""

    THRESHOLD = "threshold"
    ROOMS = "rooms"
    NK = "nk"
    P = "p"
    DEGREES = "degrees"
    ZEROS = "zeros"
    FULL = "full"
    CONSTANT = "constant"
    SIDES = "sides"
    TOLD = "told"


class Top(NamedTuple):
    """The contributors of every cell."""

    first: np.ndarray
    second: np.ndarray
    total: np.ndarray


def count_people(cells: Cells) -> np.ndarray:
    """Distinct people per cell: the unit of disclosure control is the person, never the row."""
    return np.diff(cells.starts)


def top(cells: Cells, amounts: np.ndarray) -> Top:
    """Largest and second largest amount per cell, and the sum."""
    count = len(cells)
    owners = cells.owners
    first, second = np.zeros(count), np.zeros(count)
    filled = np.diff(cells.starts) > 0
    if filled.any():
        begins = cells.starts[:-1][filled]
        first[filled] = np.maximum.reduceat(amounts, begins)
        places = np.flatnonzero(amounts == first[owners])
        rest = amounts.copy()
        rest[places[np.diff(owners[places], prepend=-1) > 0]] = 0.0  # one of each cell
        second[filled] = np.maximum.reduceat(rest, begins)
    return Top(first, second, np.bincount(owners, amounts, count))


def is_dominated(largest: Top, thresholds: Aggregate) -> tuple[np.ndarray, np.ndarray]:
    """Apply the nk rule with n = 2 and the p rule; a cell of nothing is not dominated."""
    first, second, total = largest
    nk = (first + second >= thresholds.dominance * total) & (total > 0)
    p = (total - first - second < thresholds.ratio * first) & (total > 0)
    return nk, p


def counts_unsafe(spec: TableSpec, cells: Cells, thresholds: Aggregate) -> dict[Rule, np.ndarray]:
    """Say per rule which cells may not even be counted."""
    people = count_people(cells)
    nk, p = is_dominated(top(cells, cells.sums.rows), thresholds)
    empty = people == 0
    broken = {
        Rule.THRESHOLD: (people < thresholds.people) & ~empty,
        Rule.NK: nk,
        Rule.P: p,
        Rule.ZEROS: empty,
        Rule.FULL: _full(spec, cells) if thresholds.zeros else np.zeros(len(cells), bool),
    }
    if spec.between_people:
        broken[Rule.ROOMS] = cells.rooms < thresholds.rooms
    return broken


def measure_unsafe(
    spec: TableSpec, cells: Cells, thresholds: Aggregate, told: np.ndarray
) -> dict[Rule, np.ndarray]:
    """Say per rule which cells may not show their measure; cells without any are none of them.

    ``told``: cells whose mean would tell of hidden ones.
    """
    count = len(cells)
    some = cells.sums.n > 0
    owners = cells.owners
    people = np.bincount(owners[some], minlength=count)
    n = np.bincount(owners, cells.sums.n, count)
    size = np.abs(cells.sums.mean) * cells.sums.n
    nk_n, p_n = is_dominated(top(cells, cells.sums.n), thresholds)
    nk, p = is_dominated(top(cells, size), thresholds)
    measured = n > 0
    broken = {
        Rule.THRESHOLD: measured & (people < thresholds.people),
        Rule.NK: nk | nk_n,
        Rule.P: p | p_n,
        Rule.DEGREES: measured & (people - 1 < thresholds.degrees),
        Rule.CONSTANT: _constant(cells.whole) & thresholds.zeros,
        Rule.TOLD: measured & told,
    }
    if is_flag(spec):
        yes, no = (
            np.bincount(owners[some & side], minlength=count)
            for side in (cells.sums.mean > 0, cells.sums.mean < 1)
        )
        broken[Rule.SIDES] = _few(yes, thresholds) | _few(no, thresholds)
    if spec.between_people:
        broken[Rule.ROOMS] = measured & (cells.measured_rooms < thresholds.rooms)
    return broken


def union_is_safe(
    spec: TableSpec, cells: Cells, which: np.ndarray, thresholds: Aggregate, *, measure: bool
) -> bool:
    """Whether the sum of some cells could be published: it is what a total gives away of them."""
    union = cells.united(which)
    if len(union.people) < thresholds.people:  # most often so, and seen at once
        return False
    if measure:
        broken = measure_unsafe(spec, union, thresholds, np.zeros(1, bool))
    else:
        broken = counts_unsafe(spec, union, thresholds)
    return not any(unsafe[0] for unsafe in broken.values())


def is_flag(spec: TableSpec) -> bool:
    """Whether the measure of a table is yes or no."""
    measure = spec.measure
    return measure is not None and field_of(spec.data_type, measure.column).kind is Kind.FLAG


def _constant(whole: Sums) -> np.ndarray:
    """Whether a measure is the same in all rows of a cell."""
    spread = np.maximum(whole.n * whole.mean**2, 1e-300)
    return np.asarray((whole.n > 0) & (whole.m2 <= 1e-18 * spread))


def _few(people: np.ndarray, thresholds: Aggregate) -> np.ndarray:
    """Somebody, but fewer than the threshold."""
    return np.asarray((people > 0) & (people < thresholds.people))


def _full(spec: TableSpec, cells: Cells) -> np.ndarray:
    """Find cells that hold all rows there are beside the other levels of an outcome."""
    full = np.zeros(len(cells), bool)
    rows = np.bincount(cells.owners, cells.sums.rows, len(cells))
    for place in cells.kept:
        if not spec.dimensions[place].outcome:
            continue
        beside = cells.levels.copy()
        beside[:, place] = ANY
        _, group = np.unique(beside, axis=0, return_inverse=True)
        group = group.reshape(-1)
        full |= rows == np.bincount(group, rows)[group]
    return full
