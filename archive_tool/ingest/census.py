"""What the whole bundle holds, gathered batch by batch in small summaries that can be merged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from archive_tool.ingest.arrow import one_array, run_starts, words_and_codes
from archive_tool.ingest.overlaps.duplicates import Duplicates, of_records, repeated
from archive_tool.model.datatypes import BY_NAME, RECORDINGS
from archive_tool.model.tables import AT, Batch, part_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.ingest.arrow import Array, Ints, Positions
    from archive_tool.ingest.fingerprint import Fingerprints

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER: Final = np.iinfo(np.int64).min
"""Stands for an absent time, earlier than all others."""


@dataclass(frozen=True, kw_only=True)
class TypeCensus:
    """What a bundle holds of one data type, overlapping downloads included."""

    data_type: str
    rows: int = 0
    people: frozenset[str] = frozenset()
    """Subjects of the rows: ``participantId``, for chat ``senderId``. Agents are among them."""
    rooms: frozenset[str] = frozenset()
    first: datetime | None = None
    """Earliest ``timestamp`` (recordings: ``startTime``), UTC; None when no row has one."""
    last: datetime | None = None
    """Latest ``timestamp`` (recordings: ``endTime``, else ``startTime``), UTC."""
    columns_seen: frozenset[str] = frozenset()
    """Columns with at least one value."""
    rows_by_part: Mapping[int, int] = field(default_factory=dict)
    """Rows per ``Part.order``."""
    session_ends: Mapping[str, datetime] = field(default_factory=dict)
    """Latest time per room, UTC: where the retention of a session begins."""


class Census:
    """Counts everything that is shown to it; 8 bytes per row and a little per person and part."""

    def __init__(self) -> None:
        self._tallies: dict[str, _Tally] = {}

    def add(self, batch: Batch) -> None:
        """Count one batch."""
        if batch.table.num_rows:
            self._tallies.setdefault(batch.data_type, _Tally()).add(batch)

    def merge(self, other: Census) -> None:
        """Take over what another census counted in other batches."""
        for data_type, tally in other._tallies.items():
            self._tallies.setdefault(data_type, _Tally()).merge(tally)

    @property
    def types(self) -> Mapping[str, TypeCensus]:
        """Snapshot of every type that has rows, in the order of their first parts."""
        in_order = sorted(self._tallies, key=lambda name: min(self._tallies[name].parts))
        return MappingProxyType({data_type: self.of(data_type) for data_type in in_order})

    def of(self, data_type: str) -> TypeCensus:
        """Give one type; without rows, an empty one."""
        tally = self._tallies.get(data_type)
        return TypeCensus(data_type=data_type) if tally is None else tally.frozen(data_type)

    def duplicates(self, data_type: str) -> Duplicates:
        """Find which record ids are there more than once.

        Types without a record id: which whole rows are there in more than one part.
        """
        tally = self._tallies.get(data_type)
        found = repeated((), ()) if tally is None else repeated(tally.fingerprints, tally.in_parts)
        return Duplicates(data_type=data_type, fingerprints=found)


@dataclass(kw_only=True)
class _Tally:
    """The running sums of one data type. Times are µs since 1970, UTC."""

    rows: int = 0
    people: set[str] = field(default_factory=set)
    rooms: set[str] = field(default_factory=set)
    times: list[int] = field(default_factory=list)
    """Earliest and latest time; empty when there is none."""
    columns: set[str] = field(default_factory=set)
    parts: Counter[int] = field(default_factory=Counter)
    ends: dict[str, int] = field(default_factory=dict)
    fingerprints: list[Fingerprints] = field(default_factory=list)
    in_parts: list[Ints] = field(default_factory=list)
    """Part of each fingerprint, where records have no id."""

    def add(self, batch: Batch) -> None:
        table = batch.table
        known = BY_NAME.get(batch.data_type)
        subject = known.subject if known is not None else "participantId"
        self.rows += table.num_rows
        self.people.update(_words(table, subject))
        self.rooms.update(_words(table, "roomId"))
        self.columns.update(
            name
            for name in table.column_names
            if name != AT and table[name].null_count < table.num_rows
        )
        times = _end_times(table, batch.data_type)
        self._add_times(table, batch.data_type, times)
        self._add_ends(table, times)
        parts = part_of(table[AT].to_numpy())
        starts = run_starts(parts)
        lengths = np.diff(starts, append=len(parts))
        for part, rows in zip(parts[starts].tolist(), lengths.tolist(), strict=True):
            self.parts[part] += rows
        if known is not None:
            found = of_records(batch)
            self.fingerprints.append(found)
            if known.record_id is None:
                self.in_parts.append(parts)

    def merge(self, other: _Tally) -> None:
        self.rows += other.rows
        self.people |= other.people
        self.rooms |= other.rooms
        self.columns |= other.columns
        self.times = _span([*self.times, *other.times])
        self.parts.update(other.parts)
        for room, end in other.ends.items():
            self.ends[room] = max(end, self.ends.get(room, _NEVER))
        self.fingerprints += other.fingerprints
        self.in_parts += other.in_parts

    def frozen(self, data_type: str) -> TypeCensus:
        return TypeCensus(
            data_type=data_type,
            rows=self.rows,
            people=frozenset(self.people),
            rooms=frozenset(self.rooms),
            first=_moment(self.times[:1]),
            last=_moment(self.times[1:]),
            columns_seen=frozenset(self.columns),
            rows_by_part=MappingProxyType(dict(self.parts)),
            session_ends=MappingProxyType(
                {room: _EPOCH + timedelta(microseconds=end) for room, end in self.ends.items()}
            ),
        )

    def _add_times(self, table: pa.Table, data_type: str, ends: Ints) -> None:
        present = ends[ends != _NEVER]
        bounds = [int(present.min()), int(present.max())] if len(present) else []
        if data_type == RECORDINGS.name:
            starts = _times(table, "startTime")
            bounds += [int(starts[starts != _NEVER].min())] if (starts != _NEVER).any() else []
        self.times = _span([*self.times, *bounds])

    def _add_ends(self, table: pa.Table, times: Ints) -> None:
        """Latest time per room. Rows of a room lie together mostly, so runs come first."""
        if "roomId" not in table.column_names:
            return
        rooms, codes = words_and_codes(one_array(table["roomId"]))
        starts = run_starts(codes)
        latest = np.full(len(rooms) + 1, _NEVER)
        np.maximum.at(latest, codes[starts], np.maximum.reduceat(times, starts))
        present = np.flatnonzero(latest[:-1] != _NEVER)
        names = _texts(rooms, present)
        for room, end in zip(names, latest[present].tolist(), strict=True):
            self.ends[room] = max(end, self.ends.get(room, _NEVER))


def _words(table: pa.Table, column: str) -> list[str]:
    """Distinct values of a column; none when the table does not have it."""
    if column not in table.column_names:
        return []
    words, codes = words_and_codes(one_array(table[column]))
    used = np.flatnonzero(np.bincount(codes, minlength=len(words))[: len(words)])
    return _texts(words, used)


def _texts(words: Array, places: Positions) -> list[str]:
    """Give the words at some places."""
    texts: list[str] = words.take(pa.array(places, pa.int64())).to_pylist()
    return texts


def _times(table: pa.Table, column: str) -> Ints:
    """Return a time column as µs since 1970; :data:`_NEVER` where there is none."""
    if column not in table.column_names:
        return np.full(table.num_rows, _NEVER)
    whole = one_array(table[column]).cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    times: Ints = whole.fill_null(_NEVER).to_numpy(zero_copy_only=False)
    return times


def _end_times(table: pa.Table, data_type: str) -> Ints:
    """When each row was over."""
    if data_type == RECORDINGS.name:
        return np.maximum(_times(table, "endTime"), _times(table, "startTime"))
    return _times(table, "timestamp")


def _span(values: list[int]) -> list[int]:
    return [min(values), max(values)] if values else []


def _moment(micros: list[int]) -> datetime | None:
    return _EPOCH + timedelta(microseconds=micros[0]) if micros else None
