"""Moments as people give them: one that could be another hour elsewhere is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from archive_tool.errors import UsageError

_EXPECTED: Final = "datetime.now(timezone.utc), or another moment with its zone"


def in_utc(moment: object, where: str, expected: str = _EXPECTED) -> datetime:
    """Give the moment in UTC; UsageError for a date, a text, or a moment without a zone."""
    if not isinstance(moment, datetime):
        raise UsageError("is no moment", where=where, expected=expected)
    if moment.tzinfo is None:
        raise UsageError("the date has no time zone", where=where, expected="UTC")
    return moment.astimezone(UTC)


def midnight(day: date) -> datetime:
    """Give the moment at which a day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def of_day(given: object, where: str) -> datetime:
    """As :func:`in_utc`, of a day too, which stands for its midnight as in ``--as-of DATE``."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return midnight(given)
    return in_utc(given, where, expected="a date, or a moment with its zone")
