"""How rows are packed: runs of the same cell and seat, sorted only where that pays."""

import re

import numpy as np
import pytest

from archive_tool.disclose.cells.finest import occurring
from archive_tool.disclose.cells.pieces import packed
from archive_tool.errors import DisclosureError

SEATS = np.arange(100)
LEVELS = np.arange(1000)


def piece_of(seats, codes):
    return packed(np.array(seats), SEATS, [np.array(codes)], [LEVELS], None)


def test_runs_are_counted_where_rows_of_a_person_lie_together():
    piece = piece_of([0, 0, 0, 1, 1], [7, 7, 3, 3, 3])
    assert piece.keys.tolist() == [7, 3, 1003]
    assert piece.sums.rows.tolist() == [2, 1, 2]


def test_what_comes_again_and_again_is_one_line():
    piece = piece_of([0, 1] * 300, [3, 4] * 300)
    assert piece.keys.tolist() == [3, 1004]
    assert piece.sums.rows.tolist() == [300, 300]


def test_what_hardly_repeats_is_not_sorted():
    codes = np.random.default_rng(3).permutation(1000)
    piece = piece_of(np.zeros(1000, int), codes)
    assert piece.keys.tolist() == codes.tolist()


def test_few_cells_are_counted_in_a_table_of_places():
    piece = packed(np.array([1, 0, 1]), SEATS[:2], [], [], None)
    assert (piece.keys.tolist(), piece.sums.rows.tolist()) == ([0, 1], [1, 2])


def test_lines_without_a_measure_take_few_bytes():
    piece = piece_of(np.zeros(1000, int), np.arange(1000))
    assert (piece.keys.dtype, piece.sums.rows.dtype) == (np.uint32, np.uint8)
    assert {one.strides for one in piece.sums[1:]} == {(0,)}


def test_many_levels_have_wide_keys():
    many = np.arange(70_000)
    piece = packed(np.array([3, 99]), SEATS, [many[-2:], many[:2]], [many, many], None)
    assert piece.codes([0, 1]).tolist() == [[69_998, 0], [69_999, 1]]
    assert piece.of_seats().tolist() == [3, 99]


def test_more_combinations_than_numbers_tell_apart_are_refused():
    many = np.arange(1 << 16)
    said = "aggregate: the dimensions have more combinations than can be told apart (expected fewer than 2^62)"
    for levels in (4, 5):
        with pytest.raises(DisclosureError, match=re.escape(said)):
            packed(many[:1], many, [many[:1]] * levels, [many] * levels, None)
    assert packed(many[:1], many[:2], [many[:1]] * 3, [many] * 3, None).keys.tolist() == [0]
    with pytest.raises(DisclosureError, match=re.escape(said)):
        occurring(np.zeros((1, 4), np.int64), [["x"] * (1 << 16)] * 4)
