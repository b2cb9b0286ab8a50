"""Points in time, in the forms that exports write them (traps D1 and D4).

A text without a zone, or with day and month in an unknown order, is ambiguous: it is never
guessed, unless the producer is known to write UTC. So is ``1.77391E+12`` of a spreadsheet, whose
last digit counts for hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.arrow import as_mask
from archive_tool.ingest.cells.values import cell_value

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Array

_ISO: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?"
    r"(Z|[+-]\d\d(?::?\d\d)?)"
)
_ZONE_LESS: Final = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$"
_DATE_ONLY: Final = r"^(\d{4}-\d\d-\d\d)$"
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.(\d*))?(?:[eE]([+-]?\d+))?")
_LIKE_A_DATE: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*", re.DOTALL)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)
_FIRST: Final = (datetime(2, 1, 1, tzinfo=UTC) - _EPOCH) // _MICRO
_LAST: Final = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICRO - 1
"""Programs write the first day of the year 1, or the last of 9999, where they have no time. A zone, a shift or
a day more would lead out of the calendar there."""
_MAGNITUDES: Final = ((1e8, 1e11, 1_000_000), (1e11, 1e14, 1_000), (1e14, 1e17, 1))
"""From, below, microseconds per unit: seconds, milliseconds, microseconds since 1970."""
_SECOND: Final = 1.000001e6
"""Microseconds, and what a division may add."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """A column of texts, read."""

    array: Array
    """timestamp[us, UTC]; null where there was nothing or nothing certain."""
    unread: tuple[int, ...]
    """Rows whose text is no point in time at all."""
    ambiguous: tuple[int, ...]
    """Rows whose text is a date, but not in one certain way."""


def parse_times(texts: Array) -> Times:
    """Read a column of texts; the common form in one go, the others one distinct text at a time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = pa.timestamp("us", "UTC")
    try:
        whole = pc.cast(texts, kind)
    except pa.ArrowInvalid:
        whole = None
    if whole is not None and in_calendar(whole):
        return Times(array=whole, unread=(), ambiguous=())
    encoded = texts.dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    micros = [epoch_us(text) for text in distinct]
    array = pa.array(micros, pa.int64()).cast(kind).take(encoded.indices)
    vague = [
        index
        for index, text in enumerate(distinct)
        if micros[index] is None and _is_vague(text.strip())
    ]
    lost = [index for index, us in enumerate(micros) if us is None and distinct[index].strip()]
    return Times(
        array=array,
        ambiguous=_rows(encoded.indices, vague),
        unread=_rows(encoded.indices, sorted(set(lost) - set(vague))),
    )


def in_calendar(moments: Array) -> bool:
    """Whether all moments are in the years 2 to 9998."""
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = pc.min_max(pc.cast(moments, pa.int64()))
    first, last = ends["min"].as_py(), ends["max"].as_py()
    return first is None or (first >= _FIRST and last <= _LAST)


def _rows(indices: Array, wanted: list[int]) -> tuple[int, ...]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not wanted:
        return ()
    found = as_mask(pc.is_in(indices, value_set=pa.array(wanted, indices.type)))
    return tuple(np.flatnonzero(found).tolist())


def epoch_us(text: str) -> int | None:
    """Microseconds since 1970 of one text.

    ISO 8601 with a zone, a number by its magnitude, or Firestore's object as it stands in a CSV cell.
    """
    text = text.strip()
    if text.startswith("{"):
        value = cell_value(text)
        told = text_of(value) if isinstance(value, dict) else None
        return None if told is None else epoch_us(told)
    if match := _ISO.fullmatch(text):
        return _iso_us(match)
    if match := _NUMBER.fullmatch(text):
        return None if _is_rounded(match) else number_us(float(text))
    return None


def _is_vague(text: str) -> bool:
    if match := _NUMBER.fullmatch(text):
        return _is_rounded(match)
    # one in ISO with its zone that is no moment, as 30 February, is none in any way of reading it
    return bool(_LIKE_A_DATE.fullmatch(text)) and not _ISO.fullmatch(text)


def _is_rounded(match: re.Match[str]) -> bool:
    """Whether a number with an exponent is a point in time that does not show its seconds."""
    decimals, exponent = match.groups()
    us = None if exponent is None else number_us(float(match[0]))
    if us is None:
        return False
    last: float = 10.0 ** min(300.0, float(exponent) - len(decimals or ""))
    return last / float(match[0]) * us > _SECOND


def _iso_us(match: re.Match[str]) -> int | None:
    year, month, day, hour = (int(match[group]) for group in (1, 2, 3, 4))
    minute, second = int(match[5] or 0), int(match[6] or 0)
    micro = int((match[7] or "").ljust(6, "0")[:6])
    zone = match[8].replace(":", "")
    away = 0 if zone == "Z" else int(zone[1:3]) * 60 + int(zone[3:5] or 0)
    if away >= 24 * 60 or int(zone[3:5] or 0) > 59:
        return None
    try:
        moment = datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
    except ValueError:
        return None
    offset = timedelta(minutes=-away if zone[0] == "-" else away)
    us = (moment - _EPOCH - offset) // _MICRO
    return us if _FIRST <= us <= _LAST else None


def number_us(number: float) -> int | None:
    """Microseconds since 1970 of seconds, milliseconds or microseconds, told apart by size."""
    for low, high, factor in _MAGNITUDES:
        if low <= number < high:
            return round(number * factor)
    return None


def iso_text(us: int) -> str:
    """ISO 8601 text of microseconds since 1970."""
    moment = _EPOCH + timedelta(microseconds=us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + "Z"


def text_of(value: object) -> str | None:
    """Give a JSON value of a time field as a text that :func:`parse_times` can judge, else None.

    Numbers stay numbers; Firestore's ``{"_seconds": s, "_nanoseconds": n}`` becomes ISO 8601.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return f"{value!r}"
    if isinstance(value, dict):
        seconds = value.get("_seconds", value.get("seconds"))
        nanos = value.get("_nanoseconds", value.get("nanoseconds", 0))
        if type(seconds) is not int or type(nanos) is not int or len(value) > 2:
            return None
        if abs(seconds) < 1e10 and 0 <= nanos < 1e9:
            return iso_text(seconds * 1_000_000 + nanos // 1_000)
    return None


def zone_less_as_utc(texts: Array) -> Array:
    """Texts of a producer that is known to write UTC without saying so (R), with a ``Z``."""
    import pyarrow.compute as pc

    texts = pc.replace_substring_regex(texts, _DATE_ONLY, r"\1 00:00:00Z")
    bare = pc.match_substring_regex(texts, _ZONE_LESS)
    return pc.if_else(bare, pc.binary_join_element_wise(texts, "Z", ""), texts)


def moment(text: object) -> datetime | None:
    """Give a certain point in time from an envelope, or None."""
    us = epoch_us(text) if isinstance(text, str) else None
    return None if us is None else _EPOCH + timedelta(microseconds=us)
