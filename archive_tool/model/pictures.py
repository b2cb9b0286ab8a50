"""What a validation shows as pictures and tables: who has rows of what, when, and how many.

Every list is bounded and says how much it leaves out. Times are in milliseconds; those in the
timelines are rounded to whole seconds, because an exact offset is a value of a cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

MOST_ROOMS: Final = 60
"""Timelines, and rooms in the drift table."""
MOST_LANES: Final = 24
"""People in one timeline."""
MOST_GAPS: Final = 40
"""Gaps drawn in one bar: the longest."""
MOST_MATRIX_ROWS: Final = 500
"""Lines of the availability matrix, and of the consent list."""
MOST_BINS: Final = 120
"""Bars of the coverage picture."""
MOST_COMPONENTS: Final = 60
"""Rating components with their own line."""
DRIFT_EDGES: Final = (-2000, -1000, -500, -200, -100, -50, 0, 50, 100, 200, 500, 1000, 2000)
"""ms: the borders of the drift histogram, which has one bin more than borders."""
NEAR_MS: Final = 100
FAR_MS: Final = 500
"""Drift below the one is in step, above the other it is far (seed-data-management.md)."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Where one person has rows of one data type."""

    data_type: str
    first_ms: int
    """From the start of the room; negative before it."""
    last_ms: int
    rows: int
    gaps: tuple[tuple[int, int], ...] = ()
    """From and to, in order: no samples where some are expected (continuous ratings)."""
    gaps_omitted: int = 0


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One person in the timeline of a room."""

    person: str
    """Label."""
    is_agent: bool
    bars: tuple[Bar, ...]
    """In the order of the data types; types without rows are left out."""


@dataclass(frozen=True, kw_only=True)
class RoomTimeline:
    """A session: who has rows of what, and when."""

    room: str
    """Label."""
    start_ms: int
    """Earliest offset of any row from the start of the room; often negative."""
    end_ms: int
    lanes: tuple[Lane, ...]
    lanes_omitted: int = 0


@dataclass(frozen=True, kw_only=True)
class Presence:
    """Rows of one person of one data type in one room, and why there are none."""

    rows: int
    why: str = ""
    """Where there are none: the likely reason in fixed words; empty where none is expected."""


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """One person in one room: a line of the availability matrix."""

    room: str
    person: str
    is_agent: bool
    cells: tuple[Presence, ...]
    """In the order of :attr:`Availability.types`."""


@dataclass(frozen=True, kw_only=True)
class Availability:
    """People and rooms by data type."""

    types: tuple[str, ...] = ()
    rows: tuple[MatrixRow, ...] = ()
    omitted: int = 0


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Ratings of one type over the time of the sessions, all rooms laid over each other."""

    data_type: str
    start_ms: int
    """Left edge of the first bin, from the start of the rooms."""
    bin_ms: int
    """Width of a bin."""
    counts: tuple[int, ...]
    outside: int = 0
    """Ratings without an onset, or far outside a session."""


@dataclass(frozen=True, kw_only=True)
class DriftBands:
    """Sync rows by size of the drift, between :data:`NEAR_MS` and :data:`FAR_MS`."""

    room: str
    """Label; empty for all rooms together."""
    below_100: int = 0
    to_500: int = 0
    above_500: int = 0

    @property
    def rows(self) -> int:
        """Rows with a drift."""
        return self.below_100 + self.to_500 + self.above_500


@dataclass(frozen=True, kw_only=True)
class Drift:
    """How far apart the videos of partners were."""

    total: DriftBands
    rooms: tuple[DriftBands, ...] = ()
    rooms_omitted: int = 0
    edges_ms: tuple[int, ...] = DRIFT_EDGES
    counts: tuple[int, ...] = ()
    """Rows below the first edge, between the edges (lower edge included), from the last edge on."""


@dataclass(frozen=True, kw_only=True)
class ComponentSamples:
    """Continuous ratings of one component: what came and what was to be expected."""

    component: str
    """Label; empty for ratings that name no component."""
    people: int
    received: int
    expected: int
    """Samples at each person's own usual interval over the time that they were rating."""
    gaps: int
    """Stretches without samples."""
    longest_ms: int
    """The longest of them; 0 when there is none."""


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Received and expected samples of all rating components."""

    components: tuple[ComponentSamples, ...] = ()
    omitted: int = 0


@dataclass(frozen=True, kw_only=True)
class PersonConsent:
    """Evidence of one person's consent."""

    person: str
    state: str
    """``accepted``, ``declined`` or ``unknown``."""
    rows: int
    """Rows of all types in rooms, consent and instructions before the session included."""


@dataclass(frozen=True, kw_only=True)
class ConsentSummary:
    """Evidence of consent; agents are not people."""

    accepted: int = 0
    declined: int = 0
    unknown: int = 0
    declined_with_data: int = 0
    """People who declined and have rows beyond consent and instructions."""
    people: tuple[PersonConsent, ...] = ()
    omitted: int = 0


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """All that one pass over a bundle gives; a record has them in this order."""

    timelines: tuple[RoomTimeline, ...] = ()
    """The first rooms by time."""
    timelines_omitted: int = 0
    availability: Availability = field(default_factory=Availability)
    coverage: tuple[Coverage, ...] = ()
    """Continuous and sparse ratings, those that have rows."""
    drift: Drift | None = None
    """None without sync rows."""
    samples: Samples = field(default_factory=Samples)
    consent: ConsentSummary = field(default_factory=ConsentSummary)
