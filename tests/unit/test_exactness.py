"""Which of two numbers, or moments, says the same more exactly."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from archive_tool.ingest.overlaps.documents import of_documents
from archive_tool.ingest.overlaps.exactness import (
    LESS,
    MORE,
    OTHER,
    SAME,
    numbers,
    of_moments,
    of_numbers,
)

OPPOSITE = {SAME: SAME, LESS: MORE, MORE: LESS, OTHER: OTHER}


def compared(one: str, other: str, *, shows: int = 0) -> int:
    """Compare two numbers, in both orders."""
    left, right = (numbers(pa.array([text])) for text in (one, other))
    places, none = np.array([shows]), np.array([0])
    found = int(of_numbers(left, right, places, none)[0])
    assert int(of_numbers(right, left, none, places)[0]) == OPPOSITE[found]
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.365785623754705", "0.36578562375470464"),  # R, Excel, MATLAB: 15 digits
        ("0.365785624", "0.36578562375470464"),  # what Excel shows
        ("0.37", "0.36578562375470464"),  # SPSS
        ("0.00084471794888951", "0.0008447179488895173"),  # readr cuts
        ("-91261.9768", "-91261.97680043009"),
        ("60000", "60000.27105707792"),
        ("1234", "1234.27"),  # four digits are enough
        ("2.5e-07", "2.4999999123e-07"),
        ("0.36578563", "0.36578562375470464"),  # 32 bits, as pandas writes them
        ("166000.12", "166000.13186599803"),
        ("0.7300000190734863", "0.73"),  # as Stata does
        ("0.730000019", "0.73"),
        ("0.730000019073486", "0.7300000190734863"),  # what was made of 32 bits before
        ("60000.26953125", "60000.27105707792"),
        ("75341050", "75341045"),  # 32 bits, of a whole number
        ("1.15292e+18", "1152921504606846977"),  # a spreadsheet
        ("1152921504606850000", "1152921504606846977"),
        ("1.152921504606847e+18", "1152921504606846977"),  # the double itself
    ],
)
def test_a_rounded_number_is_less_exact(one: str, other: str) -> None:
    assert compared(one, other) == LESS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", "7"),
        ("4", "4.3"),
        ("73", "73.4"),
        ("0", "0.0043"),
        ("0.5", "0.7"),
        ("0.37", "0.3758"),
        ("0.3757", "0.37578"),
        ("1000", "1001"),
        ("12345678", "12345679"),
        ("75341000", "75341045"),
        ("60000", "60000.7"),
        ("-0.5", "0.5"),
        ("9007199254740993", "9007199254740995"),
        ("1000000000000", "1234567890123"),
    ],
)
def test_other_numbers_are_other_numbers(one: str, other: str) -> None:
    assert compared(one, other) == OTHER


def test_numbers_that_differ_in_the_last_bit_are_as_exact_as_each_other() -> None:
    assert compared("0.30000000000000004", "0.3") == SAME
    assert compared("0.1234567890123456", "0.12345678901234559") == SAME


def test_without_a_fraction_the_column_tells_how_many_digits_are_shown() -> None:
    assert compared("1", "0.9996", shows=2) == LESS
    assert compared("0", "0.0043", shows=2) == LESS
    assert compared("4", "4.3", shows=2) == OTHER


SECOND = 1_000_000


@pytest.mark.parametrize(
    ("one", "other", "word"),
    [
        (61 * SECOND, 61 * SECOND + 877_000, LESS),  # cut
        (62 * SECOND, 61 * SECOND + 877_000, LESS),  # rounded
        (61 * SECOND + 877_000, 61 * SECOND + 877_456, LESS),
        (61 * SECOND + 876_000, 61 * SECOND + 877_000, SAME),  # R cuts 0.87699999
        (61 * SECOND, 62 * SECOND, OTHER),
        (60 * SECOND, 61 * SECOND + 877_000, OTHER),
        (63 * SECOND, 61 * SECOND + 877_000, OTHER),
    ],
)
def test_a_moment_without_its_fraction_is_less_exact(one: int, other: int, word: int) -> None:
    left, right = np.array([one]), np.array([other])
    assert of_moments(left, right).tolist() == [word]
    assert of_moments(right, left).tolist() == [OPPOSITE[word]]


@pytest.mark.parametrize(
    ("one", "other", "word"),
    [
        ('{"rt":4336.46,"value":[0.07,1]}', '{"rt":4336.456836623859,"value":[0.0699,1]}', LESS),
        ('{"rt":4336.46,"value":[0.07,1]}', '{"rt":4336.456836623859,"value":[0.0699,2]}', OTHER),
        ('{"rt":4336.46,"value":0.0699}', '{"rt":4336.456836623859,"value":0.07}', OTHER),
        ('{"rt":4336.46}', '{"time":4336.456836623859}', OTHER),
        ('{"rt":4336.46,"x":1}', '{"rt":4336.456836623859}', OTHER),
        ("[0.5,1]", "[0.5,1,2]", OTHER),
        ('["a",0.37]', '["b",0.3658]', OTHER),
        ("[true]", "[1]", OTHER),
        ('"0,37"', "0.3658", LESS),
        ('".37"', "0.3658", LESS),
        ("7", '"007"', LESS),
        ('{"code":7}', '{"code":"007"}', LESS),
        ("7.5", '"007,5"', LESS),
        ("7", '" 007 "', LESS),
        ("5", f"1{400 * '0'}", OTHER),
        (f"1{400 * '0'}", f"1{399 * '0'}1", OTHER),
        ('"0,5"', "0.5", SAME),
        ('"07"', '"007"', OTHER),
        ("8", '"007"', OTHER),
        ('"0,37"', '"0,3658"', OTHER),
        ('{"a":9007199254740992}', '{"a":9007199254740993}', LESS),
        ('{"a":9007199254740989952}', '{"a":9007199254740993130}', LESS),
    ],
)
def test_nested_values_are_as_exact_as_their_numbers(one: str, other: str, word: int) -> None:
    assert of_documents([one, "1"], [other, "1"]).tolist() == [word, SAME]
    assert of_documents([other], [one]).tolist() == [OPPOSITE[word]]
