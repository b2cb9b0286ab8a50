"""Which rows are wanted, in which order: the query parameters of the platform's API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003
from typing import TYPE_CHECKING, Any, Final

from archive_tool.errors import UsageError
from archive_tool.keys.keyring import SubjectState
from archive_tool.model.datatypes import BY_NAME, MEDIA
from archive_tool.model.people import canonical_person
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import Kind, field_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from archive_tool.archive.reader import Archive

SCOPES: Final = ("experiment", "room", "participant")
ORDERS: Final = {"asc": "ascending", "desc": "descending"}
_TIMES: Final = ("timestamp", "startTime")
"""Columns that say when a row happened; recordings have the second, also where one sorts by the first."""

_ONSETS: Final = ("onset", "videoOffset")
"""Columns that say when in its session, where no clock leaves; recordings have the second."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Filter, order and page."""

    scope: str | None = None
    scope_id: str | None = None
    start_time: datetime | None = None
    """Inclusive."""
    end_time: datetime | None = None
    """Inclusive."""
    sort: str | None = None
    """A column; None for the default order."""
    order: str = "asc"
    limit: int | None = None
    """Most rows per type."""
    offset: int = 0
    """Rows left out at the beginning, per type."""

    def check(self) -> None:
        """UsageError when the parameters do not fit together."""
        if (self.scope is None) != (self.scope_id is None):
            raise UsageError(
                "scope and scope-id go together", where="scope", expected="both of them, or neither"
            )
        if self.scope is not None and self.scope not in SCOPES:
            raise UsageError("not a scope", where="scope", expected=", ".join(SCOPES))
        if self.scope_id is not None and not canonical_person(self.scope_id):  # that one is nobody
            raise UsageError("is empty", where="scope-id", expected=f"the id of a {self.scope}")
        if self.order not in ORDERS:
            raise UsageError("not an order", where="order", expected="asc or desc")
        if self.offset < 0:
            raise UsageError("is negative", where="offset", expected="0 or more")
        if self.limit is not None and self.limit < 0:
            raise UsageError("is negative", where="limit", expected="0 or more")
        for name, time in (("start-time", self.start_time), ("end-time", self.end_time)):
            if time is not None and time.tzinfo is None:
                raise UsageError("has no zone", where=name, expected="UTC, e.g. 2026-03-01T10:00Z")
        if self.start_time and self.end_time and self.end_time < self.start_time:
            raise UsageError(
                "lies before start-time",
                where="end-time",
                expected="the same moment, or a later one",
            )

    @property
    def by_rows(self) -> bool:
        """Whether times, order or paging choose among rows."""
        chosen = (self.start_time, self.end_time, self.limit)
        return self.ordered or self.offset > 0 or any(item is not None for item in chosen)

    def subjects(self, archive: Archive, data_type: str) -> Sequence[str] | None:
        """Return the subjects whose files hold all wanted rows; None when all must be read.

        A participant is found by its original id through the vault, however the platform wrote it.
        A code is found in the rows.
        """
        if self.scope != "participant" or self.scope_id is None or archive.vault is None:
            return None
        if data_type not in BY_NAME and data_type != MEDIA:
            return None
        is_known = archive.vault.subject_state(self.scope_id) is SubjectState.KNOWN
        return [self.scope_id] if is_known else None

    def in_scope(self, archive: Archive, data_type: str, table: pa.Table) -> pa.Table:
        """Keep the rows of the scope."""
        if self.scope is None or self.subjects(archive, data_type) is not None:
            return table
        import pyarrow.compute as pc

        column = _scope_column(self.scope, data_type)
        if column not in table.column_names:
            raise UsageError(
                f"has no column to select a {self.scope} by",
                where=data_type,
                hint=_elsewhere(data_type, "the policy left it out"),
            )
        return table.filter(pc.equal(table.column(column), self.scope_id))

    def in_time(self, data_type: str, table: pa.Table) -> pa.Table:
        """Keep the rows between start and end."""
        if self.start_time is None and self.end_time is None:
            return table
        import pyarrow as pa
        import pyarrow.compute as pc

        column = next((name for name in _TIMES if name in table.column_names), None)
        if column is None:
            raise UsageError(
                "has no time to select by",
                where=data_type,
                hint=_elsewhere(data_type, "the policy left points in time out"),
            )
        kind = pa.timestamp("us", "UTC")
        if self.start_time is not None:
            table = table.filter(pc.field(column) >= pa.scalar(self.start_time, kind))
        if self.end_time is not None:
            table = table.filter(pc.field(column) <= pa.scalar(self.end_time, kind))
        return table

    @property
    def ordered(self) -> bool:
        """Whether somebody asked for an order."""
        return self.sort is not None or self.order != "asc"

    def sort_keys(self, archive: Archive, data_type: str) -> list[tuple[str, str]]:
        """Return the columns to sort by, most important first; none for rows that stay as they stand."""
        columns = archive.manifest.columns[data_type]
        asked = self.sort
        if asked == _TIMES[0] and _TIMES[1] in columns:
            asked = _TIMES[1]
        if asked is not None and asked not in columns:
            raise UsageError(
                "has no such column to sort by",
                where=data_type,
                expected=", ".join(columns),
                hint="name other types with --type",
            )
        times = (*_TIMES, *_ONSETS) if data_type in BY_NAME else ()
        first = asked or next((n for n in times if n in columns), None)
        if first is None:
            if self.ordered:
                raise UsageError(
                    "has no time to order by",
                    where=data_type,
                    hint="name a column with --sort, or other types with --type",
                )
            return []
        record = BY_NAME[data_type].record_id if data_type in BY_NAME else None
        ties = [(record, "ascending")] if record in columns else []
        return [(first, ORDERS[self.order]), *((str(name), way) for name, way in ties)]


