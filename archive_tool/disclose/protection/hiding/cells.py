"""Cells of a family of tables are hidden one after the other: what the three steps work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.protection.hiding.prices import Prices
from archive_tool.disclose.protection.means import Means, means_of
from archive_tool.disclose.protection.sheet import SECONDARY, Sheet, Spot
from archive_tool.disclose.protection.solving.known import known_before
from archive_tool.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.family import Family
    from archive_tool.model.aggregates import Aggregate


@dataclass(kw_only=True)
class Hiding:
    """The counts of a family of tables, or their measures."""

    family: Family
    thresholds: Aggregate
    measure: bool = False
    closed: set[Spot] = field(default_factory=set)
    """Cells whose mean would tell of hidden ones: their measure is not published."""
    blurred: dict[tuple[int, Kept], np.ndarray] = field(default_factory=dict)
    """By sheet and group: whether median and quartiles of a cell would tell of hidden ones, 1 or 0;
    -1 where no histogram has the same numbers."""

    @property
    def sheets(self) -> Sequence[Sheet]:
        """The tables."""
        return self.family.sheets

    @cached_property
    def prices(self) -> Prices:
        """What hiding a cell loses."""
        return Prices.of_all(self.family)

    @cached_property
    def means(self) -> list[Means]:
        """What is averaged here and is levels there."""
        return means_of(self.family)

    def told(self, sheet: int, kept: Kept) -> np.ndarray:
        """Say which cells of a group are closed, and which finest cells lie in closed ones."""
        lattice = self.sheets[sheet].lattice
        found = np.zeros(len(lattice.groups[kept]), bool)
        for one in self.closed:
            if one.sheet == sheet and kept == lattice.base.kept:
                found |= lattice.groups[one.kept].of_base == one.cell
            elif one.sheet == sheet and kept == one.kept:
                found[one.cell] = True
        return found

    def without_quantiles(self, sheet: int, kept: Kept) -> np.ndarray:
        """Say which cells of a group are blurred, or part of one that is: its parts tell as much.

        Of cells within each other the smallest with a histogram decides.
        """
        groups, base = self.sheets[sheet].lattice.groups, self.sheets[sheet].lattice.base
        told = np.zeros(len(base), bool)
        mine = [(group, cells) for (place, group), cells in self.blurred.items() if place == sheet]
        for group, cells in sorted(mine, key=lambda one: len(one[1])):
            of_base = cells[groups[group].of_base]
            told = np.where(of_base < 0, told, of_base > 0)
        itself = self.blurred.get((sheet, kept), np.zeros(len(groups[kept]))) > 0
        parts = np.bincount(groups[kept].of_base, ~told, len(groups[kept])) == 0
        return np.asarray(itself | parts)

    @cached_property
    def secrets(self) -> list[dict[Kept, np.ndarray]]:
        """Cells that earlier releases hid, and that do not follow from what these published."""
        if not any(sheet.hidden_before for sheet in self.sheets):
            return [{} for _ in self.sheets]
        told = known_before(self.family)
        return [
            {kept: cells & ~before[kept] for kept, cells in sheet.hidden_before.items()}
            for sheet, before in zip(self.sheets, told, strict=True)
        ]

    def hide(self, given_up: Sequence[Spot], spot: Spot) -> None:
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
