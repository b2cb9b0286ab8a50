"""Aggregates with disclosure control: what may be said about many without saying it of one."""

from archive_tool.disclose.aggregate import AggregateTable, Aggregation, aggregate
from archive_tool.disclose.defaults import DEFAULT, specs_for
from archive_tool.disclose.releasing import Releasing

__all__ = ["DEFAULT", "AggregateTable", "Aggregation", "Releasing", "aggregate", "specs_for"]
