"""What a mean tells of a histogram: both are made of the same numbers.

Of 60 answers from 1 to 5 two bins are hidden, of 3 people and of 12. How many stand in both is known;
the mean says what these answers add up to, and the standard deviation their squares: enough to solve
three bins. So further bins are hidden until no cell of few people is solved, or the mean where that
would not be enough. What a bin holds is taken as known, as it is where every bin holds one answer;
where most hold several, as of a slider, sums say too little of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.cells.columns import level_order
from archive_tool.disclose.cells.lines import scale_of
from archive_tool.disclose.protection.about import RATING, number_of
from archive_tool.disclose.protection.goals import ROWS, Amounts, wanted
from archive_tool.disclose.protection.known import known
from archive_tool.disclose.protection.sheet import OPEN, Share, Sheet, Spot
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from archive_tool.disclose.cells.lattice import Kept, Lattice
    from archive_tool.disclose.protection.hiding import Hiding
    from archive_tool.model.aggregates import Source, TableSpec

_FLAGS: Final = {"false": 0.0, "true": 1.0}
_FEW: Final = 12
"""Most bins whose corners are all looked at: more are left to a solver."""
_SLACK: Final = 1e-6
_SAME: Final = 1e-9
"""Sum of squared deviations of what are the same numbers."""


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Hides bins, or means, until no mean tells of few people."""

    hiding: Hiding

    def hide(self) -> bool:
        """One round; whether anything was hidden."""
        if self.hiding.measure or not self.hiding.means:
            return False
        seen, _ = known(self.hiding.sheets, self.hiding.shared)
        changed = False
        for group in self.hiding.means:
            told = seen[group.place][self.hiding.sheets[group.place].lattice.base.kept]
            for mean in group.known(self.hiding.sheets, self.hiding.closed):
                changed |= self._loosen(mean, group, told)
        return changed

    def _loosen(self, mean: Mean, group: Means, told: np.ndarray) -> bool:
        """Hide further bins of a cell, the cheapest first, or its mean; ``told``: what is known."""
        sheet = self.hiding.sheets[group.place]
        base = sheet.lattice.base.kept
        inside = sheet.lattice.groups[group.kept].of_base == mean.cell.cell
        bins = np.flatnonzero(inside & group.reached)
        if 2 * group.mixed[bins].sum() > len(bins):
            return False  # a fine scale: what stands in its bins adds up to many sums
        hidden = bins[~told[bins]].tolist()
        free = [Spot(group.place, base, bin) for bin in bins.tolist()
                if sheet.status[base][bin] == OPEN]  # fmt: skip
        free.sort(key=lambda one: (self.hiding.prices.of(one), one))
        changed = False
        while not self._safe(group, np.array(hidden, np.int64)):
            in_vain = not free or self.hiding.prices.of(free[0]) == float("inf")
            if in_vain or not self._safe(group, bins):
                self.hiding.closed.add(mean.teller)
                return True
            hidden.append(free[0].cell)
            told[free[0].cell] = False
            self.hiding.hide([free.pop(0)], mean.cell)
            changed = True
        return changed

    def _safe(self, group: Means, hidden: np.ndarray) -> bool:
        """Whether no bin of few people would be told where these are hidden."""
        sheet = self.hiding.sheets[group.place]
        base = sheet.lattice.base
        few = (sheet.tells_of_few(base.kept) & ~sheet.known(base.kept))[hidden]
        if not few.any():
            return True
        amounts = Amounts(ROWS, {}, self.hiding.sheets)
        low, high = ends(base.whole.rows[hidden], group.weights[hidden])
        for place in np.flatnonzero(few).tolist():
            spot = Spot(group.place, base.kept, int(hidden[place]))
            least, most = wanted(amounts, sheet, spot, self.hiding.thresholds)
            if low[place] > least + _SLACK or high[place] < most - _SLACK:
                return False
        return True


