"""One value as one kind of column: a text, a number, yes or no; None where it is none of that."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.cells.times import text_of
from archive_tool.ingest.cells.values import number_text, whole_characters
from archive_tool.schemas import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
"""Words for yes and no, without case (trap E13)."""


def number_of(text: str) -> float | None:
    """Give a finite number written as text, or None; ``NaN`` is no number and nothing lost."""
    text = text.strip()
    if not text or "_" in text or not text.isascii():
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def flag_of(text: str) -> bool | None:
    """Give what a word says, yes or no, or None."""
    return _FLAGS.get(text.strip().casefold())


def _string(item: object) -> str | None:
    if isinstance(item, str):
        return whole_characters(item)
    if isinstance(item, bool):
        return "true" if item else "false"
    return number_text(item) if isinstance(item, int | float) else None


def _number(item: object) -> float | None:
    if isinstance(item, bool):
        return None
    if isinstance(item, int | float):
        return float(item) if abs(item) <= sys.float_info.max else None
    return number_of(item) if isinstance(item, str) else None


def _flag(item: object) -> bool | None:
    if isinstance(item, bool):
        return item
    text = item if isinstance(item, str) else _string(item)
    return None if text is None else flag_of(text)


def _time(item: object) -> str | None:
    text = text_of(item)
    return None if text is None else whole_characters(text)


CONVERT: Final[Mapping[Kind, Callable[[object], object]]] = {
    Kind.ID: _string,
    Kind.RECORD: _string,
    Kind.LABEL: _string,
    Kind.TEXT: _string,
    Kind.NUMBER: _number,
    Kind.TIME: _time,
    Kind.FLAG: _flag,
}
"""From a decoded JSON value; JSON columns hold any value as it is."""
