"""Rows of many owners, cut into the tables of single files.

A slice of a large table still carries the dictionary of the whole, and with it the ids of other
people: dictionaries are cut down to the values of the rows. Columns without any value are left out,
unless all are: most columns of most files, and a third of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa

MOST_MARKED: Final = 1 << 20
"""Words by piece up to which each has a mark of its own; beyond that they are sorted."""


def prepare(table: pa.Table, *, keep_empty: bool = False) -> pa.Table:
    """Give the table of one file that holds all of these rows."""
    return Pieces(table, [0]).table(0, keep_empty=keep_empty)


class Pieces:
    """The pieces of a table; what can be found out for all of them at once, is."""

    def __init__(self, table: pa.Table, starts: Sequence[int]) -> None:
        """Cut before each of the rows ``starts``, the first of which is 0."""
        self._table = table
        bounds = _Bounds.of([*starts, table.num_rows])
        self._edges: list[int] = bounds.edges.tolist()
        self._columns = [
            _column(name, column, bounds)
            for name, column in zip(table.column_names, table.itercolumns(), strict=True)
        ]

    def table(self, number: int, *, keep_empty: bool = False) -> pa.Table:
        """Give one piece; ``keep_empty``: with the columns that have no value in it."""
        import pyarrow as pa

        start, end = self._edges[number : number + 2]
        columns = [one for one in self._columns if keep_empty or one.has_value(number)]
        columns = columns or self._columns  # without a column a file could not say how many rows
        if not columns:
            return self._table.slice(start, end - start)
        cells = [one.cells_of(number, start, end - start) for one in columns]
        return pa.Table.from_arrays(cells, [one.name for one in columns])


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """Where a table is cut."""

    edges: np.ndarray
    """Where each piece begins, and the end."""
    piece: np.ndarray
    """By row, its piece."""

    @classmethod
    def of(cls, edges: Sequence[int]) -> _Bounds:
        import numpy as np

        pieces = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        return cls(edges=np.array(edges), piece=pieces)


@dataclass(frozen=True, kw_only=True)
class _Column:
    """One column of the whole table."""

    name: str
    cells: pa.Array
    filled: np.ndarray | None
    """By piece, whether it has a value; None when all cells have one."""

    def has_value(self, number: int) -> bool:
        return self.filled is None or bool(self.filled[number])

    def cells_of(self, _: int, start: int, rows: int) -> pa.Array:
        return self.cells.slice(start, rows)


@dataclass(frozen=True, kw_only=True)
class _Words(_Column):
    """A dictionary column: ``cells`` are places among the words of their piece."""

    words: pa.Array
    """Of all pieces, one after the other."""
    edges: list[int]
    """Where the words of each piece begin, and the end."""

    def cells_of(self, number: int, start: int, rows: int) -> pa.Array:
        import pyarrow as pa

        first, end = self.edges[number : number + 2]
        own = self.words.slice(first, end - first)
        return pa.DictionaryArray.from_arrays(self.cells.slice(start, rows), own, safe=False)


def _column(name: str, column: pa.ChunkedArray, bounds: _Bounds) -> _Column:
    import numpy as np
    import pyarrow as pa

    coded = pa.types.is_dictionary(column.type)
    cells = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    filled = None
    if cells.null_count or not len(cells):
        values = np.concatenate(([0], np.cumsum(np.asarray(cells.is_valid()))))
        filled = np.diff(values[bounds.edges]) > 0
    if coded:
        return _words(name, _distinct(cells), filled, bounds)
    return _Column(name=name, cells=cells, filled=filled)


def _distinct(cells: pa.DictionaryArray) -> pa.DictionaryArray:
    """Name each word once; for a second one Arrow writes what else lay in memory (26.0)."""
    import pyarrow as pa

    if len(cells.dictionary.unique()) == len(cells.dictionary):
        return cells
    once = cells.dictionary.dictionary_encode()
    return pa.DictionaryArray.from_arrays(once.indices.take(cells.indices), once.dictionary)


def _words(
    name: str, cells: pa.DictionaryArray, filled: np.ndarray | None, bounds: _Bounds
) -> _Words:
    """Number the words of each piece anew."""
    import numpy as np
    import pyarrow as pa

    width = len(cells.dictionary)
    starts = np.arange(len(bounds.edges)) * width
    keys = bounds.piece * width + cells.indices.fill_null(0).to_numpy(zero_copy_only=False)
    missing = np.asarray(cells.is_null()) if cells.null_count else None
    known = keys if missing is None else keys[~missing]
    if starts[-1] > MOST_MARKED:
        used, ranks = np.unique(known, return_inverse=True)
        first = np.searchsorted(used, starts)
        ranks -= first[bounds.piece if missing is None else bounds.piece[~missing]]
    else:
        marks = np.zeros(starts[-1], np.bool_)
        marks[known] = True
        used = np.flatnonzero(marks)
        first = np.searchsorted(used, starts)
        ranks = (np.cumsum(marks) - 1 - np.repeat(first[:-1], width))[known]
    places = np.zeros(len(cells), np.int32)
    places[slice(None) if missing is None else ~missing] = ranks
    return _Words(
        name=name,
        cells=pa.array(places, mask=missing),
        filled=filled,
        words=cells.dictionary.take(pa.array(used % max(1, width))),
        edges=first.tolist(),
    )
