"""Points in time moved by whole days: in columns, and inside JSON."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.codes import LARGEST_SHIFT

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa

SECONDS_A_DAY: Final = 86_400
MICROSECONDS_A_DAY: Final = SECONDS_A_DAY * 1_000_000
EPOCHS: Final = (
    (1e8, 1e11, 1),
    (1e11, 1e14, 1_000),
    (1e14, 1e17, 1_000_000),
    (1e17, 9.2e18, 1_000_000_000),
)
"""Epoch numbers by size: from, below, ticks per second (s, ms, µs, ns; 1973 to beyond 5000)."""

_MODERN: Final = (1_262_304_000, 2_208_988_800)
"""2010 and 2040 in seconds since 1970: experiments in between have their clocks there."""

_DAY: Final = len("2026-03-02")
"""Characters of a day without an hour: it stays one."""

_TICKS: Final = (10**3, 10**6, 10**9)

NOWHERE: Final = 1 + LARGEST_SHIFT
"""In the place of days: the row has no room to move with, and its clocks do not leave.

Moved alike they would show how many days lie between all sessions.
"""

MAY_BE_EPOCH: Final = r"(?:^|[^0-9.])[12][0-9]{12}(?:[0-9]{3}){0,2}(?:[^0-9]|$)"
"""RE2: JSON documents without a match hold no epoch number in ms, us or ns."""


def is_epoch(value: object) -> bool:
    """Whether a number is a point in time of our days in ms, us or ns, or nothing less one.

    Seconds are not told from other numbers: file sizes lie there too.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    low, high = _MODERN
    size = abs(value)  # an onset without its zero is below it by all the time since 1970
    return any(low * ticks <= size < high * ticks for ticks in _TICKS)


def moments_in(numbers: pa.Array) -> pa.BooleanArray | None:
    """Which numbers of a column are points in time, by :func:`is_epoch`; None when none is."""
    import pyarrow.compute as pc

    low, high = _MODERN
    numbers, found = pc.abs(numbers), None
    if not pc.any(pc.greater_equal(numbers, low * 1_000.0)).as_py():
        return None
    for ticks in _TICKS:
        one = pc.and_(
            pc.greater_equal(numbers, float(low * ticks)), pc.less(numbers, float(high * ticks))
        )
        found = one if found is None else pc.or_(found, one)
    return found if pc.any(found).as_py() else None


def days_of_rows(rooms: pa.Array, days_of: Callable[[str], int]) -> np.ndarray:
    """Give the days by which the clocks of each row move, or :data:`NOWHERE`.

    ``rooms``: dictionary of strings, one per row.
    """
    import numpy as np

    names = [*rooms.dictionary.to_pylist(), ""]
    days = np.array([days_of(name) if name else NOWHERE for name in names], np.int64)
    place = rooms.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(days[place])


def shift_column(times: pa.Array, days: np.ndarray) -> pa.Array:
    """Move each point in time by whole days; nulls stay null, and what moves nowhere becomes one.

    ``times``: timestamp[us, UTC]; ``days``: :func:`days_of_rows`.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    moved = pa.array(days * MICROSECONDS_A_DAY, mask=days == NOWHERE)
    return pc.add(times.cast(pa.int64()), moved).cast(times.type)


def shift_value(value: object, days: int) -> object | None:
    """Move an epoch number or an ISO 8601 text; None when it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        for low, high, ticks in EPOCHS:
            if low <= value < high:
                return value + days * SECONDS_A_DAY * ticks
        return None
    return _shift_text(value, days) if isinstance(value, str) else None


def _shift_text(text: str, days: int) -> str | None:
    try:
        if len(text) == _DAY:
            return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
        moved = datetime.fromisoformat(text) + timedelta(days=days)
        if moved.tzinfo is None:
            return moved.isoformat()
        exact = "microseconds" if moved.microsecond % 1000 else "milliseconds"
        zulu = moved.astimezone(UTC).isoformat(timespec=exact)
    except (ValueError, OverflowError):
        return None
    return zulu.replace("+00:00", "Z")
