"""Which columns can break a rule of their schema at all, told by Arrow from their extremes.

pandera is asked about those columns only, and on sound data it is not even loaded. The screen never
lets a wrong cell through; a column it holds back may still be sound: pandera has the last word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from archive_tool.schemas.fields import DICTIONARY
from archive_tool.schemas.frames import must_have_value, shortest, words
from archive_tool.schemas.registry import FIELDS

if TYPE_CHECKING:
    import pyarrow as pa

    from archive_tool.schemas.fields import Field

Array: TypeAlias = Any
"""A ``pyarrow.Array``; pyarrow's stubs know its functions only for some kinds."""


def in_doubt(data_type: str, table: pa.Table) -> tuple[str, ...]:
    """Name the columns of which pandera may say something.

    ``table``: all columns of the data type, each with the Arrow type of its kind.
    """
    return tuple(field.name for field in FIELDS[data_type] if _may_break(field, table[field.name]))


def _may_break(field: Field, column: pa.ChunkedArray) -> bool:
    if column.null_count and must_have_value(field):
        return True
    if column.null_count == len(column):
        return False
    return any(_cells_may_break(field, chunk) for chunk in column.chunks if len(chunk))


def _cells_may_break(field: Field, cells: Array) -> bool:
    if field.low is not None or field.high is not None:
        return _may_be_out_of_range(field, cells)
    if field.kind in DICTIONARY:  # each word once; one that no row has does no harm
        cells = cells.dictionary
        if cells.null_count:
            return True
    return bool(field.length and _may_have_wrong_length(field, cells)) or bool(
        field.enum and _may_be_unknown(field, cells)
    )


def _may_be_out_of_range(field: Field, numbers: Array) -> bool:
    import pyarrow.compute as pc

    extremes = pc.min_max(numbers)
    low, high = extremes["min"].as_py(), extremes["max"].as_py()
    if low is None:
        return False
    above = field.low is None or low >= field.low
    below = field.high is None or high <= field.high
    return not (above and below)  # neither is true of NaN


def _may_have_wrong_length(field: Field, texts: Array) -> bool:
    """Whether a text has no byte, or more bytes than it may have characters."""
    import pyarrow.compute as pc

    extremes = pc.min_max(pc.binary_length(texts))
    low, high = extremes["min"].as_py(), extremes["max"].as_py()
    return low is not None and not (low >= shortest(field) and high <= field.length)


def _may_be_unknown(field: Field, labels: Array) -> bool:
    known = {words(word) for word in field.enum}
    return any(words(label) not in known for label in labels.to_pylist() if label is not None)
