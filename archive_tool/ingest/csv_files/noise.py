"""Lines of a CSV that are no rows: blank ones of a spreadsheet, and the header once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archive_tool.ingest.arrow import as_mask, equals
from archive_tool.model.findings import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.ingest.arrow import Array, Mask

HEADER_AGAIN: Final = Code(
    name="CSV-HEADER-AGAIN",
    severity=Severity.NOTE,
    message="the header stands in the file again, as where files were put one after the other; it "
    "is no row",
    meaning="Some put the files of several rooms together with `cat`.",
)
_MARK: Final = "\ufeff"


def blank_rows(arrays: Sequence[Any]) -> Mask | None:
    """Mask of the rows without a single cell; None, and no work, where a column is filled."""
    import numpy as np

    if not arrays or not all(array.null_count for array in arrays):
        return None
    blank = np.logical_and.reduce([as_mask(array.is_null()) for array in arrays])
    return blank if blank.any() else None


def header_rows(header: Sequence[str], arrays: Sequence[Any]) -> Mask | None:
    """Mask of the rows that repeat the header, where all columns hold texts; None for none."""
    import numpy as np

    if not all(map(_holds_texts, arrays)):
        return None
    first = _says(arrays[0], header[0]) | _says(arrays[0], _MARK + header[0])
    if not first.any():
        return None
    others = zip(arrays[1:], header[1:], strict=True)
    again = np.logical_and.reduce([first, *(_says(array, name) for array, name in others)])
    return again if again.any() else None


def _holds_texts(array: Array) -> bool:
    """Whether a cell may say the name of its column: a number or a time would not be read as one."""
    import pyarrow as pa

    return bool(pa.types.is_string(array.type) or pa.types.is_dictionary(array.type))


def _says(array: Array, name: str) -> Mask:
    import pyarrow as pa

    if not name:
        return as_mask(array.is_null())
    if pa.types.is_dictionary(array.type):
        return as_mask(equals(array.dictionary, name).take(array.indices))
    return as_mask(equals(array, name))
