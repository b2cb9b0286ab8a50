"""Rows to CSV, RFC 4180: CRLF, a quote only where it is needed, formula cells defused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.archive.extraction.columns import (
    Column,
    as_bytes,
    chunk,
    on_values,
    plain_answers,
    text,
)
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import Kind

if TYPE_CHECKING:
    import pyarrow as pa

_NEEDS_QUOTES: Final = r'[",\r\n]'
_FORMULA: Final = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
"""A spreadsheet runs a cell that begins like this, some do with wide letters; a leading apostrophe
makes it text."""


def header(columns: tuple[Column, ...]) -> bytes:
    """Return the first line."""
    return ",".join(c.name for c in columns if c.name != NULLS).encode() + b"\r\n"


def lines(table: pa.Table, columns: tuple[Column, ...]) -> bytes:
    r"""Return the rows as lines. A missing value is empty, an empty text is ``\"\"``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not table.num_rows:
        return b""
    cells = [_cells(chunk(table, c.name), c) for c in columns if c.name != NULLS]
    rows = pc.binary_join_element_wise(
        *cells, pa.scalar(","), null_handling="replace", null_replacement=""
    )
    return as_bytes(pc.binary_join_element_wise(rows, pa.scalar(""), pa.scalar("\r\n")))


def _cells(array: pa.Array, column: Column) -> pa.Array:
    if column.name == EXTRA:
        return on_values(array, _quote)
    if column.kind is Kind.JSON:
        return on_values(array, _json_cells)
    if column.kind in (Kind.NUMBER, Kind.TIME, Kind.FLAG):
        return text(array)
    if column.kind is None and not _is_text(array):
        return text(array)
    return on_values(array, lambda values: _quote(_defuse(values)))


def _json_cells(values: pa.Array) -> pa.Array:
    """Defuse only what was a string: ``-5`` is a number and stays one."""
    import pyarrow.compute as pc

    plain = plain_answers(values)
    was_text = pc.fill_null(pc.not_equal(plain, values), False)
    return _quote(pc.if_else(was_text, _defuse(plain), plain))


def _defuse(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    found = pc.match_substring_regex(values, _FORMULA)
    if not pc.any(found).as_py():
        return values
    return pc.if_else(found, _around(values, "'", ""), values)


def _quote(values: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    needed = pc.or_(pc.match_substring_regex(values, _NEEDS_QUOTES), pc.equal(values, ""))
    if not pc.any(needed).as_py():
        return values
    doubled = pc.replace_substring(values, '"', '""')
    return pc.if_else(needed, _around(doubled, '"', '"'), values)


def _around(values: pa.Array, before: str, after: str) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(pa.scalar(before), values, pa.scalar(after), pa.scalar(""))


def _is_text(array: pa.Array) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(array.type) or pa.types.is_dictionary(array.type))
