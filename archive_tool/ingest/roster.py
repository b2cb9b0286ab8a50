"""The two types that are read only for who is a person and who is an agent; never archived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import ROSTER
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import FIELDS, Field, Kind, Sensitivity
from archive_tool.schemas.registry import arrow_schema, arrow_type

if TYPE_CHECKING:
    import pyarrow as pa


def _field(
    name: str, kind: Kind, sensitivity: Sensitivity, description: str, *aliases: str
) -> Field:
    return Field(
        name=name,
        kind=kind,
        sensitivity=sensitivity,
        description=description,
        source="DT, RN7",
        aliases=aliases,
    )


_PARTICIPANTS: Final = (
    _field("participantId", Kind.ID, Sensitivity.PERSON, "Person or agent", "id"),
    _field("roomId", Kind.ID, Sensitivity.ROOM, "Room"),
    _field("experimentId", Kind.ID, Sensitivity.HARMLESS, "Experiment"),
    _field("isAgent", Kind.FLAG, Sensitivity.HARMLESS, "An AI agent"),
    _field("role", Kind.LABEL, Sensitivity.QUASI, "Role", "participantRole"),
    _field("status", Kind.LABEL, Sensitivity.HARMLESS, "State of the participation"),
    _field(
        "completionCode",
        Kind.LABEL,
        Sensitivity.QUASI,
        "How it ended; in places a code of the recruiting platform",
    ),
    _field("completionOutcome", Kind.LABEL, Sensitivity.HARMLESS, "How it ended"),
    _field("participantName", Kind.TEXT, Sensitivity.NAME, "Name", "name", "displayName"),
    _field("email", Kind.TEXT, Sensitivity.NAME, "E-mail address"),
)

ROSTER_FIELDS: Final[dict[str, tuple[Field, ...]]] = dict.fromkeys(ROSTER, _PARTICIPANTS)
"""``agent_runs`` has the same columns; every row of it is an agent."""


def fields_of(data_type: str) -> tuple[Field, ...]:
    """Give the columns of a type with a schema or of a roster type."""
    return ROSTER_FIELDS[data_type] if data_type in ROSTER_FIELDS else FIELDS[data_type]


def as_agents(table: pa.Table) -> pa.Table:
    """Mark every row as one of an agent: a listing of runs holds no others, and need not say so."""
    import pyarrow as pa

    if "isAgent" in table.column_names:
        table = table.drop_columns("isAgent")
    return table.append_column("isAgent", pa.repeat(True, table.num_rows))


def schema_of(data_type: str) -> pa.Schema:
    """Give the Arrow schema after ingest, without ``_at``."""
    if data_type not in ROSTER_FIELDS:
        return arrow_schema(data_type)
    import pyarrow as pa

    columns = [pa.field(field.name, arrow_type(field.kind)) for field in _PARTICIPANTS]
    columns.append(pa.field(EXTRA, pa.string()))
    columns.append(pa.field(NULLS, pa.dictionary(pa.int32(), pa.string())))
    return pa.schema(columns)
