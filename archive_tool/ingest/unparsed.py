"""Cells that begin like a nested value and are none: cut off, or written by a program unknown.

They are kept as text, and nothing inside them is an answer, a time or a number to anybody (trap E8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.ingest.arrow import where

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Array


def unparsed(cells: Array, made: Array) -> tuple[int, ...]:
    """Rows whose cell begins with a bracket, and of which JSON text of a string was made."""
    import pyarrow.compute as pc

    texts = pc.starts_with(made, '"')
    if not pc.any(texts).as_py():
        return ()
    bracket = pc.or_(pc.starts_with(cells, "{"), pc.starts_with(cells, "["))
    return tuple(where(pc.and_(texts, bracket)).nonzero()[0].tolist())
