"""States that are entered and left: every exit has an entry before it, and all but the last end.

Not every version of the platform writes exits; who has none is not judged, nor is a room of which an
entry or exit does not say who it was, or of what. Some versions name a state by its id, others by its name:
both are one state where some visit of the room tells both, and where none does the room is not judged. The
same event in two downloads has the same record id, or the same time, and counts once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from archive_tool.ingest.arrow import one_array
from archive_tool.model.datatypes import EVENTS
from archive_tool.model.findings import Finding, Rows, finding
from archive_tool.schemas.frames import words
from archive_tool.validation.codes.sessions import STATE_UNPAIRED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.validation.view import View

_ENTER: Final = frozenset({"stateenter", "stateentered", "statestart"})
_EXIT: Final = frozenset({"stateexit", "stateexited", "stateleave", "stateend"})

_Visit = tuple[str, str, bool, str | float]
"""Room, person, whether the state is left, and the record id, or the time where there is none."""
_State = tuple[str, str]
"""Id and name; empty where the event does not tell."""


@dataclass(kw_only=True)
class States:
    """Entries and exits. Holds ids: nothing of it may be printed."""

    _visits: dict[_Visit, _State] = field(default_factory=dict)
    _unclear: set[str] = field(default_factory=set)
    """Rooms that are not judged; empty for a visit of which the room is not known either."""

    def add(self, view: View) -> None:
        """Note the entries and exits of a batch."""
        if view.data_type != EVENTS.name or not view.has("eventType"):
            return
        kinds, names = view.codes("eventType")
        folded = [words(name) for name in names]
        chosen = [code for code, name in enumerate(folded) if name in _ENTER | _EXIT]
        if not chosen:
            return
        rows = np.flatnonzero(np.isin(kinds, chosen))
        is_exit = np.isin(kinds[rows], [c for c in chosen if folded[c] in _EXIT]).tolist()
        at = view.clock("timestamp")[rows].tolist() if view.has("timestamp") else [0.0] * len(rows)
        records = one_array(view.table["id"]).take(pa.array(rows)).to_pylist()
        texts = [
            ["" if code < 0 else known[code] for code in codes[rows].tolist()]
            for codes, known in map(view.codes, ("roomId", "participantId", "stateId", "stateName"))
        ]
        for room, person, state, name, left, record, time in zip(
            *texts, is_exit, records, at, strict=True
        ):
            if room and person and (state or name):
                visit = (room, person, left, record or time)
                told = self._visits.get(visit, ("", ""))
                self._visits[visit] = (told[0] or state, told[1] or name)
            else:
                self._unclear.add(room)

    @property
    def has_exits(self) -> bool:
        """Whether anybody left a state."""
        return any(visit[2] for visit in self._visits)

    def _each_by_one_word(self) -> Iterator[tuple[str, str, bool, str | None]]:
        """Give room, person, whether it is left, and what all visits of the state have in common.

        That is None where a state is told by its name, and which id it has is not known.
        """
        ids_of: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # by room and name
        nameless: defaultdict[str, set[str]] = defaultdict(set)  # ids of a room that no visit names
        for (room, *_), (state, name) in self._visits.items():
            if state and name:
                ids_of[room, name].add(state)
            elif state:
                nameless[room].add(state)
        for (room, _), ids in ids_of.items():
            nameless[room] -= ids
        for (room, person, left, _), (state, name) in self._visits.items():
            ids = {state} if state else ids_of.get((room, name), set())
            if len(ids) == 1:
                yield room, person, left, next(iter(ids))
            else:
                yield room, person, left, None if ids or nameless[room] else name

    def check(self) -> Iterator[Finding]:
        """Compare the number of entries and exits of each state."""
        visits = list(self._each_by_one_word())
        unclear = self._unclear | {room for room, _, _, state in visits if state is None}
        judged = {
            (room, person)
            for room, person, is_exit, _ in visits
            if is_exit and unclear.isdisjoint((room, ""))
        }
        balance: Counter[tuple[str, str, str]] = Counter()
        for room, person, is_exit, state in visits:
            if state is not None and (room, person) in judged:
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
