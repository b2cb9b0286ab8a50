"""Bursts: rows that say the same within a second under different ids.

Older versions wrote one answer as several events (hyperstudy-traps.md, B4). Such rows are counted,
never dropped. Copies from overlapping downloads have the same id and are no burst; rows that a
batch cuts apart are not compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from archive_tool.ingest.fingerprint import of_column, of_rows
from archive_tool.model.datatypes import BY_NAME, CHAT, CONTINUOUS, EVENTS, SPARSE
from archive_tool.model.tables import ROW_BITS
from archive_tool.schemas.frames import words
from archive_tool.validation import codes
from archive_tool.validation.tally import Rule, Tally

if TYPE_CHECKING:
    from archive_tool.validation.tally import Positions
    from archive_tool.validation.view import View

WITHIN: Final = 1000.0
"""ms."""
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
}  # fmt: skip
_ONCE: Final = ("response", "complete", "message", "recording", "enter", "exit", "transition")
"""Parts of event types that do not come in bursts by nature, as pulses and seeks do."""


def check_repeats(view: View, found: Tally) -> None:
    """Count rows that repeat another one; of a burst, all but the first."""
    if view.data_type == CONTINUOUS.name:
        repeated = _same_instant(view)
    elif view.data_type in _SAME and view.has("timestamp"):
        repeated = _same_content(view)
    else:
        return
    rule = Rule(
        code=codes.ROWS_REPEATED,
        data_type=view.data_type,
        check="rows of a person that say the same are more than a second apart",
    )
    if view.data_type == CONTINUOUS.name:
        rule = Rule(
            code=codes.ROWS_REPEATED,
            data_type=view.data_type,
            check="one sample of a component per person and instant",
        )
    found.add(rule, view.at[repeated])


def _same_instant(view: View) -> Positions:
    """Ratings at the very instant of the row before them in their file."""
    if not view.has("onset", "ratingId"):
        return np.empty(0, dtype=np.int64)
    groups = view.groups
    onset = groups.sort(view.numbers("onset"))
    places = np.flatnonzero((onset[1:] == onset[:-1]) & ~groups.is_first[1:]) + 1
    if not len(places):
        return places
    rows = np.arange(len(onset)) if groups.order is None else groups.order
    here, before = rows[places], rows[places - 1]
    apart = (view.at[here] >> ROW_BITS) == (view.at[before] >> ROW_BITS)
    here, before = here[apart], before[apart]
    ids = view.table["ratingId"]
    other = of_column(ids.take(pa.array(here))) != of_column(ids.take(pa.array(before)))
    repeated: Positions = here[other]
    return repeated


def _same_content(view: View) -> Positions:
    rows = _candidates(view)
    if len(rows) < 2:
        return np.empty(0, dtype=np.int64)
    columns = [name for name in _SAME[view.data_type] if view.has(name)]
    table = view.table.select(columns)
    table = table if len(rows) == table.num_rows else table.take(pa.array(rows))
    content = of_rows(table, columns)
    ordered = np.sort(content)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(again):
        return np.empty(0, dtype=np.int64)
    chosen = np.isin(content, again)
    rows, content = rows[chosen], content[chosen]
    clock = view.clock("timestamp")[rows]
    ids = view.table[str(BY_NAME[view.data_type].record_id)].take(pa.array(rows))
    record = of_column(ids)
    order = np.lexsort((view.at[rows], record, clock, content))
    content, clock, record = content[order], clock[order], record[order]
    same = (np.diff(content) == 0) & (np.diff(clock) <= WITHIN) & (record[1:] != record[:-1])
    return np.sort(rows[order[1:][same]])


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
