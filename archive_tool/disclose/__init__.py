"""Aggregates with disclosure control: what may be said about many without saying it of one.

aggregate     from rows to protected tables: the order, once
releasing     tables on their way out, and into the ledger
defaults      tables of a policy that declares none
levels        words of the tables lose what names somebody
threads       several tables at a time
cells/        rows become cells
protection/   which cells are hidden
noise/        tables with noise
releases/     what was said before
gate/         the attack on everything that is about to be published
"""

from archive_tool.disclose.aggregate import Aggregation, aggregate
from archive_tool.disclose.defaults import DEFAULT, specs_for
from archive_tool.disclose.protection.table import AggregateTable
from archive_tool.disclose.releasing import Releasing

__all__ = ["DEFAULT", "AggregateTable", "Aggregation", "Releasing", "aggregate", "specs_for"]
