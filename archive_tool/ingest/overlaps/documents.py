"""Nested values of two copies: the same keys and texts, and numbers of which one may be more exact."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pyarrow as pa

from archive_tool.ingest.cells.values import json_text
from archive_tool.ingest.kinds import number_of
from archive_tool.ingest.overlaps.exactness import OTHER, SAME, WHOLE, ZEROS, numbers, of_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.ingest.overlaps.exactness import Numbers, Relation


def of_documents(one: Sequence[str], other: Sequence[str]) -> Relation:
    """Compare JSON texts pair by pair."""
    found = np.full(len(one), SAME, np.int8)
    places: list[int] = []
    left: list[str] = []
    right: list[str] = []
    for place, pair in enumerate(zip(one, other, strict=True)):
        try:
            apart = list(_apart(*map(msgspec.json.decode, pair)))
        except _OtherError:
            found[place] = OTHER
            continue
        places += [place] * len(apart)
        left += [number for number, _ in apart]
        right += [number for _, number in apart]
    unknown = np.zeros(len(left), np.int64)
    said = of_numbers(_read(left), _read(right), unknown, unknown)
    for place, word in zip(places, said.tolist(), strict=True):
        found[place] = _both(int(found[place]), word)
    return found


class _OtherError(Exception):
    """The values differ in more than their numbers; never leaves this module."""


def _apart(one: object, other: object) -> Iterator[tuple[str, str]]:
    """Give the numbers that differ; raises :class:`_OtherError` where anything else does."""
    left, right = _number(one, beside=other), _number(other, beside=one)
    if left is not None and right is not None:
        if left != right:
            yield left, right
    elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key, value in one.items():
            yield from _apart(value, other[key])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for value, counterpart in zip(one, other, strict=True):
            yield from _apart(value, counterpart)
    elif type(one) is not type(other) or one != other:
        raise _OtherError


def _number(value: object, *, beside: object) -> str | None:
    """Write a number, or what a text says beside one: ``0,5`` of a spreadsheet, ``.5`` of SPSS.

    ``007`` is left as it is: the number beside it has lost its zeros.
    """
    if isinstance(value, str) and not isinstance(beside, str):
        number = number_of(written := value.strip().replace(",", "."))
        return number if number is None else written if ZEROS.match(written) else _text(number)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _text(value) if abs(value) <= sys.float_info.max else None


def _text(number: float) -> str:
    """Write a number with the digits that it has: a whole one that is a double has no more than that."""
    is_double = abs(number) >= WHOLE and number == int(float(number))
    return repr(float(number)).removesuffix(".0") if is_double else json_text(number)


def _read(texts: list[str]) -> Numbers:
    return numbers(pa.array(texts, pa.string()))


def _both(one: int, other: int) -> int:
    """Give what two parts of a value say together."""
    return one or other if one == other or SAME in (one, other) else OTHER
