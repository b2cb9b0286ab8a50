"""Short names for what lies in memory.

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
Positions: TypeAlias = "NDArray[np.int64]"
"""Rows of a table counted from 0, or ``_at`` of rows of the bundle."""
Mask: TypeAlias = "NDArray[np.bool_]"
"""Which rows."""


def shared_nulls(kind: Array, rows: int) -> Array:
    """Give a column without a value; all such columns of a type share their memory."""
    return _nulls(kind, max(_FEWEST, 1 << (rows - 1).bit_length())).slice(0, rows)


_FEWEST: Final = 1 << 17


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


def where(mask: Array) -> Mask:
    """Give a mask of Arrow as one of numpy; null is no."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: Mask = pc.fill_null(mask, pa.scalar(False)).to_numpy(zero_copy_only=False)
    return found


def equals(texts: Array, text: str) -> Array:
    """Mask of the texts that are this one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.equal(texts, pa.scalar(text, pa.string()))


def pairs(table: pa.Table, first: str, second: str) -> Iterator[tuple[str | None, str | None]]:
    """Give what two columns say in the same row, as text, each pair once.

    Not by ``group_by``: that loads another engine of Arrow, and libraries for networks with it.
    """
    import numpy as np

    (words, codes), (others, places) = (_coded(table[name]) for name in (first, second))
    keys = codes * len(others) + places
    # Rows of a person lie together mostly: neighbours that repeat need no sorting.
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    for key in np.unique(keys[starts]).tolist():
        yield words[key // len(others)], others[key % len(others)]


def _coded(column: Array) -> tuple[list[str | None], Positions]:
    """Give the words of a column, None behind them, and the place of each row among these."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        column = pc.cast(column, pa.string()).dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    words = [*whole.dictionary.to_pylist(), None]
    places: Positions = whole.indices.cast(pa.int64()).fill_null(len(words) - 1).to_numpy()
    return words, places
