"""What is said of values that are not of their kind, or may not be what they look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.ingest.cells.values import DESTROYED_TEXT
from archive_tool.ingest.remarks import Remark, TableRows
from archive_tool.model.findings import Severity
from archive_tool.schemas import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.ingest.sources import Column

NUMBER_AS_TEXT: Final = Remark(
    code="NUMBER-AS-TEXT",
    severity=Severity.WARNING,
    message="numbers are written as text in JSON; they are read as numbers",
)
POINT_UNCLEAR: Final = Remark(
    code="CSV-POINT-UNCLEAR",
    severity=Severity.WARNING,
    message="in a file with decimal commas 1.234 may stand for 1234; it is read as 1.234",
    hint="use the file as it was downloaded",
)
COMMA_UNCLEAR: Final = Remark(
    code="CSV-COMMA-UNCLEAR",
    severity=Severity.WARNING,
    message="in a file with decimal commas an answer like 1,3 may be a number, or two choices; it is "
    "kept as text",
    hint="use the file as it was downloaded",
)
VALUE_DESTROYED: Final = Remark(
    code="VALUE-DESTROYED",
    severity=Severity.WARNING,
    message="a nested value was replaced by '[object Object]' when the file was written",
    hint="download the data again as JSON: the values are not in this file",
)
VALUE_UNPARSED: Final = Remark(
    code="VALUE-UNPARSED",
    severity=Severity.WARNING,
    message="a nested value was cut off, stands in a text, or is in no form that is known; it is kept as text",
    hint="download the data again as JSON; where people typed the bracket themselves, nothing",
)
NOT_OF_KIND: Final[Mapping[Kind, Remark]] = {
    kind: Remark(
        code=f"VALUE-NOT-A-{word}",
        severity=Severity.ERROR,
        message=f"a value cannot be read as {meaning}; the column is empty there and the original "
        "is kept in extra",
        hint="look at the rows in the file and repair them at the source",
    )
    for kind, word, meaning in (
        (Kind.NUMBER, "NUMBER", "a number"),
        (Kind.FLAG, "FLAG", "true or false"),
        (Kind.TIME, "TIME", "a point in time"),
        (Kind.TEXT, "TEXT", "text"),
        (Kind.ID, "TEXT", "text"),
        (Kind.RECORD, "TEXT", "text"),
        (Kind.LABEL, "TEXT", "text"),
    )
} | {Kind.JSON: VALUE_UNPARSED}
"""What is told of a cell that is not of its column's kind; a nested value is text at least."""


def tell(column: Column, field: Field, rows: TableRows) -> None:
    """Note the rows of a column that was just read."""
    destroyed = [row for row, text in column.odd.items() if text == DESTROYED_TEXT]
    other = [row for row, text in column.odd.items() if text != DESTROYED_TEXT]
    for remark, places in (
        (NUMBER_AS_TEXT, column.as_text),
        (POINT_UNCLEAR, column.unclear),
        (COMMA_UNCLEAR, column.comma),
        (VALUE_DESTROYED, destroyed),
        (VALUE_UNPARSED, column.unparsed),
        (NOT_OF_KIND[field.kind], other),
    ):
        rows.remark(remark, places, column=field.name)