class Mean(NamedTuple):
    """A published mean and the bins that it tells of."""

    cell: Spot
    """Of the histogram, all of its bins together."""
    teller: Spot
    """The same cell where it has a mean."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """The means of one group of cells, and the histogram of the same numbers."""

    place: int
    """Sheet of the histogram."""
    kept: Kept
    cells: np.ndarray
    teller: int
    """Sheet with the means."""
    teller_kept: Kept
    teller_cells: np.ndarray
    weights: np.ndarray
    """What a row counts for, by finest cell of the histogram: between 0 and 1."""
    reached: np.ndarray
    """Finest cells of a level that anybody has: others are not on the scale."""
    mixed: np.ndarray
    """Finest cells with several numbers in them."""

    def known(self, sheets: Sequence[Sheet], closed: AbstractSet[Spot]) -> Iterator[Mean]:
        """Give the means that are published, unless they are among ``closed``."""
        sheet = sheets[self.teller]
        shown = sheet.known(self.teller_kept)
        if is_tie(self.teller_kept):  # known where all of its cells are
            cells, base = sheet.lattice.groups[self.teller_kept], sheet.lattice.base
            shown = np.bincount(cells.of_base, ~sheet.known(base.kept), len(cells)) == 0
        for cell, told in zip(self.cells.tolist(), self.teller_cells.tolist(), strict=True):
            teller = Spot(self.teller, self.teller_kept, told)
            if shown[told] and teller not in closed:
                yield Mean(Spot(self.place, self.kept, cell), teller)


def means(sheets: Sequence[Sheet], shared: Sequence[Share]) -> list[Means]:
    """Find the tables that average what another one of the family, or the same, has as levels."""
    found: list[Means] = []
    for one in (*shared, *map(turned, shared), *_with_themselves(sheets)):
        teller = sheets[one.right]
        place = answers(sheets[one.left].lattice.spec, teller.lattice.spec.measure)
        told = one.right_kept in (*teller.published, *teller.fixed) or is_tie(one.right_kept)
        if place is None or place in one.left_kept or not told:
            continue
        lattice = sheets[one.left].lattice
        level = lattice.base.levels[:, place]
        used = np.bincount(level, lattice.base.whole.rows, len(lattice.names[place])) > 0
        found.append(
            Means(
                place=one.left,
                kept=one.left_kept,
                cells=one.left_cells,
                teller=one.right,
                teller_kept=one.right_kept,
                teller_cells=one.right_cells,
                weights=_weights(lattice, place),
                reached=used[level],
                mixed=_sums_are_of(lattice, place) & (lattice.base.whole.m2 > _SAME),
            )
        )
    return found


def answers(spec: TableSpec, measure: Source | None) -> int | None:
    """Say which dimension has the numbers of a measure as its levels: words, or places on a scale.

    Times and lengths are others within a bin; what they add up to solves nothing.
    """
    if measure is None:
        return None
    number = number_of(measure)
    for place, one in enumerate(spec.dimensions):
        words = one.bin is None and not one.edges
        if number_of(one.source) == number and (words or number == RATING):
            return place
    return None


def ends(rows: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Say how few and how many rows each bin can have: count, sum and squares of all are known.

    Most is where all but three bins are empty, so those corners are all there is to look at.
    """
    known, same = np.unique(weights, return_inverse=True)
    told = np.stack([known**0, known, known**2])
    truth = np.bincount(same, rows)
    low: np.ndarray
    high: np.ndarray
    if len(known) <= len(told):
        low, high = truth.copy(), truth.copy()
    elif len(known) > _FEW:
        low, high = _solved(told, truth)
    else:
        corners = np.array(list(combinations(range(len(known)), len(told))))
        found = np.linalg.solve(told[:, corners].transpose(1, 0, 2), (told @ truth)[:, None])[
            ..., 0
        ]
        possible = (found >= -_SLACK * max(1.0, truth.max())).all(axis=1)
        low, high = np.full(len(known), np.inf), np.zeros(len(known))
        np.maximum.at(high, corners[possible], found[possible])
        everywhere = np.bincount(corners[possible].ravel(), minlength=len(known)) == possible.sum()
        np.minimum.at(low, corners[possible], found[possible])
        low[~everywhere] = 0.0
    low[np.bincount(same) > 1] = 0.0  # bins that weigh the same can stand for each other
    return low[same], high[same]


def _solved(told: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy.optimize import linprog

    found = [
        [linprog(sign * one, A_eq=told, b_eq=told @ truth, method="highs-ds") for sign in (1, -1)]
        for one in np.eye(len(truth))
    ]
    least, most = (
        np.array([abs(pair[side].fun) if pair[side].status == 0 else truth[place]
                  for place, pair in enumerate(found)])
        for side in (0, 1)
    )  # fmt: skip
    return least, most


def turned(share: Share) -> Share:
    """Give the same cells in common, the other table first."""
    return Share(*share[3:], *share[:3])


def _with_themselves(sheets: Sequence[Sheet]) -> Iterator[Share]:
    """Let a table with a measure be the other one too."""
    for number, sheet in enumerate(sheets):
        for kept in sheet.published if sheet.lattice.spec.measure else ():
            same = np.arange(len(sheet.lattice.groups[kept]))
            yield Share(number, kept, same, number, kept, same)


def _sums_are_of(lattice: Lattice, place: int) -> bool:
    """Whether what was added up of a table is the number that a dimension has as bins."""
    dimension, added = (
        lattice.spec.dimensions[place],
        lattice.spec.measure or scale_of(lattice.spec),
    )
    binned = dimension.bin is not None or bool(dimension.edges)
    return binned and added is not None and number_of(added) == number_of(dimension.source)


def _weights(lattice: Lattice, place: int) -> np.ndarray:
    """Say what a row of every finest cell counts for: its number, brought between 0 and 1."""
    level, whole = lattice.base.levels[:, place], lattice.base.whole
    if _sums_are_of(lattice, place):
        total, n = np.bincount(level, whole.n * whole.mean), np.bincount(level, whole.n)
        elsewhere = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
        numbers = np.where(whole.n > 0, whole.mean, elsewhere[level])
    else:
        kind, first, _ = zip(*map(level_order, lattice.names[place]), strict=True)
        flags = [_FLAGS.get(name, np.nan) for name in lattice.names[place]]
        numbers = np.where(np.array(kind) == 1, first, flags)[level]
    is_number = np.isfinite(numbers)
    if not is_number.any():
        return np.zeros(len(level))
    low, high = numbers[is_number].min(), numbers[is_number].max()
    return np.where(is_number, (numbers - low) / max(high - low, 1e-300), 0.0).round(9)
