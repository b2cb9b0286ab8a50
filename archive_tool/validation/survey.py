"""What validation knows about a bundle beyond findings: the pictures of the report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.model.datatypes import CONTINUOUS, WITH_SCHEMA
from archive_tool.model.pictures import (
    MOST_COMPONENTS,
    MOST_GAPS,
    MOST_LANES,
    MOST_MATRIX_ROWS,
    MOST_ROOMS,
    Availability,
    Bar,
    ComponentSamples,
    Lane,
    MatrixRow,
    RoomTimeline,
    Samples,
)
from archive_tool.model.pictures import Presence as Cell
from archive_tool.validation.for_report.pictures import FIRST, LAST
from archive_tool.validation.one_type.samples import GAP, Millis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from archive_tool.model.pictures import Pictures
    from archive_tool.model.validation import Labels, NotChecked, TypeOverview
    from archive_tool.validation.across_types.media import Recorded
    from archive_tool.validation.across_types.presence import Presence, Span
    from archive_tool.validation.for_report.labels import Naming
    from archive_tool.validation.missing.absence import Absence
    from archive_tool.validation.one_type.samples import Rated

_NO_HOLES: Final[Millis] = np.empty((0, 2), dtype=np.int32)
EARLIEST, LATEST = FIRST * 1000.0, LAST * 1000.0
"""ms from the start of a room that a timeline can show."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """Everything that :meth:`Checks.finish` knows besides the findings."""

    overview: tuple[TypeOverview, ...]
    people: int
    """Agents not counted."""
    agents: int
    rooms: int
    experiments: int
    pictures: Pictures
    not_checked: tuple[NotChecked, ...]
    labels: Labels = field(repr=False)
    media: Mapping[str, Recorded] = field(default_factory=dict, repr=False)
    """By label of the media files: whose they are. Holds ids."""


def availability(presence: Presence, absence: Absence, naming: Naming) -> Availability:
    """Rows of everybody in every room by type, and why there are none."""
    types = tuple(kind.name for kind in WITH_SCHEMA)
    places = _places(presence, naming)
    rows = tuple(
        MatrixRow(
            room=naming.rooms[room],
            person=naming.people[person],
            is_agent=person in presence.agents,
            cells=tuple(_cell(presence, absence, name, room, person) for name in types),
        )
        for room, person in places[:MOST_MATRIX_ROWS]
    )
    return Availability(types=types, rows=rows, omitted=max(0, len(places) - MOST_MATRIX_ROWS))


def timelines(
    presence: Presence, naming: Naming, rated: Iterable[Rated], zeros: Mapping[str, float]
) -> tuple[RoomTimeline, ...]:
    """Draw the first rooms by time; ``zeros`` are their starts, ms since 1970."""
    series: defaultdict[tuple[str, str], list[Rated]] = defaultdict(list)
    for one in rated:
        series[one.series.group.room, one.series.group.person].append(one)
    people: defaultdict[str, list[str]] = defaultdict(list)
    for room, person in _places(presence, naming):
        people[room].append(person)
    found = []
    for room in list(naming.rooms)[:MOST_ROOMS]:
        lanes = [
            Lane(
                person=naming.people[person],
                is_agent=person in presence.agents,
                bars=tuple(_bars(presence, room, person, zeros, series.get((room, person), []))),
            )
            for person in people[room][:MOST_LANES]
        ]
        bars = [bar for lane in lanes for bar in lane.bars]
        found.append(
            RoomTimeline(
                room=naming.rooms[room],
                start_ms=min((bar.first_ms for bar in bars), default=0),
                end_ms=max((bar.last_ms for bar in bars), default=0),
                lanes=tuple(lanes),
                lanes_omitted=max(0, len(people[room]) - MOST_LANES),
            )
        )
    return tuple(found)


def samples(rated: Iterable[Rated], naming: Naming, agents: Set[str]) -> Samples:
    """Received and expected samples by component; agents rate, and are no people."""
    by_component: defaultdict[str, list[Rated]] = defaultdict(list)
    for one in rated:
        by_component[naming.components.get(one.series.group.component, "")].append(one)
    components = [
        ComponentSamples(
            component=label,
            people=len({one.series.group.person for one in some} - agents),
            received=sum(len(one.series.times) for one in some),
            expected=sum(one.expected for one in some),
            gaps=sum(len(one.gaps) for one in some),
            longest_ms=max(one.longest for one in some),
        )
        for label, some in sorted(by_component.items(), key=lambda item: (len(item[0]), item[0]))
    ]
    return Samples(
        components=tuple(components[:MOST_COMPONENTS]),
        omitted=max(0, len(components) - MOST_COMPONENTS),
    )


def _places(presence: Presence, naming: Naming) -> list[tuple[str, str]]:
    """Everybody in every room, in the order of the labels."""
    found = {place for by_pair in presence.spans.values() for place in by_pair}
    rooms = {room: number for number, room in enumerate(naming.rooms)}
    people = {person: number for number, person in enumerate(naming.people)}
    return sorted(found, key=lambda place: (rooms[place[0]], people[place[1]]))


def _cell(presence: Presence, absence: Absence, name: str, room: str, person: str) -> Cell:
    rows = presence.rows(name, room, person)
    return Cell(rows=rows, why="" if rows else absence.why(name, room, person))


def _bars(
    presence: Presence, room: str, person: str, zeros: Mapping[str, float], rated: list[Rated]
) -> Iterable[Bar]:
    for kind in WITH_SCHEMA:
        span = presence.spans.get(kind.name, {}).get((room, person))
        times = _offsets(span, zeros.get(room)) if span else None
        if span is None or times is None:
            continue
        gaps = _holes(rated) if kind is CONTINUOUS and rated else _NO_HOLES
        gaps = gaps[(gaps[:, 0] >= times[0]) & (gaps[:, 1] <= times[1])]
        longest = np.argsort(gaps[:, 0] - gaps[:, 1], kind="stable")[:MOST_GAPS]
        drawn = gaps[np.sort(longest)]
        yield Bar(
            data_type=kind.name,
            first_ms=_second_before(times[0]),
            last_ms=_second_after(times[1]),
            rows=span.rows,
            gaps=tuple((_second_before(a), _second_after(b)) for a, b in drawn.tolist()),
            gaps_omitted=len(gaps) - len(drawn),
        )


def _second_before(millis: float) -> int:
    """Give the whole second before: enough to draw, and no cell's value."""
    return floor(millis / 1000) * 1000


