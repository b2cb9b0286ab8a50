"""What was found possible of cells: the largest and the smallest that an outsider must reckon with.

What was possible once stays possible: hiding more only takes equations away. So every point that a
linear programme finds is remembered for all cells that it is about.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.equations import System
    from archive_tool.disclose.protection.goals import Goal
    from archive_tool.disclose.protection.sheet import Sheet
    from archive_tool.disclose.protection.solve import Solved

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
        most = found[goal.spot.cell]
        if np.isnan(most):
            most = goal.value
        return bool(most >= goal.bound if goal.largest else most <= goal.bound)

    def note(self, goal: Goal, value: float) -> None:
        """Write down how far a cell itself was found to go."""
        found = self._column(goal.quantity, goal.spot.sheet, goal.spot.kept, largest=goal.largest)
        found[goal.spot.cell] = value

    def take(self, system: System, quantity: str, part: int, solved: Solved) -> None:
        """Remember what every variable of a part was found to be, at least and at most."""
        if not len(solved.most):
            return
        members = system.members[part]
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
