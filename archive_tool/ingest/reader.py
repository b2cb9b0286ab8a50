"""One pass over all files of a bundle: batches of canonical rows, parts, gaps, findings."""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from archive_tool.bundle.ignored import MAY_HOLD_ROWS
from archive_tool.errors import IngestError
from archive_tool.ingest.coalesce import Coalescer
from archive_tool.ingest.csv_files.read import read_csv_file
from archive_tool.ingest.json_files.read import read_json_file, read_ndjson_file
from archive_tool.ingest.json_files.tables import JsonTables
from archive_tool.ingest.pages import find_gaps
from archive_tool.ingest.remarks import Remarks
from archive_tool.ingest.tables import FILE_EMPTY, Intake
from archive_tool.model.bundle import TABLE_KINDS, FileKind, Gap, Part, SourceFile
from archive_tool.model.findings import Code, FindingLog, Severity
from archive_tool.model.progress import Done

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from archive_tool.bundle import Bundle
    from archive_tool.ingest.json_files.rows import Helper
    from archive_tool.ingest.tables import Found
    from archive_tool.ingest.told import Telling
    from archive_tool.model.progress import Progress
    from archive_tool.model.tables import Batch

BATCH_ROWS: Final = 131_072
LARGE_FILE: Final = 1 / 8
"""Part of a batch that one file has to bring for it to be handed on at the end of the file: those
who wait for rows get them, and pages of a thousand rows are still put together."""

FILE_UNREADABLE: Final = Code(
    name="FILE-UNREADABLE",
    severity=Severity.ERROR,
    message="the file is not what it says",
    meaning="An error page, HTML, or a download that was cut off, saved under the name "
    "of a table: the only finding with an exit code of its own, 11. Beside tables that can be read also a ZIP that "
    "cannot be opened or is hostile: 10, and `create` stops there whatever is accepted.",
    hint="download it again",
)
FILE_LEFT_OUT: Final = Code(
    name="FILE-LEFT-OUT",
    severity=Severity.WARNING,
    message="the file was not opened, and may hold data that is then missing",
    meaning="Archives inside archives, half downloads, spreadsheets, backup copies of tables, files of "
    "statistics programs and links are listed and never opened. Litter, scripts and documents are no finding.",
    hint="if it belongs to the study, bring it into a form that is read; else move it away",
)


