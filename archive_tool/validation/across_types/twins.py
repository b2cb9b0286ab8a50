"""One person under two ids: a download with identifiers beside the same one with codes.

The platform's "Remove identifiers" puts codes in the place of ids (seed-data-management.md, "Data
Anonymization"). Both copies together double the sample, and tie every code to its person by the
instants of the rows (hyperstudy-traps.md, B12). Of everybody the smallest fingerprints of their
rows are kept, ids left aside: the same rows have the same ones, whichever they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.ingest.fingerprint import of_rows
from archive_tool.model.datatypes import BY_NAME, CHAT, EVENTS, SPARSE
from archive_tool.model.findings import Finding, Rows, finding
from archive_tool.model.tables import part_of
from archive_tool.validation.codes.people import PERSON_TWICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.ingest.arrow import Mask
    from archive_tool.ingest.fingerprint import Fingerprints
    from archive_tool.validation.view import View

KEPT: Final = 64
"""Fingerprints of a person and data type."""
COMMON: Final = 5
"""So many equal rows of two people are no chance."""
_CROWD: Final = 8
"""People with the same row: more of them than this are no copies of each other."""
_SAYS: Final = {
    EVENTS.name: ("timestamp", "onset", "eventType", "componentId", "content", "response", "value"),
    CHAT.name: ("timestamp", "onset", "content"),
    SPARSE.name: ("timestamp", "onset", "componentId", "value", "rawValue", "responseTime"),
}
"""What both copies of a row say alike."""
_TOGETHER: Final = (
    "state", "media", "sync", "experiment", "video", "component.start",
    "scanner", "trigger", "variable", "system", "recording",
)  # fmt: skip
"""Beginnings of types and categories of events that happen to all in a room at one instant."""


@dataclass(kw_only=True)
class Twins:
    """What is known of everybody's rows. Holds ids: nothing of it may be printed."""

    _rows: dict[tuple[str, str], Fingerprints] = field(default_factory=dict)
    """Data type and person → the smallest fingerprints, sorted."""
    _parts: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Person → parts that hold rows of theirs."""

    def add(self, view: View) -> None:
        """Look at a batch of a type whose rows are few and full of words."""
        if view.data_type not in _SAYS or not view.has("timestamp"):
            return
        people, names = view.codes(BY_NAME[view.data_type].subject)
        told = np.flatnonzero((people >= 0) & ~np.isnan(view.millis("timestamp")) & _own(view))
        says = of_rows(view.table, list(_SAYS[view.data_type]))[told]
        people, parts = people[told], part_of(view.at[told])
        order = np.lexsort((says, people))
        edges = np.flatnonzero(np.diff(people[order], prepend=-1))
        for rows in np.split(order, edges[1:]) if len(order) else ():
            person = names[int(people[rows[0]])]
            self._parts[person].update(np.unique(parts[rows]).tolist())
            key = (view.data_type, person)
            known = self._rows.get(key, says[:0])
            self._rows[key] = np.unique(np.append(known, says[rows]))[:KEPT]

    def check(self) -> Iterator[Finding]:
        """Tell how many people have the rows of somebody else, in other files."""
        alike: Counter[tuple[str, str]] = Counter()
        for data_type in _SAYS:
            alike.update(self._in_common(data_type))
        found = {
            person
            for pair, common in alike.items()
            if common >= COMMON and self._is_one(*pair)
            for person in pair
        }
        if found:
            rows = Rows(count=len(found), of=len(self._parts))
            yield finding(PERSON_TWICE, None, check="rows belong to one person", rows=rows)

    def _in_common(self, data_type: str) -> Counter[tuple[str, str]]:
        """How many rows of a type two people have in common, where they have any."""
        held = {person: says for (kind, person), says in self._rows.items() if kind == data_type}
        if not held:
            return Counter()
        _, row, copies = np.unique(
            np.concatenate(list(held.values())), return_inverse=True, return_counts=True
        )
        several = np.flatnonzero((copies[row] > 1) & (copies[row] <= _CROWD))
        people = list(held)
        holder = np.repeat(np.arange(len(people)), [len(own) for own in held.values()])
        holders: defaultdict[int, list[str]] = defaultdict(list)
        for one in several.tolist():
            holders[int(row[one])].append(people[holder[one]])
        return Counter(
            pair for alike in holders.values() for pair in combinations(sorted(alike), 2)
        )

    def _is_one(self, one: str, other: str) -> bool:
        """Whether half of the rows are the same in every type that both have, in other files."""
        for data_type in _SAYS:
            own = self._rows.get((data_type, one))
            others = self._rows.get((data_type, other))
            if own is not None and others is not None:
                same = np.intersect1d(own, others, assume_unique=True)
                if len(same) < min(len(own), len(others)) / 2:
                    return False
        return self._parts[one].isdisjoint(self._parts[other])


def _own(view: View) -> Mask:
    """Which rows are somebody's own doing."""
    own = np.ones(view.table.num_rows, dtype=np.bool_)
    if view.data_type == EVENTS.name:
        for column in ("eventType", "category"):
            kinds, names = view.codes(column)
            shared = [code for code, name in enumerate(names) if name.startswith(_TOGETHER)]
            own &= ~np.isin(kinds, shared)
    return own