@dataclass(kw_only=True)
class Window:
    """Limit and offset over a stream of tables; counts what passes by."""

    offset: int
    limit: int | None
    seen: int = 0
    """Rows that came by so far, wanted or not."""

    def cut(self, table: pa.Table) -> pa.Table:
        """Return the part of the next table that is on the page."""
        first = max(self.offset - self.seen, 0)
        last = table.num_rows
        if self.limit is not None:
            last = min(last, max(self.offset + self.limit - self.seen, 0))
        self.seen += table.num_rows
        return table.slice(first, max(last - first, 0))


def sorted_by(table: pa.Table, data_type: str, keys: list[tuple[str, str]]) -> pa.Table:
    """Sort rows by several columns; rows without a value come last.

    Of JSON values numbers come first, by size, then all others by their text.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    columns: dict[str, Any] = {}
    ways = []
    for name, way in keys:
        column = table.column(name)
        if pa.types.is_dictionary(column.type):  # Arrow does not sort these
            column = column.cast(column.type.value_type)
        elif _is_json(data_type, name):
            columns[f"{name}: number"] = _numbers(column)
            ways.append((f"{name}: number", way))
        columns[name] = column
        ways.append((name, way))
    return table.take(pc.sort_indices(pa.table(columns), sort_keys=ways))


def _is_json(data_type: str, name: str) -> bool:
    if data_type not in BY_NAME:
        return False
    return name not in (EXTRA, NULLS) and field_of(data_type, name).kind is Kind.JSON


def _numbers(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give the numbers among JSON texts, null for all others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_number = pc.match_substring_regex(texts, "^-?[0-9][0-9.eE+-]{0,300}$")
    return pc.if_else(is_number, texts, pa.scalar(None, texts.type)).cast(pa.float64())


def _elsewhere(data_type: str, why: str) -> str:
    """Say what to do where a type lacks what is asked for, and why it does."""
    why = why if data_type in BY_NAME else "a summary tells of many together"
    return f"{why}; name other types with --type"


def _scope_column(scope: str, data_type: str) -> str:
    if scope == "participant":
        return BY_NAME[data_type].subject if data_type in BY_NAME else "participantId"
    return {"experiment": "experimentId", "room": "roomId"}[scope]
