"""What a release says, cell by cell, as the ledger remembers it: keyed sketches, never an id."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from archive_tool.disclose.cells.about import about
from archive_tool.disclose.protection.listed import listed
from archive_tool.disclose.protection.sheet import OPEN
from archive_tool.disclose.releases import sketch
from archive_tool.disclose.releases.totals import unlisted
from archive_tool.model.aggregates import TableSpec  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.disclose.cells.lattice import Cells, Lattice
    from archive_tool.disclose.protection.table import AggregateTable
    from archive_tool.model.aggregates import Aggregate, Dimension

THIS: Final = "(this release)"
"""Name of a release before it is one."""
_MEAN_DIGITS: Final = 6
"""Digits of a person's mean that make a contribution another: sums in another order do not."""

Limits = tuple[tuple[str, str], ...]
"""What a cell is about: sorted pairs of dimension or filter and level; ``()`` is everybody."""


class CellNote(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One cell of a release."""

    limits: Limits
    open: bool
    """Its counts were published."""
    measured: bool
    """Its measure was published."""
    people: bytes
    """Packed set of the people behind it."""
    rows: bytes
    """Packed set of the people with the number of their rows."""
    values: bytes
    """Packed set of the people with their number and mean of the measure; empty without one."""
    row: int = 0
    """Of the table, from 1; 0 where it does not list the cell: hidden, or a total that follows."""

    @property
    def follows(self) -> bool:
        """Whether the table does not list the cell, and everybody can add it up."""
        return self.open and not self.row


class TableNote(msgspec.Struct, frozen=True, kw_only=True):
    """One table of a release."""

    spec: TableSpec
    cells: list[CellNote]
    """In the order of the rows of the table, hidden ones that are not listed between them; then
    totals that follow from it, although it does not list them."""

    @property
    def where(self) -> Limits:
        """Filters for one word: they limit its cells as a dimension would."""
        return one_word(self.spec)

    def full(self, cell: CellNote) -> Limits:
        """Everything that limits a cell, filters for one word included."""
        return tuple(sorted((*cell.limits, *self.where)))

    def counts_like(self, other: TableNote) -> bool:
        """Whether both count the same rows in the same way."""
        return counting(self.spec) == counting(other.spec)


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one release said."""

    name: str
    """Archive id."""
    made: datetime
    rounding: str
    threshold: int
    """Fewest people of a published cell."""
    everyone: bytes
    """Sorted tags of everybody who was counted anywhere in it, 64 bits each."""
    tables: list[TableNote]


def note(
    tables: Sequence[AggregateTable], tags: np.ndarray, thresholds: Aggregate, *, name: str,
    made: datetime, others: Sequence[np.ndarray] = (),
) -> Release:  # fmt: skip
    """Write down what a release says; ``tags``: keyed names of the people by their number.

    ``others``: people who were counted in tables with noise.
    """
    counted = [*(table.sheet.lattice.base.people for table in tables), *others]
    people = np.unique(np.concatenate(counted)) if counted else np.zeros(0, np.int64)
    return Release(
        name=name,
        made=made,
        rounding=thresholds.rounding,
        threshold=thresholds.people,
        everyone=np.unique(tags[people]).tobytes(),
        tables=[TableNote(spec=t.spec, cells=list(_cells(t, tags))) for t in tables],
    )


def one_word(spec: TableSpec) -> Limits:
    """Give the filters for one word, which are cells of another table without them."""
    return tuple(sorted((str(f.source), f.words[0]) for f in spec.where if len(f.words) == 1))


def counting(spec: TableSpec) -> tuple[object, ...]:
    """Say in which way a table counts rows: a cap holds in each of its finest cells."""
    finest = None if spec.cap is None else frozenset(map(about, spec.dimensions))
    return spec.data_type, spec.where, spec.cap, finest


def beyond(spec: TableSpec) -> tuple[object, ...]:
    """Give what a table counts apart from that: other filters, and the cap."""
    return spec.data_type, tuple(f for f in spec.where if len(f.words) != 1), spec.cap


def limits(lattice: Lattice, cells: Cells, cell: int) -> Limits:
    """Say what a cell is about."""
    labels = lattice.labels(cells, cell)
    return tuple(
        sorted((name_of(lattice.spec.dimensions[place]), labels[place]) for place in cells.kept)
    )


def full_limits(lattice: Lattice, cells: Cells, cell: int) -> Limits:
    """Say everything that limits a cell, filters for one word included: as :meth:`TableNote.full`."""
    return tuple(sorted((*limits(lattice, cells, cell), *one_word(lattice.spec))))


def with_unlisted(release: Release, tables: Sequence[AggregateTable], tags: np.ndarray) -> Release:
    """Add to what a release says the totals that follow from it: whoever has it can add them up."""
    noted = [
        msgspec.structs.replace(one, cells=[*one.cells, *_totals(table, tags)])
        for one, table in zip(release.tables, tables, strict=True)
    ]
    return msgspec.structs.replace(release, tables=noted)


def _cells(table: AggregateTable, tags: np.ndarray) -> Iterator[CellNote]:
    sheet, lattice = table.sheet, table.sheet.lattice
    rows_before = 0
    for kept, group in lattice.groups.items():
        if kept not in sheet.published:
            continue
        shown = sheet.status[kept] == OPEN
        in_table = listed(sheet, kept)
        row_of = np.where(in_table, rows_before + np.cumsum(in_table), 0)
        rows_before += int(in_table.sum())
        measured = shown
        if table.measures is not None:
            measured = shown & (table.measures.status[kept] == OPEN)
        yield from _notes(table, tags, group, shown, measured, row_of)


def _totals(table: AggregateTable, tags: np.ndarray) -> Iterator[CellNote]:
    for group, shown, measured in unlisted(table):
        rows = np.zeros(len(shown), np.int64)
        yield from (n for n in _notes(table, tags, group, shown, measured, rows) if n.open)


def _notes(
    table: AggregateTable, tags: np.ndarray, group: Cells, shown: np.ndarray, measured: np.ndarray,
    row_of: np.ndarray,
) -> Iterator[CellNote]:  # fmt: skip
    people = tags[group.people]
    rows = with_rows(people, group.sums.rows)
    values = None
    if table.spec.measure is not None:
        values = _with(_with(people, group.sums.n), _significant(group.sums.mean))
    for cell in range(len(group)):
        lines = slice(group.starts[cell], group.starts[cell + 1])
        yield CellNote(
            limits=limits(table.sheet.lattice, group, cell),
            open=bool(shown[cell]),
            measured=bool(measured[cell]),
            people=sketch.pack(people[lines]),
            rows=sketch.pack(rows[lines]),
            values=b"" if values is None else sketch.pack(values[lines]),
            row=int(row_of[cell]),
        )


def name_of(dimension: Dimension) -> str:
    """Name what a dimension divides by; words are named like a filter for one of them."""
    source = dimension.source
    if dimension.bin is None and not dimension.edges:
        return f"{source} {source.form}".rstrip()
    return f"{source} {source.form} {dimension.bin} {dimension.edges}"


def with_rows(people: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Tag people with the number of their rows."""
    return _with(people, np.round(rows, 6))


def _significant(values: np.ndarray) -> np.ndarray:
    """Round to so many digits that sums in another order are the same."""
    size = np.abs(values)
    digits = _MEAN_DIGITS - 1 - np.floor(np.log10(np.where(size > 0, size, 1.0)))
    scale = 10.0**digits
    return np.asarray(np.round(values * scale) / scale) + 0.0  # no -0.0


def _with(tags: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Keep the person in the upper half of a tag, and mix an amount into the lower."""
    upper = tags & np.uint64(0xFFFFFFFF00000000)
    bits = np.ascontiguousarray(amounts, np.float64).view(np.uint64)
    return upper | (sketch.mixed(tags ^ bits, 1) & np.uint64(0xFFFFFFFF))
