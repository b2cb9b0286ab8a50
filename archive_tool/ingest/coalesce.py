"""Small pages become large batches: the work per batch is paid once per 128k rows, not per page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive_tool.ingest.arrow import without_zone
from archive_tool.ingest.canonical import canonical_table
from archive_tool.model.tables import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from archive_tool.ingest.arrow import Array
    from archive_tool.ingest.remarks import Remarks

MOST_BYTES = 64 << 20
"""A batch of rows with large cells is handed on before it has its number of rows."""


@dataclass(kw_only=True)
class _Waiting:
    tables: list[pa.Table] = field(default_factory=list)
    rows: int = 0
    bytes: int = 0


@dataclass(kw_only=True)
class Coalescer:
    """Collects the loose tables of each type and hands them on as batches."""

    batch_rows: int
    """Rows a batch should have at least; it has less than twice as many, as far as pages allow."""
    remarks: Remarks
    _waiting: dict[str, _Waiting] = field(default_factory=dict)

    def add(self, data_type: str, table: pa.Table) -> Iterator[Batch]:
        """Take a table; yield what is large enough."""
        for start in range(0, table.num_rows, self.batch_rows):
            piece = table.slice(start, self.batch_rows)
            waiting = self._waiting.setdefault(data_type, _Waiting())
            waiting.tables.append(piece)
            waiting.rows += piece.num_rows
            waiting.bytes += piece.nbytes
            if waiting.rows >= self.batch_rows or waiting.bytes >= MOST_BYTES:
                yield self._batch(data_type)

    def hand_on(self, data_type: str) -> Iterator[Batch]:
        """Yield what waits of a type, however little it is."""
        if data_type in self._waiting:
            yield self._batch(data_type)

    def flush(self) -> Iterator[Batch]:
        """Yield what is left, in the order of the types' first rows."""
        for data_type in list(self._waiting):
            yield self._batch(data_type)

    def _batch(self, data_type: str) -> Batch:
        waiting = self._waiting.pop(data_type)
        loose = _concatenated(waiting.tables)
        return Batch(data_type=data_type, table=canonical_table(data_type, loose, self.remarks))


def _concatenated(tables: list[pa.Table]) -> pa.Table:
    """One table; columns that only some have are null elsewhere, mixed forms become text."""
    import pyarrow as pa

    if len(tables) == 1:
        return tables[0]
    types: dict[str, set[pa.DataType]] = {}
    first = tables[0].schema
    for table in tables:
        if table is tables[0] or not table.schema.equals(first):
            for column in table.schema:
                types.setdefault(column.name, set()).add(column.type)
    mixed = {name for name, found in types.items() if len(found) > 1}
    if mixed:
        tables = [_as_text(table, mixed) for table in tables]
    return pa.concat_tables(tables, promote_options="default")


def _as_text(table: pa.Table, names: set[str]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in names & set(table.column_names):
        column = table[name]
        if pa.types.is_timestamp(column.type):
            clock = pc.replace_substring(without_zone(column).cast(pa.string()), " ", "T")
            text: Array = pc.binary_join_element_wise(clock, "Z", "")
        else:
            text = column.cast(pa.string())
        table = table.set_column(table.column_names.index(name), name, text)
    return table
