"""What a mean tells of a histogram: both are made of the same numbers.

Of 60 answers from 1 to 5 two bins are hidden, of 3 people and of 12. How many stand in both is known;
the mean says what these answers add up to, and the standard deviation their squares: enough to solve
three bins. So further bins are hidden until no cell of few people is solved, or the mean where that
would not be enough. What a bin holds is taken as known, as it is where every bin holds one answer;
where most hold several, as of a slider, sums say too little of it.

Median and quartiles tell more: where most people gave one answer, a quartile between 2 and 3 counts those
who said less. No further bin helps against that, so they are not published beside a hidden bin of few.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.protection.means import SAME
from archive_tool.disclose.protection.sheet import OPEN, Spot
from archive_tool.disclose.protection.solving.goals import ROWS, Amounts, protection_interval
from archive_tool.disclose.protection.solving.known import known

if TYPE_CHECKING:
    from archive_tool.disclose.protection.hiding.cells import Hiding
    from archive_tool.disclose.protection.means import Mean, Means

_FEW: Final = 12
"""Most bins whose corners are all looked at: more are left to a solver."""
_SLACK: Final = 1e-6


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Hides bins, or means, until no mean tells of few people."""

    hiding: Hiding

    def hide(self) -> bool:
        """One round; whether anything was hidden."""
        if self.hiding.measure or not self.hiding.means:
            return False
        seen, _ = known(self.hiding.family)
        changed = False
        for group in self.hiding.means:
            told = seen[group.place][self.hiding.sheets[group.place].lattice.base.kept]
            for mean in group.known(self.hiding.sheets, self.hiding.closed):
                changed |= self._loosen(mean, group, told)
        return changed

    def blur(self) -> None:
        """Note the means whose median and quartiles would count the people of hidden bins."""
        if self.hiding.measure:
            return
        for group in self.hiding.means:
            few, place = self._few(group), (group.teller, group.teller_kept)
            nowhere = np.full(len(self.hiding.sheets[place[0]].lattice.groups[place[1]]), -1)
            tells = self.hiding.blurred.setdefault(place, nowhere)
            for mean in group.known(self.hiding.sheets, self.hiding.closed):
                told = few[self._bins(mean, group)].any() and self._of_single_answers(mean.teller)
                tells[mean.teller.cell] = max(tells[mean.teller.cell], int(told))

    def _of_single_answers(self, teller: Spot) -> bool:
        """Whether most people of a cell have one number only: it is what their mean is."""
        cells = self.hiding.sheets[teller.sheet].lattice.groups[teller.kept]
        sums = cells.sums.take(np.arange(cells.starts[teller.cell], cells.starts[teller.cell + 1]))
        some = sums.n > 0
        return bool(2 * (some & (sums.m2 <= SAME)).sum() > some.sum())

    def _few(self, group: Means) -> np.ndarray:
        """Say which bins are hidden and of few people."""
        sheet = self.hiding.sheets[group.place]
        base = sheet.lattice.base.kept
        return np.asarray(sheet.tells_of_few(base) & ~sheet.known(base))

    def _bins(self, mean: Mean, group: Means) -> np.ndarray:
        """Give the bins of a cell; of a fine scale none: what stands in them adds up to many sums."""
        lattice = self.hiding.sheets[group.place].lattice
        inside = lattice.groups[group.kept].of_base == mean.cell.cell
        bins = np.flatnonzero(inside & group.reached)
        return bins if 2 * group.mixed[bins].sum() <= len(bins) else bins[:0]

    def _loosen(self, mean: Mean, group: Means, told: np.ndarray) -> bool:
        """Hide further bins of a cell, the cheapest first, or its mean; ``told``: what is known."""
        sheet = self.hiding.sheets[group.place]
        base = sheet.lattice.base.kept
        bins = self._bins(mean, group)
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
        few = self._few(group)[hidden]
        if not few.any():
            return True
        amounts = Amounts(ROWS, {}, self.hiding.sheets)
        low, high = ends(base.whole.rows[hidden], group.weights[hidden])
        least, most = protection_interval(amounts, sheet, base.kept, self.hiding.thresholds)
        told = (low > least[hidden] + _SLACK) | (high < most[hidden] - _SLACK)
        return not (few & told).any()


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
