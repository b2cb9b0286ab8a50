"""Rows to JSON objects: absent fields are left out, explicit nulls are null, ``extra`` is back.

No object has a key twice: what could not be read as a field that something else has filled stays in a
member ``extra``. In summary tables nothing is absent: a hidden cell is null.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.archive.extraction.columns import Column, as_bytes, chunk, on_values, text
from archive_tool.ingest.cells.values import json_text
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import pyarrow as pa

    from archive_tool.archive.extraction.selection import Selection

_NEEDS_ESCAPE: Final = r'["\\\x00-\x1f]'


def objects(table: pa.Table, columns: tuple[Column, ...], *, before: str, after: str) -> bytes:
    """Return the rows as objects, each with ``before`` and ``after`` around it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not table.num_rows:
        return b""
    nulls = chunk(table, NULLS) if NULLS in table.column_names else None
    named = set() if nulls is None else _named(nulls)
    if nulls is None:
        members = [_with_nulls(table, column) for column in columns]
    else:
        members = [
            _members(table, column, nulls if column.name in named else None)
            for column in columns
            if column.name != NULLS and (column.name in named or _has_value(table, column.name))
        ]
    joined = pc.binary_join_element_wise(
        *members,
        pa.nulls(table.num_rows, pa.string()),
        pa.scalar(""),
        null_handling="replace",
        null_replacement="",
    )
    opened = pc.utf8_replace_slice(joined, 0, 1, "{")  # the comma of the first member
    return as_bytes(
        pc.binary_join_element_wise(
            pa.scalar(before), opened, pa.scalar("}" + after), pa.scalar("")
        )
    )


def metadata(
    data_type: str, selection: Selection, *, rows: int, total: int, now: datetime | None
) -> bytes:
    """Return the ``metadata`` of the platform's envelope."""
    kind, _, rating = data_type.partition("/")
    stated: dict[str, Any] = {"dataType": kind if kind == "ratings" else data_type}
    if kind == "ratings":
        stated["ratingType"] = rating
    if selection.scope is not None:
        stated |= {"scope": selection.scope, "scopeId": selection.scope_id}
    if now is not None:
        stated["timestamp"] = _iso(now)
    more = selection.offset + rows < total
    query = {
        "startTime": _iso(selection.start_time),
        "endTime": _iso(selection.end_time),
        "sort": selection.sort,
        "order": selection.order,
        "limit": selection.limit,
        "offset": selection.offset,
    }
    page: dict[str, Any] = {
        "total": total, "returned": rows, "limit": selection.limit, "offset": selection.offset,
        "hasMore": more,
    }  # fmt: skip
    if more:
        page["nextOffset"] = selection.offset + rows
    return msgspec.json.encode({**stated, "query": query, "pagination": page})


def _iso(time: datetime | None) -> str | None:
    if time is None:
        return None
    from datetime import UTC

    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _members(table: pa.Table, column: Column, nulls: pa.Array | None) -> pa.Array:
    """Return ``,"name":value`` per row, null where the row has no such field."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = chunk(table, column.name)
    if column.name == EXTRA:
        return on_values(_apart(array, table), _spliced)
    name = _key(column)
    member = pc.binary_join_element_wise(pa.scalar(name), _values(array, column), pa.scalar(""))
    if nulls is None:
        return member
    explicit = on_values(nulls, lambda names: _names_one(names, column.name))
    return pc.if_else(pc.fill_null(explicit, False), pa.scalar(f"{name}null"), member)


def _with_nulls(table: pa.Table, column: Column) -> pa.Array:
    """As :func:`_members`, of a table whose every null was put there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.fill_null(_members(table, column, None), pa.scalar(f"{_key(column)}null"))


def _key(column: Column) -> str:
    return f",{msgspec.json.encode(column.name).decode()}:"


def _values(array: pa.Array, column: Column) -> pa.Array:
    import pyarrow as pa

    if column.kind is Kind.JSON:
        return array  # canonical JSON text already
    if column.kind is Kind.TIME or pa.types.is_timestamp(array.type):
        return _quoted(text(array))
    if pa.types.is_string(array.type) or pa.types.is_dictionary(array.type):
        return on_values(array, _quoted)
    return text(array, finite=True)


def _quoted(values: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    quoted = pc.binary_join_element_wise(pa.scalar('"'), values, pa.scalar('"'), pa.scalar(""))
    special = pc.fill_null(pc.match_substring_regex(values, _NEEDS_ESCAPE), False)
    if not pc.any(special).as_py():
        return quoted
    escaped = [msgspec.json.encode(item).decode() for item in values.filter(special).to_pylist()]
    return pc.replace_with_mask(quoted, special, pa.array(escaped, pa.string()))


def _apart(extra: pa.Array, table: pa.Table) -> pa.Array:
    """Move members with the name of a column that has a value in their row into one of their own."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = [name for name in table.column_names if name not in (EXTRA, NULLS)]
    key = f'"(?:{"|".join(map(re.escape, names))})":'  # once for all of them: extra may be long
    clashing = pc.fill_null(pc.match_substring_regex(extra, key), False)
    if not pc.any(clashing).as_py():
        return extra
    filled = {name: chunk(table, name).is_valid() for name in names}
    rows = pc.indices_nonzero(clashing).to_pylist()
    texts = extra.filter(clashing).to_pylist()
    moved = [_moved(text, row, filled) for text, row in zip(texts, rows, strict=True)]
    return pc.replace_with_mask(extra, clashing, pa.array(moved, pa.string()))


def _moved(extra: str, row: int, filled: Mapping[str, pa.Array]) -> str:
    members = msgspec.json.decode(extra)
    names = [name for name in members if name in filled and filled[name][row].as_py()]
    if not names:  # it was a key further inside
        return extra
    own = [EXTRA] if EXTRA in members else []
    apart = {name: members.pop(name) for name in (*names, *own)}
    return json_text({**members, EXTRA: apart})


def _spliced(values: pa.Array) -> pa.Array:
    """Turn ``{"a":1}`` into ``,"a":1``; an empty object into nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    inside = pc.utf8_slice_codeunits(values, 1, -1)
    with_comma = pc.binary_join_element_wise(pa.scalar(","), inside, pa.scalar(""))
    return pc.if_else(pc.equal(inside, ""), pa.scalar(""), with_comma)


def _named(nulls: pa.Array) -> set[str]:
    """Return every column that is an explicit null in some row."""
    import pyarrow.compute as pc

    return {name for item in pc.unique(nulls).to_pylist() if item for name in item.split(",")}


def _has_value(table: pa.Table, name: str) -> bool:
    return bool(table.column(name).null_count < table.num_rows)


def _names_one(names: pa.Array, name: str) -> pa.Array:
    import pyarrow as pa

    return pa.array([item is not None and name in item.split(",") for item in names.to_pylist()])
