"""Rows on their way through the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

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


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Many rows of one data type, from one part or several, in canonical columns."""

    data_type: str
    """One of ``model.datatypes.WITH_SCHEMA``, by name, or one of its ``ROSTER``."""
    table: pa.Table
    """All columns of ``schemas.arrow_schema(data_type)`` in its order, then ``_at``.

    Each column is one chunk; dictionaries are unified within the table.
    """
