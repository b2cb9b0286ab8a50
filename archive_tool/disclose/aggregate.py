"""From rows to protected summary tables, in the order in which it happens.

rows → lines (:mod:`lines`) → cells and totals (:mod:`cells`) → unsafe ones (:mod:`rules`) → what
must be hidden with them (:mod:`protect`, :mod:`audit`) → tables (:mod:`publish`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.codes import canonical_person
from archive_tool.disclose.defaults import specs_for
from archive_tool.errors import DisclosureError
from archive_tool.model.aggregates import Dimension, Source, TableSpec
from archive_tool.model.datatypes import COMPONENTS, EVENTS
from archive_tool.policy.sources import uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa

    from archive_tool.disclose.cells import Kept, Lattice
    from archive_tool.disclose.lines import Lines
    from archive_tool.disclose.seats import Everyone
    from archive_tool.disclose.sheet import Sheet
    from archive_tool.model.aggregates import Aggregate
    from archive_tool.policy.decide import Decisions

_PERSON: Final[Mapping[str, TableSpec]] = {
    "role": TableSpec(
        name="role",
        data_type=EVENTS.name,
        dimensions=(Dimension(name="level", source=Source(column="participantRole")),),
    ),
    "condition": TableSpec(
        name="condition",
        data_type=COMPONENTS.name,
        dimensions=(
            Dimension(name="level", source=Source(column="variableSnapshot", leaf="condition")),
        ),
    ),
}
"""Where a person's role and condition come from."""


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


@dataclass(kw_only=True)
class Aggregation:
    """Collects the rows of a bundle, type by type, and gives the protected tables at the end."""

    decisions: Decisions
    leave_out: frozenset[str] = frozenset()
    """Ids of agents and of people who are excluded: they count for nothing."""
    everyone: Everyone = field(init=False, repr=False)
    _lines: dict[str, list[Lines]] = field(default_factory=dict, repr=False)
    _persons: dict[str, Lines] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        from archive_tool.disclose.lines import Lines, is_of_person
        from archive_tool.disclose.seats import Everyone
        from archive_tool.schemas import FIELDS

        self.everyone = Everyone()
        self.leave_out = frozenset(canonical_person(one) for one in self.leave_out)
        needed: set[str] = set()
        for data_type in FIELDS:
            specs = specs_for(data_type, self.decisions)
            self._lines[data_type] = [Lines(spec=spec) for spec in specs]
            needed |= {
                source.column
                for spec in specs
                for _, source in uses(spec)
                if is_of_person(source, data_type)
            }
        self._persons = {name: Lines(spec=_PERSON[name]) for name in sorted(needed)}

    def wants(self, data_type: str) -> bool:
        """Whether any table needs rows of this type."""
        return bool(self._lines[data_type]) or any(
            lines.spec.data_type == data_type for lines in self._persons.values()
        )

    def add(self, data_type: str, table: pa.Table) -> None:
        """Count some rows; they are not kept."""
        from archive_tool.disclose.seats import rows_of

        if not self.wants(data_type) or not table.num_rows:
            return
        rows = rows_of(data_type, table, self.everyone, self.leave_out)
        for lines in self._lines[data_type]:
            lines.add(rows)
        for lines in self._persons.values():
            if lines.spec.data_type == data_type:
                lines.add(rows)

    def tables(self) -> list[AggregateTable]:
        """Protect everything that was counted; a table that nobody has a row for is none.

        Raises DisclosureError (18), naming table and rule, for a declared table of which nothing
        would be left, a dimension with a level per person, a measure without a number in it, and
        negative totals under a dominance rule.
        """
        persons = {name: self._levels(lines) for name, lines in self._persons.items()}
        thresholds = self.decisions.policy.aggregate
        made: list[AggregateTable] = []
        for all_lines in self._lines.values():
            filled = [
                lines
                for place, lines in enumerate(all_lines)
                if lines.filled
                and (place == 0 or lines.spec.declared or not lines.says_nothing(persons))
            ]
            refuse_empty([lines.spec for lines in all_lines if not lines.filled])
            for family in families(filled):
                made += protect(family, self.everyone, thresholds, persons)
        order = [lines.spec.name for all_lines in self._lines.values() for lines in all_lines]
        return sorted(made, key=lambda table: order.index(table.name))

    def _levels(self, lines: Lines) -> dict[int, str]:
        from archive_tool.disclose.cells import attributes

        codes, seats, _ = lines.merged()
        person, _ = self.everyone.by_seat()
        names = lines.levels[0].names()
        pairs = zip(person[seats].tolist(), codes[:, 0].tolist(), strict=True)
        return attributes((one, names[code]) for one, code in pairs)


