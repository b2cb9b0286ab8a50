"""Tables that are protected together, and what of their cells is hidden so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.cells.about import about, filters
from archive_tool.disclose.protection.rules import Rule
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.disclose.cells.lattice import Kept, Lattice

OPEN: Final = 0
PRIMARY: Final = 1
"""Unsafe by itself."""
SECONDARY: Final = 2
"""Hidden so that another cell cannot be worked out."""
ABSENT: Final = 3
"""No table publishes it; it counts as known where it can be worked out."""

TOTAL_COST: Final = {"cells": 0.5, "totals": 1000.0}
"""What a total is worth against a cell of as many rows, by what the table prefers."""


class Spot(NamedTuple):
    """One cell of one sheet."""

    sheet: int
    kept: Kept
    cell: int


class Step(NamedTuple):
    """Totals and the cells that make them up."""

    parent: Kept
    child: Kept
    parent_of: np.ndarray
    """Total of each of the finer cells."""


@dataclass(kw_only=True)
class Sheet:
    """One table on its way to publication."""

    lattice: Lattice
    status: dict[Kept, np.ndarray]
    """By group of cells: one of the words above, per cell."""
    published: frozenset[Kept]
    """Groups that this table itself publishes."""
    broken: dict[Kept, dict[Rule, np.ndarray]]
    """By group and rule: which cells break it."""
    fixed: dict[Kept, np.ndarray] = field(default_factory=dict)
    """Cells that an earlier release has published: they are known, whatever is hidden here."""
    hidden_before: dict[Kept, np.ndarray] = field(default_factory=dict)
    """Cells that earlier releases hid, of the same people: they stay hidden."""
    blurred: dict[Kept, np.ndarray] = field(default_factory=dict)
    """Of measures: cells without median and quartiles, which would tell of hidden answers."""

    @cached_property
    def steps(self) -> list[Step]:
        """Every group of totals with the groups directly below it."""
        groups, base = self.lattice.groups, self.lattice.base
        kepts = [kept for kept in groups if not is_tie(kept)]
        found = [Step(k, base.kept, groups[k].of_base) for k in groups if is_tie(k)]
        for parent in kepts:
            below = [kept for kept in kepts if set(parent) < set(kept)]
            for child in below:
                if any(set(between) < set(child) for between in below):
                    continue
                parent_of = np.zeros(len(groups[child]), np.int64)
                parent_of[groups[child].of_base] = groups[parent].of_base
                found.append(Step(parent, child, parent_of))
        return found

    def fix(self, kept: Kept, cell: int) -> None:
        """Note that an earlier release has published a cell."""
        self.fixed.setdefault(kept, np.zeros(len(self.status[kept]), bool))[cell] = True

    def keep_hidden(self, kept: Kept, cell: int) -> None:
        """Hide a cell that earlier releases hid."""
        nowhere = np.zeros(len(self.status[kept]), bool)
        self.hidden_before.setdefault(kept, nowhere)[cell] = True
        if self.status[kept][cell] == OPEN:
            self.status[kept][cell] = SECONDARY

    def known(self, kept: Kept) -> np.ndarray:
        """Say which cells of a group are published, here or in an earlier release."""
        shown = np.asarray(self.status[kept] == OPEN)
        return shown | self.fixed[kept] if kept in self.fixed else shown

    def tells_of_few(self, kept: Kept) -> np.ndarray:
        """Say which unsafe cells are so for more than that nobody, or everybody, answered so.

        Only these are protected from ties: what a component has no answers for is design.
        """
        few = [w for r, w in self.broken[kept].items() if r not in (Rule.ZEROS, Rule.FULL)]
        nothing = np.zeros(len(self.status[kept]), bool)
        return np.asarray((self.status[kept] == PRIMARY) & np.logical_or.reduce([nothing, *few]))

    def cost(self, kept: Kept, cell: int) -> float:
        """Say what hiding a cell loses: by its rows, and by what the table values."""
        if kept in self.fixed and self.fixed[kept][cell]:
            return float("inf")
        cells = self.lattice.groups[kept]
        start, end = cells.starts[cell], cells.starts[cell + 1]
        worth = 1.0 + float(np.log1p(cells.sums.rows[start:end].sum()))
        if len(kept) < len(self.lattice.names):
            worth *= TOTAL_COST[self.lattice.spec.prefer]
        return worth


class Share(NamedTuple):
    """Cells that two sheets have in common, place by place."""

    left: int
    left_kept: Kept
    left_cells: np.ndarray
    right: int
    right_kept: Kept
    right_cells: np.ndarray


def shares(sheets: Sequence[Sheet]) -> list[Share]:
    """Find what the sheets of a family have in common: the same dimensions and levels, or a tie."""
    return [
        _share(sheets, left, kept, right, other_kept)
        for right, other in enumerate(sheets)
        for left, sheet in enumerate(sheets[:right])
        for kept, other_kept in _in_common(sheet.lattice, other.lattice)
    ]


def _in_common(one: Lattice, two: Lattice) -> Iterator[tuple[Kept, Kept]]:
    """Groups of two tables that are about the same."""
    for kept in one.groups:
        mine = _about(one, kept).keys()
        yield from ((kept, other) for other in two.groups if _about(two, other).keys() == mine)


def sync(sheets: Sequence[Sheet], shared: Sequence[Share]) -> None:
    """Hide in every sheet what is hidden in another."""
    for share in shared:
        _fix_both(sheets, share)
        one = sheets[share.left].status[share.left_kept]
        two = sheets[share.right].status[share.right_kept]
        left, right = one[share.left_cells], two[share.right_cells]
        # unsafe beats hidden beats absent; a cell is absent only where no sheet publishes it
        hidden = np.where(
            (left == PRIMARY) | (right == PRIMARY),
            PRIMARY,
            np.maximum(
                np.where(left == ABSENT, OPEN, left), np.where(right == ABSENT, OPEN, right)
            ),
        )
        both = (left == ABSENT) & (right == ABSENT)
        hidden = np.where(both, ABSENT, hidden)
        one[share.left_cells], two[share.right_cells] = hidden, hidden


def _fix_both(sheets: Sequence[Sheet], share: Share) -> None:
    left = sheets[share.left].fixed.get(share.left_kept)
    right = sheets[share.right].fixed.get(share.right_kept)
    for here, there in zip(share.left_cells.tolist(), share.right_cells.tolist(), strict=True):
        if left is not None and left[here]:
            sheets[share.right].fix(share.right_kept, there)
        if right is not None and right[there]:
            sheets[share.left].fix(share.left_kept, here)


def _about(lattice: Lattice, kept: Kept) -> dict[object, int | None]:
    """Say what the cells of a group are about: dimensions and their places, filters without one."""
    if is_tie(kept):
        return {kept: None}
    found: dict[object, int | None] = dict.fromkeys(filters(lattice.spec))
    return found | {about(lattice.spec.dimensions[place]): place for place in kept}


def _share(
    sheets: Sequence[Sheet], left: int, left_kept: Kept, right: int, right_kept: Kept
) -> Share:
    one, two = sheets[left].lattice, sheets[right].lattice
    if is_tie(left_kept):  # the last cell is what is in none
        same = np.arange(len(one.groups[left_kept]) - 1)
        return Share(left, left_kept, same, right, right_kept, same)
    order = list(_about(one, left_kept))
    where = {key: cell for cell, key in enumerate(_keys(two, right_kept, order))}
    keys = enumerate(_keys(one, left_kept, order))
    pairs = [(cell, where[key]) for cell, key in keys if key in where]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return Share(left, left_kept, both[:, 0], right, right_kept, both[:, 1])


def _keys(lattice: Lattice, kept: Kept, order: Sequence[object]) -> list[tuple[str, ...]]:
    """Levels of the cells of a group, one for each dimension in this order."""
    given = _about(lattice, kept)
    places = [place for one in order if (place := given[one]) is not None]
    return [
        tuple(lattice.names[place][levels[place]] for place in places)
        for levels in lattice.groups[kept].levels.tolist()
    ]
