"""The session timeline: per room, who has rows of what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.report.html.scale import Axis, axis, bar_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.model.pictures import Bar, Lane, RoomTimeline

MOST_BARS: Final = 2000
"""Bars in one file, rooms drawn whole; keeps the file small."""
BAR_HEIGHT: Final = 10
OPEN_ROOMS: Final = 3
"""Rooms that are unfolded when the report is opened."""


@dataclass(frozen=True, kw_only=True)
class DrawnBar:
    """One line of a timeline."""

    bar: Bar
    path: str
    longest_gap_ms: int

    @property
    def gaps(self) -> int:
        """Gaps, drawn or not."""
        return len(self.bar.gaps) + self.bar.gaps_omitted


@dataclass(frozen=True, kw_only=True)
class DrawnLane:
    """One person and their lines."""

    lane: Lane
    bars: tuple[DrawnBar, ...]


@dataclass(frozen=True, kw_only=True)
class DrawnRoom:
    """One room, ready to be drawn."""

    room: RoomTimeline
    axis: Axis
    lanes: tuple[DrawnLane, ...]
    unfolded: bool

    @property
    def people(self) -> int:
        """Lanes of people, without agents and without those that are left out."""
        return sum(1 for drawn in self.lanes if not drawn.lane.is_agent)

    @property
    def agents(self) -> int:
        """Lanes of AI agents."""
        return len(self.lanes) - self.people

    @property
    def gaps(self) -> int:
        """Gaps of all lanes."""
        return sum(bar.gaps for drawn in self.lanes for bar in drawn.bars)


@dataclass(frozen=True, kw_only=True)
class Timelines:
    """All rooms that are drawn."""

    rooms: tuple[DrawnRoom, ...]
    omitted: int
    """Rooms that are not drawn."""


def timelines(rooms: Sequence[RoomTimeline], omitted: int) -> Timelines:
    """Draw the first rooms, as many as one file can hold."""
    drawn: list[DrawnRoom] = []
    left = MOST_BARS
    for room in rooms:
        left -= sum(len(lane.bars) for lane in room.lanes)
        if left < 0 and drawn:
            break
        drawn.append(_room(room, unfolded=len(drawn) < OPEN_ROOMS))
    return Timelines(rooms=tuple(drawn), omitted=omitted + len(rooms) - len(drawn))


def _room(room: RoomTimeline, *, unfolded: bool) -> DrawnRoom:
    on = axis(room.start_ms, room.end_ms)
    lanes = tuple(
        DrawnLane(lane=lane, bars=tuple(_bar(on, bar) for bar in lane.bars)) for lane in room.lanes
    )
    return DrawnRoom(room=room, axis=on, lanes=lanes, unfolded=unfolded)


def _bar(on: Axis, bar: Bar) -> DrawnBar:
    return DrawnBar(
        bar=bar,
        path=bar_path(on, bar.first_ms, bar.last_ms, bar.gaps, BAR_HEIGHT),
        longest_gap_ms=max((end - begin for begin, end in bar.gaps), default=0),
    )
