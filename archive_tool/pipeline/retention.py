"""Until when the rows of a bundle may be kept: a pure function of policy, dates and census."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from archive_tool.errors import RetentionError
from archive_tool.model.archive import RetentionTerm
from archive_tool.model.datatypes import MEDIA, RECORDINGS
from archive_tool.model.policy import Basis, Ending, Policy
from archive_tool.policy import destroy_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from archive_tool.ingest.census import Census

Counted: TypeAlias = "tuple[date, Basis]"
"""A day, and what it is the day of."""


@dataclass(frozen=True, kw_only=True)
class Before:
    """The dates of the archive that another is made of."""

    terms: Mapping[str, RetentionTerm]
    made: date
    """When it was made: the sessions were over by then."""
    has_clocks: bool
    """Whether its rows say when they happened."""


def retention_terms(
    policy: Policy,
    census: Census,
    *,
    now: datetime,
    media: bool = False,
    before: Before | None = None,
) -> dict[str, RetentionTerm]:
    """The last day of every data type in the bundle, and with ``media`` of the media files.

    Media files go with the rows that tell of them; without such rows, by the last session of all.

    Made of an archive (``before``), a type never lasts longer than there, unless its time there
    ends with a downgrade: then what tells less has a time of its own, which counts from the same
    days. Raises RetentionError (14) when that day has passed already: what should be gone is not
    archived anew.
    """
    ends = _session_ends(census) if before is None or before.has_clocks else {}
    archived = now.date() if before is None else before.made
    terms = {}
    for data_type, counted in census.types.items():
        if counted.rows:
            day_of = partial(_basis_day, rooms=counted.rooms, ends=ends, archived=archived)
            terms[data_type] = _term(policy, data_type, day_of, now, before)
    if media:
        unknown = partial(_basis_day, rooms=frozenset(), ends=ends, archived=archived)
        terms[MEDIA] = terms.get(RECORDINGS.name) or _term(policy, RECORDINGS.name, unknown, now)
    return terms


def _term(
    policy: Policy,
    data_type: str,
    day_of: Callable[[Basis], Counted],
    now: datetime,
    before: Before | None = None,
) -> RetentionTerm:
    rule = policy.retention.of(data_type)
    day, counted = day_of(rule.basis)
    last, basis = destroy_after(rule, day), counted.value
    term = None if before is None else before.terms.get(data_type)
    if before is not None and term is not None:
        most = _most(term, has_clocks=before.has_clocks)
        last, basis = (most, term.basis) if most and most < last else (last, basis)
    if last < now.date():
        raise RetentionError(
            f"the retention period ended on {last.isoformat()}",
            where=data_type,
            expected="data whose retention date is in the future",
            hint="destroy the bundle, or archive under a policy with a longer period",
        )
    return RetentionTerm(destroy_after=last, basis=basis, action=rule.action)


def _most(term: RetentionTerm, *, has_clocks: bool) -> date | None:
    """Until when at most what is made of an archive is kept; None where it has a time of its own."""
    if term.action != Ending.DOWNGRADE:
        return term.destroy_after
    return None if has_clocks else term.lesser_until  # counted when the days were still known


def _session_ends(census: Census) -> dict[str, date]:
    """The last day on which anything happened in a room, over all types."""
    ends: dict[str, date] = {}
    for counted in census.types.values():
        for room, moment in counted.session_ends.items():
            ends[room] = max(ends.get(room, moment.date()), moment.date())
    return ends


def _basis_day(
    basis: Basis, rooms: frozenset[str], ends: dict[str, date], archived: date
) -> Counted:
    """The latest day counts: nothing is destroyed before the last session of a type is due.

    Where no session of a type has a day that is known, all sessions count, and where none has, the
    day of archiving.
    """
    if not ends:
        return archived, Basis.ARCHIVING
    own = [ends[room] for room in rooms if room in ends]
    match basis:
        case Basis.SESSION_END:
            return max(own or ends.values()), basis
        case Basis.COLLECTION_END:
            return max(ends.values()), basis
        case Basis.ARCHIVING:
            return archived, basis
