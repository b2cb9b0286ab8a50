"""CSV → batches of columns, streamed.

First the typed way: pyarrow reads ids as dictionaries, numbers and times as such. Where a cell is
not of its type, the file is opened again at that row with all columns as text, and the tolerant
converters of :mod:`archive_tool.ingest.sources` read what they can. Both give the same columns (a
property test holds that).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from archive_tool.errors import IngestError
from archive_tool.ingest.cells.times import in_calendar
from archive_tool.ingest.columns import plan_columns
from archive_tool.ingest.csv_files.return_marks import RETURN_MARK, ReturnMarks
from archive_tool.ingest.roster import fields_of
from archive_tool.schemas import Kind
from archive_tool.schemas.registry import arrow_type

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    import pyarrow as pa

    from archive_tool.bundle import Bundle
    from archive_tool.ingest.arrow import Array
    from archive_tool.ingest.csv_files.dialect import Dialect
    from archive_tool.model.bundle import SourceFile

BLOCK: Final = 4 << 20
"""Bytes that are parsed at a time."""
LARGEST_BLOCK: Final = 64 << 20
"""One row may be this long."""
MOST_SCANNED: Final = 64 << 20
"""Bytes of a file in a ZIP that are unpacked twice, first to look for lone carriage returns."""
_TYPED: Final = frozenset({Kind.ID, Kind.LABEL, Kind.NUMBER, Kind.TIME})


@dataclass(kw_only=True)
class CsvReader:
    """One CSV file; iterate :meth:`batches` once."""

    bundle: Bundle
    file: SourceFile
    dialect: Dialect
    data_type: str | None
    """None when rows decide about the type: then every column is text."""
    names: tuple[str, ...] = ()
    """Unique names of the columns, in their order."""
    broken: int = 0
    """Rows that do not have as many cells as the header."""
    broken_first: list[int] = field(default_factory=list)
    """Their first positions in the file, where the reader knows them."""
    read_as: str = ""
    """The encoding that it was read in at last."""
    _given: int = 0
    """Rows that were yielded so far."""

    def __post_init__(self) -> None:
        self.names = unique(self.dialect.header)
        self.read_as = self.dialect.encoding

    def batches(self) -> Iterator[list[Any]]:
        """Arrays of one batch of rows after the other, one array per name.

        Raises :class:`IngestError` when the rest of the file cannot be parsed at all; what was
        yielded before stays right.
        """
        problem = ""
        for attempt in self._attempts():
            problem = yield from self._beyond(attempt)
            if not problem:
                return
        raise IngestError(
            f"cannot be read as CSV after row {self._given:,}: {problem}",
            expected="rows of cells under one header",
        )

    def _beyond(self, attempt: _Attempt) -> Generator[list[Any], None, str]:
        """Give the rows that no earlier attempt gave; returns what stopped this one, if anything."""
        self.broken, self.broken_first = 0, []
        self.read_as = attempt.dialect.encoding
        skip = self._given
        try:
            for batch in attempt.batches(self._source(attempt.dialect), self):
                rows = len(batch[0])
                if skip < rows:
                    yield [array.slice(skip) for array in batch]
                    self._given += rows - skip
                skip = max(0, skip - rows)
        except ArrowProblem as error:
            return str(error)
        except UnicodeError:
            return "encoding"
        return ""

    def _attempts(self) -> Iterator[_Attempt]:
        marks = self.dialect.lines == "\n" and self._has_lone_return()
        if self.data_type is not None and self.dialect.plain and not marks:
            types = column_types(self.data_type, self.names, self.dialect)
            yield _Attempt(dialect=self.dialect, types=types, block=BLOCK)
        text = _Attempt(dialect=self.dialect, types={}, block=BLOCK, return_marks=marks)
        yield text
        yield replace(text, block=LARGEST_BLOCK)
        for encoding in ("cp1252", "latin-1"):
            if self.dialect.encoding == "utf-8":
                yield replace(text, dialect=replace(self.dialect, encoding=encoding))

    def _has_lone_return(self) -> bool:
        """Whether a cell holds a carriage return that would end the row in a parser's eyes."""
        if self.bundle.local_path(self.file) is None and self.file.size > MOST_SCANNED:
            return False
        with self.bundle.open(self.file) as stream:
            last = b""
            while block := stream.read(BLOCK):
                if b"\r" in block and (last + block).count(b"\r") > (last + block).count(b"\r\n"):
                    rest = (last + block).rstrip(b"\r")
                    if rest.count(b"\r") > rest.count(b"\r\n"):
                        return True
                last = block[-1:] if block.endswith(b"\r") else b""
        return False

    def _source(self, dialect: Dialect) -> Array:
        path = self.bundle.local_path(self.file)
        if path is not None and dialect.encoding == self.dialect.encoding:
            return str(path)
        return self.bundle.open(self.file)


