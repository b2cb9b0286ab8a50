"""Dates in summary tables: as coarse as ``aggregate.dates`` says, the same in all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archive_tool.model.aggregates import DATE, PRECISIONS

if TYPE_CHECKING:
    from archive_tool.model.aggregates import Dimension, TableSpec


def is_date(dimension: Dimension) -> bool:
    """Whether the levels of a dimension are dates."""
    return dimension.source.form in (DATE, *PRECISIONS)


def dated(spec: TableSpec) -> bool:
    """Whether any level of a table is a date."""
    return any(is_date(dimension) for dimension in spec.dimensions)


def at_precision(spec: TableSpec, dates: str) -> TableSpec:
    """Say how fine the dates of a table are.

    One precision for all tables: the months of a year in one and the year in another would be
    totals and parts that the audit does not know of.
    """
    return replace(
        spec,
        dimensions=tuple(
            replace(one, source=replace(one.source, form=dates)) if is_date(one) else one
            for one in spec.dimensions
        ),
    )
