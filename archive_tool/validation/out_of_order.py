"""A validation that does not tell in which order the sessions were.

Labels number rooms by time. Whoever holds a list of appointments would find every room of an archive by
that number and its row counts, though the policy took all clocks out.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from archive_tool.validation.pictures import worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from random import Random

    from archive_tool.model.pictures import Availability, ConsentSummary, Drift, RoomTimeline
    from archive_tool.model.validation import Validation

_NUMBER: Final = re.compile(r"\d+")


def out_of_order(validation: Validation, chance: Random) -> Validation:
    """Number rooms anew, by chance, and people by their rooms, as they were."""
    lines = validation.availability.rows
    drift = validation.drift.rooms if validation.drift else ()
    seen = {one.room for one in validation.timelines} | {one.room for one in drift}
    shuffled = sorted(seen.union(line.room for line in lines), key=_number)
    chance.shuffle(shuffled)
    rooms = _numbered("R", shuffled)
    lanes = [(one.room, lane.person) for one in validation.timelines for lane in one.lanes]
    places = [*lanes, *((line.room, line.person) for line in lines)]
    together = sorted(places, key=lambda place: _number(rooms[place[0]]))
    asked = [line.person for line in validation.consent.people]
    people = _numbered("P", [*(person for _, person in together), *asked])
    return replace(
        validation,
        timelines=_timelines(validation.timelines, rooms, people),
        availability=_availability(validation.availability, rooms, people),
        drift=_drift(validation.drift, rooms),
        consent=_consent(validation.consent, people),
    )


def _timelines(
    timelines: Iterable[RoomTimeline], rooms: Mapping[str, str], people: Mapping[str, str]
) -> tuple[RoomTimeline, ...]:
    anew = [
        replace(
            one,
            room=rooms[one.room],
            lanes=tuple(replace(lane, person=people[lane.person]) for lane in one.lanes),
        )
        for one in timelines
    ]
    return tuple(sorted(anew, key=lambda one: _number(one.room)))


def _availability(
    matrix: Availability, rooms: Mapping[str, str], people: Mapping[str, str]
) -> Availability:
    anew = [
        replace(line, room=rooms[line.room], person=people[line.person]) for line in matrix.rows
    ]
    anew.sort(key=lambda line: (_number(line.room), _number(line.person)))
    return replace(matrix, rows=tuple(anew))


def _drift(drift: Drift | None, rooms: Mapping[str, str]) -> Drift | None:
    if drift is None:
        return None
    anew = [replace(one, room=rooms[one.room]) for one in drift.rooms]
    return replace(drift, rooms=tuple(sorted(anew, key=worst_first)))


def _consent(consent: ConsentSummary, people: Mapping[str, str]) -> ConsentSummary:
    anew = [replace(line, person=people[line.person]) for line in consent.people]
    return replace(consent, people=tuple(sorted(anew, key=lambda line: _number(line.person))))


def _numbered(letter: str, labels: Iterable[str]) -> dict[str, str]:
    """Old label -> new label."""
    return {old: f"{letter}{number:02}" for number, old in enumerate(dict.fromkeys(labels), 1)}


def _number(label: str) -> tuple[int, str]:
    """Sort labels by their number: ``P100`` comes after ``P99``."""
    found = _NUMBER.search(label)
    return (int(found.group()) if found else 0), label
