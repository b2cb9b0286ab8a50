"""Also the first step: a total less cells further below it, past totals that nobody knows.

A table by three things: the total of a state is published, and of what lies in it one cell alone.
What is left of the state is a sum of hidden cells like any other, although no total between the two
is known. So along every way from a total down to the finest cells, what the known cells on that way
do not cover must be fit for publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive_tool.disclose.protection.rules import union_is_safe
from archive_tool.disclose.protection.sheet import OPEN, PRIMARY, Sheet, Spot
from archive_tool.disclose.protection.solving.known import known, source_of
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.hiding.cells import Hiding


class Remainder(NamedTuple):
    """What is left of a known total."""

    total: Spot
    way: Sequence[Kept]
    """Groups below it, the finest first, each within the next."""


@dataclass(frozen=True, kw_only=True)
class Remainders:
    """Hides until no total leaves few people beyond cells further below it."""

    hiding: Hiding

    def hide(self) -> bool:
        """One round; whether anything was hidden."""
        seen, because = known(self.hiding.family)
        for number, sheet in enumerate(self.hiding.sheets):
            for one in _remainders(number, sheet, seen[number]):
                given_up = self._given_up(one, sheet, seen[number], because)
                if given_up:
                    self.hiding.hide(given_up, one.total)
                    return True
        return False

    def _given_up(
        self, one: Remainder, sheet: Sheet, seen: dict[Kept, np.ndarray],
        because: dict[Spot, list[Spot]],
    ) -> list[Spot]:  # fmt: skip
        """Choose the total, or cells below it, whichever costs less; none where it is safe.

        None either where earlier releases have published all of it: hiding would protect nothing.
        """
        left = _left(one, sheet, seen)
        unsafe = sheet.status[sheet.lattice.base.kept] == PRIMARY
        if not unsafe[left].any() or self._safe(sheet, left):
            return []
        price = self.hiding.prices.of
        if sheet.status[one.total.kept][one.total.cell] == OPEN:
            total = [one.total]
        else:
            total = source_of(one.total, self.hiding.sheets, because, price)
        free = sorted(_covering(one, sheet), key=lambda spot: (price(spot), spot))
        chosen: list[Spot] = []
        for spot in free:
            chosen.append(spot)
            if self._safe(sheet, _left(one, sheet, seen, without=chosen)):
                break
        else:
            chosen = []
        options = [spots for spots in (chosen, total) if spots]
        costs = [sum(map(price, spots)) for spots in options]
        cheapest = min(costs, default=float("inf"))
        return [] if cheapest == float("inf") else options[costs.index(cheapest)]

    def _safe(self, sheet: Sheet, cells: np.ndarray) -> bool:
        lattice, measure = sheet.lattice, self.hiding.measure
        return union_is_safe(
            lattice.spec, lattice.base, cells, self.hiding.thresholds, measure=measure
        )


def _remainders(number: int, sheet: Sheet, seen: dict[Kept, np.ndarray]) -> Iterator[Remainder]:
    """Give known totals with known cells further below, where not all between them is known."""
    groups = sheet.lattice.groups
    for way in _ways(sheet):
        covered = seen[way[0]]
        for place, kept in enumerate(way[1:], 1):
            child = way[place - 1]
            beside = covered & ~seen[child][groups[child].of_base]  # seen, but no part of a part
            of_base, size = groups[kept].of_base, len(groups[kept])
            some = np.bincount(of_base, beside, size) > 0
            open_ends = np.bincount(of_base, ~covered, size) > 0
            for total in np.flatnonzero(seen[kept] & some & open_ends).tolist():
                yield Remainder(Spot(number, kept, total), way[:place])
            covered = covered | seen[kept][of_base]


def _ways(sheet: Sheet) -> list[tuple[Kept, ...]]:
    """Give every way from the finest cells up through the totals, one group within the next."""
    groups = [kept for kept in sheet.lattice.groups if not is_tie(kept)]
    found: list[tuple[Kept, ...]] = []
    waiting: list[tuple[Kept, ...]] = [(sheet.lattice.base.kept,)]
    while waiting:
        way = waiting.pop()
        above = [kept for kept in groups if set(kept) < set(way[-1])]
        nearest = [k for k in above if not any(set(k) < set(other) for other in above)]
        waiting += [(*way, kept) for kept in nearest]
        if not nearest and len(way) > 2:  # of two groups the totals themselves are looked at
            found.append(way)
    return found


def _left(
    one: Remainder, sheet: Sheet, seen: dict[Kept, np.ndarray], *, without: Sequence[Spot] = ()
) -> np.ndarray:
    """Finest cells of a total that no known cell on the way down covers."""
    groups = sheet.lattice.groups
    left = groups[one.total.kept].of_base == one.total.cell
    for kept in one.way:
        told = seen[kept].copy()
        told[[spot.cell for spot in without if spot.kept == kept]] = False
        left &= ~told[groups[kept].of_base]
    return np.flatnonzero(left)


def _covering(one: Remainder, sheet: Sheet) -> Iterator[Spot]:
    """Published cells on the way down from a total."""
    groups = sheet.lattice.groups
    inside = groups[one.total.kept].of_base == one.total.cell
    for kept in one.way:
        shown = (sheet.status[kept] == OPEN) & (np.bincount(groups[kept].of_base, inside) > 0)
        yield from (Spot(one.total.sheet, kept, cell) for cell in np.flatnonzero(shown).tolist())
