"""Which fields a data type has, and how its tables lie in memory."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import (
    CHAT,
    COMPONENTS,
    CONTINUOUS,
    EVENTS,
    RECORDINGS,
    SPARSE,
    SYNC,
)
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import (
    chat,
    components,
    events,
    ratings_continuous,
    ratings_sparse,
    recordings,
    sync,
)
from archive_tool.schemas.fields import DICTIONARY, Field, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

FIELDS: Final[dict[str, tuple[Field, ...]]] = {
    EVENTS.name: events.FIELDS,
    RECORDINGS.name: recordings.FIELDS,
    CHAT.name: chat.FIELDS,
    CONTINUOUS.name: ratings_continuous.FIELDS,
    SPARSE.name: ratings_sparse.FIELDS,
    SYNC.name: sync.FIELDS,
    COMPONENTS.name: components.FIELDS,
}


def field_of(data_type: str, column: str) -> Field:
    """Find the declaration of one column; KeyError when there is none."""
    for field in FIELDS[data_type]:
        if field.name == column:
            return field
    raise KeyError(column)


def arrow_type(kind: Kind) -> pa.DataType:
    """Say how a kind of column lies in memory."""
    import pyarrow as pa

    if kind in DICTIONARY:
        return pa.dictionary(pa.int32(), pa.string())
    if kind is Kind.NUMBER:
        return pa.float64()
    if kind is Kind.TIME:
        return pa.timestamp("us", "UTC")
    if kind is Kind.FLAG:
        return pa.bool_()
    return pa.string()


@cache
def arrow_schema(data_type: str) -> pa.Schema:
    """Columns of a table after ingest, without ``_at``."""
    return schema_of_fields(FIELDS[data_type])


def schema_of_fields(fields: Iterable[Field]) -> pa.Schema:
    """Columns of a table with these fields: in their order, then ``extra`` and ``nulls``.

    ``nulls`` is dictionary-encoded: most rows of a table have the same explicit nulls.
    """
    import pyarrow as pa

    columns = [(field.name, arrow_type(field.kind)) for field in fields]
    rest = [(EXTRA, arrow_type(Kind.JSON)), (NULLS, arrow_type(Kind.LABEL))]
    return pa.schema(columns + rest)
