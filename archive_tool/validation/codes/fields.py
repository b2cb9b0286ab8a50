"""Kinds of findings about cells by the schema of their type."""

from __future__ import annotations

from typing import Final

from archive_tool.model.findings import Code, Severity
from archive_tool.schemas import frames

MISSING: Final = Code(
    name=frames.MISSING,
    severity=Severity.ERROR,
    message="a required field has no value",
    meaning="Required fields have a value in every row. A room that no row, envelope, file or "
    "folder names is reported by ingest instead.",
    hint="if the column has another name here, give it back the one of the data dictionary; else "
    "download the table again as JSON: mixed precision blanks timestamps in files of the SDK",
)

WRONG_TYPE: Final = Code(
    name=frames.WRONG_TYPE,
    severity=Severity.ERROR,
    message="the column does not have the type of the schema",
    meaning="Tables have the canonical column types. Ingest makes them so; a table that was "
    "built by hand may not.",
    hint="build the table with archive_tool.schemas.arrow_schema",
)

OUT_OF_RANGE: Final = Code(
    name=frames.OUT_OF_RANGE,
    severity=Severity.ERROR,
    message="a number lies outside the range of its field",
    meaning="Numbers lie in the range of the data dictionary: durations and response times "
    "are not negative, syncQuality and normalizedValue are 0 to 1.",
    hint="check the unit: quality in percent and durations in seconds come from the "
    "interface, not from the API",
)

LENGTH: Final = Code(
    name=frames.LENGTH,
    severity=Severity.ERROR,
    message="an id is empty, or a text is longer than its field allows",
    meaning="Ids and labels have a length limit; longer ones are text in the wrong column.",
    hint="check whether the columns of the file have shifted",
)

UNKNOWN_LABEL: Final = Code(
    name=frames.UNKNOWN_LABEL,
    severity=Severity.WARNING,
    message="a label is none of the known words",
    meaning="Some labels have known words, compared without case and punctuation. The "
    "platform adds words, so others are allowed.",
    hint="nothing, if the platform is newer than this tool",
)

ID_ROUNDED: Final = Code(
    name="IDS-ROUNDED",
    severity=Severity.ERROR,
    message="ids are rounded numbers: several people or rooms may have become one",
    meaning="Ids of people, rooms and records are no numbers with an exponent. Spreadsheets show long "
    "numbers as `1.2E+15` and save them so, R writes 100000 as `1e+05`: codes, counts and "
    "erasures would be those of other people, and copies of a record would count twice. Nor are long numbers "
    "all doubles, or all zeros after 15 digits: R makes 123456789012345680 of an id, a spreadsheet "
    "123456789012345000.",
    hint="use the file as it was downloaded, and have programs read ids as text",
)

FIELD_EMPTY: Final = Code(
    name="FIELD-EMPTY",
    severity=Severity.NOTE,
    message="rows lack a value that the documented examples have in every row",
    meaning="Every row has an onset, every continuous rating a value and a component, every "
    "message a text, every recording a start, an end and a length. Older releases and some "
    "forms of export leave single fields out.",
    hint="where the platform shows these values, export again with all columns, as JSON",
)
