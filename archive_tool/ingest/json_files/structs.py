"""Rows of JSON decoded at once, into a struct made for exactly their keys.

What is needed for it is little and travels: a worker process decodes as the reader does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import astuple

from archive_tool.ingest.cells.values import ABSENT, NOT_JSON
from archive_tool.ingest.columns import ColumnPlan, plan_columns
from archive_tool.ingest.roster import fields_of
from archive_tool.ingest.sources import Column, JsonValues
from archive_tool.schemas import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_KEYS: Final = 250
"""Keys a struct is made for; a table with more of them is read row by row."""

_TYPES: Final[dict[Kind, Any]] = dict.fromkeys(
    (Kind.ID, Kind.RECORD, Kind.LABEL, Kind.TEXT, Kind.TIME), str | None | msgspec.UnsetType
) | {
    Kind.NUMBER: float | None | msgspec.UnsetType,
    Kind.FLAG: bool | None | msgspec.UnsetType,
    Kind.JSON: Any,
}


@dataclass(frozen=True, kw_only=True)
class Fast:
    """How rows with certain keys are decoded at once."""

    plan: ColumnPlan
    decode: Callable[[bytes], Sequence[Any]]
    kinds: tuple[tuple[str, Kind, int], ...]
    """Key and kind of each column, and its place in a row; keys that are dropped are not here."""


@lru_cache(maxsize=256)
def fast_way(data_type: str, keys: tuple[str, ...]) -> Fast | None:
    """Make the struct for rows with these keys; None where there can be none, or nothing is kept."""
    if not 0 < len(keys) <= MOST_KEYS:
        return None
    plan = plan_columns(data_type, keys, headers=False)
    kind_of = {field.name: field.kind for field in fields_of(data_type)}
    kinds = dict.fromkeys(keys, Kind.JSON)
    for name, found in plan.columns.items():
        kinds.update(dict.fromkeys(found, kind_of[name]))
    names = {f"f{place}": key for place, key in enumerate(keys)}
    fields = [(name, _TYPES[kinds[key]], ABSENT) for name, key in names.items()]
    kept = [(place, key) for place, key in enumerate(keys) if key not in plan.derived]
    if not kept:
        return None
    try:
        row = msgspec.defstruct("Row", fields, rename=names, forbid_unknown_fields=True, gc=False)
        decoder = msgspec.json.Decoder(list[row])  # type: ignore[valid-type]
    except (ValueError, TypeError):
        return None
    return Fast(
        plan=plan,
        decode=decoder.decode,
        kinds=tuple((key, kinds[key], place) for place, key in kept),
    )


def decoded(data_type: str, keys: tuple[str, ...], texts: Sequence[bytes]) -> list[Column] | None:
    """Decode JSON arrays of rows, one after the other, into one column per key that is kept.

    None when a row has another key, or a value of another type.
    """
    fast = fast_way(data_type, keys)
    if fast is None:
        return None
    chunks: list[list[Column]] = []
    for text in texts:
        try:
            rows = fast.decode(text)
        except NOT_JSON:
            return None
        columns = []
        cells = tuple(zip(*map(astuple, rows), strict=True))  # a third of the time of getters
        for _, kind, place in fast.kinds:
            column = JsonValues(items=cells[place], typed=kind).column(kind)
            if column.odd or column.unparsed:
                return None
            columns.append(column)
        chunks.append(columns)
    return [joined(same) for same in zip(*chunks, strict=True)]


def joined(chunks: Sequence[Column]) -> Column:
    """Put a column together that was read chunk by chunk."""
    import pyarrow as pa

    if len(chunks) == 1:
        return chunks[0]
    array = pa.concat_arrays([chunk.array for chunk in chunks])
    null = None
    if any(chunk.null is not None for chunk in chunks):
        nulls = [
            pa.repeat(False, len(chunk.array)) if chunk.null is None else chunk.null
            for chunk in chunks
        ]
        null = pa.concat_arrays(nulls)
    return Column(array=array, null=null)
