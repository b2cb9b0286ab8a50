"""The last step: loose columns of many parts become one table in the schema's own types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.ingest.arrow import is_empty, one_array, plain, shared_nulls
from archive_tool.ingest.cells.program_texts import tell_texts
from archive_tool.ingest.cells.times import Times, parse_times
from archive_tool.ingest.cells.value_remarks import NOT_OF_KIND
from archive_tool.ingest.cells.values import json_text, unknown_cell_value
from archive_tool.ingest.remarks import Remarks, TableRows
from archive_tool.ingest.roster import fields_of, schema_of
from archive_tool.model.findings import Code, Severity
from archive_tool.model.tables import AT, EXTRA, NULLS
from archive_tool.schemas import Kind
from archive_tool.schemas.fields import DICTIONARY
from archive_tool.schemas.registry import arrow_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from archive_tool.ingest.arrow import Array

TIME_AMBIGUOUS: Final = Code(
    name="TIME-AMBIGUOUS",
    severity=Severity.WARNING,
    message="a time can be read in more than one way; the column is empty there and the original "
    "is kept in extra",
    meaning="A local date may be read day first or month first, and `1.77391E+12` of a spreadsheet has lost its "
    "hours: neither is guessed.",
    hint="export the data again with times in UTC, as ISO 8601 with a Z",
)


def canonical_table(data_type: str, loose: pa.Table, remarks: Remarks) -> pa.Table:
    """All columns of the schema in their order, then ``_at``; one chunk each."""
    import pyarrow as pa

    loose = loose.combine_chunks()
    at = one_array(loose[AT]).to_numpy()
    rows = TableRows(data_type=data_type, at=at, remarks=remarks)
    columns: list[Any] = []
    extra = one_array(loose[EXTRA])
    names = set(loose.column_names)
    for field, target in zip(fields_of(data_type), schema_of(data_type), strict=False):
        if field.name not in names:
            columns.append(shared_nulls(target.type, len(at)))
            continue
        column = one_array(loose[field.name])
        if field.kind is Kind.TIME and pa.types.is_string(column.type):
            times = parse_times(column)
            if lost := _report(field.name, times, rows):
                extra = _with_originals(extra, field.name, column, lost)
            column = times.array
        columns.append(_of_type(column, field.kind, target.type))
    tell_texts(zip(fields_of(data_type), columns, strict=True), rows)
    columns.append(extra)
    columns.append(_encoded(one_array(loose[NULLS])))
    schema = schema_of(data_type).append(pa.field(AT, pa.int64()))
    return pa.Table.from_arrays([*columns, loose[AT]], schema=schema)


def _of_type(column: Array, kind: Kind, target: Array) -> Array:
    """Give the column in its type; an empty or blank id or label is a missing one."""
    if kind in DICTIONARY:
        return _without_empty(_encoded(column))
    column = plain(column)
    return column if column.type == target else column.cast(target)


def _encoded(column: Array) -> Array:
    import pyarrow as pa

    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    target = arrow_type(Kind.LABEL)
    return encoded if encoded.type == target else encoded.cast(target)


def _without_empty(column: Array) -> Array:
    import pyarrow.compute as pc

    words = column.dictionary
    blank = is_empty(pc.utf8_trim_whitespace(words))
    if not pc.any(blank).as_py():
        return column
    kept = pc.if_else(blank, None, words)
    return kept.take(column.indices).dictionary_encode().cast(column.type)


def _report(name: str, times: Times, rows: TableRows) -> tuple[int, ...]:
    """Say which times could not be read; gives their rows."""
    rows.remark(TIME_AMBIGUOUS, times.ambiguous, column=name)
    rows.remark(NOT_OF_KIND[Kind.TIME], times.unread, column=name)
    return (*times.ambiguous, *times.unread)


def _with_originals(extra: Array, name: str, texts: Array, rows: Sequence[int]) -> Array:
    """``extra`` with the texts that could not be read, under the name of their column."""
    import pyarrow as pa

    objects = extra.to_pylist()
    for row in rows:
        members = msgspec.json.decode(objects[row]) if objects[row] else {}
        members[name] = unknown_cell_value(texts[row].as_py())
        objects[row] = json_text(members)
    return pa.array(objects, pa.string())
