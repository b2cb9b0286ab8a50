"""Laws of cutting the rows of many owners into files."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_tool.archive import cutting
from archive_tool.archive.cutting import Pieces, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = st.sampled_from([None, "anna", "ben", "carl", ""])
NUMBERS = st.sampled_from([None, 0.0, 1.5, float("nan")])


@st.composite
def cut_tables(draw: st.DrawFn) -> tuple[pa.Table, list[int]]:
    """A table of words, numbers and nothing, in chunks; and where it is cut."""
    sizes = draw(st.lists(st.integers(0, 5), max_size=3))
    rows = sum(sizes)
    columns = {
        "word": _chunks(draw(st.lists(WORDS, min_size=rows, max_size=rows)), sizes),
        "number": pa.chunked_array(
            [pa.array(draw(st.lists(NUMBERS, min_size=rows, max_size=rows)), pa.float64())]
        ),
        "empty": pa.chunked_array([pa.nulls(rows, pa.dictionary(pa.int32(), pa.string()))]),
    }
    inner = draw(st.sets(st.integers(1, rows - 1))) if rows > 1 else set()
    return pa.table(columns), [0, *sorted(inner)]


def _chunks(words: Sequence[str | None], sizes: Sequence[int]) -> pa.ChunkedArray:
    """Each chunk with a dictionary of its own."""
    ends = [sum(sizes[:place]) for place in range(len(sizes) + 1)]
    chunks = [pa.array(words[start:end], pa.string()) for start, end in pairwise(ends)]
    kind = pa.dictionary(pa.int32(), pa.string())
    return pa.chunked_array([chunk.dictionary_encode() for chunk in chunks], kind)


@pytest.mark.parametrize("most", [cutting.MOST_MARKED, 0], ids=["marked", "sorted"])
@given(cut=cut_tables())
def test_pieces_hold_their_rows_and_no_word_of_others(
    most: int, cut: tuple[pa.Table, list[int]]
) -> None:
    table, starts = cut
    with patch.object(cutting, "MOST_MARKED", most):
        whole = Pieces(table, starts)
    for number, (start, end) in enumerate(pairwise((*starts, table.num_rows))):
        rows = table.slice(start, end - start)
        piece = whole.table(number, keep_empty=True)
        assert repr(piece.to_pylist()) == repr(rows.to_pylist())
        assert piece.column_names == table.column_names
        words = {word for word in rows["word"].to_pylist() if word is not None}
        found = piece["word"].combine_chunks().dictionary.to_pylist()
        assert sorted(found) == sorted(words)


@given(cut=cut_tables())
def test_columns_without_a_value_are_left_out_of_a_piece(
    cut: tuple[pa.Table, list[int]],
) -> None:
    table, starts = cut
    whole = Pieces(table, starts)
    for number, (start, end) in enumerate(pairwise((*starts, table.num_rows))):
        rows = table.slice(start, end - start)
        filled = [name for name in table.column_names if rows[name].null_count < rows.num_rows]
        assert whole.table(number).column_names == (filled or table.column_names)


@given(cut=cut_tables())
def test_a_piece_without_any_value_holds_no_word_of_others(cut: tuple[pa.Table, list[int]]) -> None:
    table, starts = cut
    whole = Pieces(table.select(["word", "empty"]), starts)
    for number, (start, end) in enumerate(pairwise((*starts, table.num_rows))):
        own = {word for word in table["word"][start:end].to_pylist() if word is not None}
        piece = whole.table(number)
        assert piece.num_rows == end - start
        for column in piece.itercolumns():
            assert {w for chunk in column.chunks for w in chunk.dictionary.to_pylist()} <= own


def test_a_word_that_stands_twice_is_one_word() -> None:
    twice = pa.array(["anna", "ben", "anna", None])
    cells = pa.DictionaryArray.from_arrays(pa.array([0, 2, 1, None, 3], pa.int32()), twice)
    whole = Pieces(pa.table({"word": cells}), [0, 2])
    first, second = (whole.table(number)["word"].combine_chunks() for number in range(2))
    assert (first.to_pylist(), first.dictionary.to_pylist()) == (["anna", "anna"], ["anna"])
    assert (second.to_pylist(), second.dictionary.to_pylist()) == (["ben", None, None], ["ben"])


@given(cut=cut_tables())
def test_a_piece_is_what_its_rows_alone_are(cut: tuple[pa.Table, list[int]]) -> None:
    table, starts = cut
    whole = Pieces(table, starts)
    for number, (start, end) in enumerate(pairwise((*starts, table.num_rows))):
        alone = prepare(table.slice(start, end - start))
        piece = whole.table(number)
        assert piece.schema == alone.schema
        assert repr(piece.to_pylist()) == repr(alone.to_pylist())
