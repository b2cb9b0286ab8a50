"""Columns of Arrow as ingest and validation read them: one array, masks, words and codes, runs.

Arrow arrays are typed loosely: pyarrow's stubs know its functions only for some combinations of
arrays and scalars.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

Array: TypeAlias = Any
"""A ``pyarrow.Array``, or one chunk of a ``ChunkedArray``."""
Ints: TypeAlias = "NDArray[np.int64]"
"""Whole numbers, one per row."""
Positions: TypeAlias = "NDArray[np.int64]"
"""Rows of a table counted from 0, or ``_at`` of rows of the bundle."""
Mask: TypeAlias = "NDArray[np.bool_]"
"""Which rows."""

_FEWEST: Final = 1 << 17
"""Nulls of a shared column at least: as many as a batch has rows."""


def shared_nulls(kind: Array, rows: int) -> Array:
    """Give a column without a value; all such columns of a type share their memory."""
    return _nulls(kind, max(_FEWEST, 1 << (rows - 1).bit_length())).slice(0, rows)


@lru_cache(maxsize=64)
def _nulls(kind: Array, rows: int) -> Array:
    import pyarrow as pa

    return pa.nulls(rows, kind)


def without_zone(moments: Array) -> Array:
    """Give moments as a clock in UTC shows them: without a zone, which Arrow would look up.

    Neither Windows nor a small container has the time zones of the system.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.cast(pc.cast(moments, pa.int64()), pa.timestamp(moments.type.unit))


def is_empty(texts: Array) -> Array:
    """Mask of empty texts; null where the text is null."""
    return equals(texts, "")


def without_empty(texts: Array) -> Array:
    """Texts with null in place of empty ones."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(is_empty(texts), pa.scalar(None, pa.string()), texts)


def as_mask(booleans: Array) -> Mask:
    """Give a mask of Arrow, or a column of flags, as one of numpy; null is no."""
    found: Mask = booleans.fill_null(False).to_numpy(zero_copy_only=False)
    return found


def equals(texts: Array, text: str) -> Array:
    """Mask of the texts that are this one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.equal(texts, pa.scalar(text, pa.string()))


def one_array(column: Array) -> Array:
    """Give a column as one array, without a copy where it is one already."""
    import pyarrow as pa

    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def plain(values: Array) -> Array:
    """Give the values of a column that may be dictionary-encoded."""
    import pyarrow as pa

    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def words_and_codes(values: Array) -> tuple[Array, Ints]:
    """Give the words of an array and each row's place among them; one past the last for nulls."""
    import pyarrow as pa

    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    words = encoded.dictionary
    codes: Ints = encoded.indices.cast(pa.int64()).fill_null(len(words)).to_numpy()
    return words, codes


def run_starts(codes: Ints) -> Positions:
    """Find where a run of equal codes begins; ``codes`` is not empty."""
    import numpy as np

    return np.append(0, np.flatnonzero(np.diff(codes)) + 1)


def pairs(table: pa.Table, first: str, second: str) -> Iterator[tuple[str | None, str | None]]:
    """Give what two columns say in the same row, as text, each pair once.

    Not by ``group_by``: that loads another engine of Arrow, and libraries for networks with it.
    """
    import numpy as np

    (words, codes), (others, places) = (_texts(table[name]) for name in (first, second))
    keys = codes * len(others) + places
    # Rows of a person lie together mostly: neighbours that repeat need no sorting.
    for key in np.unique(keys[run_starts(keys)]).tolist() if len(keys) else ():
        yield words[key // len(others)], others[key % len(others)]


def _texts(column: Array) -> tuple[list[str | None], Ints]:
    """Give the words of a column as text, None behind them, and each row's place among these."""
    import pyarrow as pa

    whole = one_array(column)
    words, codes = words_and_codes(
        whole if pa.types.is_dictionary(whole.type) else whole.cast(pa.string())
    )
    return [*words.to_pylist(), None], codes
