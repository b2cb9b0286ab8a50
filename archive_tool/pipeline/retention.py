"""Until when the rows of a bundle may be kept: a pure function of policy, dates and census."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.errors import RetentionError
from archive_tool.model.archive import RetentionTerm
from archive_tool.model.policy import Basis, Policy
from archive_tool.policy import destroy_after

if TYPE_CHECKING:
    from datetime import date, datetime

    from archive_tool.ingest.census import Census


def retention_terms(policy: Policy, census: Census, *, now: datetime) -> dict[str, RetentionTerm]:
    """The last day of every data type in the bundle.

    Raises RetentionError (14) when that day has passed already: what should be gone is not
    archived anew.
    """
    ends = _session_ends(census)
    terms = {}
    for data_type, counted in census.types.items():
        if not counted.rows:
            continue
        rule = policy.retention.of(data_type)
        day = _basis_day(rule.basis, counted.rooms, ends, now)
        last = destroy_after(rule, day)
        if last < now.date():
            raise RetentionError(
                f"the retention period ended on {last.isoformat()}",
                where=data_type,
                expected="data whose retention date is in the future",
                hint="destroy the bundle, or archive under a policy with a longer period",
            )
        terms[data_type] = RetentionTerm(
            destroy_after=last, basis=rule.basis.value, action=rule.action
        )
    return terms


def _session_ends(census: Census) -> dict[str, date]:
    """The last day on which anything happened in a room, over all types."""
    ends: dict[str, date] = {}
    for counted in census.types.values():
        for room, moment in counted.session_ends.items():
            ends[room] = max(ends.get(room, moment.date()), moment.date())
    return ends


def _basis_day(basis: Basis, rooms: frozenset[str], ends: dict[str, date], now: datetime) -> date:
    """The latest day counts: nothing is destroyed before the last session of a type is due."""
    if basis is Basis.ARCHIVING or not ends:
        return now.date()
    if basis is Basis.SESSION_END:
        own = [ends[room] for room in rooms if room in ends]
        if own:
            return max(own)
    return max(ends.values())
