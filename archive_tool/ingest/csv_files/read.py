"""CSV files → parts and loose tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archive_tool.errors import IngestError
from archive_tool.ingest.assemble import assemble
from archive_tool.ingest.cells.program_texts import MOJIBAKE
from archive_tool.ingest.classify import (
    AGENTS,
    RATINGS,
    TYPE_KEYS,
    classify,
    tells_type_of_row,
    type_of_row,
)
from archive_tool.ingest.columns import plan_columns, simple
from archive_tool.ingest.csv_files.dialect import Dialect, sniff
from archive_tool.ingest.csv_files.ending import whole_rows
from archive_tool.ingest.csv_files.noise import HEADER_AGAIN, blank_rows, header_rows
from archive_tool.ingest.csv_files.rows import CsvReader
from archive_tool.ingest.csv_files.spreadsheet import remark_cut_cells, remark_cut_table
from archive_tool.ingest.remarks import TableRows
from archive_tool.ingest.sources import Cells
from archive_tool.ingest.tables import is_read
from archive_tool.ingest.told import COLUMNS
from archive_tool.model.bundle import SAVED_AGAIN
from archive_tool.model.findings import Code, Rows, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive_tool.ingest.arrow import Mask, Positions
    from archive_tool.ingest.tables import Found, Intake, OpenPart
    from archive_tool.model.bundle import SourceFile

HEADER_ONLY: Final = Code(
    name="FILE-HEADER-ONLY",
    severity=Severity.NOTE,
    message="the file has a header and no rows",
    meaning="A table without rows: the type is known, and that it has no data.",
)
ENCODING: Final = Code(
    name="CSV-ENCODING",
    severity=Severity.WARNING,
    message="the file is not UTF-8",
    meaning="The platform writes UTF-8.",
    hint="a spreadsheet may have saved it again: numbers, times and long ids may be changed; "
    "use the file as it was downloaded",
)
RESAVED: Final = Code(
    name="CSV-RESAVED",
    severity=Severity.WARNING,
    message="cells are separated by semicolons: a spreadsheet has saved the file again, and may "
    "have changed numbers, times and long ids",
    meaning="The platform separates by commas; some spreadsheets by semicolons.",
    hint="use the file as it was downloaded",
)
ROWS_BROKEN: Final = Code(
    name="CSV-ROWS-BROKEN",
    severity=Severity.ERROR,
    message="rows have more or fewer cells than the header; they cannot be read",
    meaning="Every row has as many cells as the header.",
    hint="the file was cut off or edited; download it again. Names that stand only in such rows are "
    "not known: whoever accepts this lists them in the policy ([text] names)",
)


def read_csv_file(intake: Intake, file: SourceFile) -> Iterator[Found]:
    """Give the table of a CSV file; raises :class:`IngestError` when it is none."""
    with intake.bundle.open(file) as stream:
        dialect = sniff(stream)
    if len(dialect.header) > intake.bundle.limits.columns:
        raise IngestError("too many columns", expected=f"at most {intake.bundle.limits.columns:,}")
    data_type = classify(dialect.header, hint=file.hints.data_type)
    if dialect.header_only and data_type is None and file.hints.data_type is not None:
        raise IngestError("one line of text", expected="names of columns in the first row")
    if dialect.header_only:
        intake.open_part(file, data_type, "csv")
        intake.remarks.add(HEADER_ONLY, data_type=data_type, file=file.label)
        return
    typed = data_type if is_read(data_type) else None
    reader = CsvReader(bundle=intake.bundle, file=file, dialect=dialect, data_type=typed)
    parts: dict[str | None, OpenPart] = {}
    done, problem = 0, ""
    batches = whole_rows(reader)
    while True:
        try:
            arrays = next(batches, None)
        except IngestError as error:
            problem = error.what
            break
        if arrays is None:
            break
        rows, places = _rows(intake, file, dialect, arrays, done)
        for kind, mask in _kinds(data_type, reader.names, rows).items():
            if kind not in parts:
                parts[kind] = intake.open_part(file, kind, _form(dialect))
            yield from _batch(parts[kind], reader, rows, mask, places)
        done += len(arrays[0])
    if not parts and not problem:
        parts[data_type] = intake.open_part(file, data_type, "csv")
    _remark_file(intake, file, reader, parts)
    if problem:
        raise IngestError(problem, expected="rows of cells under one header")


def _batch(
    part: OpenPart, reader: CsvReader, arrays: list[Any], mask: Mask | None, places: Positions
) -> Iterator[Found]:
    import pyarrow as pa

    if mask is not None:
        arrays, places = [array.filter(pa.array(mask)) for array in arrays], places[mask]
    part.count(len(places))
    if not len(places):
        return
    if not part.is_read:
        part.tell(_telling_rows(reader.names, arrays))
        return
    data_type, dialect = part.part.data_type, reader.dialect
    columns = dict(zip(reader.names, arrays, strict=True))
    sources = {
        name: Cells(
            array=array,
            decimal_comma=dialect.decimal_comma,
            zone_less_utc=dialect.producer_r,
        )
        for name, array in columns.items()
    }
    plan = plan_columns(data_type, reader.names, headers=True)
    table_rows = TableRows(
        data_type=data_type, at=part.positions(places), remarks=part.intake.remarks
    )
    remark_cut_cells(columns, plan, table_rows)
    yield part.found(assemble(plan, sources, table_rows))


def _telling_rows(names: tuple[str, ...], arrays: list[Any]) -> Iterator[dict[str, object]]:
    """Give the cells that may say something of people, row by row."""
    columns = {
        name: array.to_pylist()
        for name, array in zip(names, arrays, strict=True)
        if simple(name) in COLUMNS
    }
    yield from (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _rows(
    intake: Intake, file: SourceFile, dialect: Dialect, arrays: list[Any], done: int
) -> tuple[list[Any], Positions]:
    """Give the lines that are rows, and their places in the file."""
    import numpy as np
    import pyarrow as pa

    is_row = np.ones(len(arrays[0]), np.bool_)
    blank, again = blank_rows(arrays), header_rows(dialect.header, arrays)
    if again is not None:
        intake.remarks.add(HEADER_AGAIN, file=file.label, rows=Rows(count=int(again.sum())))
    for no_row in (blank, again):
        if no_row is not None:
            is_row &= ~no_row
    if not is_row.all():
        arrays = [array.filter(pa.array(is_row)) for array in arrays]
    return arrays, done + np.flatnonzero(is_row)


def _kinds(
    data_type: str | None, names: tuple[str, ...], arrays: list[Any]
) -> dict[str | None, Any]:
    """Type → mask of its rows; None for all rows of a table of one type."""
    import numpy as np
    import pyarrow.compute as pc

    if data_type not in (RATINGS, AGENTS):
        return {data_type: None}
    cells = {
        name: array if name in TYPE_KEYS else pc.if_else(array.is_valid(), True, None)
        for name, array in zip(names, arrays, strict=True)
        if tells_type_of_row(name)
    }
    columns = (array.to_pylist() for array in cells.values())
    rows = list(zip(*columns, strict=True)) or [()] * len(arrays[0])
    kind_of = {row: type_of_row(data_type, dict(zip(cells, row, strict=True))) for row in set(rows)}
    kinds = [kind_of[row] for row in rows]
    return {
        kind: np.fromiter((other == kind for other in kinds), bool, len(kinds))
        for kind in dict.fromkeys(kinds)
    }


def _form(dialect: Dialect) -> str:
    if dialect.delimiter != ",":
        return SAVED_AGAIN
    if dialect.producer_r:
        return "csv-r"
    return "csv-sdk" if "onset_sec" in dialect.header else "csv"


def _remark_file(
    intake: Intake, file: SourceFile, reader: CsvReader, parts: Mapping[str | None, OpenPart]
) -> None:
    """Tell what there is to say about the file as a whole."""
    remarks, dialect = intake.remarks, reader.dialect
    if reader.read_as != "utf-8":
        remarks.add(ENCODING, file=file.label, check=reader.read_as)
    if dialect.delimiter == ";":
        remarks.add(RESAVED, file=file.label)
    if dialect.doubly_encoded:
        remarks.add(MOJIBAKE, file=file.label, check="header")
    if reader.broken:
        first = tuple(sorted(row - 1 for row in reader.broken_first))
        remarks.add(ROWS_BROKEN, file=file.label, rows=Rows(count=reader.broken, first=first))
    remark_cut_table(sum(part.part.rows for part in parts.values()), file.label, remarks)
    for part in parts.values():
        part.close()
