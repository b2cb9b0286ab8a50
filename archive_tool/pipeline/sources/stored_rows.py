"""Reads the rows of an archive once, as :class:`archive_tool.ingest.Ingest` reads a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.archive.parquet import plain_type
from archive_tool.ingest.reader import BATCH_ROWS
from archive_tool.ingest.roster import schema_of
from archive_tool.lifecycle.subjects import roster
from archive_tool.model.bundle import FileKind, Gap, Part, SourceFile
from archive_tool.model.datatypes import ROSTER
from archive_tool.model.progress import Done
from archive_tool.model.tables import AT, Batch, position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
    from archive_tool.ingest.told import Telling
    from archive_tool.keys import Vault
    from archive_tool.model.archive import FileEntry
    from archive_tool.model.progress import Progress

PEOPLE: Final = ROSTER[0]


class StoredReader:
    """One reading of an archive: rows type by type, then the roster."""

    unreadable: tuple[tuple[SourceFile, str], ...] = ()
    untyped: tuple[SourceFile, ...] = ()
    told: frozenset[Telling] = frozenset()
    """An archive holds no other tables; what its roster does not say is not known any more."""

    def __init__(
        self,
        archive: Archive,
        vault: Vault,
        files: Sequence[SourceFile],
        *,
        is_read: Callable[[FileEntry], bool],
        progress: Progress | None,
    ) -> None:
        """``files``: one for each data type; ``is_read`` says of a stored file whether it is."""
        self.parts: list[Part] = []
        self._archive, self._vault, self._files = archive, vault, files
        self._is_read = is_read
        self._done = Done(progress)

    def batches(self) -> Iterator[Batch]:
        """Give the rows type by type, then who is an agent, who declined, and the names."""
        for file in self._files:
            yield from self._type(file)
        rows = self._listed()
        if rows:
            yield self._people(rows)

    def gaps(self) -> list[Gap]:
        """Give none: what was missing was said when the rows were archived."""
        return []

    def _listed(self) -> list[roster.Row]:
        """Say what was known of people beside their rows."""
        return roster.rows_of(self._archive, self._vault)

    def _file(self, entry: FileEntry) -> pa.Table:
        """Read one file, in the archive's columns."""
        return self._archive.read_file(entry)

    def _people(self, rows: list[roster.Row]) -> Batch:
        order = len(self.parts)
        file = SourceFile(label=f"F{order + 1:03d}", path=PEOPLE, size=0, kind=FileKind.NDJSON)
        self.parts.append(
            Part(file=file, index=0, order=order, data_type=PEOPLE, form="archive", rows=len(rows))
        )
        return Batch(data_type=PEOPLE, table=_with_places(_roster_table(rows), order))

    def _type(self, file: SourceFile) -> Iterator[Batch]:
        data_type, order = file.path, len(self.parts)
        first = 0
        for table in self._tables(data_type):
            yield Batch(data_type=data_type, table=_with_places(table, order, first))
            first += table.num_rows
            self._done.add(table.num_rows, table.nbytes)
        self.parts.append(
            Part(file=file, index=0, order=order, data_type=data_type, form="archive", rows=first)
        )

    def _tables(self, data_type: str) -> Iterator[pa.Table]:
        """Read the files of a type, many small ones as one table."""
        waiting: list[pa.Table] = []
        rows = 0
        for entry in self._archive.entries(data_type):
            if not self._is_read(entry):
                continue
            waiting.append(self._file(entry))
            rows += entry.rows
            if rows >= BATCH_ROWS:
                yield _canonical(data_type, waiting)
                waiting, rows = [], 0
        if waiting:
            yield _canonical(data_type, waiting)


def _canonical(data_type: str, tables: list[pa.Table]) -> pa.Table:
    """Give the columns of the schema, one chunk each; those that are gone are null."""
    import pyarrow as pa

    table = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    schema = schema_of(data_type)
    columns = [
        table[column.name]
        if column.name in table.column_names
        else pa.nulls(table.num_rows, column.type)
        for column in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema).combine_chunks()


def _roster_table(rows: list[roster.Row]) -> pa.Table:
    import pyarrow as pa

    schema = schema_of(PEOPLE)
    plain = [pa.field(column.name, plain_type(column.type)) for column in schema]
    return pa.Table.from_pylist(rows, schema=pa.schema(plain)).cast(schema).combine_chunks()


def _with_places(table: pa.Table, order: int, first: int = 0) -> pa.Table:
    """Say of each row where it stands: ``_at``."""
    import numpy as np
    import pyarrow as pa

    places = position(order, first + np.arange(table.num_rows, dtype=np.int64))
    return table.append_column(AT, pa.array(places))
