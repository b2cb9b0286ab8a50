"""Nested values that are kept as text: cut off, written by a program unknown, or as a text in JSON.

Nothing inside them is an answer, a time or a number to anybody (trap E8). A frame that was read from a CSV
and saved as JSON holds its nested cells as texts; so may an answer that somebody typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archive_tool.ingest.arrow import as_mask
from archive_tool.ingest.cells.values import cell_value

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Array


def begins_nested(made: Array) -> Array:
    """Where JSON text is a string that begins with a bracket."""
    import pyarrow.compute as pc

    return pc.or_(pc.starts_with(made, '"{'), pc.starts_with(made, '"['))


def in_texts(made: Array) -> tuple[int, ...]:
    """Rows of JSON whose text is a whole nested value."""
    import pyarrow.compute as pc

    begins = begins_nested(made)
    if not pc.any(begins).as_py():
        return ()
    rows = as_mask(begins).nonzero()[0].tolist()
    texts = (msgspec.json.decode(made[row].as_py()) for row in rows)
    return tuple(
        row
        for row, text in zip(rows, texts, strict=True)
        if isinstance(cell_value(text), dict | list)
    )


def unparsed(cells: Array, made: Array) -> tuple[int, ...]:
    """Rows whose cell begins with a bracket, and of which JSON text of a string was made."""
    import pyarrow.compute as pc

    texts = pc.starts_with(made, '"')
    if not pc.any(texts).as_py():
        return ()
    bracket = pc.or_(pc.starts_with(cells, "{"), pc.starts_with(cells, "["))
    return tuple(as_mask(pc.and_(texts, bracket)).nonzero()[0].tolist())
