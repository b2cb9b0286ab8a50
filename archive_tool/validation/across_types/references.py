"""People and rooms across data types: those that only one type knows, and ids that look alike."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import BY_NAME, EVENTS, RECORDINGS, WITH_SCHEMA
from archive_tool.model.findings import Finding, Rows, finding
from archive_tool.model.people import PROLIFIC, canonical_people
from archive_tool.validation.codes.people import (
    PERSON_SPELLINGS,
    PERSON_UNKNOWN,
    ROOM_EXPERIMENTS,
    ROOM_UNKNOWN,
    TIME_ELSEWHEN,
)
from archive_tool.validation.missing.counts import Counts, counts_of
from archive_tool.validation.missing.expected import EXPECTED
from archive_tool.validation.one_type.timing import LONGEST_ONSET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.model.findings import Code
    from archive_tool.validation.across_types.presence import Presence
    from archive_tool.validation.missing.counts import TypeCounts

_NUMBER: Final = re.compile(r"0*([0-9]+?)(?:[.,]0+)?")
"""An id that programs take for a number: the zeros around it come and go."""


def check_references(census: Counts, presence: Presence) -> Iterator[Finding]:
    """Compare people and rooms with what events and the participants table know.

    Without either there is no independent source, and nothing is said.
    """
    events = counts_of(census, EVENTS.name)
    people = canonical_people(events.people if events else ()) | presence.roster
    rooms = events.rooms if events else frozenset()
    for data_type in EXPECTED:
        here = counts_of(census, data_type)
        if here is None:
            continue
        subject = BY_NAME[data_type].subject
        named = canonical_people(here.people)
        yield from _unknown(PERSON_UNKNOWN, data_type, subject, named, people)
        yield from _unknown(ROOM_UNKNOWN, data_type, "roomId", here.rooms, rooms)
    mixed = sum(1 for designs in presence.experiments.values() if len(designs) > 1)
    if mixed:
        yield finding(
            ROOM_EXPERIMENTS,
            None,
            column="experimentId",
            check="one experiment per room",
            rows=Rows(count=mixed, of=len(presence.experiments)),
        )


def check_sessions(presence: Presence) -> Iterator[Finding]:
    """Count the rooms with rows far away from all events of the room, by data type."""
    sessions = presence.times(EVENTS.name)
    for data_type in WITH_SCHEMA:
        if data_type in (EVENTS, RECORDINGS):
            continue
        times = presence.times(data_type.name)
        rooms = times.keys() & sessions.keys()
        far = [room for room in rooms if _is_far(times[room], sessions[room])]
        if far:
            yield finding(
                TIME_ELSEWHEN,
                data_type.name,
                column="timestamp",
                check="a time of the session",
                rows=Rows(count=len(far), of=len(rooms)),
            )


def _is_far(own: tuple[float, float], session: tuple[float, float]) -> bool:
    return own[0] < session[0] - LONGEST_ONSET or own[1] > session[1] + LONGEST_ONSET


def check_spellings(census: Counts, presence: Presence) -> Iterator[Finding]:
    """Count people whose ids look like one id that programs have changed (trap C30); none is merged.

    Spreadsheets add blanks and capitals and take zeros off numbers, pandas writes ``7.0`` for 7, macOS
    splits accents from letters.
    """
    people = canonical_people(written(census, presence))
    alike = Counter(map(_alike, people))
    if several := sum(number for number in alike.values() if number > 1):
        yield finding(
            PERSON_SPELLINGS,
            None,
            check="ids of people differ in more than case, blanks and encoding",
            rows=Rows(count=several, of=len(people)),
        )


def written(census: Counts, presence: Presence) -> set[str]:
    """Give the ids of people as rows and the participants table write them."""
    return presence.listed.union(*(one.people for one in _counted(census))) - {""}


def rooms_of(census: Counts) -> frozenset[str]:
    """Give the rooms of all rows, those about nobody included."""
    return frozenset[str]().union(*(one.rooms for one in _counted(census)))


def _counted(census: Counts) -> Iterator[TypeCounts]:
    for data_type in WITH_SCHEMA:
        counts = counts_of(census, data_type.name)
        if counts is not None:
            yield counts


def _alike(person: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", person).split()).casefold()
    text = text.removeprefix(PROLIFIC)
    number = _NUMBER.fullmatch(text)
    return number[1] if number else text


def _unknown(
    code: Code, data_type: str, column: str, here: frozenset[str], known: frozenset[str]
) -> Iterator[Finding]:
    """Count the ids that the independent source lacks; the shared subject is nobody."""
    named = here - {""}
    if known and (unknown := named - known):
        check = f"{column} is known elsewhere"
        rows = Rows(count=len(unknown), of=len(named))
        yield finding(code, data_type, column=column, check=check, rows=rows)
