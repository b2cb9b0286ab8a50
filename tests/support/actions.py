"""Every action that a policy may write, on a column of each kind that it fits."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from archive_tool.anonymize import Context, Identifiers, PseudonymKeys, apply
from archive_tool.model.policy import INDIVIDUAL, Action
from archive_tool.policy import decide, load_policy, parse
from archive_tool.policy.rules import FITS
from archive_tool.schemas import Kind, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

KEYS: Final = PseudonymKeys.derive(lambda p: p.encode() * 8, linkability="study", archive_id="a")
COLUMNS: Final[dict[Kind, tuple[str, str, Any]]] = {
    Kind.ID: ("events", "stateId", "film"),
    Kind.RECORD: ("events", "id", "e1"),
    Kind.LABEL: ("events", "participantRole", "a@b.org"),
    Kind.TEXT: ("events", "content", "mail a@b.org"),
    Kind.NUMBER: ("events", "onset", 7.5),
    Kind.TIME: ("events", "timestamp", datetime(2026, 5, 14, 12, tzinfo=UTC)),
    Kind.FLAG: ("chat", "deleted", True),
    Kind.JSON: ("events", "response", json.dumps({"value": 7.5, "label": "a@b.org"})),
}
"""A column of each kind, and a value that every action changes."""
PARAMETERS: Final = {
    Action.GENERALIZE: {
        Kind.ID: 'labels = { cinema = "place" }',
        Kind.LABEL: 'labels = { leader = "lead" }',
        Kind.NUMBER: "bin = 10",
        Kind.TIME: 'to = "month"',
        Kind.JSON: "bin = 10",
    },
}
"""What an action has to be told for a kind of column."""
CHANGES: Final = [
    (kind, action)
    for kind, fitting in FITS.items()
    for action in sorted(fitting & INDIVIDUAL - {Action.KEEP})
]
"""Kinds, and actions under which their values leave, changed."""


def context(kind: Kind, action: Action) -> Context:
    """A policy that keeps everything but the column of a kind."""
    data_type, column, _ = COLUMNS[kind]
    more = f", {PARAMETERS[action][kind]}" if action in PARAMETERS else ""
    rule = f'\n[fields.{data_type}]\n{column} = {{ action = "{action}"{more} }}\n'
    return Context(
        decisions=decide(parse(load_policy("keep").text + rule, where="t")),
        keys=KEYS,
        known=Identifiers().freeze(),
        excluded=frozenset(),
    )


def after(kind: Kind, values: list[Any], given: Context) -> pa.ChunkedArray | None:
    """Cells of the column of a kind after its action; None where the column does not leave."""
    import pyarrow as pa

    data_type, column, _ = COLUMNS[kind]
    rows = [{column: value} for value in values]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(data_type))
    applied = apply(data_type, table, given).table
    return applied[column] if column in applied.column_names else None
