"""One table on its way to publication: its cells, and what of them is hidden so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.protection.rules import Rule
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
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


class Twins(NamedTuple):
    """Cells of two groups that are the same, place by place."""

    tie: Kept
    total: Kept
    of_tie: np.ndarray
    of_total: np.ndarray


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

    @cached_property
    def twins(self) -> list[Twins]:
        """Ties and totals that are made of the same finest cells: one is known where the other is."""
        groups, base = self.lattice.groups, self.lattice.base
        marks = np.random.default_rng(0).random(len(base))  # what they add up to tells sets apart
        sums = {
            kept: np.bincount(cells.of_base, marks, len(cells)) for kept, cells in groups.items()
        }
        return [
            Twins(tie, total, *np.intersect1d(sums[tie][:-1], sums[total], return_indices=True)[1:])
            for tie in groups
            if is_tie(tie)
            for total in groups
            if not is_tie(total) and total != base.kept
        ]

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
