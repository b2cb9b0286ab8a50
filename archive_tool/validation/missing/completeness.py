"""Completeness: what is here per type, what is missing, and the usual reason for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import BY_NAME, CHAT, COMPONENTS, EVENTS, SYNC, WITH_SCHEMA
from archive_tool.model.findings import Finding, Rows, Severity, finding
from archive_tool.model.people import count_people
from archive_tool.model.validation import TypeOverview
from archive_tool.validation.codes.sessions import (
    EVENTS_ABSENT,
    NO_ROWS,
    PARTNER_ABSENT,
    TYPE_ABSENT,
)
from archive_tool.validation.missing.counts import Counts, counts_of
from archive_tool.validation.missing.expected import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence, Set

    from archive_tool.model.bundle import Gap, Part
    from archive_tool.validation.across_types.presence import Presence

_NO_COMPONENTS: Final = "not downloaded: the documented download script does not fetch this type"
_NO_SYNC_ALONE: Final = "normal here: every room has one person, and sync needs several"
_HOSTS: Final = 1
"""People per room who need no sync rows: the host is what the others are compared with."""


def overview(
    census: Counts,
    gaps: Sequence[Gap],
    parts: Sequence[Part],
    *,
    agents: Set[str] = frozenset(),
) -> tuple[TypeOverview, ...]:
    """Summarise the data types with a schema, in their order, missing ones with zeros.

    ``agents`` are ids of those who are no people.
    """
    found = []
    for data_type in WITH_SCHEMA:
        here = counts_of(census, data_type.name)
        found.append(
            TypeOverview(
                data_type=data_type.name,
                rows=here.rows if here else 0,
                people=count_people(here.people, agents) if here else 0,
                rooms=len(here.rooms) if here else 0,
                first=here.first if here else None,
                last=here.last if here else None,
                announced=_announced(data_type.name, parts),
                missing=sum(
                    gap.end - gap.first
                    for gap in gaps
                    if gap.data_type == data_type.name and gap.end is not None
                )
                + _cut(data_type.name, parts),
            )
        )
    return tuple(found)


def counted_once(
    found: Sequence[TypeOverview], copies: Mapping[str, int]
) -> tuple[TypeOverview, ...]:
    """Take away, by type, the rows for which a row of another download stands."""
    folded = [copies.get(entry.data_type, 0) for entry in found]
    return tuple(
        replace(entry, rows=entry.rows - rows, copies=rows)
        for entry, rows in zip(found, folded, strict=True)
    )


def check_rows(parts: Sequence[Part]) -> Iterator[Finding]:
    """Say when there are tables, and no row of any type with a schema."""
    if parts and not any(part.rows for part in parts if part.data_type in BY_NAME):
        yield finding(NO_ROWS, None)


def check_completeness(
    census: Counts, presence: Presence, *, declined: Set[str] = frozenset()
) -> Iterator[Finding]:
    """Say which types are missing, and who has no rows where a partner has.

    Of people who declined, nothing is expected.
    """
    absent = [dt.name for dt in WITH_SCHEMA if counts_of(census, dt.name) is None]
    if len(absent) == len(WITH_SCHEMA):
        return
    members = presence.members()
    for name in absent:
        if name == EVENTS.name:
            yield finding(EVENTS_ABSENT, name)
        else:
            yield finding(TYPE_ABSENT, name, suffix=f": {_reason(name, members)}")
    yield from _partners(presence, {room: people - declined for room, people in members.items()})


def _cut(data_type: str, parts: Sequence[Part]) -> int:
    """Count the rows that pages say they hold and do not; of copies of a page the fullest counts."""
    lacking: dict[tuple[str | None, int], int] = {}
    for part in parts:
        if part.data_type == data_type and part.page is not None:
            page, promised = part.page, part.page.returned or 0
            first = page.offset or 0
            if page.total is not None:
                promised = min(promised, page.total - first)
            place = (part.query_key, first)
            lacks = max(0, promised - part.rows)
            lacking[place] = min(lacks, lacking.get(place, lacks))
    return sum(lacking.values())


def _announced(data_type: str, parts: Sequence[Part]) -> int | None:
    """Add up the largest total of each listing."""
    totals: dict[str | None, int] = {}
    for part in parts:
        if part.data_type == data_type and part.page is not None and part.page.total is not None:
            totals[part.query_key] = max(part.page.total, totals.get(part.query_key, 0))
    return sum(totals.values()) if totals else None


def _reason(data_type: str, members: dict[str, set[str]]) -> str:
    if data_type == COMPONENTS.name:
        return _NO_COMPONENTS
    if data_type == SYNC.name and all(len(people) <= 1 for people in members.values()):
        return _NO_SYNC_ALONE
    return EXPECTED[data_type].if_absent


def _partners(presence: Presence, members: dict[str, set[str]]) -> Iterator[Finding]:
    """Count people without rows of a type that a partner in the same room has."""
    for data_type in EXPECTED:
        without = looked_at = 0
        for room, with_rows in presence.present(data_type).items():
            people = members[room]
            present = with_rows & people
            if len(people) < 2 or not present:
                continue
            looked_at += len(people)
            spared = _HOSTS if data_type == SYNC.name else 0
            without += max(0, len(people - present) - spared)
        if without:
            yield finding(
                PARTNER_ABSENT,
                data_type,
                severity=Severity.NOTE if data_type == CHAT.name else None,
                check="partners in a room have rows of the same types",
                rows=Rows(count=without, of=looked_at),
            )
