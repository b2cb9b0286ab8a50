"""Tables of one data type are protected together: cells of one add up to cells of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.cells.about import about, filters, limited_by, number_of
from archive_tool.disclose.cells.lattice import lattice, wanted
from archive_tool.disclose.protection import rests, ties
from archive_tool.disclose.protection.crossing import Crossing
from archive_tool.disclose.protection.family import Family
from archive_tool.disclose.protection.hiding import refuse
from archive_tool.disclose.protection.hiding.cells import Hiding
from archive_tool.disclose.protection.hiding.secondary import hide_more
from archive_tool.disclose.protection.publish import published
from archive_tool.disclose.protection.rests import Rests
from archive_tool.disclose.protection.rules import Rule, counts_unsafe, measure_unsafe
from archive_tool.disclose.protection.sheet import ABSENT, OPEN, PRIMARY, Sheet
from archive_tool.disclose.protection.table import AggregateTable
from archive_tool.disclose.protection.ties import is_tie
from archive_tool.disclose.threads import each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.cells.lattice import Kept, Lattice
    from archive_tool.disclose.cells.lines import Lines
    from archive_tool.disclose.cells.people import People
    from archive_tool.disclose.releases.past import Past
    from archive_tool.model.aggregates import Aggregate, Source, TableSpec


def protect(
    tables: Sequence[Lines],
    people: People,
    thresholds: Aggregate,
    past: Past,
    *,
    earlier: Sequence[Lines],
    crossings: Sequence[Lines],
) -> list[AggregateTable]:
    """Protect the tables of a data type together, beside those that were published before.

    ``earlier``: tables of earlier releases, counted again; ``crossings``: what two of all these are
    broken down by together. Raises DisclosureError (18) for a table that cannot be made safe.
    """
    together = [*tables, *earlier]

    def counted(number: int) -> Lattice:
        """Count the cells of one table."""
        grid = lattice(together[number], people, thresholds, _groups(together, number))
        if number < len(tables):
            refuse.unfit(grid)
        return grid

    lattices = each(counted, range(len(together)))
    crossed = {
        limited_by(one.spec): Crossing(lines=one, people=people, thresholds=thresholds)
        for one in crossings
    }
    lattices = rests.tied(lattices, crossed, thresholds.people)

    def marked(number: int) -> Sheet:
        grid = lattices[number]
        own = wanted(grid.spec) if number < len(tables) else ()
        return _unsafe_counts(grid, frozenset(own), thresholds)

    sheets = each(marked, range(len(lattices)))
    for sheet in sheets:
        past.remember(sheet, thresholds)
    counts = Hiding(family=Family.of(sheets), thresholds=thresholds)
    hide_more(counts)
    past.look_at(counts.family, thresholds)
    measured = _measured(counts, past)

    return each(
        lambda number: _finished(sheets[number], measured[number], thresholds), range(len(tables))
    )


def _finished(sheet: Sheet, measures: Sheet | None, thresholds: Aggregate) -> AggregateTable:
    """Write one protected table down."""
    spec = sheet.lattice.spec
    refuse.nothing_left(sheet, thresholds)
    table = published(sheet, measures, thresholds)
    return AggregateTable(
        name=spec.name,
        data_type=spec.data_type,
        table=table,
        hidden=table["status"].to_pylist().count("suppressed"),
        spec=spec,
        sheet=sheet,
        measures=measures,
    )


def _groups(tables: Sequence[Lines], number: int) -> list[Kept]:
    """Totals that a table needs: its own, and those that it has in common with others."""
    mine = tables[number].spec
    groups = set(wanted(mine))
    for other in tables:
        if other.spec is not mine:
            groups |= _in_common(mine, other.spec)
    for pair in ties.pairs([lines.spec for lines in tables]):
        groups |= {pair.left_kept} if pair.left == number else set()
        groups |= {pair.right_kept} if pair.right == number else set()
    return sorted(groups, key=lambda kept: (-len(kept), kept))


def _in_common(mine: TableSpec, other: TableSpec) -> set[Kept]:
    """Totals of ``mine`` that ``other`` has too: all that both are about, and what it publishes."""
    names = [about(dimension) for dimension in mine.dimensions]
    beside = [about(dimension) for dimension in other.dimensions]
    published = (filters(other).union(beside[place] for place in kept) for kept in wanted(other))
    return {
        tuple(place for place, name in enumerate(names) if name in limits)
        for limits in (limited_by(mine) & limited_by(other), *published)
        if filters(mine) | filters(other) <= limits <= limited_by(mine)
    }


def _unsafe_counts(grid: Lattice, published: frozenset[Kept], thresholds: Aggregate) -> Sheet:
    """Mark the cells of one table that are unsafe by themselves."""
    status: dict[Kept, np.ndarray] = {}
    broken: dict[Kept, dict[Rule, np.ndarray]] = {}
    for kept, cells in grid.groups.items():
        if is_tie(kept):
            broken[kept], status[kept] = {}, np.full(len(cells), ABSENT, np.int8)
            continue
        broken[kept] = counts_unsafe(grid.spec, cells, thresholds)
        if isinstance(grid.spec, Rests):
            broken[kept] = {Rule.THRESHOLD: broken[kept][Rule.THRESHOLD]}
        unsafe = np.logical_or.reduce(list(broken[kept].values()))
        otherwise = OPEN if kept in published else ABSENT
        status[kept] = np.where(unsafe, PRIMARY, otherwise).astype(np.int8)
    return Sheet(lattice=grid, status=status, published=published, broken=broken)


def _measured(counts: Hiding, past: Past) -> list[Sheet | None]:
    """Protect the measures: tables that average the same number do so together."""
    thresholds = counts.thresholds
    out = each(lambda number: _unsafe_measure(counts, number), range(len(counts.sheets)))
    together: dict[Source, list[Sheet]] = {}
    for one in out:
        if one is not None and one.lattice.spec.measure is not None:
            past.remember(one, thresholds, measure=True)
            together.setdefault(number_of(one.lattice.spec.measure), []).append(one)
    for sheets in together.values():
        hide_more(Hiding(family=Family.of(sheets), thresholds=thresholds, measure=True))
    return out


def _unsafe_measure(counts: Hiding, number: int) -> Sheet | None:
    """Mark the cells of one table whose measure is unsafe by itself; None without a measure."""
    sheet = counts.sheets[number]
    spec = sheet.lattice.spec
    if spec.measure is None:
        return None
    status: dict[Kept, np.ndarray] = {}
    broken: dict[Kept, dict[Rule, np.ndarray]] = {}
    for kept, cells in sheet.lattice.groups.items():
        if is_tie(kept):
            broken[kept], status[kept] = {}, sheet.status[kept]
            continue
        broken[kept] = measure_unsafe(spec, cells, counts.thresholds, counts.told(number, kept))
        unsafe = np.logical_or.reduce(list(broken[kept].values()))
        words = np.where(unsafe, PRIMARY, sheet.status[kept])
        some = np.bincount(cells.owners, cells.sums.n, len(cells)) > 0
        status[kept] = np.where(some, words, OPEN).astype(np.int8)
    return Sheet(
        lattice=sheet.lattice,
        status=status,
        published=sheet.published,
        broken=broken,
        blurred={kept: counts.without_quantiles(number, kept) for kept in sheet.published},
    )
