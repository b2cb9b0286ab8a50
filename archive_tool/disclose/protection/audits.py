"""The third step: no unsafe cell may be known more closely than its rule allows.

Where totals cross, equations can be combined: for every unsafe cell a linear programme finds what
an outsider can know of it (:mod:`archive_tool.disclose.protection.audit`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.protection import audit, solve
from archive_tool.disclose.protection.goals import (
    MEASURED,
    PEOPLE,
    ROWS,
    TOTAL,
    Amounts,
    Goal,
    wanted,
)
from archive_tool.disclose.protection.sheet import OPEN, PRIMARY, Sheet, Spot
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.hiding import Hiding


@dataclass(frozen=True, kw_only=True)
class Audits:
    """Hides what holds unsafe cells too tightly; remembers what was found possible once."""

    hiding: Hiding
    _seen: dict[tuple[str, Spot, bool], float] = field(default_factory=dict, repr=False)
    _cached: dict[tuple[str, int, Kept], np.ndarray] = field(default_factory=dict, repr=False)

    def hide(self) -> bool:
        """One round; whether anything was hidden."""
        return any(
            self._audited(quantity, ties=ties)
            for quantity in self._quantities()
            for ties in (True, False)
        )

    def _audited(self, quantity: str, *, ties: bool) -> bool:
        goals = [
            goal
            for spot in self._unsafe(quantity, ties=ties)
            for goal in self._goals(quantity, spot, ties=ties)
        ]
        if not goals:
            return False
        system = self._system(quantity, ties=ties)
        for start in range(0, len(goals), solve.AT_ONCE):
            some = [g for g in goals[start : start + solve.AT_ONCE] if not self._reached(g)]
            tight = self._tight(system, some)
            if tight is not None:
                self._loosen(tight[0].spot, tight[1], system)
                return True  # the equations are others now
        return False

    def _unsafe(self, quantity: str, *, ties: bool) -> Iterable[Spot]:
        """Cells that the audit is about: those that ties may tell of, or the others."""
        for number, sheet in enumerate(self.hiding.sheets):
            if quantity in (MEASURED, TOTAL) and sheet.lattice.spec.measure is None:
                continue
            for kept in sheet.lattice.groups:
                unsafe = (sheet.status[kept] == PRIMARY) & ~sheet.known(kept)
                for cell in np.flatnonzero(unsafe & (sheet.tells_of_few(kept) == ties)).tolist():
                    yield Spot(number, kept, cell)

    def _wanted(self, quantity: str, spot: Spot) -> tuple[float, float]:
        sheet = self.hiding.sheets[spot.sheet]
        return wanted(self._amounts(quantity), sheet, spot, self.hiding.thresholds)

    def _goals(self, quantity: str, spot: Spot, *, ties: bool) -> tuple[Goal, Goal]:
        low, high = self._wanted(quantity, spot)
        value = float(self._amounts(quantity)(self.hiding.sheets[spot.sheet], spot.kept)[spot.cell])
        slack = audit.TOLERANCE * max(1.0, abs(value))
        name = quantity if ties else f"{quantity}, without ties"
        return (
            Goal(name, spot, True, high - slack, value),
            Goal(name, spot, False, low + slack, value),
        )

    def _reached(self, goal: Goal) -> bool:
        """Whether it is known already that a cell may be as large, or as small, as it must.

        What was possible once stays possible: hiding more only takes equations away. So every
        point that a programme finds is remembered for all cells.
        """
        seen = self._seen.get((goal.quantity, goal.spot, goal.largest), goal.value)
        return seen >= goal.bound if goal.largest else seen <= goal.bound

    def _tight(self, system: audit.System, goals: Sequence[Goal]) -> tuple[Goal, np.ndarray] | None:
        """Find a cell of which too much is known, and the equations that say so."""
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
                self._remember(system, goal.quantity, ask.part, one)
            self._seen[goal.quantity, goal.spot, goal.largest] = rest + sum(o.value for o in solved)
            if found is None and not self._reached(goal):
                binding = [one.binding for one in solved]
                found = goal, np.unique(np.concatenate([*binding, np.zeros(0, np.int64)]))
        return found

    def _remember(
        self, system: audit.System, quantity: str, part: int, solved: solve.Solved
    ) -> None:
        if solved.point is None:
            return
        for variable, value in zip(
            system.members[part].tolist(), solved.point.tolist(), strict=True
        ):
            sheet, cell = system.names[variable]
            spot = Spot(sheet, self.hiding.sheets[sheet].lattice.base.kept, cell)
            truth = float(system.truth[variable])
            high, low = (quantity, spot, True), (quantity, spot, False)
            self._seen[high] = max(self._seen.get(high, truth), value)
            self._seen[low] = min(self._seen.get(low, truth), value)

    def _loosen(self, spot: Spot, equations: np.ndarray, system: audit.System) -> None:
        """Hide the cheapest cell that takes part in what holds an unsafe cell."""
        behind = [one for row in equations.tolist() for one in system.equations[row]]
        if not behind:
            part = set(system.part[audit.inside_of(system, self.hiding.sheets, spot)].tolist())
            for one in sorted(part):
                behind += [s for r in system.rows_of_part.get(one, ()) for s in system.equations[r]]
                behind += [system.limits[row] for row in system.bounds_of_part.get(one, ())]
        options: set[Spot] = set()
        for total in behind:
            sheet = self.hiding.sheets[total.sheet]
            if sheet.status[total.kept][total.cell] == OPEN:
                options.add(total)
            base = sheet.lattice.base
            open_base = np.flatnonzero(
                (sheet.lattice.groups[total.kept].of_base == total.cell)
                & (sheet.status[base.kept] == OPEN)
            )
            options |= {Spot(total.sheet, base.kept, int(cell)) for cell in open_base}
        best = sorted(options, key=lambda s: (self.hiding.prices.of(s), s))[:1]
        self.hiding.hide(best, spot)

    def _quantities(self) -> tuple[str, ...]:
        """Say what adds up: the measure's own total only where it is never negative."""
        if not self.hiding.measure:
            return ROWS, PEOPLE
        positive = all(self._sizes_add(sheet) for sheet in self.hiding.sheets)
        return (MEASURED, TOTAL) if positive else (MEASURED,)

    def _system(self, quantity: str, *, ties: bool = True) -> audit.System:
        """Write down what is known of a quantity, with the ties of the tables or without."""
        return audit.system(
            self.hiding.sheets,
            [share for share in self.hiding.shared if ties or not is_tie(share.left_kept)],
            self._amounts(quantity), audit.hidden_in,
            additive=quantity != PEOPLE,
        )  # fmt: skip

    def _amounts(self, quantity: str) -> Amounts:
        """Give a function for the quantity of every cell of a group."""
        return Amounts(quantity, self._cached, self.hiding.sheets)

    def _sizes_add(self, sheet: Sheet) -> bool:
        return bool((sheet.lattice.base.sums.mean >= 0).all())
