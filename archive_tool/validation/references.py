"""References across data types: people and rooms that only one type knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import BY_NAME, CHAT, CONTINUOUS, EVENTS, RECORDINGS, SPARSE, SYNC
from archive_tool.model.findings import Finding, Rows
from archive_tool.validation import codes
from archive_tool.validation.codes import finding
from archive_tool.validation.counts import Counts, counts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.validation.presence import Presence

_REFERRING: Final = (RECORDINGS, CHAT, CONTINUOUS, SPARSE, SYNC)


def check_references(census: Counts, presence: Presence) -> Iterator[Finding]:
    """Compare people and rooms with what events and the participants table know.

    Without either there is no independent source, and nothing is said.
    """
    events = counts_of(census, EVENTS.name)
    people = (events.people if events else frozenset()) | presence.roster
    rooms = events.rooms if events else frozenset()
    for data_type in _REFERRING:
        here = counts_of(census, data_type.name)
        if here is None:
            continue
        subject = BY_NAME[data_type.name].subject
        yield from _unknown(codes.PERSON_UNKNOWN, data_type.name, subject, here.people, people)
        yield from _unknown(codes.ROOM_UNKNOWN, data_type.name, "roomId", here.rooms, rooms)
    mixed = sum(1 for designs in presence.experiments.values() if len(designs) > 1)
    if mixed:
        yield finding(
            codes.ROOM_EXPERIMENTS,
            None,
            column="experimentId",
            check="one experiment per room",
            rows=Rows(count=mixed, of=len(presence.experiments)),
        )


def _unknown(
    code: str, data_type: str, column: str, here: frozenset[str], known: frozenset[str]
) -> Iterator[Finding]:
    """Count the ids that the independent source lacks; the shared subject is nobody."""
    named = here - {""}
    if known and (unknown := named - known):
        check = f"{column} is known elsewhere"
        rows = Rows(count=len(unknown), of=len(named))
        yield finding(code, data_type, column=column, check=check, rows=rows)
