"""States that are entered and left: every exit has an entry before it, and all but the last end.

Not every version of the platform writes exits; who has none is not judged, nor is a room of which an
entry or exit does not say who it was, or of what. The same event in two downloads has the same time
and counts once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.model.datatypes import EVENTS
from archive_tool.model.findings import Finding, Rows
from archive_tool.schemas.frames import words
from archive_tool.validation.codes import finding
from archive_tool.validation.codes.sessions import STATE_UNPAIRED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.validation.view import View

_ENTER: Final = frozenset({"stateenter", "stateentered", "statestart"})
_EXIT: Final = frozenset({"stateexit", "stateexited", "stateleave", "stateend"})

Visit = tuple[str, str, str, bool, float]
"""Room, person, state, whether it is left, time."""


@dataclass(kw_only=True)
class States:
    """Entries and exits. Holds ids: nothing of it may be printed."""

    _visits: set[Visit] = field(default_factory=set)
    _unclear: set[str] = field(default_factory=set)
    """Rooms that are not judged; empty for a visit of which the room is not known either."""

    def add(self, view: View) -> None:
        """Note the entries and exits of a batch."""
        if view.data_type != EVENTS.name or not view.has("eventType", "roomId", "participantId"):
            return
        kinds, names = view.codes("eventType")
        folded = [words(name) for name in names]
        chosen = [code for code, name in enumerate(folded) if name in _ENTER | _EXIT]
        state = next((name for name in ("stateId", "stateName") if view.has(name)), None)
        if not chosen or state is None:
            return
        rows = np.flatnonzero(np.isin(kinds, chosen))
        columns = [view.codes(name) for name in ("roomId", "participantId", state)]
        is_exit = np.isin(kinds[rows], [c for c in chosen if folded[c] in _EXIT]).tolist()
        at = view.clock("timestamp")[rows].tolist() if view.has("timestamp") else [0.0] * len(rows)
        texts = [
            ["" if code < 0 else words_[code] for code in codes_[rows].tolist()]
            for codes_, words_ in columns
        ]
        for room, person, name, left, time in zip(*texts, is_exit, at, strict=True):
            if room and person and name:
                self._visits.add((room, person, name, left, time))
            else:
                self._unclear.add(room)

    @property
    def has_exits(self) -> bool:
        """Whether anybody left a state."""
        return any(visit[3] for visit in self._visits)

    def check(self) -> Iterator[Finding]:
        """Compare the number of entries and exits of each state."""
        balance: Counter[tuple[str, str, str]] = Counter()
        judged = {
            (room, person)
            for room, person, _, is_exit, _ in self._visits
            if is_exit and self._unclear.isdisjoint((room, ""))
        }
        for room, person, state, is_exit, _ in self._visits:
            if (room, person) in judged:
                balance[room, person, state] += -1 if is_exit else 1
        never_entered = -sum(count for count in balance.values() if count < 0)
        still_open: Counter[tuple[str, str]] = Counter()
        for (room, person, _), count in balance.items():
            still_open[room, person] += max(0, count)
        never_left = sum(max(0, count - 1) for count in still_open.values())
        for count, check in (
            (never_entered, "every state that is left was entered"),
            (never_left, "every state but the last is left"),
        ):
            if count:
                rows = Rows(count=count, of=len(self._visits))
                yield finding(STATE_UNPAIRED, EVENTS.name, check=check, rows=rows)
