"""Earlier tables that cannot be counted again: the rows no longer have what these were made of.

A table of an earlier release is counted again beside the new ones, so that the audit knows what
everybody can add up. Without its column it cannot be: then its sums must have been published
themselves, or be of no use to the new tables.
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING

from archive_tool.disclose.releases.notes import beyond, name_of
from archive_tool.errors import DisclosureError
from archive_tool.policy.sources import is_gone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.releases.notes import Release, TableNote
    from archive_tool.model.aggregates import TableSpec
    from archive_tool.policy import Decisions


def refuse_unseen(
    releases: Sequence[Release], current: Sequence[TableSpec], decisions: Decisions
) -> None:
    """DisclosureError (18) when sums of an earlier table could solve tables of the same type.

    ``current``: the new tables of one data type.
    """
    types = {spec.data_type for spec in current}
    used = {name_of(dimension) for spec in current for dimension in spec.dimensions}
    for release in releases:
        for table in release.tables:
            if table.spec.data_type in types and not _sums(table, used, decisions) <= _noted(
                releases, table
            ):
                raise DisclosureError(
                    "was broken down by what these rows no longer have, and its sums were not "
                    "published",
                    where=f"table {table.spec.name} of release {release.name}",
                    expected="rows that it can be counted of again",
                    hint="make the summaries from the bundle, or from an archive that keeps it; or "
                    "leave the data type out",
                )


def _sums(table: TableNote, used: set[str], decisions: Decisions) -> set[frozenset[str]]:
    """Names what sums over the columns that are gone are about, as far as new tables are too."""
    spec = table.spec
    left = [d for d in spec.dimensions if not is_gone(spec, d.source, decisions)]
    if len(left) == len(spec.dimensions):
        return set()
    filters = {name for name, _ in table.where}
    names = sorted({name_of(dimension) for dimension in left} & used)
    subsets = chain.from_iterable(combinations(names, n) for n in range(len(names) + 1))
    return {frozenset({*subset, *filters}) for subset in subsets}


def _noted(releases: Sequence[Release], table: TableNote) -> set[frozenset[str]]:
    """Name what cells of earlier tables that counted the same rows are about."""
    return {
        frozenset(name for name, _ in other.full(cell))
        for release in releases
        for other in release.tables
        if beyond(other.spec) == beyond(table.spec)
        for cell in other.cells
        if not cell.follows  # beside it may be totals that do not
    }