def aggregate(
    data_type: str,
    tables: Iterable[pa.Table],
    decisions: Decisions,
    *,
    leave_out: frozenset[str] = frozenset(),
) -> list[AggregateTable]:
    """Give the protected tables of one data type by itself; see :class:`Aggregation`."""
    collected = Aggregation(decisions=decisions, leave_out=leave_out)
    for table in tables:
        collected.add(data_type, table)
    return [table for table in collected.tables() if table.data_type == data_type]


def families(filled: Sequence[Lines]) -> list[list[Lines]]:
    """Put tables together that count the same rows: their totals are the same numbers."""
    found: dict[object, list[Lines]] = {}
    for lines in filled:
        spec = lines.spec
        found.setdefault((spec.where, spec.cap, spec.between_people), []).append(lines)
    return list(found.values())


def protect(
    family: Sequence[Lines],
    everyone: Everyone,
    thresholds: Aggregate,
    persons: Mapping[str, Mapping[int, str]],
) -> list[AggregateTable]:
    """Protect the tables of a family together."""
    from archive_tool.disclose import cells, refuse
    from archive_tool.disclose.protect import Protection
    from archive_tool.disclose.publish import published
    from archive_tool.disclose.sheet import shares

    sheets = []
    for number, lines in enumerate(family):
        groups = _groups(family, number)
        grid = cells.lattice(lines, everyone, thresholds, groups, persons)
        refuse.unfit(grid)
        sheets.append(_counted(grid, frozenset(cells.wanted(lines.spec)), thresholds))
    Protection(sheets=sheets, shared=shares(sheets), thresholds=thresholds).run()
    measured = _measured(sheets, thresholds)
    made = []
    for sheet, measures in zip(sheets, measured, strict=True):
        refuse.nothing_left(sheet, thresholds)
        table = published(sheet, measures, thresholds)
        made.append(
            AggregateTable(
                name=sheet.lattice.spec.name,
                data_type=sheet.lattice.spec.data_type,
                table=table,
                hidden=table["status"].to_pylist().count("suppressed"),
                spec=sheet.lattice.spec,
                sheet=sheet,
                measures=measures,
            )
        )
    return made


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


def _measured(sheets: Sequence[Sheet], thresholds: Aggregate) -> list[Sheet | None]:
    """Protect the measures: tables that average the same number do so together."""
    import numpy as np

    from archive_tool.disclose.protect import Protection
    from archive_tool.disclose.rules import measure_unsafe
    from archive_tool.disclose.sheet import OPEN, PRIMARY, Sheet, shares

    out: list[Sheet | None] = []
    together: dict[Source, list[Sheet]] = {}
    for sheet in sheets:
        spec = sheet.lattice.spec
        if spec.measure is None:
            out.append(None)
            continue
        status, broken = {}, {}
        for kept, cells in sheet.lattice.groups.items():
            broken[kept] = measure_unsafe(cells, thresholds, rooms=spec.between_people)
            unsafe = np.logical_or.reduce(list(broken[kept].values()))
            words = np.where(unsafe, PRIMARY, sheet.status[kept])
            some = np.bincount(cells.owners, cells.sums.n, len(cells)) > 0
            status[kept] = np.where(some, words, OPEN).astype(np.int8)
        one = Sheet(lattice=sheet.lattice, status=status, published=sheet.published, broken=broken)
        together.setdefault(spec.measure, []).append(one)
        out.append(one)
    for family in together.values():
        Protection(sheets=family, shared=shares(family), thresholds=thresholds, measure=True).run()
    return out


def refuse_empty(specs: Iterable[TableSpec]) -> None:
    """DisclosureError for a declared table that no row belongs to."""
    for spec in specs:
        if spec.declared:
            raise DisclosureError(
                "no row of anybody belongs to it",
                where=f"aggregate table {spec.name}",
                expected="rows of people",
                hint="look at its type and its filters, or take it out of the policy",
            )


__all__ = ["AggregateTable", "Aggregation", "aggregate", "specs_for"]
