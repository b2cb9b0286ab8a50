"""The two types that are read only for who is a person and who is an agent; never archived."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import ROSTER
from archive_tool.schemas import FIELDS, Field, Kind, Sensitivity
from archive_tool.schemas.registry import schema_of_fields

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
        source="DT, RN",
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


def fields_of(data_type: str) -> tuple[Field, ...]:
    """Give the columns of a type with a schema or of a roster type.

    ``agent_runs`` has the columns of the participants; every row of it is an agent.
    """
    return _PARTICIPANTS if data_type in ROSTER else FIELDS[data_type]


def as_agents(table: pa.Table) -> pa.Table:
    """Mark every row as one of an agent: a listing of runs holds no others, and need not say so."""
    import pyarrow as pa

    if "isAgent" in table.column_names:
        table = table.drop_columns("isAgent")
    return table.append_column("isAgent", pa.repeat(True, table.num_rows))


@cache
def schema_of(data_type: str) -> pa.Schema:
    """Give the Arrow schema after ingest, without ``_at``."""
    return schema_of_fields(fields_of(data_type))
