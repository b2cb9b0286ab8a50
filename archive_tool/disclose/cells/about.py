"""What the cells of a table are about: dimensions and filters, whatever they are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.model.aggregates import POSITION, Dimension, Source

if TYPE_CHECKING:
    from archive_tool.model.aggregates import Filter, TableSpec

MET: Final = "(met)"
"""Level of rows that meet a filter."""
UNMET: Final = "(not met)"
RATING: Final = Source(column="value")
"""The number of a rating, however it is scaled."""


@dataclass(frozen=True, kw_only=True)
class Met(Dimension):
    """A filter as a dimension of two levels: the rows that meet it, and the others."""

    condition: Filter

    @classmethod
    def of(cls, condition: Filter) -> Met:
        """Give the dimension of a filter."""
        return cls(name="filter", source=condition.source, condition=condition)


About = tuple[object, ...]
"""What a dimension or a filter divides by."""


def about(dimension: Dimension) -> About:
    """Say what a dimension divides by, whatever it is called."""
    condition = dimension.condition if isinstance(dimension, Met) else None
    return dimension.source, dimension.bin, dimension.edges, condition


def number_of(source: Source) -> Source:
    """Say what number a source is: of a rating, raw or on its scale, one tells the other."""
    rated = source.column == "value" and source.form in ("", POSITION)
    rated = rated or source.column in ("rawValue", "normalizedValue")
    return RATING if rated and not source.leaf else source


def limited_by(spec: TableSpec) -> frozenset[About]:
    """Say what the cells of a table are about: its dimensions and its filters."""
    return filters(spec).union(map(about, spec.dimensions))


def filters(spec: TableSpec) -> frozenset[About]:
    """Say what all rows of a table meet."""
    return frozenset(about(Met.of(one)) for one in spec.where)
