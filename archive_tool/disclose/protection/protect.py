"""Secondary suppression: hide as little as it takes so that no hidden cell can be worked out.

Two steps, again and again until neither finds anything:

1. **Totals.** A published total less its published parts is the sum of its hidden parts, so that
   sum must itself be fit for publication: enough people, nobody who dominates. Totals that can be
   worked out count as published.
2. **Audit.** Where totals cross, equations can be combined: for every unsafe cell a linear
   programme finds what an outsider can know of it (:mod:`archive_tool.disclose.protection.audit`).

What is hidden next is the cell that costs least: by its rows, and by whether the table prefers its
cells or its totals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
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
from archive_tool.disclose.protection.known import known, source_of
from archive_tool.disclose.protection.prices import Prices
from archive_tool.disclose.protection.rules import union_is_safe
from archive_tool.disclose.protection.sheet import (
    OPEN,
    PRIMARY,
    SECONDARY,
    Share,
    Sheet,
    Spot,
    Step,
    sync,
)
from archive_tool.disclose.protection.ties import is_tie
from archive_tool.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.model.aggregates import Aggregate


@dataclass(kw_only=True)
class Protection:
    """Works on the counts of a family of tables, or on their measures."""

    sheets: Sequence[Sheet]
    shared: Sequence[Share]
    thresholds: Aggregate
    measure: bool = False
    _seen: dict[tuple[str, Spot, bool], float] = field(default_factory=dict, repr=False)
    _cached: dict[tuple[str, int, Kept], np.ndarray] = field(default_factory=dict, repr=False)

    @cached_property
    def prices(self) -> Prices:
        """What hiding a cell loses."""
        return Prices.of_all(self.sheets, self.shared)

    def run(self) -> None:
        """Hide until nothing unsafe can be worked out; DisclosureError when nothing is left."""
        while True:
            sync(self.sheets, self.shared)
            if self._totals():
                continue
            if not self._audit():
                return

    def quantities(self) -> tuple[str, ...]:
        """Say what adds up: the measure's own total only where it is never negative."""
        if not self.measure:
            return ROWS, PEOPLE
        positive = all(self._sizes_add(sheet) for sheet in self.sheets)
        return (MEASURED, TOTAL) if positive else (MEASURED,)

    def system(self, quantity: str, *, ties: bool = True) -> audit.System:
        """Write down what is known of a quantity, with the ties of the tables or without."""
        return audit.system(
            self.sheets,
            [share for share in self.shared if ties or not is_tie(share.left_kept)],
            self.amounts(quantity), audit.hidden_in,
            additive=quantity != PEOPLE,
        )  # fmt: skip

    def amounts(self, quantity: str) -> Amounts:
        """Give a function for the quantity of every cell of a group."""
        return Amounts(quantity, self._cached, self.sheets)

    # -- totals ----------------------------------------------------------------------------------

    def _totals(self) -> bool:
        """One round of the first step; whether anything was hidden."""
        seen, because = known(self.sheets, self.shared)
        if self._lone(because):
            return True
        changed = False
        for number, sheet in enumerate(self.sheets):
            for step in sheet.steps:
                unknown = ~seen[number][step.child]
                parents = seen[number][step.parent]
                touched = np.unique(step.parent_of[unknown & parents[step.parent_of]])
                for total in touched.tolist():
                    parts = np.flatnonzero(step.parent_of == total)
                    hidden = parts[unknown[parts]]
                    if not self._any(sheet, step, hidden):
                        continue
                    lone = len(hidden) == 1 and sheet.status[step.child][hidden[0]] == PRIMARY
                    if not lone and self._union(sheet, step.child, hidden):
                        continue
                    spot = Spot(number, step.parent, total)
                    self._widen(sheet, spot, step.child, parts, hidden, because)
                    changed = True
                if changed:
                    return True
        return changed

    def _lone(self, because: dict[Spot, list[Spot]]) -> bool:
        """Hide beside an unsafe cell that is all that a tie leaves: the audit would begin elsewhere."""
        for spot, sources in because.items():
            if not sources or not is_tie(sources[0].kept) or sources[0].sheet != spot.sheet:
                continue
            sheet, total = self.sheets[spot.sheet], sources[0]
            unsafe = sheet.tells_of_few(spot.kept) & ~sheet.known(spot.kept)
            if unsafe[spot.cell]:
                parts = np.flatnonzero(sheet.lattice.groups[total.kept].of_base == total.cell)
                self._widen(sheet, total, spot.kept, parts, np.array([spot.cell]), because)
                return True
        return False

    def _any(self, sheet: Sheet, step: Step, hidden: np.ndarray) -> bool:
        """Whether anything is to be protected: without an unsafe part there is not."""
        if is_tie(step.parent):
            return bool(sheet.tells_of_few(step.child)[hidden].any())
        if (sheet.status[step.child][hidden] == PRIMARY).any():
            return True
        below = np.isin(sheet.lattice.groups[step.child].of_base, hidden)
        base = sheet.lattice.base.kept
        unsafe = (sheet.status[base] == PRIMARY) & ~sheet.known(base)
        return bool(unsafe[below].any())

    def _union(self, sheet: Sheet, kept: Kept, hidden: np.ndarray) -> bool:
        cells = sheet.lattice.groups[kept]
        return union_is_safe(
            sheet.lattice, cells, hidden.tolist(), self.thresholds, measure=self.measure
        )

    def _widen(
        self, sheet: Sheet, spot: Spot, kept: Kept, parts: np.ndarray, hidden: np.ndarray,
        because: dict[Spot, list[Spot]],
    ) -> None:  # fmt: skip
        """Hide further parts until their sum is safe, or the total, whichever costs less."""
        status = sheet.status[kept]
        free = [int(part) for part in parts if status[part] == OPEN]
        free.sort(key=lambda part: (self.prices.of(Spot(spot.sheet, kept, part)), part))
        chosen: list[int] = []
        price, safe = 0.0, False
        for part in free:
            chosen.append(part)
            price += self.prices.of(Spot(spot.sheet, kept, part))
            safe = self._union(sheet, kept, np.array([*hidden, *chosen]))
            if safe:
                break
        given_up = [Spot(spot.sheet, kept, part) for part in chosen]
        total = [spot] if sheet.status[spot.kept][spot.cell] == OPEN else []
        if not total and not safe:
            total = source_of(spot, self.sheets, because, self.prices.of)
        total_price = sum(self.prices.of(s) for s in total)
        by_parts = safe and (not total or price <= total_price)
        self._hide(given_up if by_parts else total, spot)

    # -- audit -----------------------------------------------------------------------------------

    def _audit(self) -> bool:
        """One round of the second step; whether anything was hidden."""
        return any(
            self._audited(quantity, ties=ties)
            for quantity in self.quantities()
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
        system = self.system(quantity, ties=ties)
        for start in range(0, len(goals), solve.AT_ONCE):
            some = [g for g in goals[start : start + solve.AT_ONCE] if not self._reached(g)]
            tight = self._tight(system, some)
            if tight is not None:
                self._loosen(tight[0].spot, tight[1], system)
                return True  # the equations are others now
        return False

    def _unsafe(self, quantity: str, *, ties: bool) -> Iterable[Spot]:
        """Cells that the audit is about: those that ties may tell of, or the others."""
        for number, sheet in enumerate(self.sheets):
            if quantity in (MEASURED, TOTAL) and sheet.lattice.spec.measure is None:
                continue
            for kept in sheet.lattice.groups:
                unsafe = (sheet.status[kept] == PRIMARY) & ~sheet.known(kept)
                for cell in np.flatnonzero(unsafe & (sheet.tells_of_few(kept) == ties)).tolist():
                    yield Spot(number, kept, cell)

    def _wanted(self, quantity: str, spot: Spot) -> tuple[float, float]:
        sheet = self.sheets[spot.sheet]
        return wanted(self.amounts(quantity), sheet, spot, self.thresholds)

    def _goals(self, quantity: str, spot: Spot, *, ties: bool) -> tuple[Goal, Goal]:
        low, high = self._wanted(quantity, spot)
        value = float(self.amounts(quantity)(self.sheets[spot.sheet], spot.kept)[spot.cell])
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
            inside = audit.inside_of(system, self.sheets, goal.spot)
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
            spot = Spot(sheet, self.sheets[sheet].lattice.base.kept, cell)
            truth = float(system.truth[variable])
            high, low = (quantity, spot, True), (quantity, spot, False)
            self._seen[high] = max(self._seen.get(high, truth), value)
            self._seen[low] = min(self._seen.get(low, truth), value)

    def _loosen(self, spot: Spot, equations: np.ndarray, system: audit.System) -> None:
        """Hide the cheapest cell that takes part in what holds an unsafe cell."""
        behind = [one for row in equations.tolist() for one in system.equations[row]]
        if not behind:
            part = set(system.part[audit.inside_of(system, self.sheets, spot)].tolist())
            for one in sorted(part):
                behind += [s for r in system.rows_of_part.get(one, ()) for s in system.equations[r]]
                behind += [system.limits[row] for row in system.bounds_of_part.get(one, ())]
        options: set[Spot] = set()
        for total in behind:
            sheet = self.sheets[total.sheet]
            if sheet.status[total.kept][total.cell] == OPEN:
                options.add(total)
            base = sheet.lattice.base
            open_base = np.flatnonzero(
                (sheet.lattice.groups[total.kept].of_base == total.cell)
                & (sheet.status[base.kept] == OPEN)
            )
            options |= {Spot(total.sheet, base.kept, int(cell)) for cell in open_base}
        best = sorted(options, key=lambda s: (self.prices.of(s), s))[:1]
        self._hide(best, spot)

    def _hide(self, given_up: Sequence[Spot], spot: Spot) -> None:
        """Hide cells; DisclosureError when there is nothing left that could be hidden."""
        if not given_up:
            spec = self.sheets[spot.sheet].lattice.spec
            raise DisclosureError(
                "a hidden cell can be worked out, and nothing more can be hidden",
                where=f"aggregate table {spec.name}",
                expected="fewer or coarser cells",
                hint="an earlier release has published what would have to be hidden; merge levels",
            )
        for one in given_up:
            words = self.sheets[one.sheet].status[one.kept]
            words[one.cell] = SECONDARY

    def _sizes_add(self, sheet: Sheet) -> bool:
        return bool((sheet.lattice.base.sums.mean >= 0).all())
