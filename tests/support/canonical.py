"""Canonical tables, parts and a census from plain rows, for tests that need no files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from archive_tool.model.bundle import FileKind, Page, Part, SourceFile
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.tables import AT, ROW_BITS, Batch
from archive_tool.schemas import FIELDS, Field, Kind, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def batch(data_type: str, rows: Sequence[Mapping[str, Any]], *, order: int = 0, start: int = 0):
    """A batch of one part; ``start`` is the first row's place, counted from 0."""
    at = [(order << ROW_BITS) | (start + i) for i in range(len(rows))]
    columns = [
        pa.array([_cell(field, row) for row in rows], _plain(arrow.type)).cast(arrow.type)
        for field, arrow in zip(FIELDS[data_type], arrow_schema(data_type), strict=False)
    ]
    rest = arrow_schema(data_type).names[len(columns) :]
    columns += [pa.nulls(len(rows), arrow_schema(data_type).field(name).type) for name in rest]
    table = pa.table(columns, schema=arrow_schema(data_type))
    return Batch(data_type=data_type, table=table.append_column(AT, pa.array(at, pa.int64())))


def part(
    data_type: str,
    rows: int,
    *,
    order: int = 0,
    label: str = "F001",
    page: Page | None = None,
    query_key: str | None = None,
) -> Part:
    """One part, in a file of its own."""
    file = SourceFile(label=label, path="a-name", size=1, kind=FileKind.JSON)
    return Part(
        file=file,
        index=0,
        order=order,
        data_type=data_type,
        form="array",
        rows=rows,
        page=page,
        query_key=query_key,
    )


@dataclass(frozen=True, kw_only=True)
class FakeCounts:
    """What a census says of one type."""

    rows: int
    people: frozenset[str] = frozenset()
    rooms: frozenset[str] = frozenset()
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FakeCensus:
    """What a census says of a bundle."""

    types: Mapping[str, FakeCounts]

    def of(self, data_type: str) -> FakeCounts:
        """One type."""
        return self.types[data_type]


def census(rows_by_type: Mapping[str, Sequence[Mapping[str, Any]]]) -> FakeCensus:
    """Count plain rows."""
    return FakeCensus(types={name: _counts(name, rows) for name, rows in rows_by_type.items()})


def _counts(name: str, rows: Sequence[Mapping[str, Any]]) -> FakeCounts:
    subject = BY_NAME[name].subject if name in BY_NAME else "participantId"
    times = [datetime.fromisoformat(row["timestamp"]) for row in rows if row.get("timestamp")]
    return FakeCounts(
        rows=len(rows),
        people=frozenset(row.get(subject) or "" for row in rows),
        rooms=frozenset(
            row[key] for row in rows for key in ("roomId", "sessionId") if row.get(key)
        ),
        first=min(times, default=None),
        last=max(times, default=None),
    )


def _cell(field: Field, row: Mapping[str, Any]) -> Any:
    value = next((row[name] for name in (field.name, *field.aliases) if name in row), None)
    if value is None:
        return None
    if field.kind is Kind.JSON:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if field.kind is Kind.TIME and isinstance(value, str):
        return datetime.fromisoformat(value)
    return float(value) if field.kind is Kind.NUMBER else value


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
