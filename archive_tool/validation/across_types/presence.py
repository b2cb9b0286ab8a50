"""Who has rows of what, in which room, and when: the matrix of people and data types."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.ingest.arrow import run_starts
from archive_tool.model.datatypes import BY_NAME, RECORDINGS
from archive_tool.model.people import canonical_people, canonical_person
from archive_tool.schemas.frames import words as plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from archive_tool.validation.groups import Codes, Groups
    from archive_tool.validation.view import Floats, View

_FEW_RUNS: Final = 512
_AGENT_RUNS: Final = "agent_runs"
_ENDINGS: Final = ("status", "completionCode", "completionOutcome")
EARLY: Final = frozenset(
    {
        "abandon",
        "abandoned",
        "timeout",
        "disconnecttimeout",
        "disconnected",
        "technical",
        "dropped",
        "failed",
    }
)
"""Words for a participation that ended before the session (hyperstudy-data.md, 6.4)."""


@dataclass(slots=True)
class Span:
    """Rows of one person of one data type in one room."""

    rows: int = 0
    low: float = inf
    """Smallest offset from the start of the room, ms; above ``high`` where no row has one."""
    high: float = -inf
    first: float = inf
    """Earliest time, ms since 1970."""
    last: float = -inf


@dataclass(kw_only=True)
class Presence:
    """Spans by data type, room and person. Holds ids: nothing of it may be printed.

    People stand here in one spelling each.
    """

    spans: defaultdict[str, dict[tuple[str, str], Span]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Type → (room, person) → rows and times."""
    experiments: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Room → experiments that its rows name."""
    roster: set[str] = field(default_factory=set)
    """Participants that the participants table lists."""
    listed: set[str] = field(default_factory=set)
    """Their ids as the table writes them."""
    agents: set[str] = field(default_factory=set)
    """Participants that are no people."""
    left_early: set[str] = field(default_factory=set)
    """Participants whose line in the participants table says so."""

    def add(self, view: View) -> None:
        """Count the rows of a batch."""
        if not view.has("roomId"):
            return
        if view.has(BY_NAME[view.data_type].subject):
            self._add_spans(view, view.groups)
        if view.has("experimentId"):
            rooms, room_names = view.codes("roomId")
            designs, names = view.codes("experimentId")
            for room, design, _ in pairs(rooms, designs):
                self.experiments[room_names[room]].add(names[design])

    def add_roster(self, data_type: str, table: pa.Table) -> None:
        """Note who took part and who is an agent: in the table of agent runs, everybody is."""
        self.listed.update(_ids(table))
        self.roster.update(canonical_people(_ids(table)))
        names = table.schema.names
        if data_type != _AGENT_RUNS:
            self._add_endings(table)
            table = table.filter(table["isAgent"]) if "isAgent" in names else table.slice(0, 0)
        self.agents.update(canonical_people(_ids(table)))

    def members(self) -> dict[str, set[str]]:
        """Give the people of each room, by all data types; agents are not people."""
        found: dict[str, set[str]] = defaultdict(set)
        for by_pair in self.spans.values():
            for room, person in by_pair:
                found[room].add(person)
        return {room: people - self.agents for room, people in found.items()}

    def present(self, data_type: str) -> dict[str, set[str]]:
        """Give the people of each room that have rows of a data type."""
        found: dict[str, set[str]] = defaultdict(set)
        for room, person in self.spans.get(data_type, ()):
            found[room].add(person)
        return {room: people - self.agents for room, people in found.items()}

    def times(self, data_type: str) -> dict[str, tuple[float, float]]:
        """Give the first and the last time of each room, ms since 1970, where rows have any."""
        found: dict[str, tuple[float, float]] = {}
        for (room, _), span in self.spans.get(data_type, {}).items():
            if span.first <= span.last:
                first, last = found.get(room, (span.first, span.last))
                found[room] = min(first, span.first), max(last, span.last)
        return found

    def rows(self, data_type: str, room: str, person: str) -> int:
        """Count the rows of one person in one room."""
        span = self.spans.get(data_type, {}).get((room, person))
        return span.rows if span else 0

    def _add_spans(self, view: View, groups: Groups) -> None:
        spans = self.spans[view.data_type]
        offsets, clocks = _times(view)
        lows = _reduced(np.fmin, groups, offsets[0])
        highs = _reduced(np.fmax, groups, offsets[1])
        firsts = _reduced(np.fmin, groups, clocks[0])
        lasts = _reduced(np.fmax, groups, clocks[1])
        for place, (name, start, end) in enumerate(groups):
            if name.room and name.person:
                span = spans.setdefault((name.room, name.person), Span())
                span.rows += end - start
                # a comparison with NaN is false: a group without times changes nothing
                span.low = lows[place] if lows[place] < span.low else span.low
                span.high = highs[place] if highs[place] > span.high else span.high
                span.first = firsts[place] if firsts[place] < span.first else span.first
                span.last = lasts[place] if lasts[place] > span.last else span.last

    def _add_endings(self, table: pa.Table) -> None:
        columns = [name for name in _ENDINGS if name in table.schema.names]
        for row in table.select(["participantId", *columns]).to_pylist():
            if any(plain(row[name] or "") in EARLY for name in columns):
                self.left_early.add(canonical_person(row["participantId"] or ""))


def _times(view: View) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Offsets (from, to) and times (from, to) of the rows, ms; NaN where there is none."""
    nothing = np.full(view.table.num_rows, np.nan)
    if view.data_type != RECORDINGS.name:
        onset = view.numbers("onset") if view.has("onset") else nothing
        clock = view.clock("timestamp") if view.has("timestamp") else nothing
        return (onset, onset), (clock, clock)
    start, end = recording_times(view)
    offset = view.numbers("videoOffset") if view.has("videoOffset") else nothing
    length = view.numbers("duration") if view.has("duration") else nothing
    length = np.where(np.isnan(length), end - start, length)
    return (offset, offset + np.fmax(length, 0)), (start, np.fmax(start, end))


def recording_times(view: View) -> tuple[Floats, Floats]:
    """Start and end of recordings, ms since 1970; of a row without an end, its start twice."""
    nothing = np.full(view.table.num_rows, np.nan)
    start = view.clock("startTime") if view.has("startTime") else nothing
    end = view.clock("endTime") if view.has("endTime") else nothing
    return start, np.where(np.isnan(end), start, end)


def _reduced(function: np.ufunc, groups: Groups, values: Floats) -> list[float]:
    found: list[float] = function.reduceat(groups.sort(values), groups.starts).tolist()
    return found


def _ids(table: pa.Table) -> Iterator[str]:
    if "participantId" in table.schema.names:
        yield from filter(None, table["participantId"].to_pylist())


def pairs(left: Codes, right: Codes) -> Iterator[tuple[int, int, int]]:
    """Count the pairs of codes of two columns; rows that lack either are left out."""
    usable = (left >= 0) & (right >= 0)
    left, right = left[usable], right[usable]
    if not len(left):
        return
    width = int(right.max()) + 1
    key = left * width + right
    if np.count_nonzero(np.diff(key)) > _FEW_RUNS:
        keys, counts = np.unique(key, return_counts=True)
    else:
        starts = run_starts(key)
        keys, counts = key[starts], np.diff(starts, append=len(key))
    for pair, count in zip(keys.tolist(), counts.tolist(), strict=True):
        yield pair // width, pair % width, count
