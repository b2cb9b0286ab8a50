"""What is said of values that are not of their kind, or may not be what they look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.ingest.cells.values import DESTROYED_TEXT
from archive_tool.model.findings import Code, Severity
from archive_tool.schemas import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.ingest.remarks import TableRows
    from archive_tool.ingest.sources import Column

NUMBER_AS_TEXT: Final = Code(
    name="NUMBER-AS-TEXT",
    severity=Severity.WARNING,
    message="numbers are written as text in JSON; they are read as numbers",
    meaning="Numbers stand without quotes in the platform's JSON.",
    advice="nothing, if the numbers are right",
)
POINT_UNCLEAR: Final = Code(
    name="CSV-POINT-UNCLEAR",
    severity=Severity.WARNING,
    message="in a file with decimal commas 1.234 may stand for 1234; it is read as 1.234",
    meaning="A spreadsheet that writes `1,5` writes `91.958` for 91958; programs that "
    "separate by semicolons write it for 91.958. No number of the column has its point elsewhere.",
    hint="use the file as it was downloaded",
)
COMMA_UNCLEAR: Final = Code(
    name="CSV-COMMA-UNCLEAR",
    severity=Severity.WARNING,
    message="in a file with decimal commas an answer like 1,3 may be a number, or two choices; it is "
    "kept as text",
    meaning="Columns that hold numbers are read with decimal commas. Answers of events and components may be "
    "anything, and stay as they are written.",
    hint="use the file as it was downloaded",
)
VALUE_DESTROYED: Final = Code(
    name="VALUE-DESTROYED",
    severity=Severity.WARNING,
    message="a nested value was replaced by '[object Object]' when the file was written",
    meaning="JavaScript writes nested values as `[object Object]`. Looked for in texts, in nested "
    "values and in fields that no schema knows.",
    hint="download the data again as JSON: the values are not in this file",
)
VALUE_UNPARSED: Final = Code(
    name="VALUE-UNPARSED",
    severity=Severity.WARNING,
    message="a nested value was cut off, stands in a text, or is in no form that is known; it is kept as text",
    meaning="A cell that begins with a bracket is JSON, or Python's spelling of it; in JSON a nested "
    "value is none if it stands in a text, as programs save it that read a CSV. Its parts are no answers, no times "
    "and no numbers to anybody.",
    hint="download the data again as JSON; where people typed the bracket themselves, nothing",
)
NOT_OF_KIND: Final[Mapping[Kind, Code]] = {
    kind: Code(
        name=f"VALUE-NOT-A-{word}",
        severity=Severity.ERROR,
        message=f"a value cannot be read as {what}; the column is empty there and the original "
        "is kept in extra",
        meaning=meaning,
        hint="look at the rows in the file and repair them at the source",
    )
    for kinds, word, what, meaning in (
        (
            (Kind.NUMBER,),
            "NUMBER",
            "a number",
            "Numbers are read in the spellings of the known clients.",
        ),
        (
            (Kind.FLAG,),
            "FLAG",
            "true or false",
            "Flags are true or false, in the spellings of the known clients.",
        ),
        ((Kind.TIME,), "TIME", "a point in time", "Times are ISO 8601 or epoch numbers."),
        (
            (Kind.TEXT, Kind.ID, Kind.RECORD, Kind.LABEL),
            "TEXT",
            "text",
            "Ids, labels and texts are texts.",
        ),
    )
    for kind in kinds
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
