"""Who has rows of what, and in which room: the matrix of people and data types."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.model.datatypes import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from archive_tool.validate.view import Codes, View

_FEW_RUNS: Final = 512
_AGENT_RUNS: Final = "agent_runs"


@dataclass(kw_only=True)
class Presence:
    """Rows by data type, room and person. Holds ids: nothing of it may be printed."""

    rows: defaultdict[str, Counter[tuple[str, str]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """Type → (room, person) → number of rows."""
    experiments: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Room → experiments that its rows name."""
    roster: set[str] = field(default_factory=set)
    """Participants that the participants table lists."""
    agents: set[str] = field(default_factory=set)
    """Participants that are no people."""

    def add(self, view: View) -> None:
        """Count the rows of a batch."""
        if not view.has("roomId"):
            return
        rooms, room_names = view.codes("roomId")
        subject = BY_NAME[view.data_type].subject
        if view.has(subject):
            people, names = view.codes(subject)
            counts = self.rows[view.data_type]
            for room, person, rows in _pairs(rooms, people):
                counts[room_names[room], names[person]] += rows
        if view.has("experimentId"):
            designs, names = view.codes("experimentId")
            for room, design, _ in _pairs(rooms, designs):
                self.experiments[room_names[room]].add(names[design])

    def add_roster(self, data_type: str, table: pa.Table) -> None:
        """Note who took part and who is an agent: in the table of agent runs, everybody is."""
        self.roster.update(_ids(table))
        names = table.schema.names
        if data_type != _AGENT_RUNS:
            table = table.filter(table["isAgent"]) if "isAgent" in names else table.slice(0, 0)
        self.agents.update(_ids(table))

    def members(self) -> dict[str, set[str]]:
        """Give the people of each room, by all data types; agents are not people."""
        found: dict[str, set[str]] = defaultdict(set)
        for by_pair in self.rows.values():
            for room, person in by_pair:
                found[room].add(person)
        return {room: people - self.agents for room, people in found.items()}

    def present(self, data_type: str) -> dict[str, set[str]]:
        """Give the people of each room that have rows of a data type."""
        found: dict[str, set[str]] = defaultdict(set)
        for room, person in self.rows.get(data_type, ()):
            found[room].add(person)
        return {room: people - self.agents for room, people in found.items()}


def _ids(table: pa.Table) -> Iterator[str]:
    if "participantId" in table.schema.names:
        yield from filter(None, table["participantId"].to_pylist())


def _pairs(left: Codes, right: Codes) -> Iterator[tuple[int, int, int]]:
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
        starts = np.append(0, np.flatnonzero(np.diff(key)) + 1)
        keys, counts = key[starts], np.diff(starts, append=len(key))
    for pair, count in zip(keys.tolist(), counts.tolist(), strict=True):
        yield pair // width, pair % width, count
