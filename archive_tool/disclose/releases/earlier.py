"""What earlier releases say of the cells of a new one: which are out, and which were hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from archive_tool.disclose.cells.about import number_of
from archive_tool.disclose.protection.ties import is_tie
from archive_tool.disclose.releases import sketch
from archive_tool.disclose.releases.notes import (
    CellNote,
    Limits,
    Release,
    TableNote,
    beyond,
    full_limits,
)
from archive_tool.model.aggregates import Dimension

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from archive_tool.disclose.protection.sheet import Sheet
    from archive_tool.model.aggregates import Aggregate, Source, TableSpec


class Published(NamedTuple):
    """A cell that is out."""

    release: Release
    table: TableNote
    note: CellNote


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The releases of a study so far."""

    releases: Sequence[Release]

    def specs(self, current: Sequence[TableSpec]) -> list[TableSpec]:
        """Tables of earlier releases of the same data types that are none of the current ones.

        They are counted again, so that what they have published is known in the audit.
        """
        types = {spec.data_type for spec in current}
        seen = {_essence(spec) for spec in current}
        found = []
        earlier = (spec for _, t in self._tables() for spec in (t.spec, _unfiltered(t.spec)))
        for spec in earlier:
            if spec.data_type in types and _essence(spec) not in seen:
                seen.add(_essence(spec))
                found.append(replace(spec, declared=False))
        return found

    def remember(
        self, sheet: Sheet, tags: np.ndarray, thresholds: Aggregate, *, measure: bool = False
    ) -> None:
        """Take over what earlier releases hid and published of the same cells of the same people.

        What was hidden stays hidden, and does not follow from new cells either, so that the old
        totals beside it solve nothing; what was published is known, so that nothing is hidden
        behind it.
        """
        earlier = self._by_limits(sheet.lattice.spec, measure=measure)
        if not earlier:
            return
        for kept, cells in sheet.lattice.groups.items():
            for cell in range(0 if is_tie(kept) else len(cells)):
                notes = earlier.get(full_limits(sheet.lattice, cells, cell), [])
                if not notes:
                    continue
                people = cells.people[cells.starts[cell] : cells.starts[cell + 1]]
                packed, least = sketch.pack(tags[people]), thresholds.people
                shown = [
                    note.measured if measure else note.open
                    for note in notes
                    if sketch.difference(note.people, packed, enough=least) < least
                ]
                if any(shown):
                    sheet.fix(kept, cell)
                elif shown:
                    sheet.keep_hidden(kept, cell)

    def published(self, spec: TableSpec) -> dict[Limits, list[Published]]:
        """Give the published cells of earlier tables that counted the same rows."""
        found: dict[Limits, list[Published]] = {}
        for release, table in self._tables(counting_like=spec):
            for note in table.cells:
                if note.open:
                    told = Published(release, table, note)
                    found.setdefault(table.full(note), []).append(told)
        return found

    def _by_limits(self, spec: TableSpec, *, measure: bool) -> dict[Limits, list[CellNote]]:
        """Cells of earlier tables that counted the same rows, by what limits them."""
        found: dict[Limits, list[CellNote]] = {}
        for _, table in self._tables(counting_like=spec):
            if not measure or _number(table.spec) == _number(spec):
                for note in table.cells:
                    found.setdefault(table.full(note), []).append(note)
        return found

    def _tables(
        self, *, counting_like: TableSpec | None = None
    ) -> Iterator[tuple[Release, TableNote]]:
        """Every table of every release, or those that counted the same rows as another."""
        for release in self.releases:
            for table in release.tables:
                if counting_like is None or beyond(table.spec) == beyond(counting_like):
                    yield release, table


def _essence(spec: TableSpec) -> tuple[object, ...]:
    """What a table counts, whatever it is called."""
    dimensions = tuple(replace(dimension, name="") for dimension in spec.dimensions)
    return spec.data_type, dimensions, spec.measure, spec.where, spec.totals, spec.cap


def _unfiltered(spec: TableSpec) -> TableSpec:
    """Turn filters for one word into dimensions: the table is a part of that one."""
    more = [f.source for f in spec.where if len(f.words) == 1]
    rest = tuple(f for f in spec.where if len(f.words) != 1)
    if not more:
        return spec
    dimensions = (*spec.dimensions, *(Dimension(name=str(one), source=one) for one in more))
    return replace(spec, dimensions=dimensions, where=rest, totals="margins")


def _number(spec: TableSpec) -> Source | None:
    """What a table averages, however it is scaled."""
    return None if spec.measure is None else number_of(spec.measure)
