"""The same number or moment in two copies, of which a program wrote one with fewer digits.

R and spreadsheets write 15 digits where the platform writes 17, other programs what they show; Stata keeps
numbers as 32-bit floats, R cuts times at the second. The rules, in their order; of two that say the same, one
may say it more exactly:

1. A 32-bit float is less exact than the number that it was made from, however many digits it has: zeros at
   the end of a whole number may stand for digits that it did not have.
2. A number is less exact than one that it is when rounded, or many digits cut, to what it shows. Without a fraction it
   has to show four of them (a 4 is no copy of 4.3), unless other numbers of its column and table show fractions.
3. Numbers that differ in the last bit are as exact as each other, as those over 2**53 that are one double.
   A text with zeros before its digits (``007``) is more exact than the number that was made of it.
4. A moment is less exact than one that it is when cut or rounded to its second or millisecond; those that
   are a millisecond apart are as exact as each other.

All else are different values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from archive_tool.ingest.arrow import Ints, Mask

    Floats = NDArray[np.float64]
    Relation = NDArray[np.int8]
    """One of the four words below for each pair."""

SAME: Final = 0
MORE: Final = 1
"""The first says what the second says, and more exactly."""
LESS: Final = -1
OTHER: Final = 2

_NUMBER: Final = r"^-?(?P<whole>[0-9]+)(?:\.(?P<rest>[0-9]+))?(?:[eE]\+?(?P<power>-?[0-9]+))?$"
ZEROS: Final = re.compile("-?0[0-9]")
"""Begins what is no number, though programs make one of it."""
_FEWEST: Final = 4
"""Digits that a number without a fraction shows at least, to be one that was rounded."""
_MANY: Final = 10
"""Digits from which a number that was cut, not rounded, is told from another one: readr does so."""
_LONG: Final = 12
"""Digits of a whole number from which zeros at its end stand for digits that were rounded away."""
WHOLE: Final = 2.0**53
"""From here on a double does not hold every whole number."""
_SINGLE: Final = 7
"""Digits that a 32-bit float holds at most."""
_SLACK: Final = 1 + 1e-9
_UNITS: Final = (1_000, 1_000_000)
"""Microseconds of a millisecond and of a second."""


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """Numbers and how exactly they are written."""

    texts: pa.Array[Any]
    values: Floats
    decimals: Ints
    """Digits after the point; fewer than none where digits before it are not shown."""
    digits: Ints
    """All digits that are shown, from the first that is no zero."""
    zeros: Ints
    """Zeros at the end of a whole number that count as digits."""

    @property
    def steps(self) -> Floats:
        """What the last digit counts."""
        return _step(self.decimals)

    @property
    def single(self) -> Floats:
        """The nearest 32-bit floats."""
        with np.errstate(over="ignore"):
            return self.values.astype(np.float32).astype(np.float64)


def numbers(texts: pa.Array[Any]) -> Numbers:
    """Read numbers from their texts, as JSON or Arrow write them."""
    parts = pc.extract_regex(texts, _NUMBER)
    whole, rest, power = (pc.struct_field(parts, name) for name in ("whole", "rest", "power"))
    plain = pc.and_(pc.equal(rest, ""), pc.equal(power, ""))
    zeros = pc.subtract(pc.utf8_length(whole), pc.utf8_length(pc.utf8_rtrim(whole, "0")))
    is_long = pc.and_(plain, pc.greater_equal(pc.utf8_length(whole), _LONG))
    exponent = pc.cast(pc.if_else(pc.equal(power, ""), "0", power), "int64")
    ends = np.where(_ints(plain) > 0, _ints(zeros), 0)
    hidden = np.where(_ints(is_long) > 0, ends, _ints(exponent))
    shown = pc.utf8_ltrim(pc.binary_join_element_wise(whole, rest, ""), "0")
    return Numbers(
        texts=texts,
        values=pc.cast(texts, "float64").to_numpy(zero_copy_only=False),
        decimals=_ints(pc.utf8_length(rest)) - hidden,
        digits=_ints(pc.utf8_length(shown)) - np.where(_ints(is_long) > 0, hidden, 0),
        zeros=np.where(_ints(is_long) > 0, 0, ends),
    )


def of_numbers(one: Numbers, other: Numbers, one_shows: Ints, other_shows: Ints) -> Relation:
    """Compare pair by pair; ``_shows``: the most decimals in the column of its table, 0 if unknown."""
    found = np.full(len(one.values), OTHER, np.int8)
    found[_rounded(one, other, one_shows)] = LESS
    found[_rounded(other, one, other_shows)] = MORE
    single = _singles(one, other)
    found[single != OTHER] = single[single != OTHER]
    found[_last_bit(one, other)] = SAME
    for pair in np.flatnonzero(one.values == other.values).tolist():
        found[pair] = _doubles(one.texts[pair].as_py(), other.texts[pair].as_py())
    return found


def of_moments(one: Ints, other: Ints) -> Relation:
    """Compare moments, in microseconds."""
    found = np.where(np.abs(one - other) <= _UNITS[0], SAME, OTHER).astype(np.int8)
    for unit in _UNITS:
        for left, right, word in ((one, other, LESS), (other, one, MORE)):
            is_unit = (left % unit == 0) & (right % unit != 0)
            near = (right - right % unit == left) | (2 * np.abs(left - right) <= unit)
            found[is_unit & near] = word
    found[one == other] = SAME
    return found


def _rounded(one: Numbers, other: Numbers, shows: Ints) -> Mask:
    """Whether the one is the other, rounded to the digits that it shows."""
    apart = np.abs(one.values - other.values) - 4 * np.spacing(np.abs(other.values))
    enough = (one.decimals > 0) | (one.digits >= _FEWEST)
    within = np.where(one.digits >= _MANY, one.steps, one.steps / 2)
    as_shown = enough & (apart <= within * _SLACK)
    in_column = (shows > 0) & (apart <= _step(shows) / 2 * _SLACK)
    found: Mask = (one.decimals < other.decimals) & (as_shown | in_column)
    return found


def _last_bit(one: Numbers, other: Numbers) -> Mask:
    apart = np.abs(one.values - other.values)
    largest = np.maximum(np.abs(one.values), np.abs(other.values))
    found: Mask = apart <= np.spacing(largest)
    return found


def _singles(one: Numbers, other: Numbers) -> Relation:
    """Tell the 32-bit float from what it was made from; OTHER where neither is one."""
    found = np.full(len(one.values), OTHER, np.int8)
    largest = np.maximum(np.abs(one.values), np.abs(other.values))
    alike = (one.single == other.single) & (largest < WHOLE)
    left, right = _is_single(one) & alike, _is_single(other) & alike
    # 0.73 is as near to its float as it shows; the float is the one with more digits
    found[left & (~right | (other.digits <= _SINGLE) & (one.digits > other.digits))] = LESS
    found[right & (~left | (one.digits <= _SINGLE) & (other.digits > one.digits))] = MORE
    return found


def _is_single(found: Numbers) -> Mask:
    apart = np.abs(found.values - found.single) - 4 * np.spacing(np.abs(found.values))
    is_near: Mask = apart <= _step(found.decimals - found.zeros) / 2
    return is_near


def _doubles(one: str, other: str) -> int:
    """Compare numbers that are one double: one may have digits, or zeros, that no double holds."""
    exact = [_is_no_double(text) or bool(ZEROS.match(text)) for text in (one, other)]
    if one == other or exact == [False, False]:
        return SAME
    if exact == [True, True]:
        return OTHER
    return MORE if exact[0] else LESS


def _is_no_double(text: str) -> bool:
    return text.lstrip("-").isdigit() and int(text) != int(float(text))


def _step(decimals: Ints) -> Floats:
    return np.power(10.0, -np.clip(decimals, -308, 340).astype(np.float64))


def _ints(values: pa.Array[Any]) -> Ints:
    found: Ints = pc.cast(values, "int64").to_numpy(zero_copy_only=False)
    return found
