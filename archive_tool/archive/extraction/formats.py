"""Files in plain formats: each grows unseen, one rename puts it in its place."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archive_tool.archive.extraction import rows_csv, rows_json, sav
from archive_tool.archive.extraction.columns import Column, columns_of, flat
from archive_tool.archive.extraction.unseen import Unseen
from archive_tool.keys import disk
from archive_tool.model.archive import ExtractedFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.archive.extraction.selection import Selection
    from archive_tool.archive.reader import Archive

FORMATS: Final = ("csv", "json", "ndjson", "parquet", "sav")
_BOM: Final = "\ufeff".encode()


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """Rows as a file takes them."""

    rows: int
    content: Any
    """Bytes, or a table where a library writes the file."""


class Target:
    """One file on its way; subclasses say how rows become bytes."""

    def __init__(self, data_type: str, path: Path, columns: tuple[Column, ...]) -> None:
        self.data_type = data_type
        self.columns = columns
        self.rows = 0
        self.bytes = 0
        self._total = 0
        self._path = path
        self._unseen = Unseen(path)
        self._file = self._unseen.file

    def encode(self, table: pa.Table) -> Encoded:
        """Make of rows what :meth:`write` appends; several threads may do so at once."""
        return Encoded(rows=table.num_rows, content=self._encode(table))

    def write(self, part: Encoded) -> int:
        """Append rows; returns by how many bytes the file grew."""
        before = self.bytes
        with self._named():
            self._append(part.content)
        self.rows += part.rows
        self.bytes = self._file.tell()
        return self.bytes - before

    def finish(self, *, total: int) -> None:
        """Complete the file; ``total`` is the number of rows before paging."""
        self._total = total
        with self._named():
            self._end()
            self._file.flush()
            self.bytes = self._file.tell()
            self._unseen.complete()

    def close(self) -> None:
        """Close what is complete, before it is published."""
        self._unseen.name()

    def publish(self) -> ExtractedFile:
        """Give it its final name."""
        self._unseen.publish()
        return ExtractedFile(
            data_type=self.data_type,
            path=self._path,
            rows=self.rows,
            total=self._total,
            bytes=self.bytes,
        )

    def discard(self) -> None:
        """Remove what was not published, also where the disk is too full to close a file."""
        with suppress(OSError):
            self._close()
        self._unseen.discard()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say of an error of the system that it was this file."""
        try:
            yield
        except OSError as error:
            disk.name_file(error, self._path)
            raise

    def _close(self) -> None:
        """Let go of what writes the file."""

    def _encode(self, table: pa.Table) -> Any:  # noqa: ANN401
        """Give rows as bytes; as they are where a library writes the file."""
        return table

    def _append(self, content: Any) -> None:  # noqa: ANN401
        self._file.write(content)

    def _end(self) -> None:
        """Write what comes after the rows."""


class CsvTarget(Target):
    """RFC 4180: CRLF, quotes where needed, formula cells defused."""

    def __init__(
        self, data_type: str, path: Path, columns: tuple[Column, ...], *, bom: bool
    ) -> None:
        super().__init__(data_type, path, columns)
        self._file.write((_BOM if bom else b"") + rows_csv.header(columns))

    def _encode(self, table: pa.Table) -> bytes:
        return rows_csv.lines(table, self.columns)


class NdjsonTarget(Target):
    """One JSON object per line."""

    def _encode(self, table: pa.Table) -> bytes:
        return rows_json.objects(table, self.columns, before="", after="\n")


class JsonTarget(Target):
    """The platform's envelope; ``metadata`` follows ``data``, because it counts the rows."""

    def __init__(
        self,
        data_type: str,
        path: Path,
        columns: tuple[Column, ...],
        *,
        selection: Selection,
        now: datetime | None,
    ) -> None:
        super().__init__(data_type, path, columns)
        self._selection = selection
        self._now = now
        self._file.write(b'{"status":"success","data":[')

    def _encode(self, table: pa.Table) -> bytes:
        return rows_json.objects(table, self.columns, before=",\n", after="")

    def _append(self, content: bytes) -> None:
        self._file.write(content if self.rows else content[1:])

    def _end(self) -> None:
        metadata = rows_json.metadata(
            self.data_type, self._selection, rows=self.rows, total=self._total, now=self._now
        )
        self._file.write(b'\n],"metadata":' + metadata + b"}\n")


class ParquetTarget(Target):
    """Plain Parquet of strings, numbers, times and flags, without Arrow's own metadata."""

    def __init__(self, data_type: str, path: Path, columns: tuple[Column, ...]) -> None:
        super().__init__(data_type, path, columns)
        import pyarrow.parquet as pq

        schema = flat(None, columns).schema
        self._writer: Any = pq.ParquetWriter(
            self._file, schema, compression="zstd", store_schema=False
        )

    def _encode(self, table: pa.Table) -> pa.Table:
        return flat(table, self.columns)

    def _append(self, content: pa.Table) -> None:
        self._writer.write_table(content)

    def _end(self) -> None:
        self._writer.close()

    def _close(self) -> None:
        self._writer.close()


class SavTarget(Target):
    """An SPSS file; it is written when all rows are there."""

    def __init__(
        self,
        data_type: str,
        path: Path,
        columns: tuple[Column, ...],
        *,
        title: str,
        created: datetime,
    ) -> None:
        super().__init__(data_type, path, columns)
        self._title = title
        self._created = created
        self._parts: list[pa.Table] = []

    def _append(self, content: pa.Table) -> None:
        self._parts.append(content)

    def _end(self) -> None:
        with self._unseen.lent() as path:
            sav.write(
                path,
                self._parts,
                self.columns,
                data_type=self.data_type,
                title=self._title,
                created=self._created,
            )
        self._parts = []
        self._file = self._unseen.file


def open_target(
    archive: Archive,
    data_type: str,
    path: Path,
    selection: Selection,
    *,
    format: str,
    bom: bool,
    now: datetime | None,
) -> Target:
    """Start a file of one type in one of :data:`FORMATS`."""
    columns = columns_of(archive, data_type, every=format in ("json", "ndjson"))
    if format == "csv":
        return CsvTarget(data_type, path, columns, bom=bom)
    if format == "ndjson":
        return NdjsonTarget(data_type, path, columns)
    if format == "json":
        return JsonTarget(data_type, path, columns, selection=selection, now=now)
    if format == "sav":
        title = f"{data_type}, archive {archive.archive_id}"
        created = now or archive.manifest.created
        return SavTarget(data_type, path, columns, title=title, created=created)
    return ParquetTarget(data_type, path, columns)
