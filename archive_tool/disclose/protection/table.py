"""One protected table, on its way out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from archive_tool.disclose.protection.sheet import Sheet
    from archive_tool.model.aggregates import TableSpec


@dataclass(frozen=True, kw_only=True)
class AggregateTable:
    """Ready to be written."""

    name: str
    data_type: str
    table: pa.Table
    """Dimensions, ``rows``, ``people``, ``rooms``, then ``mean``, ``sd``, ``median``, ``q1``,
    ``q3`` where there is a measure, ``share`` where there is an outcome, then ``status``."""
    hidden: int
    """Rows that are hidden, totals included."""
    spec: TableSpec = field(repr=False)
    sheet: Sheet = field(repr=False, compare=False)
    """Its cells before publication: personal, for the ledger only."""
    measures: Sheet | None = field(repr=False, compare=False, default=None)
