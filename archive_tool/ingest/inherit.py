"""Rows without room or experiment take them from where they were found (trap C3).

In this order: the row, its nested ``metadata``, a room-scope envelope, ``query.roomId`` of a
participant page, the folder or ZIP named after it. The room of an experiment-scope row is never
guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.ingest.arrow import is_empty, one_array, plain
from archive_tool.ingest.no_ids import an_id
from archive_tool.ingest.roster import fields_of
from archive_tool.model.datatypes import COMPONENTS, ROSTER
from archive_tool.model.findings import Code, Severity
from archive_tool.model.tables import AT, NULLS

if TYPE_CHECKING:
    import pyarrow as pa

    from archive_tool.ingest.arrow import Array
    from archive_tool.ingest.remarks import Remarks

INHERITED: Final = {
    "roomId": Code(
        name="ROOM-INHERITED",
        severity=Severity.NOTE,
        message="rows without a room take it from their metadata, their page or their folder",
        meaning="Some exports name the room only in the envelope or the folder.",
    ),
    "experimentId": Code(
        name="EXPERIMENT-INHERITED",
        severity=Severity.NOTE,
        message="rows without an experiment take it from their metadata, their page or their "
        "folder",
        meaning="Some exports name the experiment only in the envelope or the folder.",
    ),
    "participantId": Code(
        name="PARTICIPANT-INHERITED",
        severity=Severity.NOTE,
        message="rows without a participant take it from the participant page they came in",
        meaning="Some rows name their person only by the page they came in.",
    ),
}
WITHOUT_ROOM: Final = Code(
    name="ROWS-WITHOUT-ROOM",
    severity=Severity.WARNING,
    message="rows do not say which room they belong to, and neither does their page or folder",
    meaning="Rows without a room belong to no session: they are in no archive.",
    hint="download the data at room scope, or put the file into a folder named after its room",
)
_NESTED: Final = {"roomId": ("roomId", "roomName"), "experimentId": ("experimentId",)}


@dataclass(frozen=True, kw_only=True)
class Heritage:
    """What the surroundings of a part say about its rows; personal, never in a message."""

    room: str | None = None
    experiment: str | None = None
    participant: str | None = None


def inherit(data_type: str, table: pa.Table, heritage: Heritage, remarks: Remarks) -> pa.Table:
    """Give the loose table with room, experiment and participant filled in where rows lack them."""
    names = {field.name for field in fields_of(data_type)}
    for column, value in (
        ("roomId", heritage.room),
        ("experimentId", heritage.experiment),
        ("participantId", heritage.participant),
    ):
        if column in names:
            table = _fill(data_type, table, column, value, remarks)
    return table


def _fill(
    data_type: str, table: pa.Table, name: str, value: str | None, remarks: Remarks
) -> pa.Table:
    import pyarrow.compute as pc

    missing = _missing(table, name)
    count = table.num_rows if missing is None else pc.sum(missing).as_py() or 0
    if not count:
        return table
    found = _from_metadata(table, name, missing)
    filler = found if value is None else pc.fill_null(found, value)
    new = filler if missing is None else pc.if_else(missing, filler, plain(table[name]))
    left = new.null_count
    if left < count:
        remarks.note(INHERITED[name], data_type=data_type, rows=count - left)
        table = _without_null(table, name, new)
    if left and name == "roomId" and _room_matters(data_type):
        at = table[AT].filter(new.is_null()).to_numpy()
        remarks.at(WITHOUT_ROOM, at, data_type=data_type, column=name)
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, new)
    return table.append_column(name, new)


def _room_matters(data_type: str) -> bool:
    """Definitions of components and rosters belong to no room."""
    return data_type != COMPONENTS.name and data_type not in ROSTER


def _missing(table: pa.Table, name: str) -> Array:
    """Mask of rows without a value; None when the column is not there at all."""
    if name not in table.column_names:
        return None
    return is_empty(plain(one_array(table[name]))).fill_null(True)


def _from_metadata(table: pa.Table, name: str, missing: Array) -> Array:
    """Give the id that the row's nested ``metadata`` holds, where it is needed."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = table.num_rows
    has_metadata = "metadata" in table.column_names and table["metadata"].null_count < rows
    if name not in _NESTED or not has_metadata:
        return pa.nulls(rows, pa.string())
    texts = one_array(table["metadata"])
    if missing is not None:
        texts = pc.if_else(missing, texts, pa.scalar(None, pa.string()))
    encoded = texts.dictionary_encode()
    ids = [_nested_id(text, _NESTED[name]) for text in encoded.dictionary.to_pylist()]
    return pa.array(ids, pa.string()).take(encoded.indices)


def _nested_id(text: str | None, keys: tuple[str, ...]) -> str | None:
    value = msgspec.json.decode(text or "null")
    if not isinstance(value, dict):
        return None
    for key in keys:
        if isinstance(value.get(key), str) and (found := an_id(value[key])):
            return found
    return None


def _without_null(table: pa.Table, name: str, new: Array) -> pa.Table:
    """``nulls`` no longer names a column that is filled."""
    import pyarrow as pa

    nulls = table[NULLS]
    if nulls.null_count == len(nulls):
        return table
    lists = [
        None
        if text is None
        else ",".join(word for word in text.split(",") if word != name or not filled) or None
        for text, filled in zip(nulls.to_pylist(), new.is_valid().to_pylist(), strict=True)
    ]
    return table.set_column(table.column_names.index(NULLS), NULLS, pa.array(lists, pa.string()))
