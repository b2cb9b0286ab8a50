"""The first step: a published total less its published parts must itself be fit for publication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.protection.rules import union_is_safe
from archive_tool.disclose.protection.sheet import OPEN, PRIMARY, Sheet, Spot, Step
from archive_tool.disclose.protection.solving.known import known, source_of
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.hiding.cells import Hiding


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Hides beside unsafe cells until no total gives them away."""

    hiding: Hiding

    def hide(self) -> bool:
        """One round; whether anything was hidden."""
        seen, because = known(self.hiding.family)
        if self._lone(because) or self._told(seen, because):
            return True
        changed = False
        for number, sheet in enumerate(self.hiding.sheets):
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
            sheet, total = self.hiding.sheets[spot.sheet], sources[0]
            if spot.kept != sheet.lattice.base.kept:
                continue  # a total that the tie is
            unsafe = sheet.tells_of_few(spot.kept) & ~sheet.known(spot.kept)
            if unsafe[spot.cell]:
                parts = np.flatnonzero(sheet.lattice.groups[total.kept].of_base == total.cell)
                self._widen(sheet, total, spot.kept, parts, np.array([spot.cell]), because)
                return True
        return False

    def _told(
        self, seen: Sequence[dict[Kept, np.ndarray]], because: dict[Spot, list[Spot]]
    ) -> bool:
        """Hide what gives away a cell that an earlier release hid: that one protects another there."""
        for number, secrets in enumerate(self.hiding.secrets):
            for kept, cells in secrets.items():
                for cell in np.flatnonzero(cells & seen[number][kept])[:1].tolist():
                    spot = Spot(number, kept, cell)
                    is_open = self.hiding.sheets[number].status[kept][cell] == OPEN
                    source = source_of(spot, self.hiding.sheets, because, self.hiding.prices.of)
                    self.hiding.hide([spot] if is_open else source, spot)
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
        lattice, thresholds = sheet.lattice, self.hiding.thresholds
        cells = lattice.groups[kept]
        return union_is_safe(lattice.spec, cells, hidden, thresholds, measure=self.hiding.measure)

    def _widen(
        self, sheet: Sheet, spot: Spot, kept: Kept, parts: np.ndarray, hidden: np.ndarray,
        because: dict[Spot, list[Spot]],
    ) -> None:  # fmt: skip
        """Hide further parts until their sum is safe, or the total, whichever costs less."""
        status = sheet.status[kept]
        free = [int(part) for part in parts if status[part] == OPEN]
        free.sort(key=lambda part: (self.hiding.prices.of(Spot(spot.sheet, kept, part)), part))
        chosen: list[int] = []
        price, safe = 0.0, False
        for part in free:
            chosen.append(part)
            price += self.hiding.prices.of(Spot(spot.sheet, kept, part))
            safe = self._union(sheet, kept, np.array([*hidden, *chosen]))
            if safe:
                break
        given_up = [Spot(spot.sheet, kept, part) for part in chosen]
        total = [spot] if sheet.status[spot.kept][spot.cell] == OPEN else []
        if not total and not safe:
            total = source_of(spot, self.hiding.sheets, because, self.hiding.prices.of)
        total_price = sum(self.hiding.prices.of(s) for s in total)
        by_parts = safe and (not total or price <= total_price)
        self.hiding.hide(given_up if by_parts else total, spot)
