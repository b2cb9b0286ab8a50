"""Components of which two downloads tell different things: one was corrected between them.

Components have no record id. Copies are known by being equal, so a row whose variables were
corrected stays beside its older version (:mod:`archive_tool.ingest.overlaps.fold`). Nobody knows
which of the two is meant: both are kept, and counted here. Pages of one listing are no two downloads:
two people may have been shown something at one instant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.ingest.fingerprint import NULL, combined
from archive_tool.ingest.overlaps.copies import has_several, numbered
from archive_tool.ingest.overlaps.duplicates import ROOM, of_columns, of_records
from archive_tool.model.datatypes import COMPONENTS
from archive_tool.model.tables import Batch, part_of
from archive_tool.validation.codes.sessions import COMPONENTS_DIFFER
from archive_tool.validation.tally import Rule, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from archive_tool.ingest.arrow import Positions
    from archive_tool.ingest.fingerprint import Fingerprints
    from archive_tool.model.bundle import Part
    from archive_tool.validation.view import View

_SHOWN: Final = ("componentId", "stateId", "participantId", "timestamp")
"""What tells one showing of a component from all others, but for its room."""
_RULE: Final = Rule(
    code=COMPONENTS_DIFFER,
    data_type=COMPONENTS.name,
    check="another download says the same of a component, person and instant",
)


@dataclass(kw_only=True)
class Versions:
    """Fingerprints of all components that have a time."""

    _at: list[Positions] = field(default_factory=list)
    _shown: list[Fingerprints] = field(default_factory=list)
    _room: list[Fingerprints] = field(default_factory=list)
    _content: list[Fingerprints] = field(default_factory=list)

    def add(self, view: View) -> None:
        """Look at a batch; definitions without a time are no showings."""
        if view.data_type != COMPONENTS.name:
            return
        batch = Batch(data_type=view.data_type, table=view.table)
        values = dict(of_columns(batch))
        timed = values["timestamp"] != NULL
        shown = np.zeros(len(timed), np.uint64)
        for name in _SHOWN:
            shown = combined(shown, values[name])
        self._at.append(view.at[timed])
        self._shown.append(shown[timed])
        self._room.append(values[ROOM][timed])
        self._content.append(of_records(batch)[timed])

    def check(self, parts: Sequence[Part], found: Tally) -> None:
        """Count rows that differ from what an earlier file says of the same."""
        if not self._at or not sum(map(len, self._at)):
            return
        at, content = np.concatenate(self._at), np.concatenate(self._content)
        record = _records(np.concatenate(self._shown), np.concatenate(self._room))
        order = np.lexsort((at, record))
        at, content, record = at[order], content[order], record[order]
        differing: list[int] = []
        for rows in np.split(np.arange(len(at)), np.flatnonzero(np.diff(record)) + 1):
            if part_of(at[rows[0]]) != part_of(at[rows[-1]]):
                differing += _differing(at[rows].tolist(), content[rows].tolist(), parts)
        found.add(_RULE, np.array(differing, np.int64))


def _records(shown: Fingerprints, room: Fingerprints) -> NDArray[np.int64]:
    """Number the showings; a row without a room is in the one that the others name, if it is one."""
    ident = numbered(shown)
    apart = np.where(has_several(ident, room), room, NULL)
    return numbered(combined(ident.astype(np.uint64), apart))


def _differing(at: Sequence[int], content: Sequence[int], parts: Sequence[Part]) -> list[int]:
    """Give the rows of one showing that no earlier download has, though it has another one."""
    found: list[int] = []
    before: list[tuple[Part, set[int]]] = []  # with all that they say of the showing
    both = zip(at, content, strict=True)
    for order, rows in groupby(both, key=lambda row: part_of(row[0])):
        part, said = parts[order], list(rows)
        earlier = set[int]().union(*(told for other, told in before if _is_another(other, part)))
        found += [place for place, one in said if earlier and one not in earlier]
        before.append((part, {one for _, one in said}))
    return found


def _is_another(one: Part, part: Part) -> bool:
    """Whether two parts are no pages of one listing."""
    if one.page is None or part.page is None:
        return one.order != part.order
    return one.order != part.order and one.page.offset == part.page.offset
