"""What two tables are broken down by together: the combinations that occur, and who had them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from archive_tool.disclose.cells.finest import occurring
from archive_tool.disclose.cells.lattice import Lattice, coded, lattice

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from archive_tool.disclose.cells.lines import Lines
    from archive_tool.disclose.cells.seats import Everyone
    from archive_tool.model.aggregates import Aggregate, TableSpec


@dataclass(frozen=True, kw_only=True)
class Combinations:
    """Levels that occur together."""

    spec: TableSpec
    names: list[list[str]]
    """Levels of every dimension."""
    levels: np.ndarray
    """A row per combination, a column per dimension."""

    @classmethod
    def of(cls, cells: Lattice) -> Combinations:
        """Give those of the finest cells of a table, in their order."""
        return cls(spec=cells.spec, names=cells.names, levels=cells.base.levels)


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """A table that is counted and published nowhere."""

    lines: Lines
    everyone: Everyone
    thresholds: Aggregate
    persons: Mapping[str, Mapping[int, str]]

    @cached_property
    def combinations(self) -> Combinations:
        """What occurs; a fraction of the work of counting who had it."""
        rows = coded(self.lines, self.everyone, self.persons)
        levels = occurring(rows.code, rows.names)
        return Combinations(spec=self.lines.spec, names=rows.names, levels=levels)

    @cached_property
    def cells(self) -> Lattice:
        """With the people, where something depends on them."""
        return lattice(self.lines, self.everyone, self.thresholds, (), self.persons)
