"""Tables that count the same rows are protected together: their totals are the same numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive_tool.disclose.threads import each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from archive_tool.disclose.cells import Kept, Lattice
    from archive_tool.disclose.lines import Lines
    from archive_tool.disclose.past import Past
    from archive_tool.disclose.seats import Everyone
    from archive_tool.disclose.sheet import Sheet
    from archive_tool.model.aggregates import Aggregate, Source, TableSpec


@dataclass(frozen=True, kw_only=True)
class AggregateTable:
    """One protected table, ready to be written."""

    name: str
    data_type: str
    table: pa.Table
    """Dimensions, ``rows``, ``people``, ``rooms``, then ``mean``, ``sd``, ``median``, ``q1``,
    ``q3`` where there is a measure, ``share`` where there is an outcome, then ``status``."""
    hidden: int
    """Cells hidden, totals included."""
    spec: TableSpec = field(repr=False)
    sheet: Sheet = field(repr=False, compare=False)
    """Its cells before publication: personal, for the ledger only."""
    measures: Sheet | None = field(repr=False, compare=False, default=None)


def families(filled: Sequence[Lines]) -> list[list[Lines]]:
    """Put tables together that count the same rows: their totals are the same numbers."""
    found: dict[object, list[Lines]] = {}
    for lines in filled:
        spec = lines.spec
        found.setdefault((spec.where, spec.cap), []).append(lines)
    return list(found.values())


def counts_like(left: Lines, right: Lines) -> bool:
    """Whether two tables count the same rows in the same way."""
    return (left.spec.where, left.spec.cap) == (right.spec.where, right.spec.cap)


def protect(
    family: Sequence[Lines],
    everyone: Everyone,
    thresholds: Aggregate,
    persons: Mapping[str, Mapping[int, str]],
    past: Past,
    earlier: Sequence[Lines] = (),
) -> list[AggregateTable]:
    """Protect the tables of a family together, beside those that were published before."""
    from archive_tool.disclose import cells, refuse
    from archive_tool.disclose.protect import Protection
    from archive_tool.disclose.publish import published
    from archive_tool.disclose.sheet import shares

    together = [*family, *(lines for lines in earlier if counts_like(lines, family[0]))]

    def counted(number: int) -> Sheet:
        """Count the cells of one table and mark those that are unsafe by themselves."""
        lines, groups = together[number], _groups(together, number)
        grid = cells.lattice(lines, everyone, thresholds, groups, persons)
        new = number < len(family)
        if new:
            refuse.unfit(grid)
        return _counted(grid, frozenset(cells.wanted(lines.spec)) if new else frozenset(),
                        thresholds)  # fmt: skip

    sheets = each(counted, range(len(together)))
    for sheet in sheets:
        past.remember(sheet, thresholds)
    Protection(sheets=sheets, shared=shares(sheets), thresholds=thresholds).run()
    measured = _measured(sheets, thresholds, past)

    def finished(number: int) -> AggregateTable:
        """Write one protected table down."""
        sheet, spec = sheets[number], sheets[number].lattice.spec
        refuse.nothing_left(sheet, thresholds)
        table = published(sheet, measured[number], thresholds)
        return AggregateTable(
            name=spec.name,
            data_type=spec.data_type,
            table=table,
            hidden=table["status"].to_pylist().count("suppressed"),
            spec=spec,
            sheet=sheet,
            measures=measured[number],
        )

    return each(finished, range(len(family)))


def _groups(family: Sequence[Lines], number: int) -> list[Kept]:
    """Totals that a table needs: its own, and those that it has in common with others."""
    from archive_tool.disclose.cells import wanted
    from archive_tool.disclose.sheet import common

    mine = family[number].spec
    groups = set(wanted(mine))
    for other in family:
        if other.spec is not mine:
            groups.add(common(mine.dimensions, other.spec.dimensions))
            groups |= {
                kept
                for kept in cells_of_others(mine, other.spec)
                if len(kept) <= len(mine.dimensions)
            }
    return sorted(groups, key=lambda kept: (-len(kept), kept))


def cells_of_others(mine: TableSpec, other: TableSpec) -> set[Kept]:
    """Totals of ``mine`` that ``other`` publishes among its own cells."""
    from archive_tool.disclose.cells import wanted

    found = set()
    for kept in wanted(other):
        dimensions = [other.dimensions[place] for place in kept]
        if all(dimension in mine.dimensions for dimension in dimensions):
            found.add(tuple(sorted(mine.dimensions.index(d) for d in dimensions)))
    return found


def _counted(grid: Lattice, published: frozenset[Kept], thresholds: Aggregate) -> Sheet:
    import numpy as np

    from archive_tool.disclose.rules import counts_unsafe
    from archive_tool.disclose.sheet import ABSENT, OPEN, PRIMARY, Sheet

    status, broken = {}, {}
    for kept, cells in grid.groups.items():
        broken[kept] = counts_unsafe(grid, cells, thresholds)
        unsafe = np.logical_or.reduce(list(broken[kept].values()))
        otherwise = OPEN if kept in published else ABSENT
        status[kept] = np.where(unsafe, PRIMARY, otherwise).astype(np.int8)
    return Sheet(lattice=grid, status=status, published=published, broken=broken)


def _measured(sheets: Sequence[Sheet], thresholds: Aggregate, past: Past) -> list[Sheet | None]:
    """Protect the measures: tables that average the same number do so together."""
    import numpy as np

    from archive_tool.disclose.protect import Protection
    from archive_tool.disclose.rules import measure_unsafe
    from archive_tool.disclose.sheet import OPEN, PRIMARY, Sheet, shares

    def measured(sheet: Sheet) -> Sheet | None:
        """Mark the cells of one table whose measure is unsafe by itself."""
        spec = sheet.lattice.spec
        if spec.measure is None:
            return None
        status, broken = {}, {}
        for kept, cells in sheet.lattice.groups.items():
            broken[kept] = measure_unsafe(cells, thresholds, rooms=spec.between_people)
            unsafe = np.logical_or.reduce(list(broken[kept].values()))
            words = np.where(unsafe, PRIMARY, sheet.status[kept])
            some = np.bincount(cells.owners, cells.sums.n, len(cells)) > 0
            status[kept] = np.where(some, words, OPEN).astype(np.int8)
        return Sheet(lattice=sheet.lattice, status=status, published=sheet.published, broken=broken)

    out = each(measured, sheets)
    together: dict[Source, list[Sheet]] = {}
    for one in out:
        if one is not None and one.lattice.spec.measure is not None:
            past.remember(one, thresholds, measure=True)
            together.setdefault(one.lattice.spec.measure, []).append(one)
    for family in together.values():
        Protection(sheets=family, shared=shares(family), thresholds=thresholds, measure=True).run()
    return out
