"""Retention is a pure function of dates."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Final

from archive_tool.model.policy import Period, Retention

_PERIOD: Final = re.compile(r"P(?=[0-9])(?:([0-9]{1,4})Y)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})D)?\Z")


def parse_period(text: str) -> Period | None:
    """Read an ISO 8601 calendar period; None when it is none (weeks and times are refused)."""
    match = _PERIOD.match(text)
    if match is None:
        return None
    years, months, days = (int(part or 0) for part in match.groups())
    return Period(years=years, months=months, days=days)


def destroy_after(retention: Retention, basis_date: date) -> date:
    """Give the last day of retention: destruction is due the day after.

    Years and months are added first and a day that the month does not have becomes its last day
    (31 January + 1 month is the end of February), then days. A date beyond the calendar becomes
    the last day there is.
    """
    period = retention.period
    month = basis_date.month - 1 + period.months + 12 * period.years
    year, month = basis_date.year + month // 12, month % 12 + 1
    if year > date.max.year:
        return date.max
    day = min(basis_date.day, calendar.monthrange(year, month)[1])
    try:
        return date(year, month, day) + timedelta(days=period.days)
    except OverflowError:
        return date.max
