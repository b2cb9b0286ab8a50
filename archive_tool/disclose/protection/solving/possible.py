"""What was found possible of cells: the largest and the smallest that an outsider must reckon with.

What was possible once stays possible: hiding more only takes equations away. So every point that a
linear programme finds is remembered for all cells that it is about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.protection.sheet import Spot
from archive_tool.disclose.protection.solving.goals import Goal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.sheet import Sheet
    from archive_tool.disclose.protection.solving.equations import System
    from archive_tool.disclose.protection.solving.goals import Goals
    from archive_tool.disclose.protection.solving.solve import Solved

_Column = tuple[str, int, "Kept", bool]
"""Quantity, sheet, group of cells, and whether it is the largest."""


@dataclass(frozen=True)
class Possible:
    """By quantity: one number for every cell of a group, not a number where none was found yet."""

    sheets: Sequence[Sheet]
    _found: dict[_Column, np.ndarray] = field(default_factory=dict, repr=False)

    def reached(self, goal: Goal) -> bool:
        """Whether it is known already that a cell may be as large, or as small, as it must."""
        found = self._column(goal.quantity, goal.spot.sheet, goal.spot.kept, largest=goal.largest)
        far = found[goal.spot.cell]
        if goal.largest:
            return bool(np.fmax(far, goal.value) >= goal.bound)
        return bool(np.fmin(far, goal.value) <= goal.bound)

    def meets(self, goals: Goals) -> bool:
        """Whether all of them are known to be reached."""
        return not any(missed.any() for missed in self._missed(goals))

    def unmet(self, goals: Goals) -> list[Goal]:
        """Give those that are not known to be reached, cell by cell, the largest first."""
        too_low, too_high = self._missed(goals)
        ends = ((True, goals.high, too_low), (False, goals.low, too_high))
        return [
            Goal(
                goals.quantity,
                Spot(goals.sheet, goals.kept, int(goals.cells[place])),
                largest,
                float(bounds[place]),
                float(goals.value[place]),
            )
            for place in np.flatnonzero(too_low | too_high).tolist()
            for largest, bounds, missed in ends
            if missed[place]
        ]

    def _missed(self, goals: Goals) -> tuple[np.ndarray, np.ndarray]:
        """Say of which cells the largest, and the smallest, is not known to go so far."""
        high, low = (
            self._column(goals.quantity, goals.sheet, goals.kept, largest=largest)[goals.cells]
            for largest in (True, False)
        )
        return np.fmax(high, goals.value) < goals.high, np.fmin(low, goals.value) > goals.low

    def note(self, goal: Goal, value: float) -> None:
        """Write down how far a cell itself was found to go."""
        found = self._column(goal.quantity, goal.spot.sheet, goal.spot.kept, largest=goal.largest)
        found[goal.spot.cell] = value

    def take(
        self, system: System, quantity: str, members: np.ndarray | slice, solved: Solved
    ) -> None:
        """Remember what some variables were found to be, at least and at most."""
        if not len(solved.most):
            return
        truth, names = system.truth[members], system.names[members]
        for sheet in np.unique(names[:, 0]).tolist():
            mine = names[:, 0] == sheet
            cells, kept = names[mine, 1], self.sheets[sheet].lattice.base.kept
            high = self._column(quantity, sheet, kept, largest=True)
            low = self._column(quantity, sheet, kept, largest=False)
            high[cells] = np.fmax(np.fmax(high[cells], truth[mine]), solved.most[mine])
            low[cells] = np.fmin(np.fmin(low[cells], truth[mine]), solved.least[mine])

    def _column(self, quantity: str, sheet: int, kept: Kept, *, largest: bool) -> np.ndarray:
        key = (quantity, sheet, kept, largest)
        if key not in self._found:
            cells = len(self.sheets[sheet].lattice.groups[kept])
            self._found[key] = np.full(cells, np.nan)
        return self._found[key]
