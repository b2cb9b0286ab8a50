"""What an outsider must hold possible of an unsafe cell, quantity by quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.protection.rules import Rule, count_people, top

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.cells.lattice import Cells, Kept
    from archive_tool.disclose.protection.sheet import Sheet, Spot
    from archive_tool.model.aggregates import Aggregate

ROWS: Final = "rows"
PEOPLE: Final = "people"
MEASURED: Final = "measured rows"
TOTAL: Final = "total of the measure"


class Goals(NamedTuple):
    """What an outsider must hold possible of unsafe cells of one group, a number for each."""

    quantity: str
    """What adds up, and in which system of equations."""
    sheet: int
    kept: Kept
    cells: np.ndarray
    low: np.ndarray
    high: np.ndarray
    value: np.ndarray
    """What they really are."""


class Goal(NamedTuple):
    """One end of what must be possible of one cell."""

    quantity: str
    spot: Spot
    largest: bool
    bound: float
    value: float
    """What it really is."""


@dataclass(frozen=True)
class Amounts:
    """The quantity of every cell of a group, worked out once."""

    quantity: str
    cached: dict[tuple[str, int, Kept], np.ndarray]
    sheets: Sequence[Sheet]

    def __call__(self, sheet: Sheet, kept: Kept) -> np.ndarray:
        """Give one number per cell of a group."""
        key = (self.quantity, id(sheet), kept)
        if key not in self.cached:
            self.cached[key] = self._count(sheet.lattice.groups[kept])
        return self.cached[key]

    def _count(self, cells: Cells) -> np.ndarray:
        if self.quantity == PEOPLE:
            return count_people(cells).astype(np.float64)
        sums = cells.sums
        given = {ROWS: sums.rows, MEASURED: sums.n}.get(self.quantity, sums.mean * sums.n)
        return np.bincount(cells.owners, given, len(cells))


def protection_interval(
    amounts: Amounts, sheet: Sheet, kept: Kept, thresholds: Aggregate
) -> tuple[np.ndarray, np.ndarray]:
    """Say what an outsider must hold possible of the cells of a group, at least: from, to.

    From a cell's value less its lower protection level to its value and its upper one (Fischetti and
    Salazar 2000).

    A small or empty cell: that as many as the threshold stand in it. A full one: that it is not
    full. A dominated one: so much more or less that the largest contributor is not known
    within the rule (Hundepool et al. 2012, table 4.1). Any: one more, one less.
    """
    quantity, value = amounts.quantity, amounts(sheet, kept)
    broken = sheet.broken[kept]

    def breaks(*rules: Rule) -> np.ndarray:
        nothing = np.zeros(len(value), bool)
        found = [broken[rule] for rule in rules if rule in broken]
        return np.asarray(np.logical_or.reduce([nothing, *found]))

    apart = 1e-3 * value if quantity == TOTAL else np.ones(len(value))
    dominated = breaks(Rule.NK, Rule.P)
    if quantity != PEOPLE and dominated.any():
        further = _apart(sheet.lattice.groups[kept], quantity, value, thresholds)
        apart = np.maximum(apart, np.where(dominated, further, 0.0))
    low, high = np.maximum(0.0, value - apart), value + apart
    if quantity != TOTAL:
        few = breaks(Rule.THRESHOLD, Rule.ZEROS)
        high = np.maximum(np.where(few, float(thresholds.people), 0.0), high)
    full = ~breaks(*(rule for rule in broken if rule is not Rule.FULL))
    return low, np.where(full, value, high)


def _apart(cells: Cells, quantity: str, value: np.ndarray, thresholds: Aggregate) -> np.ndarray:
    sums = cells.sums
    given = {ROWS: sums.rows, MEASURED: sums.n}.get(quantity, np.abs(sums.mean) * sums.n)
    first, second, _ = top(cells, given)
    by_share = (first + second) / thresholds.dominance - value
    by_ratio = thresholds.ratio * first - (value - first - second)
    return np.asarray(np.maximum(by_share, by_ratio))