def _second_after(millis: float) -> int:
    return ceil(millis / 1000) * 1000


def _offsets(span: Span, zero: float | None) -> tuple[float, float] | None:
    """From and to in ms from the start of the room, as far as a picture of a session reaches.

    None where the rows have no time at all, or lie days away: their clock has another zero.
    """
    low, high = span.low, span.high
    if low > high:
        if zero is None or not (isfinite(span.first) and isfinite(span.last)):
            return None
        low, high = span.first - zero, span.last - zero
    if low > LATEST or high < EARLIEST:
        return None
    return max(low, EARLIEST), min(high, LATEST)


def _holes(rated: list[Rated]) -> Millis:
    """Stretches of gaps in which a person gives no sample of any component."""
    if len(rated) == 1:
        return rated[0].gaps
    if not any(len(one.gaps) for one in rated):
        return _NO_HOLES
    times = np.sort(np.concatenate([one.series.times for one in rated]))
    long = np.flatnonzero(np.diff(times) > GAP)
    start, end = times[long], times[long + 1]
    is_hole = np.zeros(len(long), dtype=np.bool_)
    for gaps in (one.gaps for one in rated if len(one.gaps)):
        # the last gap that begins before
        place = np.searchsorted(gaps[:, 0], start, side="right") - 1
        is_hole |= (place >= 0) & (end <= gaps[place, 1])
    return np.stack([start[is_hole], end[is_hole]], axis=1)