class Ingest:
    """Reads a bundle once; iterate :meth:`batches`, then ask for gaps.

    A file that is not what it says becomes a finding and an entry of ``unreadable``; the others
    are read on. ``progress`` is called with the rows and bytes read so far. ``files``: some of
    them, in their order; then parts are counted among these. ``helpers`` decode rows of large JSON
    files too.
    """

    def __init__(
        self,
        bundle: Bundle,
        log: FindingLog,
        *,
        progress: Progress | None = None,
        batch_rows: int = BATCH_ROWS,
        files: Sequence[SourceFile] | None = None,
        helpers: Sequence[Helper] = (),
    ) -> None:
        self.parts: list[Part] = []
        """Every table found so far, by its order."""
        self.unreadable: list[tuple[SourceFile, str]] = []
        """Files that are not what they say, with the reason in fixed words."""
        self.untyped: list[SourceFile] = []
        """Files with a table whose type could not be decided or is not archived."""
        self.told: set[Telling] = set()
        """What tables that are not archived say of people."""
        self._bundle = bundle
        self._files = bundle.files if files is None else files
        self._done = Done(progress)
        self._remarks = Remarks(log=log, parts=self.parts)
        self._large = LARGE_FILE * batch_rows
        self._coalescer = Coalescer(batch_rows=batch_rows, remarks=self._remarks)
        self._intake = Intake(
            bundle=bundle,
            parts=self.parts,
            remarks=self._remarks,
            untyped=self.untyped,
            told=self.told,
        )
        self._json = JsonTables(intake=self._intake, helpers=helpers)

    def batches(self) -> Iterator[Batch]:
        """Rows of all tables in the order of the files, batched by type over all files."""
        for file in self._files:
            yield from self._file(file)
        yield from self._waiting()
        with _no_cycles():
            rest = list(self._coalescer.flush())
        yield from rest

    def gaps(self) -> list[Gap]:
        """Rows that exist on the platform and are in no page; after the iteration."""
        return find_gaps(self.parts, self._remarks)

    def _file(self, file: SourceFile) -> Iterator[Batch]:
        if file.note in MAY_HOLD_ROWS and file.kind is FileKind.IGNORED:
            what = f"{FILE_LEFT_OUT.message}: {file.note}"
            self._remarks.add(FILE_LEFT_OUT, file=file.label, check=file.note, message=what)
        elif file.kind is FileKind.EMPTY:
            self._remarks.add(FILE_EMPTY, file=file.label)
        elif file.kind in (FileKind.UNREADABLE, FileKind.BROKEN):
            self._cannot_read(file, file.note or "not a table")
        if file.kind not in TABLE_KINDS:
            return
        if file.kind is FileKind.CSV:
            yield from self._waiting()
        first = len(self.parts)
        for data_type, table in self._tables(file):
            share = 0 if file.kind is FileKind.JSON else min(table.nbytes, file.size)
            yield from self._add(data_type, table, share)
        self._done.add(0, file.size)
        yield from self._hand_on(self.parts[first:])

    def _add(self, data_type: str, table: pa.Table, share: int = 0) -> Iterator[Batch]:
        """Take a loose table, which is this many bytes of a file that is read halfway."""
        self._done.add(table.num_rows, 0, halfway=share)
        with _no_cycles():
            ready = list(self._coalescer.add(data_type, table))
        yield from ready

    def _waiting(self) -> Iterator[Batch]:
        """Rows that wait within their reader, before other ones come."""
        with _no_cycles():
            found = list(self._json.rest())
        for data_type, table in found:
            yield from self._add(data_type, table)

    def _hand_on(self, parts: Sequence[Part]) -> Iterator[Batch]:
        """Batches of types of which a file has brought many rows."""
        rows: Counter[str] = Counter()
        for part in parts:
            rows[part.data_type] += part.rows
        large = [name for name, count in rows.items() if count >= self._large]
        if large:
            yield from self._waiting()
        for data_type in large:
            with _no_cycles():
                ready = list(self._coalescer.hand_on(data_type))
            yield from ready

    def _tables(self, file: SourceFile) -> Iterator[Found]:
        """Loose tables of one file; where it stops being what it says, it is named, and no more."""
        tables, problem = self._read(file), ""
        while not problem:
            try:
                with _no_cycles():
                    found = next(tables, None)
                if found is None:
                    return
                _refuse_huge_cells(found[1], self._bundle.limits.cell_bytes)
            except IngestError as error:
                problem = str(error)
            else:
                yield found
        self._cannot_read(file, problem)

    def _read(self, file: SourceFile) -> Iterator[Found]:
        if file.kind is FileKind.CSV:
            return read_csv_file(self._intake, file)
        if file.kind is FileKind.NDJSON:
            return read_ndjson_file(self._json, file)
        return read_json_file(self._json, file)

    def _cannot_read(self, file: SourceFile, reason: str) -> None:
        self.unreadable.append((file, reason))
        self._remarks.add(
            FILE_UNREADABLE,
            file=file.label,
            check=reason,
            message=f"{FILE_UNREADABLE.message}: {reason}",
        )


def _refuse_huge_cells(table: pa.Table, most: int) -> None:
    """A text of hundreds of megabytes is no answer of a person, and would be searched for hours."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if table.nbytes <= most:
        return
    for column in table.itercolumns():
        if pa.types.is_string(column.type) and (
            (pc.max(pc.binary_length(column)).as_py() or 0) > most
        ):
            raise IngestError("a cell is too large", expected=f"at most {most >> 20} MiB")


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Hold the garbage collector: decoding makes a million objects and no cycles."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
