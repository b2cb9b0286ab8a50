"""JSON objects and lists of names, put together by columns instead of by rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive_tool.ingest.arrow import Array, is_empty
from archive_tool.ingest.cells.values import key_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def object_texts(members: Mapping[str, Any], rows: int) -> Array:
    """Canonical JSON objects, one per row, from JSON texts by key; null where nothing is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not members:
        return pa.nulls(rows, pa.string())
    columns = [
        pc.binary_join_element_wise(key_text(key), members[key], "") for key in sorted(members)
    ]
    return _joined(columns, "{", "}")


def null_names(masks: Mapping[str, Any], rows: int) -> Array:
    """Comma-joined sorted names of the columns with an explicit null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    absent = pa.scalar(None, pa.string())
    columns = [pc.if_else(mask, name, absent) for name, mask in sorted(masks.items())]
    return _joined(columns, "", "") if columns else pa.nulls(rows, pa.string())


def _joined(columns: Sequence[Any], before: str, after: str) -> Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    # The empty first element keeps rows alive in which all others are null: pyarrow drops them.
    led = pc.binary_join_element_wise("", *columns, ",", null_handling="skip")
    inside = pc.utf8_slice_codeunits(led, 1)
    text = pc.binary_join_element_wise(before, inside, after, "") if before or after else inside
    return pc.if_else(is_empty(inside), pa.scalar(None, pa.string()), text)
