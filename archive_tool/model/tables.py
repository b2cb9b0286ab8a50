"""Rows on their way through the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

EXTRA: Final = "extra"
"""Canonical JSON object per row with the fields that the schema does not know, else null.

A typed value that could not be read as its type lies here too, under its column's name.
"""

NULLS: Final = "nulls"
"""Comma-joined sorted names of the columns whose value was an explicit JSON null, else null.

Absent is not null: an Arrow null in a column that is not named here was absent.
"""

AT: Final = "_at"
"""int64 per row during a run only: ``part.order << ROW_BITS | row of the part``; never archived."""

ROW_BITS: Final = 40

Rows = TypeVar("Rows", int, "NDArray[np.int64]")
"""One row, or an int64 array of them."""


def position(order: int, row: Rows) -> Rows:
    """Give ``_at`` of rows of a part, counted from 0."""
    return row + (order << ROW_BITS)


def part_of(at: Rows) -> Rows:
    """Give the part of rows by their ``_at``: its ``Part.order``."""
    return at >> ROW_BITS


def row_of(at: Rows) -> Rows:
    """Give the row within its part, counted from 0, by its ``_at``."""
    return at & ((1 << ROW_BITS) - 1)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Many rows of one data type, from one part or several, in canonical columns."""

    data_type: str
    """One of ``model.datatypes.WITH_SCHEMA``, by name, or one of its ``ROSTER``."""
    table: pa.Table
    """All columns of ``schemas.arrow_schema(data_type)`` in its order, then ``_at``.

    Each column is one chunk; dictionaries are unified within the table.
    """
