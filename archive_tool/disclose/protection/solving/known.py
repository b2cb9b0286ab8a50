"""What everybody can work out by adding up and taking away, and from what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.protection.sheet import ABSENT, OPEN, Sheet, Spot, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.family import Family


def known(family: Family) -> tuple[list[dict[Kept, np.ndarray]], dict[Spot, list[Spot]]]:
    """Say which cells are published or can be worked out by adding up and taking away.

    By sheet and group of cells, bool per cell; and of every cell that was worked out, from which.
    """
    seen = [{kept: sheet.known(kept) for kept in sheet.status} for sheet in family.sheets]
    because: dict[Spot, list[Spot]] = {}
    changed = True
    while changed:
        changed = False
        for number, sheet in enumerate(family.sheets):
            for step in sheet.steps:
                changed |= _worked_out(number, step, seen[number], because)
            for twins in sheet.twins:
                left, right = (number, twins.tie), (number, twins.total)
                changed |= _equal(left, twins.of_tie, right, twins.of_total, seen, because)
        for one in family.shared:
            left, right = (one.left, one.left_kept), (one.right, one.right_kept)
            changed |= _equal(left, one.left_cells, right, one.right_cells, seen, because)
    return seen, because


def known_before(family: Family) -> list[dict[Kept, np.ndarray]]:
    """Say which cells are known by earlier releases alone."""
    nothing = [
        replace(sheet, status={kept: np.full_like(s, ABSENT) for kept, s in sheet.status.items()})
        for sheet in family.sheets
    ]
    return known(replace(family, sheets=nothing))[0]


def _equal(
    left: tuple[int, Kept], left_cells: np.ndarray, right: tuple[int, Kept],
    right_cells: np.ndarray, seen: list[dict[Kept, np.ndarray]], because: dict[Spot, list[Spot]],
) -> bool:  # fmt: skip
    """Note cells of one group that are known because the same ones of another are."""
    mine, theirs = seen[left[0]][left[1]], seen[right[0]][right[1]]
    one, two = mine[left_cells], theirs[right_cells]
    changed = np.flatnonzero(one != two)
    for place in changed.tolist():
        here, there = Spot(*left, int(left_cells[place])), Spot(*right, int(right_cells[place]))
        new, old = (there, here) if one[place] else (here, there)
        because.setdefault(new, [old])
    mine[left_cells], theirs[right_cells] = one | two, one | two
    return bool(len(changed))


def _worked_out(
    number: int, step: Step, seen: dict[Kept, np.ndarray], because: dict[Spot, list[Spot]]
) -> bool:
    """Note totals of which all parts are known, and the one part that a known total leaves."""
    parent, child, parent_of = step
    above, below = seen[parent], seen[child]
    missing = np.bincount(parent_of[~below], minlength=len(above))
    new_totals = np.flatnonzero(~above & (missing == 0))
    lone = (missing == 1) & above
    new_parts = np.flatnonzero(~below & lone[parent_of])
    for total in new_totals.tolist():
        because[Spot(number, parent, total)] = [
            Spot(number, child, int(part)) for part in np.flatnonzero(parent_of == total)
        ]
    for part in new_parts.tolist():
        total = int(parent_of[part])
        because[Spot(number, child, part)] = [
            Spot(number, parent, total),
            *(Spot(number, child, int(other)) for other in np.flatnonzero(parent_of == total)
              if other != part),
        ]  # fmt: skip
    above[new_totals] = True
    below[new_parts] = True
    return bool(len(new_totals) or len(new_parts))


def source_of(
    spot: Spot,
    sheets: Sequence[Sheet],
    because: dict[Spot, list[Spot]],
    cost: Callable[[Spot], float],
) -> list[Spot]:
    """Find the cheapest published cell without which a total could not be worked out."""
    waiting, seen, found = [spot], {spot}, []
    while waiting:
        for source in because.get(waiting.pop(), []):
            if source in seen:
                continue
            seen.add(source)
            if sheets[source.sheet].status[source.kept][source.cell] == OPEN:
                found.append(source)
            else:
                waiting.append(source)
    return sorted(found, key=lambda s: (cost(s), s))[:1]
