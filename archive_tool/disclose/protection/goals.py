"""What an outsider must hold possible of an unsafe cell, quantity by quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.protection.rules import Rule, count_people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.cells.lattice import Cells, Kept
    from archive_tool.disclose.protection.sheet import Sheet, Spot
    from archive_tool.model.aggregates import Aggregate

ROWS: Final = "rows"
PEOPLE: Final = "people"
MEASURED: Final = "measured rows"
TOTAL: Final = "total of the measure"


class Goal(NamedTuple):
    """What an outsider must hold possible of an unsafe cell."""

    quantity: str
    """What adds up, and in which system of equations."""
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


def wanted(
    amounts: Amounts, sheet: Sheet, spot: Spot, thresholds: Aggregate
) -> tuple[float, float]:
    """Say what an outsider must hold possible of an unsafe cell, at least: from, to.

    A small or empty cell: that as many as the threshold stand in it. A full one: that it is not
    full. A dominated one: so much more or less that the largest contributor is not known
    within the rule (Hundepool et al. 2012, table 4.1). Any: one more, one less.
    """
    quantity = amounts.quantity
    cells = sheet.lattice.groups[spot.kept]
    broken = {r for r, which in sheet.broken[spot.kept].items() if which[spot.cell]}
    value = float(amounts(sheet, spot.kept)[spot.cell])
    least = float(thresholds.people) if broken & {Rule.THRESHOLD, Rule.ZEROS} else 0.0
    if broken <= {Rule.FULL}:
        return max(0.0, value - 1.0), value
    if quantity == PEOPLE:
        return max(0.0, value - 1.0), max(least, value + 1.0)
    part = cells.sums.take(cells.lines_of([spot.cell]))
    given = {ROWS: part.rows, MEASURED: part.n}.get(quantity, np.abs(part.mean) * part.n)
    apart = max(
        _apart(np.sort(given)[::-1], value, thresholds) if broken & {Rule.NK, Rule.P} else 0.0,
        1e-3 * value if quantity == TOTAL else 1.0,
    )
    high = value + apart
    return max(0.0, value - apart), high if quantity == TOTAL else max(least, high)


def _apart(given: np.ndarray, value: float, thresholds: Aggregate) -> float:
    first = float(given[0]) if len(given) else 0.0
    second = float(given[1]) if len(given) > 1 else 0.0
    by_share = (first + second) / thresholds.dominance - value
    by_ratio = thresholds.ratio * first - (value - first - second)
    return max(by_share, by_ratio)
