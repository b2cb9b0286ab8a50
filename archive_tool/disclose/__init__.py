"""Aggregates with disclosure control: what may be said about many without saying it of one."""

from archive_tool.disclose.aggregate import AggregateTable, aggregate, specs_for
from archive_tool.disclose.tables import DEFAULT, TableSpec

__all__ = ["DEFAULT", "AggregateTable", "TableSpec", "aggregate", "specs_for"]