class ArrowProblem(Exception):  # noqa: N818  (never leaves this module)
    """A fixed word for what pyarrow could not do; its own message quotes cells."""


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    """One way of reading the file."""

    dialect: Dialect
    types: Mapping[str, Any]
    """Types of columns by header; all others are text."""
    block: int
    """Bytes parsed at a time."""
    return_marks: bool = False

    def batches(self, source: Array, reader: CsvReader) -> Iterator[list[Any]]:
        """Give arrays batch by batch; ArrowProblem where they are not read this way."""
        import pyarrow as pa
        import pyarrow.csv as pcsv

        source = self._marked(source, reader) if self.return_marks else source
        problem = ""
        try:
            batches = pcsv.open_csv(
                source,
                read_options=self._read(),
                parse_options=self._parse(reader),
                convert_options=self._convert(reader),
            )
        except pa.ArrowInvalid as error:
            problem = _problem(str(error))
        except UnicodeError:
            problem = "encoding"
        if problem == "empty":
            return
        if problem:
            raise ArrowProblem(problem)
        while True:
            try:
                batch = batches.read_next_batch()
            except StopIteration:
                return
            except pa.ArrowInvalid as error:
                problem = _problem(str(error))
            except (UnicodeError, pa.ArrowException):
                problem = "encoding"
            if problem:
                raise ArrowProblem(problem)
            if batch.num_rows:
                arrays = [self._restored(array) for array in batch.columns]
                if not all(map(_is_certain, arrays)):
                    raise ArrowProblem("type")
                yield arrays

    def _marked(self, source: Array, reader: CsvReader) -> Array:
        import pyarrow as pa

        stream = reader.bundle.open(reader.file) if isinstance(source, str) else source
        marked = ReturnMarks(stream, self.dialect.encoding)
        return pa.PythonFile(io.BufferedReader(marked, BLOCK), mode="r")

    def _restored(self, array: Array) -> Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.return_marks and pa.types.is_string(array.type):
            return pc.replace_substring(array, RETURN_MARK, "\r")
        return array

    def _read(self) -> Array:
        import pyarrow.csv as pcsv

        encoding = "utf-8" if self.return_marks else self.dialect.encoding
        # the reader has a thread of its own: more of them cost a third more and gain nothing
        return pcsv.ReadOptions(
            block_size=self.block,
            encoding=encoding,
            use_threads=False,
            skip_rows=self.dialect.before_header,
        )

    def _parse(self, reader: CsvReader) -> Array:
        import pyarrow.csv as pcsv

        def skip(row: Array) -> str:
            if not row.text.strip(f'{self.dialect.delimiter}" \t\r\n'):
                return "skip"  # a spreadsheet cut the empty cells at its end
            reader.broken += 1
            if row.number is not None and len(reader.broken_first) < 5:
                reader.broken_first.append(row.number - self.dialect.before_header)
            return "skip"

        return pcsv.ParseOptions(
            delimiter=self.dialect.delimiter, newlines_in_values=True, invalid_row_handler=skip
        )

    def _convert(self, reader: CsvReader) -> Array:
        import pyarrow as pa
        import pyarrow.csv as pcsv

        types = {name: self.types.get(name, pa.string()) for name in reader.dialect.header}
        missing = ["", "NA"] if self.dialect.bare_na else [""]
        return pcsv.ConvertOptions(
            column_types=types,
            null_values=missing,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )


def _problem(message: str) -> str:
    """Tell what went wrong, in a word of ours."""
    if "Empty CSV" in message:
        return "empty"
    if "straddl" in message or "block_size" in message:
        return "a row is too long"
    if "UTF8" in message or "UTF-8" in message:
        return "encoding"
    return "type" if "conversion error" in message else "rows and quotes do not match"


def _is_certain(array: Array) -> bool:
    """Whether what was read as a number is one, and as a time in the calendar."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(array.type):
        return in_calendar(array)
    if not pa.types.is_floating(array.type):
        return True
    return pc.all(pc.is_finite(array)).as_py() is not False


def column_types(
    data_type: str, names: tuple[str, ...], dialect: Dialect
) -> dict[str, pa.DataType]:
    """Arrow types by header for the columns whose cells have one plain form."""
    if len(set(dialect.header)) < len(dialect.header):
        return {}
    kinds = {field.name: field.kind for field in fields_of(data_type)}
    plan = plan_columns(data_type, names, headers=True)
    found: dict[str, pa.DataType] = {}
    for name, keys in plan.columns.items():
        if kinds[name] in _TYPED:
            found.update(dict.fromkeys(keys, arrow_type(kinds[name])))
    return found


def unique(header: tuple[str, ...]) -> tuple[str, ...]:
    """Names that differ: the second ``x`` becomes ``x#2``."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(names)
