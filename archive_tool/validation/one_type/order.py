"""Whether onset and timestamp run the same way, row by row, for one person in one room and part.

Files may be sorted by anything, so only the two directions are compared. Of every group the last
row is kept, so that it does not matter where a batch ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.model.tables import part_of
from archive_tool.validation.codes.times import ONSET_ORDER

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Positions
    from archive_tool.validation.groups import Group
    from archive_tool.validation.tally import Tally
    from archive_tool.validation.view import Floats, View

BACKWARDS: Final = 1000.0
"""ms that onset may go back while the timestamp goes forward: batched writes, two clocks."""


class _Row(NamedTuple):
    """What the next row of a group is compared with."""

    part: int
    clock: float
    onset: float


_NONE: Final = _Row(-1, np.nan, np.nan)


@dataclass(kw_only=True)
class Order:
    """The last row of every group so far. Holds ids: nothing of it may be printed."""

    _last: dict[tuple[str, Group], _Row] = field(default_factory=dict)

    def add(self, view: View, found: Tally) -> None:
        """Count the rows of a batch whose onset goes the other way than their timestamp."""
        if not {"timestamp", "onset"} <= set(view.table.schema.names):
            return
        groups = view.groups
        at = groups.sort(view.at)
        part = part_of(at)
        clock = groups.sort(view.clock("timestamp"))
        onset = groups.sort(view.numbers("onset"))
        before = self._shifted(view, part, clock, onset)
        same = (before[0] == part) & groups.has_person
        forward, ahead = clock - before[1], onset - before[2]
        backwards = ((forward > 0) & (ahead < -BACKWARDS)) | ((forward < 0) & (ahead > BACKWARDS))
        check = "onset grows with timestamp per participant and room"
        rule = view.rule(ONSET_ORDER, "onset", check)
        found.add(rule, at[same & backwards])

    def _shifted(
        self, view: View, part: Positions, clock: Floats, onset: Floats
    ) -> tuple[Positions, Floats, Floats]:
        """Part, time and onset of the row before each, those of earlier batches included."""
        before = np.roll(part, 1), np.roll(clock, 1), np.roll(onset, 1)
        for group, start, end in view.groups:
            key, last = (view.data_type, group), end - 1
            earlier = self._last.get(key, _NONE)
            before[0][start], before[1][start], before[2][start] = earlier
            self._last[key] = _Row(int(part[last]), float(clock[last]), float(onset[last]))
        return before
