"""Tables and cells that are exactly as long as a spreadsheet allows (trap E15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.ingest.arrow import as_mask
from archive_tool.model.findings import Code, Rows, Severity
from archive_tool.model.tables import EXTRA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.ingest.arrow import Array, Mask
    from archive_tool.ingest.columns import ColumnPlan
    from archive_tool.ingest.remarks import Remarks, TableRows

MOST_ROWS: Final = 1_048_576 - 1
"""Rows of a sheet below its header."""
MOST_CHARACTERS: Final = 32_767
"""Characters of a cell."""

LIMIT: Final = Code(
    name="CSV-SPREADSHEET-LIMIT",
    severity=Severity.WARNING,
    message="the table, or a cell, is exactly as long as a spreadsheet allows: what came after may "
    "be lost",
    meaning="A sheet has room for 1,048,576 rows with its header, and a cell for "
    "32,767 characters; a spreadsheet that saves a longer table cuts it there.",
    hint="use the file as it was downloaded",
)


def remark_cut_table(rows: int, file: str, remarks: Remarks) -> None:
    """Tell of a table that fills a sheet to the last row."""
    if rows == MOST_ROWS:
        remarks.add(LIMIT, file=file, rows=Rows(count=rows))


def remark_cut_cells(cells: Mapping[str, Array], plan: ColumnPlan, rows: TableRows) -> None:
    """Tell of full cells; ``cells`` are the arrays of a batch by header."""
    column_of = {key: name for name, keys in plan.columns.items() for key in keys}
    for header, array in cells.items():
        full = _full(array)
        if full is not None:
            rows.remark(LIMIT, full, column=column_of.get(header, EXTRA))


def _full(array: Array) -> Mask | None:
    """Mask of cells at the limit; None, and little work, where no cell is as long."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(array.type):
        return None
    longest = pc.max(pc.binary_length(array)).as_py() or 0
    if longest < MOST_CHARACTERS:
        return None
    full = as_mask(pc.equal(pc.utf8_length(array), MOST_CHARACTERS))
    return full if full.any() else None
