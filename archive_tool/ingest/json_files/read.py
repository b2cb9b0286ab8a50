"""JSON and NDJSON files → parts and loose tables."""

from __future__ import annotations

import codecs
import io
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import msgspec

from archive_tool.errors import IngestError
from archive_tool.ingest.cells.values import NOT_JSON
from archive_tool.ingest.classify import AGENTS, RATINGS, classify, type_of_row
from archive_tool.ingest.envelope import Envelope, read_envelope
from archive_tool.ingest.json_files.cut import cut_page
from archive_tool.ingest.json_files.decode import CUT_OFF, as_utf8
from archive_tool.ingest.json_files.documents import (
    API_PAGE,
    RowSet,
    is_answer,
    read_documents,
)
from archive_tool.ingest.json_files.ndjson import read_lines
from archive_tool.ingest.json_files.rows import decode_row, row_keys
from archive_tool.ingest.json_files.tableless import holds_rows, without_table
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.findings import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.bundle import Bundle
    from archive_tool.ingest.json_files.cut import CutPage
    from archive_tool.ingest.json_files.tables import JsonTables
    from archive_tool.ingest.tables import Found, OpenPart
    from archive_tool.model.bundle import SourceFile

RowsSoFar = Counter[str | None]
"""Rows of a file so far, by type."""

_LINES: Final = msgspec.json.Decoder(list[msgspec.Raw])
FIRST_BYTES: Final = 64 << 10
"""Bytes of a file that tell whether its lines are rows or answers of the platform."""
SAMPLE: Final = 20
"""Rows whose keys tell the type: the first ones, and as many spread over the table."""

JSON_NONSTANDARD: Final = Code(
    name="JSON-NONSTANDARD",
    severity=Severity.WARNING,
    message="the file holds NaN, Infinity or half characters, which are no JSON; they are read as "
    "missing, as text and as the replacement character",
    meaning="Programs, not the platform, write `NaN` and the like into JSON.",
    advice="download the data again and save the bytes as they come",
)


def read_json_file(reader: JsonTables, file: SourceFile) -> Iterator[Found]:
    """All tables of a JSON file; raises :class:`IngestError` when it is none."""
    text = reader.intake.bundle.buffer(file)
    page = cut_page(text)
    envelope = Envelope() if page is None else read_envelope(page.metadata)
    data_type = classify((), envelope=envelope) if envelope.tells_type else None
    if page is None or data_type not in BY_NAME:
        yield from _documents(reader, file, text)
        return
    part = reader.intake.open_part(file, data_type, API_PAGE, envelope)
    broken = yield from reader.of_page(part, page)
    if broken is None:
        part.close()
    elif broken.start == page.first:
        part.withdraw()
        yield from _documents(reader, file, text)
    else:
        yield from _rest(reader, file, part, page, broken.start)


def _documents(reader: JsonTables, file: SourceFile, text: memoryview) -> Iterator[Found]:
    """All tables of a text, whatever form they have."""
    tables = _tables(reader, file, text)
    if (first := next(tables, None)) is None:
        reader.intake.remarks.add(without_table(file), file=file.label)
        return
    done: RowsSoFar = Counter()
    for table in chain((first,), tables):
        yield from _table(reader, file, table, done)


def _rest(
    reader: JsonTables, file: SourceFile, part: OpenPart, page: CutPage, start: int
) -> Iterator[Found]:
    """All rows of a page from this place on, which are not as clear, and all that follows it."""
    try:
        tables = _tables(reader, file, page.without(start), start - page.first)
    except IngestError:
        part.close()
        raise
    yield from _rows(reader, part, next(tables).rows)
    done: RowsSoFar = Counter({part.part.data_type: part.part.rows})
    for table in tables:
        yield from _table(reader, file, table, done)


def _tables(
    reader: JsonTables, file: SourceFile, text: memoryview, offset: int = 0
) -> Iterator[RowSet]:
    """Tables of a text that lacks so many bytes of its file."""
    most = reader.intake.bundle.limits.json_documents
    tables, repaired = read_documents(text, most, offset=offset)
    if repaired:
        reader.intake.remarks.add(JSON_NONSTANDARD, file=file.label)
    return tables


def _rows(reader: JsonTables, part: OpenPart, rows: Sequence[Any]) -> Iterator[Found]:
    """Take all rows that a part has, or that are left of it."""
    import numpy as np

    first = part.part.rows
    part.count(len(rows))
    if rows:
        yield from reader.of_rows(part, rows, np.arange(first, first + len(rows), dtype=np.int64))
    part.close()


