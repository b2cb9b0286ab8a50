"""What the columns of an extracted table are, and their values as text, a column at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.archive import layout
from archive_tool.archive.parquet import plain_type, repeats
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import Kind, field_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from archive_tool.archive.reader import Archive

_EXACT: Final = 2.0**53
"""Integers up to here are exact in a float and are written without a fraction."""

_WORDS: Final = frozenset(
    {"", "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "NULL", "Null", "null", "None", "NaT",
     "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "undefined",
     "True", "False", "TRUE", "FALSE", "true", "false", "T", "F", "t", "f"}
)  # fmt: skip
"""Text that readers of CSV take for something else than text: R and DuckDB make flags of single letters."""
_NUMBER_OF_R: Final = re.compile(r"[+-]?0[xX][0-9a-fA-F.]+(?:[pP][+-]?[0-9]+)?|[-+0-9.eE]*[0-9.]i")
"""Numbers that R knows and Python does not: ``0x1F``, ``2+3i``."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of the output."""

    name: str
    kind: Kind | None
    """None for columns of aggregate tables, whose Arrow type says it all."""
    type: pa.DataType


def columns_of(archive: Archive, data_type: str, *, every: bool) -> tuple[Column, ...]:
    """Return the columns to write: ``every`` one, or those that hold a value anywhere.

    So a header depends on the archive alone, not on the rows that were selected. JSON needs every
    column: one without any value may still hold explicit nulls.
    """
    entries = archive.entries(data_type)
    if layout.is_aggregate(data_type):
        schema = archive.schema(data_type)
        return tuple(Column(name=f.name, kind=None, type=f.type) for f in schema)
    filled = {name for entry in entries for name in entry.filled.split(",")}
    every = every or not entries
    return tuple(
        Column(name=field.name, kind=_kind(data_type, field.name), type=field.type)
        for field in archive.schema(data_type)
        if every or field.name in filled
    )


def flat(table: pa.Table | None, columns: tuple[Column, ...]) -> pa.Table:
    """Return the output as a table of plain types; an empty one for None."""
    import pyarrow as pa

    arrays: dict[str, Any] = {}
    for column in columns:
        if column.name == NULLS:
            continue
        of_values = plain_type(column.type)
        if table is None:
            arrays[column.name] = pa.array([], of_values)
        elif column.kind is Kind.JSON and column.name != EXTRA:
            arrays[column.name] = on_values(chunk(table, column.name), plain_answers)
        else:
            arrays[column.name] = chunk(table, column.name).cast(of_values)
    return pa.table(arrays)


def chunk(table: pa.Table, name: str) -> pa.Array:
    """Return a column as one array."""
    column = table.column(name)
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def on_values(array: pa.Array, change: Callable[[Any], Any]) -> pa.Array:
    """Change strings; of a dictionary column only the distinct ones. Nulls stay nulls."""
    import pyarrow as pa

    if not pa.types.is_dictionary(array.type):
        return change(array)
    changed = change(array.dictionary)
    return changed.take(array.indices)


def text(array: pa.Array, *, finite: bool = False) -> pa.Array:
    """Return numbers, times and flags as text; with ``finite``, NaN and infinity become null."""
    import pyarrow as pa

    if pa.types.is_floating(array.type):
        if repeats(array):  # answers on a scale, and the scale: each number is spelt once
            array = array.dictionary_encode()
        return on_values(array, partial(_numbers, finite=finite))
    if pa.types.is_timestamp(array.type):
        return _times(array)
    return array.cast(pa.string())


def plain_answers(array: pa.Array) -> pa.Array:
    """Return JSON text with strings unquoted, where nobody can take them for anything else."""
    import pyarrow as pa
    import pyarrow.compute as pc

    quoted = pc.fill_null(pc.starts_with(array, '"'), False)
    if not pc.any(quoted).as_py():
        return array
    distinct = array.filter(quoted).dictionary_encode()
    plain = pa.array([_unquoted(item) for item in distinct.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(array, quoted, plain.take(distinct.indices))


def as_bytes(array: pa.Array) -> bytes:
    """Return all strings of an array without nulls, one after the other."""
    import pyarrow as pa

    if not len(array):
        return b""
    whole = array.cast(pa.large_string())
    offsets, data = whole.buffers()[1:]
    ends = memoryview(offsets).cast("q")
    first, last = ends[whole.offset], ends[whole.offset + len(whole)]
    return bytes(memoryview(data)[first:last]) if data is not None else b""


def _kind(data_type: str, name: str) -> Kind:
    if name == EXTRA:
        return Kind.JSON
    return Kind.LABEL if name == NULLS else field_of(data_type, name).kind


def _unquoted(item: str) -> str:
    value = str(msgspec.json.decode(item))
    if value in _WORDS or value != value.strip() or value[0] in "[{(\"'":
        return item
    if _NUMBER_OF_R.fullmatch(value):
        return item
    try:
        float(value)
    except ValueError:
        return value
    return item  # a text answer that looks like a number stays a text: 007, .5 and nan do


def _numbers(array: pa.Array, *, finite: bool) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pc.and_(pc.equal(array, pc.trunc(array)), pc.less_equal(pc.abs(array), _EXACT))
    whole = pc.fill_null(whole, True)
    integers = pc.if_else(whole, array, 0.0).cast(pa.int64()).cast(pa.string())
    if pc.all(whole).as_py():
        return integers
    floats = array.cast(pa.string())
    if finite:
        floats = pc.if_else(pc.is_finite(array), floats, pa.scalar(None, pa.string()))
    return pc.if_else(whole, integers, floats)


def _times(array: pa.Array) -> pa.Array:
    """ISO 8601 in UTC, with milliseconds, or microseconds where there are any."""
    import pyarrow as pa
    import pyarrow.compute as pc

    exact = array.cast(pa.timestamp("us"))
    rounded = exact.cast(pa.timestamp("ms"), safe=False)
    written = rounded.cast(pa.string())
    whole = pc.fill_null(pc.equal(rounded.cast(pa.timestamp("us")), exact), True)
    if not pc.all(whole).as_py():
        written = pc.if_else(whole, written, exact.cast(pa.string()))
    written = pc.replace_substring(written, " ", "T", max_replacements=1)
    return pc.binary_join_element_wise(written, pa.scalar(""), "Z")
