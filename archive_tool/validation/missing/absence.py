"""Why somebody has no rows of a data type: the platform's table of common issues as checked logic.

(seed-data-management.md, "Common Data Issues": disconnected, camera denied, nobody wrote, one
person alone.) What decides is in the other types: the components that events show, the recordings
that events start, how long everybody stayed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import (
    CHAT,
    COMPONENTS,
    EVENTS,
    RATINGS,
    RECORDINGS,
    SYNC,
    WITH_SCHEMA,
)
from archive_tool.model.findings import Finding, Rows, Severity, finding
from archive_tool.validation.codes.sessions import TYPE_ABSENT_ROOM
from archive_tool.validation.missing.expected import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from archive_tool.validation.across_types.presence import Presence
    from archive_tool.validation.across_types.shown import Shown

EARLY: Final = 60_000.0
"""ms before the end of the room, and a fifth of its length: somebody left early."""
BY_DESIGN: Final = "by design"
"""Says that nobody has rows of their own of this type."""
ALONE: Final = "one person in the room: nothing to synchronise"
HOST: Final = "the host: the others are compared with it"
DECLINED: Final = "declined consent"
AGENT: Final = "an agent"
LEFT: Final = "left early"
ALL_LEFT: Final = "everybody left early"
NO_EVENTS: Final = "no events at all"
REFUSED: Final = "camera refused, or no recording in the design"
LOST: Final = "a recording started and is not listed"
SILENT: Final = "wrote nothing"
UNRATED: Final = "the rating was shown and has no rows"
UNEXPLAINED: Final = "not downloaded, or lost"

_SUSPECT: Final = frozenset({LOST, UNRATED, NO_EVENTS, UNEXPLAINED})


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Explains missing rows. Holds ids: only the reasons may be printed."""

    presence: Presence = field(repr=False)
    shown: Shown = field(repr=False)
    declined: Set[str] = field(default=frozenset(), repr=False)

    def why(self, data_type: str, room: str, person: str) -> str:
        """Say in fixed words why one person has no rows of a type in a room."""
        if data_type == COMPONENTS.name:
            return BY_DESIGN
        if person in self.presence.agents:
            return AGENT
        if person in self.declined:
            return DECLINED
        present = self._present[data_type].get(room, set())
        if data_type == SYNC.name:
            if len(self._members[room]) < 2:
                return ALONE
            if len(self._members[room] - present) == 1:
                return HOST
        if data_type == RECORDINGS.name and (room, person) in self.shown.recording:
            return LOST
        if self._left(room, person):
            return LEFT
        return self._of_room(data_type, room, is_partner_present=bool(present))

    def rooms(self) -> Iterator[Finding]:
        """Tell, by type and reason, of rooms without rows of a type that other rooms have."""
        for kind in WITH_SCHEMA:
            present = self._present[kind.name]
            if kind is COMPONENTS or not any(present.values()):
                continue
            without = [room for room in self._members if not present.get(room)]
            reasons = Counter(self._why_nobody(kind.name, room) for room in without)
            for reason, count in sorted(reasons.items()):
                yield finding(
                    TYPE_ABSENT_ROOM,
                    kind.name,
                    suffix=f": {reason}",
                    severity=Severity.WARNING if reason in _SUSPECT else None,
                    check=reason,
                    rows=Rows(count=count, of=len(self._members)),
                )

    def _why_nobody(self, data_type: str, room: str) -> str:
        """Give a reason that one of its people has: a suspect one, if there is any."""
        people = self._members[room] or self._everybody[room]  # if all of them declined
        reasons = {self.why(data_type, room, person) for person in people}
        if not reasons:
            return AGENT
        if reasons == {LEFT}:
            return ALL_LEFT
        suspect = sorted(reasons & _SUSPECT)
        return suspect[0] if suspect else sorted(reasons - {LEFT})[0]

    def _of_room(self, data_type: str, room: str, *, is_partner_present: bool) -> str:
        kinds = self.shown.room_kinds.get(room)
        if data_type == EVENTS.name:
            return NO_EVENTS
        if room not in self._with_events:
            return UNEXPLAINED
        is_shown = kinds is not None and not kinds.isdisjoint(EXPECTED[data_type].shown_as)
        if not is_shown and not is_partner_present:
            return EXPECTED[data_type].if_not_shown
        if data_type == CHAT.name:
            return SILENT
        if data_type == RECORDINGS.name:
            return REFUSED
        return UNRATED if data_type in RATINGS else UNEXPLAINED

    def _left(self, room: str, person: str) -> bool:
        """Whether the person's last row lies well before the end of the room."""
        if person in self.presence.left_early:
            return True
        start, end = self._times.get((room, ""), (0.0, 0.0))
        own = self._times.get((room, person))
        return own is not None and end - own[1] > max(EARLY, 0.2 * (end - start))

    @cached_property
    def _members(self) -> Mapping[str, set[str]]:
        """People by room; nothing is expected of those who declined."""
        return {room: people - self.declined for room, people in self._everybody.items()}

    @cached_property
    def _everybody(self) -> Mapping[str, set[str]]:
        return self.presence.members()

    @cached_property
    def _present(self) -> Mapping[str, dict[str, set[str]]]:
        return {kind.name: self.presence.present(kind.name) for kind in WITH_SCHEMA}

    @cached_property
    def _with_events(self) -> frozenset[str]:
        return frozenset(room for room, people in self._present[EVENTS.name].items() if people)

    @cached_property
    def _times(self) -> Mapping[tuple[str, str], tuple[float, float]]:
        """First and last offset by room and person; of the whole room under no person."""
        found: dict[tuple[str, str], tuple[float, float]] = {}
        for by_pair in self.presence.spans.values():
            for (room, person), span in by_pair.items():
                if span.low <= span.high:
                    for key in ((room, person), (room, "")):
                        low, high = found.get(key, (span.low, span.high))
                        found[key] = min(low, span.low), max(high, span.high)
        return found
