"""What two tables are broken down by together: the combinations that occur, and who had them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.cells.finest import occurring
from archive_tool.disclose.cells.lattice import Lattice, coded, lattice
from archive_tool.disclose.cells.people import is_of_person

if TYPE_CHECKING:
    from archive_tool.disclose.cells.lines import Lines
    from archive_tool.disclose.cells.people import People
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
    people: People
    thresholds: Aggregate

    @cached_property
    def combinations(self) -> Combinations:
        """What occurs; a fraction of the work of counting who had it."""
        lines = self.lines.once(self._like())
        rows = coded(lines, self.people)
        levels = occurring(rows.code, rows.names)
        return Combinations(spec=lines.spec, names=rows.names, levels=levels)

    def _like(self) -> np.ndarray:
        """Give by seat the first one of whose person this tells the same."""
        spec = self.lines.spec
        sources = [*(one.source for one in spec.dimensions), *(one.source for one in spec.where)]
        of_person = [
            self.people.of_source(source)
            for source in sources
            if is_of_person(source, spec.data_type)
        ]
        persons, _ = self.people.everyone.by_seat()
        if not of_person:
            return np.zeros(len(persons), np.int64)
        first: dict[tuple[str | None, ...], int] = {}
        return np.array(
            [
                first.setdefault(tuple(levels.get(person) for levels in of_person), seat)
                for seat, person in enumerate(persons.tolist())
            ]
        )

    @cached_property
    def cells(self) -> Lattice:
        """With the people, where something depends on them."""
        return lattice(self.lines, self.people, self.thresholds, ())
