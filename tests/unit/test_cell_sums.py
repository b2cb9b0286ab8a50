"""Lines of cells without a measure take no room for it, however many are looked up."""

from __future__ import annotations

import warnings

import numpy as np

from archive_tool.disclose.cells.sums import Sums, counted, merge

ROWS = np.array([3.0, 1.0, 4.0, 1.0, 5.0])


def test_lines_are_taken_in_the_order_of_their_places():
    sums = Sums(ROWS, ROWS - 1, ROWS * 10, ROWS * 100)
    taken = sums.take(np.array([4, 0, 4]))
    assert [one.tolist() for one in taken] == [
        [5, 3, 5], [4, 2, 4], [50, 30, 50], [500, 300, 500],
    ]  # fmt: skip


def test_lines_without_a_measure_are_taken_without_laying_its_zeros_out():
    taken = counted(ROWS).take(np.array([4, 0]))
    assert taken.rows.tolist() == [5, 3]
    for nothing in (taken.n, taken.mean, taken.m2):
        assert nothing.tolist() == [0, 0]
        assert nothing.strides == (0,)


def test_no_lines_can_be_taken_of_none():
    taken = counted(ROWS[:0]).take(np.zeros(0, np.int64))
    assert [len(one) for one in taken] == [0, 0, 0, 0]


def test_lines_of_numbers_that_cannot_be_squared_are_merged_without_a_word():
    two = np.ones(2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        merged = merge(np.zeros(2, np.int64), 1, Sums(two, two, two * [1.7e308, -1.7e308], 0 * two))
    assert merged.rows.tolist() == [2]
    assert not np.isfinite(merged.m2).any()
