"""Which of several downloads is the newest, where they tell the time by different clocks.

An envelope has the platform's clock, a folder the one of the computer, in a zone that nobody wrote
down (trap D11). Stamps of one kind are compared as they are; of two kinds only where no zone could
turn the order.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.model.bundle import Clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archive_tool.ingest.arrow import Ints, Mask
    from archive_tool.model.bundle import Part

_NEVER: Final = np.iinfo(np.int64).min // 2
"""Stands for an unknown moment, earlier than all others."""
_MICRO: Final = timedelta(microseconds=1)
_EAST, _WEST, _DAY = timedelta(hours=14), timedelta(hours=12), timedelta(days=1)
_FROM_TO: Final[Mapping[Clock, tuple[timedelta, timedelta]]] = {
    Clock.PLATFORM: (timedelta(0), timedelta(0)),
    Clock.LOCAL: (-_EAST, _WEST),
    Clock.DAY: (-_EAST, _WEST + _DAY),
}
"""Between which moments a stamp that is read as UTC may lie, from itself."""


def newest(record: Ints, part: Ints, parts: Sequence[Part]) -> Mask:
    """Rows whose record has no copy that is known to be newer: every record has one.

    ``record`` and ``part`` are numbers by row, ``parts`` what the latter are numbers of.
    """
    clocks = list(Clock)
    moment = np.array([_micros(one) for one in parts], np.int64)[part]
    clock = np.array([clocks.index(one.clock) for one in parts], np.int64)[part]
    until = np.array([_FROM_TO[one][1] // _MICRO for one in clocks], np.int64)[clock]
    found = np.ones(len(record), np.bool_)
    for kind, one in enumerate(clocks):
        own = clock == kind
        latest = np.full(int(record.max()) + 1, _NEVER)
        np.maximum.at(latest, record[own], moment[own])
        theirs = latest[record]
        from_then = theirs + _FROM_TO[one][0] // _MICRO
        found &= np.where(own, moment >= theirs, moment + until >= from_then)
    return found


def _micros(part: Part) -> int:
    """When a part was downloaded, µs since 1970."""
    at = part.downloaded_at
    return _NEVER if at is None else round(at.timestamp() * 1_000_000)
