"""Laws of packed lines: nothing is lost by packing rows, however many levels there are."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.disclose.cells.pieces import packed

SIZES = st.lists(st.sampled_from([1, 2, 3, 70, 5000]), max_size=3)


@st.composite
def rows(draw):
    """Local seats, codes by dimension, and numbers of levels and seats elsewhere."""
    sizes = draw(SIZES)
    row = st.tuples(st.integers(0, 4), *(st.integers(0, size - 1) for size in sizes))
    found = draw(st.lists(row, min_size=1, max_size=30))
    runs = draw(st.lists(st.integers(1, 4), min_size=len(found), max_size=len(found)))
    found = [one for one, times in zip(found, runs, strict=True) for _ in range(times)]
    seats = np.array(draw(st.permutations(range(10, 15))))
    return found, [np.arange(size)[::-1] * 2 for size in sizes], seats


def piece_of(found, levels, seats, values=None):
    columns = np.array(found).T
    return packed(columns[0], seats, list(columns[1:]), levels, values)


def named(found, levels, seats):
    return [
        (int(seats[seat]), *(int(of[code]) for of, code in zip(levels, codes, strict=True)))
        for seat, *codes in found
    ]


def lines_of(piece):
    codes = piece.codes(range(len(piece.levels)))
    return [
        (seat, *row) for seat, row in zip(piece.of_seats().tolist(), codes.tolist(), strict=True)
    ]


@given(rows())
@settings(deadline=None)
def test_packing_loses_no_row(drawn):
    piece = piece_of(*drawn)
    counted = Counter()
    for line, count in zip(lines_of(piece), piece.sums.rows.tolist(), strict=True):
        counted[line] += count
    assert counted == Counter(named(*drawn))


@given(rows())
@settings(deadline=None)
def test_packing_loses_no_value(drawn):
    found, *_ = drawn
    values = np.arange(len(found), dtype=float)
    piece = piece_of(*drawn, values=values)
    lines = lines_of(piece)
    assert len(lines) == len(set(lines))  # with a measure every cell and seat has one line
    given_by = Counter()
    for line, value in zip(named(*drawn), values.tolist(), strict=True):
        given_by[line] += value
    sums = piece.sums
    for line, n, mean in zip(lines, sums.n.tolist(), sums.mean.tolist(), strict=True):
        assert abs(n * mean - given_by[line]) < 1e-9
    assert dict(zip(lines, sums.rows.tolist(), strict=True)) == Counter(named(*drawn))


@given(rows(), st.lists(st.sampled_from([10, 11]), min_size=15, max_size=15))
@settings(deadline=None)
def test_once_keeps_every_combination_of_a_kind_of_seat(drawn, like):
    lines = lines_of(piece_of(*drawn).once(np.array(like)))
    assert len(lines) == len(set(lines))
    assert set(lines) == {(like[seat], *codes) for seat, *codes in named(*drawn)}


@given(rows(), st.data())
@settings(deadline=None)
def test_some_dimensions_are_those_of_all(drawn, data):
    piece = piece_of(*drawn)
    everything = piece.codes(range(len(piece.levels)))
    chosen = data.draw(st.permutations(range(len(piece.levels))))[:2]
    assert (piece.codes(chosen) == everything[:, chosen]).all()
