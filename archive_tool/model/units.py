"""What the count of a finding counts: rows, but for the kinds that are about people, rooms or files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Unit = tuple[str, str]
"""One of them, and several."""

ROWS: Final[Unit] = ("row", "rows")
_PEOPLE: Final[Unit] = ("person", "people")
_ROOMS: Final[Unit] = ("room", "rooms")
_SERIES: Final[Unit] = ("rating series", "rating series")
"""All samples of one person for one component in one room."""

UNITS: Final[Mapping[str, Unit]] = {
    "CONSENT-DECLINED": _PEOPLE,
    "CONSENT-UNKNOWN": _PEOPLE,
    "PARTNER-WITHOUT-ROWS": _PEOPLE,
    "REFERENCE-PERSON": _PEOPLE,
    "PERSON-NAMED-TWICE": ("id", "ids"),
    "PERSON-SPELLINGS": ("id", "ids"),
    "PERSON-UNDER-TWO-IDS": ("id", "ids"),
    "ROOM-MANY-EXPERIMENTS": _ROOMS,
    "REFERENCE-ROOM": _ROOMS,
    "TYPE-ABSENT-ROOM": _ROOMS,
    "TIME-OUTSIDE-SESSION": _ROOMS,
    "RATINGS-SAMPLES-MISSING": _SERIES,
    "RATINGS-GAPS": _SERIES,
    "RATINGS-INTERVAL": _SERIES,
    "RATINGS-PARTNERS-UNEQUAL": _SERIES,
    "COMPONENT-NOT-SHOWN": ("component", "components"),
    "STATE-UNPAIRED": ("visit of a state", "visits of states"),
    "MEDIA-WITHOUT-ROW": ("file", "files"),
}


def unit_of(code: str) -> Unit:
    """Give what findings of a kind count."""
    return UNITS.get(code, ROWS)
