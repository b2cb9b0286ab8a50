"""Messages to people whom nobody knows."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from archive_tool.ingest.arrow import one_array, run_starts
from archive_tool.ingest.remarks import by_part
from archive_tool.model.datatypes import CHAT
from archive_tool.model.people import canonical_people, is_nobody
from archive_tool.validation.codes.people import RECIPIENT_UNKNOWN
from archive_tool.validation.tally import Hits, Rule, Tally

if TYPE_CHECKING:
    from collections.abc import Collection

    from archive_tool.validation.across_types.presence import Presence
    from archive_tool.validation.view import View

_MOST_LISTS: Final = 100_000
"""Different lists of recipients that are remembered: a bundle has a few per room."""


@dataclass(kw_only=True)
class Recipients:
    """Who was written to, by room. Holds ids: nothing of it may be printed."""

    _rows: defaultdict[tuple[str, str], dict[int, Hits]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """Room and list of recipients (JSON text) → rows by part."""

    def add(self, view: View) -> None:
        """Note the recipients of a batch of messages."""
        if view.data_type != CHAT.name or not view.has("recipientIds"):
            return
        texts = one_array(view.table["recipientIds"])
        rows = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
        lists = texts.take(pa.array(rows)).dictionary_encode()
        words = lists.dictionary.to_pylist()
        rooms, names = view.codes("roomId")
        key = lists.indices.to_numpy(zero_copy_only=False) * (len(names) + 1) + rooms[rows] + 1
        order = np.argsort(key, kind="stable")
        key, at = key[order], view.at[rows[order]]
        starts = run_starts(key)
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(key)], strict=True):
            text, room = divmod(int(key[start]), len(names) + 1)
            place = (names[room - 1] if room else "", words[text])
            if place in self._rows or len(self._rows) < _MOST_LISTS:
                for order_, count, first in by_part(at[start:end]):
                    self._rows[place].setdefault(order_, Hits()).add(count, first)

    def check(self, presence: Presence, people: Collection[str], found: Tally) -> None:
        """Count messages to people who have no row anywhere, or none in this room.

        ``people``: ids as rows and the participants table write them. Of a message without a room only
        the first can be told.
        """
        members: dict[str, set[str]] = defaultdict(set)
        for by_pair in presence.spans.values():
            for room, person in by_pair:
                members[room].add(person)
        known = canonical_people(people)
        for (room, text), by_order in self._rows.items():
            recipients = _people(text)
            if recipients <= (members[room] if room else known):
                continue
            check = "recipients are people of the room"
            if recipients - known:
                check = "recipients are known anywhere in the bundle"
            rule = Rule(
                code=RECIPIENT_UNKNOWN,
                data_type=CHAT.name,
                column="recipientIds",
                check=check,
            )
            for order, hits in by_order.items():
                found.add_hits(rule, order, hits.count, hits.first)


def _people(text: str) -> frozenset[str]:
    """People in a list of recipients; what is no list of texts names nobody."""
    try:
        value = json.loads(text)
    except ValueError:
        return frozenset()
    items = value if isinstance(value, list) else [value]
    ids = {item for item in items if isinstance(item, str) and not is_nobody(item)}
    return canonical_people(ids)
