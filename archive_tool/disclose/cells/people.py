"""People as the tables of a study know them: their seats, and the role and condition of each.

``role`` and ``condition`` lie in the rows of one data type and belong to the person in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.cells.about import MET, UNMET, Met
from archive_tool.disclose.cells.columns import MISSING, SEVERAL
from archive_tool.model.aggregates import PERSON_COLUMNS
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archive_tool.disclose.cells.seats import Everyone
    from archive_tool.model.aggregates import Dimension, Filter, Source, TableSpec


@dataclass(frozen=True, kw_only=True)
class People:
    """Everybody who counts."""

    everyone: Everyone
    levels: Mapping[str, Mapping[int, str]]
    """``role`` or ``condition`` -> number of a person -> level; none where nothing is known."""

    def of_source(self, source: Source) -> Mapping[int, str]:
        """Give the level of every person in a source of theirs."""
        return self.levels.get(source.column, {})

    def coded(self, dimension: Dimension, person: np.ndarray) -> tuple[list[str], np.ndarray]:
        """Give the levels of a dimension of theirs, and the code of each of these persons."""
        known = self.of_source(dimension.source)
        given = [
            _level(dimension, known.get(one, MISSING))
            for one in range(int(person.max(initial=-1)) + 1)
        ]
        levels = sorted({*given, _level(dimension, MISSING)})
        code = {level: number for number, level in enumerate(levels)}
        return levels, np.array([code[level] for level in given], np.int64)[person]

    def meet(self, spec: TableSpec, person: np.ndarray) -> np.ndarray:
        """Say which of these persons meet those filters of a table that are about people."""
        met = np.ones(len(person), bool)
        for condition in spec.where:
            if is_of_person(condition.source, spec.data_type):
                known = self.of_source(condition.source)
                fitting = [_fits(known.get(one, MISSING), condition) for one in person.tolist()]
                met &= np.array(fitting, bool)
        return met


def one_level_each(pairs: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Give every person one level: several make ``(several)``."""
    found: dict[int, str] = {}
    for person, level in pairs:
        if level != MISSING:
            found[person] = level if found.get(person, level) == level else SEVERAL
    return found


def is_of_person(source: Source, data_type: str) -> bool:
    """Whether a source is not in the rows but known of the person."""
    return source.column in PERSON_COLUMNS and all(
        field.name != source.column for field in FIELDS[data_type]
    )


def _level(dimension: Dimension, level: str) -> str:
    """Give a person's level; of a filter whether the person meets it."""
    if isinstance(dimension, Met):
        return MET if _fits(level, dimension.condition) else UNMET
    return level


def _fits(level: str, condition: Filter) -> bool:
    return level != MISSING if condition.present else level in condition.words