def _table(reader: JsonTables, file: SourceFile, table: RowSet, done: RowsSoFar) -> Iterator[Found]:
    said = table.envelope is not None and table.envelope.tells_type
    data_type = classify(
        _sample_keys(table.rows[:1] if said else table.rows),
        envelope=table.envelope,
        key=table.key,
        hint=file.hints.data_type,
        empty=not table.rows,
    )
    if data_type is None and table.form == "object" and not holds_rows(table.rows[0]):
        reader.intake.remarks.add(without_table(file, table.rows[0]), file=file.label)
        return
    before = done[data_type]
    done[data_type] += len(table.rows)
    if data_type in (RATINGS, AGENTS) and table.rows:
        yield from _mixed(reader, file, table, data_type, before)
        return
    part = reader.intake.open_part(file, data_type, table.form, table.envelope, before=before)
    yield from _rows(reader, part, table.rows)


def _mixed(
    reader: JsonTables, file: SourceFile, table: RowSet, data_type: str, before: int
) -> Iterator[Found]:
    """Rows of several types in one table: one part per type, positions as in the file."""
    import numpy as np

    places = _by_type(data_type, table.rows)
    alone = len(places) == 1
    for kind, found in places.items():
        part = reader.intake.open_part(
            file, kind, table.form, table.envelope, shared=not alone, before=before
        )
        part.count(len(found))
        rows = [table.rows[place] for place in found]
        yield from reader.of_rows(part, rows, np.array(found, dtype=np.int64))
        part.close()


def _sample_keys(rows: Sequence[Any]) -> dict[str, None]:
    """Keys of some rows, in the order seen."""
    step = max(1, len(rows) // SAMPLE)
    places = dict.fromkeys((*range(min(SAMPLE, len(rows))), *range(0, len(rows), step)))
    keys: dict[str, None] = {}
    for place in places:
        keys.update(dict.fromkeys(row_keys(rows[place])))
    return keys


def read_ndjson_file(reader: JsonTables, file: SourceFile) -> Iterator[Found]:
    """Stream the rows of an NDJSON file; one whose lines are pages is read as documents."""
    import numpy as np

    bundle = reader.intake.bundle
    with _in_utf8(bundle, file) as stream:
        first = stream.read(FIRST_BYTES).lstrip(b"\xef\xbb\xbf \r\n")
    if _is_document(first.partition(b"\n")[0]):
        yield from read_json_file(reader, file)
        return
    parts: dict[str | None, OpenPart] = {}
    data_type: str | None = None
    done = 0
    problem = ""
    with _in_utf8(bundle, file) as stream:
        for lines, unfinished in read_lines(stream, bundle.limits.line_bytes):
            rows, problem = _whole_lines(lines, unfinished=unfinished, before=done)
            if not parts and rows:
                data_type = classify(_sample_keys(rows), hint=file.hints.data_type)
            for kind, places in _by_type(data_type, rows).items():
                part = parts.get(kind) or reader.intake.open_part(file, kind, "ndjson")
                parts[kind] = part
                part.count(len(places))
                found = [rows[place] for place in places]
                yield from reader.of_rows(part, found, np.array(places, dtype=np.int64) + done)
            done += len(rows)
            if problem:
                break
    for part in parts.values():
        part.close()
    if problem:
        raise IngestError(problem, expected="one JSON object per line")


def _in_utf8(bundle: Bundle, file: SourceFile) -> BinaryIO:
    """Open a file for its lines; one in UTF-16, as Windows PowerShell writes for ``>``, is in memory."""
    with bundle.open(file) as stream:
        mark = stream.read(2)
    is_utf16 = mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return io.BytesIO(as_utf8(bundle.buffer(file))) if is_utf16 else bundle.open(file)


def _is_document(first: bytes) -> bool:
    """Whether the first line, or what was read of it, is a table or an answer, and not a row."""
    if not first.startswith((b"[", b'{"status"', b'{"data"', b'{"metadata"')):
        return False
    try:
        line = msgspec.json.decode(first)
    except NOT_JSON:
        return True
    return not isinstance(line, dict) or is_answer(line)


def _whole_lines(lines: list[bytes], *, unfinished: bool, before: int) -> tuple[list[bytes], str]:
    """Lines that are JSON, up to the first one that is not."""
    try:
        if len(_LINES.decode(b"[" + b",".join(lines) + b"]")) == len(lines):
            return lines, ""
    except NOT_JSON:
        pass
    decoder = msgspec.json.Decoder(msgspec.Raw)
    for place, line in enumerate(lines):
        try:
            decoder.decode(line)
        except NOT_JSON:
            row, damaged = decode_row(line)
            if damaged and isinstance(row, dict):
                continue
            what = CUT_OFF if unfinished and place + 1 == len(lines) else "a line is no JSON"
            return lines[:place], f"{what} (row {before + place + 1:,})"
    return lines, ""


def _by_type(data_type: str | None, rows: Sequence[Any]) -> dict[str | None, list[int]]:
    """Places of the rows of each type, in a table that may hold several."""
    if data_type not in (RATINGS, AGENTS):
        return {data_type: list(range(len(rows)))} if rows else {}
    places: dict[str | None, list[int]] = {}
    for place, text in enumerate(rows):
        row, _ = decode_row(text)
        kind = type_of_row(data_type, row) if isinstance(row, dict) else None
        places.setdefault(kind, []).append(place)
    return places
