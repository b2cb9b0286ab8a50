"""What the events say about the other types: what was shown, recorded, and agreed to."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.model.datatypes import COMPONENTS, EVENTS, RATINGS
from archive_tool.model.findings import Finding, Rows, finding
from archive_tool.schemas.frames import words
from archive_tool.validation.across_types.presence import pairs
from archive_tool.validation.codes.sessions import COMPONENT_UNSHOWN
from archive_tool.validation.missing.expected import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.validation.view import View

_BEFORE: Final = ("consent", "instructions", "comprehension")
_RECORDING: Final = ("recordingstart", "audiorecordingstart")


@dataclass(kw_only=True)
class Shown:
    """Components and recordings that events and definitions name. Holds ids."""

    components: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    """Component types, letters only."""
    room_kinds: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Room → component types of its events."""
    recording: set[tuple[str, str]] = field(default_factory=set)
    """Room and person of whom an event says that a recording started."""
    before: Counter[str] = field(default_factory=Counter)
    """Person → events of consent and instructions in a room, where rows of people are counted."""
    _rated: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, view: View) -> None:
        """Look at a batch of events, definitions or ratings."""
        if view.data_type in RATINGS and view.has("componentId"):
            self._rated[view.data_type].update(_used(view, "componentId"))
        if view.data_type not in (EVENTS.name, COMPONENTS.name):
            return
        if view.has("componentId"):
            self.components.update(_used(view, "componentId"))
        if view.has("componentType"):
            self.kinds.update(map(words, _used(view, "componentType")))
            self._add_kinds(view)
        if view.data_type == EVENTS.name and view.has("eventType", "participantId", "roomId"):
            self._add_events(view)

    def check(self) -> Iterator[Finding]:
        """Find rated components that nothing showed, where that kind of rating is shown at all."""
        for data_type, rated in self._rated.items():
            unknown = rated - self.components
            if unknown and self.judges(data_type):
                rows = Rows(count=len(unknown), of=len(rated))
                yield finding(COMPONENT_UNSHOWN, data_type, column="componentId", rows=rows)

    def judges(self, data_type: str) -> bool:
        """Whether the bundle can tell if the components of a rating type were shown."""
        return data_type not in self._rated or not EXPECTED[data_type].shown_as.isdisjoint(
            self.kinds
        )

    def _add_kinds(self, view: View) -> None:
        if view.has("roomId"):
            rooms, room_names = view.codes("roomId")
            kinds, names = view.codes("componentType")
            for room, kind, _ in pairs(rooms, kinds):
                self.room_kinds[room_names[room]].add(words(names[kind]))

    def _add_events(self, view: View) -> None:
        kinds, names = view.codes("eventType")
        people, person_names = view.codes("participantId")
        rooms, room_names = view.codes("roomId")
        folded = [words(name) for name in names]
        before = [code for code, name in enumerate(folded) if name.startswith(_BEFORE)]
        if before:
            mask = np.isin(kinds, before)
            for _, person, count in pairs(rooms[mask], people[mask]):
                self.before[person_names[person]] += count
        started = [code for code, name in enumerate(folded) if _is_recording(name)]
        if started:
            mask = np.isin(kinds, started)
            for room, person, _ in pairs(rooms[mask], people[mask]):
                self.recording.add((room_names[room], person_names[person]))


def _is_recording(word: str) -> bool:
    return any(start in word for start in _RECORDING)


def _used(view: View, column: str) -> list[str]:
    """Words of a column that rows use."""
    found, names = view.codes(column)
    used = np.flatnonzero(np.bincount(found + 1, minlength=len(names) + 1)[1:])
    return [names[code] for code in used.tolist()]
