"""The third step: no unsafe cell may be known more closely than its rule allows.

Where totals cross, equations can be combined: for every unsafe cell a linear programme finds what
an outsider can know of it (:mod:`archive_tool.disclose.protection.solving.audit`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.protection.sheet import OPEN, PRIMARY, Sheet, Spot
from archive_tool.disclose.protection.solving import audit, solve
from archive_tool.disclose.protection.solving.goals import (
    MEASURED,
    PEOPLE,
    ROWS,
    TOTAL,
    Amounts,
    Goal,
    Goals,
    protection_interval,
)
from archive_tool.disclose.protection.solving.possible import Possible
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.hiding.cells import Hiding
    from archive_tool.disclose.protection.solving.equations import System


@dataclass(frozen=True, kw_only=True)
class Audits:
    """Hides what holds unsafe cells too tightly; remembers what was found possible once."""

    hiding: Hiding
    _cached: dict[tuple[str, int, Kept], np.ndarray] = field(default_factory=dict, repr=False)

    @cached_property
    def _possible(self) -> Possible:
        return Possible(self.hiding.sheets)

    def hide(self) -> bool:
        """One round; whether anything was hidden."""
        return any(
            self._audited(quantity, ties=ties)
            for quantity in self._quantities()
            for ties in (True, False)
        )

    def _audited(self, quantity: str, *, ties: bool) -> bool:
        groups = list(self._goals(quantity, ties=ties))
        if all(self._possible.meets(group) for group in groups):
            return False
        system = self._system(quantity, ties=ties)
        self._possible.take(system, groups[0].quantity, slice(None), solve.singles(system))
        goals = [goal for group in groups for goal in self._possible.unmet(group)]
        for start in range(0, len(goals), solve.AT_ONCE):
            batch = goals[start : start + solve.AT_ONCE]
            some = [goal for goal in batch if not self._possible.reached(goal)]
            tight = self._tight(system, some)
            if tight is not None:
                self._loosen(tight[0].spot, tight[1], system)
                return True  # the equations are others now
        return False

    def _goals(self, quantity: str, *, ties: bool) -> Iterator[Goals]:
        """Say what must be possible of the cells that ties may tell of, or of the other unsafe ones."""
        amounts, name = self._amounts(quantity), quantity if ties else f"{quantity}, without ties"
        for number, sheet in enumerate(self.hiding.sheets):
            if quantity in (MEASURED, TOTAL) and sheet.lattice.spec.measure is None:
                continue
            for kept in sheet.lattice.groups:
                unsafe = (sheet.status[kept] == PRIMARY) & ~sheet.known(kept)
                cells = np.flatnonzero(unsafe & (sheet.tells_of_few(kept) == ties))
                if len(cells):
                    low, high = protection_interval(amounts, sheet, kept, self.hiding.thresholds)
                    value = amounts(sheet, kept)[cells]
                    slack = audit.TOLERANCE * np.maximum(1.0, np.abs(value))
                    yield Goals(
                        name, number, kept, cells, low[cells] + slack, high[cells] - slack, value
                    )

    def _tight(
        self, system: System, goals: Sequence[Goal]
    ) -> tuple[Goal, Sequence[solve.Solved]] | None:
        """Find a cell of which too much is known, and the programmes that say so."""
        asked: list[list[solve.Ask]] = []
        rests = []
        for goal in goals:
            inside = audit.inside_of(system, self.hiding.sheets, goal.spot)
            asked.append(solve.asks(system, inside, largest=goal.largest))
            rests.append(goal.value - float(system.truth[inside].sum()))
        answers = iter(solve.extremes(system, [ask for some in asked for ask in some]))
        found = None
        for goal, some, rest in zip(goals, asked, rests, strict=True):
            solved = [next(answers) for _ in some]
            for ask, one in zip(some, solved, strict=True):
                self._possible.take(system, goal.quantity, system.members[ask.part], one)
            self._possible.note(goal, rest + sum(one.value for one in solved))
            if found is None and not self._possible.reached(goal):
                found = goal, solved
        return found

    def _loosen(self, spot: Spot, solved: Sequence[solve.Solved], system: System) -> None:
        """Hide the cheapest cell that would let an unsafe cell go further."""
        weights = _weights(system, solved)
        options = self._helping(weights) or self._touching(spot, system)
        best = sorted(options, key=lambda s: (self.hiding.prices.of(s), s))[:1]
        self.hiding.hide(best, spot)

    def _helping(self, weights: dict[Spot, float]) -> set[Spot]:
        """Published cells that hold the value where it is, as duality says.

        A total does when its equations have a price. A finest cell would be one more variable, in
        the equations of all totals around it: it does when their prices do not cancel out.
        """
        found = {s for s, weight in weights.items() if abs(weight) > solve.ZERO and self._open(s)}
        for number, sheet in enumerate(self.hiding.sheets):
            base = sheet.lattice.base.kept
            worth = np.zeros(len(sheet.status[base]))
            for total, weight in weights.items():
                if total.sheet == number:
                    worth += weight * (sheet.lattice.groups[total.kept].of_base == total.cell)
            cells = (np.abs(worth) > solve.ZERO) & (sheet.status[base] == OPEN)
            found |= {Spot(number, base, cell) for cell in np.flatnonzero(cells).tolist()}
        return found

    def _touching(self, spot: Spot, system: System) -> set[Spot]:
        """Published cells that have anything to do with an unsafe one."""
        found: set[Spot] = set()
        inside = audit.inside_of(system, self.hiding.sheets, spot)
        for part in np.unique(system.part[inside]).tolist():
            rows, limits = system.rows_of_part.get(part, ()), system.bounds_of_part.get(part, ())
            behind = [total for row in rows for total in system.equations[row]]
            for total in (*behind, *(system.limits[row] for row in limits)):
                found |= {total} if self._open(total) else set()
                sheet = self.hiding.sheets[total.sheet]
                base = sheet.lattice.base.kept
                within = sheet.lattice.groups[total.kept].of_base == total.cell
                cells = np.flatnonzero(within & (sheet.status[base] == OPEN))
                found |= {Spot(total.sheet, base, cell) for cell in cells.tolist()}
        return found

    def _open(self, spot: Spot) -> bool:
        return bool(self.hiding.sheets[spot.sheet].status[spot.kept][spot.cell] == OPEN)

    def _quantities(self) -> tuple[str, ...]:
        """Say what adds up: the measure's own total only where it is never negative."""
        if not self.hiding.measure:
            return ROWS, PEOPLE
        positive = all(self._sizes_add(sheet) for sheet in self.hiding.sheets)
        return (MEASURED, TOTAL) if positive else (MEASURED,)

    def _system(self, quantity: str, *, ties: bool) -> System:
        """Write down what is known of a quantity, with the ties of the tables or without."""
        family = self.hiding.family
        if not ties:
            shared = [share for share in family.shared if not is_tie(share.left_kept)]
            family = replace(family, shared=shared)
        return audit.system(family, self._amounts(quantity), additive=quantity != PEOPLE)

    def _amounts(self, quantity: str) -> Amounts:
        """Give a function for the quantity of every cell of a group."""
        return Amounts(quantity, self._cached, self.hiding.sheets)

    def _sizes_add(self, sheet: Sheet) -> bool:
        return bool((sheet.lattice.base.sums.mean >= 0).all())


def _weights(system: System, solved: Sequence[solve.Solved]) -> dict[Spot, float]:
    """Give the price of every total: an equation is its first less the others."""
    weights: dict[Spot, float] = defaultdict(float)
    for one in solved:
        for row, price in zip(one.rows.tolist(), one.prices.tolist(), strict=True):
            first, *others = system.equations[row]
            weights[first] += price
            for other in others:
                weights[other] -= price
    return weights
