"""Bursts: rows that say the same within a second under different ids.

Older versions wrote one answer as several events (hyperstudy-traps.md, B4). Such rows are counted,
never dropped. Copies from overlapping downloads have the same id and are no burst. The last rows
of a batch are kept, so that a burst may lie across its end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from archive_tool.ingest.fingerprint import of_column, of_rows
from archive_tool.model.datatypes import BY_NAME, CHAT, CONTINUOUS, EVENTS, SPARSE, SYNC
from archive_tool.model.tables import part_of
from archive_tool.schemas.frames import words
from archive_tool.validation.codes.sessions import ROWS_REPEATED
from archive_tool.validation.tally import Rule, Tally

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Mask, Positions
    from archive_tool.ingest.fingerprint import Fingerprints
    from archive_tool.validation.groups import Group
    from archive_tool.validation.view import Floats, View

WITHIN: Final = 1000.0
"""ms."""
KEPT: Final = 4096
"""Rows before the end of a batch that the next one is compared with: bursts are written at once."""
_SAME: Final = {
    EVENTS.name: (
        "roomId", "participantId", "eventType", "componentId", "stateId", "stateName", "content",
        "response", "value", "data",
    ),
    CHAT.name: ("roomId", "senderId", "content", "recipientIds"),
    SPARSE.name: (
        "roomId", "participantId", "componentId", "stimulusId", "stimulusTime", "value", "rawValue",
        "metadata",
    ),
    SYNC.name: ("roomId", "participantId", "timestamp", "onset", "timeDrift", "latency"),
}  # fmt: skip
"""Columns by which two rows of a type say the same; of continuous ratings the instant is enough."""
_ONCE: Final = ("response", "complete", "message", "recording", "enter", "exit", "transition")
"""Parts of event types that do not come in bursts by nature, as pulses and seeks do."""


class _Sample(NamedTuple):
    """What the next rating of a group is compared with."""

    part: int
    onset: float
    record: int
    """Fingerprint of the record id."""


@dataclass(frozen=True, kw_only=True)
class _Said:
    """Rows and what they say, as columns of the same length."""

    content: Fingerprints
    record: Fingerprints
    clock: Floats
    at: Positions
    is_told: Mask
    """Whether the row was counted already."""

    def then(self, other: _Said) -> _Said:
        """These rows and more of them."""
        return _Said(**{name: np.append(own, getattr(other, name)) for name, own in self._each()})

    def of(self, rows: Positions | slice) -> _Said:
        """Some of the rows."""
        return _Said(**{name: own[rows] for name, own in self._each()})

    def _each(self) -> list[tuple[str, Any]]:
        return [(each.name, getattr(self, each.name)) for each in fields(self)]


@dataclass(kw_only=True)
class Repeats:
    """The last rows so far. Holds ids: nothing of it may be printed."""

    _samples: dict[Group, _Sample] = field(default_factory=dict)
    """The last continuous rating of every group."""
    _said: dict[str, _Said] = field(default_factory=dict)
    """The last ``KEPT`` rows of the other types."""

    def add(self, view: View, found: Tally) -> None:
        """Count rows of a batch that repeat another one; of a burst, all but the first."""
        check = "rows of a person that say the same are more than a second apart"
        if view.data_type == CONTINUOUS.name:
            repeated = view.at[self._same_instant(view)]
            check = "one sample of a component per person and instant"
        elif view.data_type in _SAME:
            repeated = self._same_content(view)
        else:
            return
        rule = Rule(code=ROWS_REPEATED, data_type=view.data_type, check=check)
        found.add(rule, repeated)

    def _same_instant(self, view: View) -> Positions:
        """Ratings at the very instant of the row before them in their file, as rows of the batch."""
        groups, ids = view.groups, view.table["ratingId"]
        onset = groups.sort(view.numbers("onset"))
        part = part_of(groups.sort(view.at))
        rows = np.arange(len(onset)) if groups.order is None else groups.order
        same = (onset[1:] == onset[:-1]) & (part[1:] == part[:-1]) & groups.has_person[1:]
        places = np.flatnonzero(same & ~groups.is_first[1:]) + 1
        here, before = rows[places], rows[places - 1]
        other = of_column(ids.take(pa.array(here))) != of_column(ids.take(pa.array(before)))

        def samples(edge: Positions) -> list[_Sample]:
            """Give the rating of every group at its first or last place."""
            record = of_column(ids.take(pa.array(rows[edge])))
            each = zip(part[edge].tolist(), onset[edge].tolist(), record.tolist(), strict=True)
            return [_Sample(*one) for one in each]

        first, last = samples(groups.starts), samples(groups.ends - 1)
        cut = [
            start
            for group, start, sample in zip(groups.names, groups.starts, first, strict=True)
            if group.person and _repeats(self._samples.get(group), sample)
        ]
        self._samples.update(zip(groups.names, last, strict=True))
        return np.append(here[other], rows[cut] if cut else rows[:0])

    def _same_content(self, view: View) -> Positions:
        """Rows that say the same as one just before them, as positions."""
        said = _said(view)
        earlier = self._said.get(view.data_type)
        said = said if earlier is None else earlier.then(said)
        told = _within_a_second(said)
        repeated = said.at[told & ~said.is_told]
        said.is_told[:] |= told
        self._said[view.data_type] = said.of(slice(-KEPT, None))
        return repeated


def _repeats(before: _Sample | None, sample: _Sample) -> bool:
    return before is not None and before[:2] == sample[:2] and before.record != sample.record


def _said(view: View) -> _Said:
    rows = _candidates(view)
    chosen = pa.array(rows)
    table = view.table.select([*_SAME[view.data_type], str(BY_NAME[view.data_type].record_id)])
    table = table if len(rows) == table.num_rows else table.take(chosen)
    return _Said(
        content=of_rows(table, list(_SAME[view.data_type])),
        record=of_column(table[table.num_columns - 1]),
        clock=view.clock("timestamp")[rows],
        at=view.at[rows],
        is_told=np.zeros(len(rows), dtype=np.bool_),
    )


def _within_a_second(said: _Said) -> Mask:
    """Which rows say what a row up to a second before them says under another id."""
    told = np.zeros(len(said.at), dtype=np.bool_)
    ordered = np.sort(said.content)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(again):
        return told
    rows = np.flatnonzero(np.isin(said.content, again))
    some = said.of(rows)
    order = np.lexsort((some.at, some.record, some.clock, some.content))
    content, clock, record = some.content[order], some.clock[order], some.record[order]
    same = (np.diff(clock) <= WITHIN) & (content[1:] == content[:-1]) & (record[1:] != record[:-1])
    told[rows[order[1:][same]]] = True
    return told


def _candidates(view: View) -> Positions:
    """Rows that must not come twice; of events, those of some kinds only."""
    rows = np.arange(view.table.num_rows)
    if view.data_type == CHAT.name:
        return rows[view.codes("senderId")[0] >= 0]
    people = view.codes("participantId")[0] >= 0
    if view.data_type != EVENTS.name:
        return rows[people]
    kinds, names = view.codes("eventType")
    chosen = [c for c, name in enumerate(names) if any(word in words(name) for word in _ONCE)]
    return rows[people & np.isin(kinds, chosen)]
