"""Kinds of findings about times and onsets."""

from __future__ import annotations

from typing import Final

from archive_tool.model.findings import Code, Severity

TIME_IMPLAUSIBLE: Final = Code(
    name="TIME-IMPLAUSIBLE",
    severity=Severity.ERROR,
    message="a time lies before 2015 or in the future",
    meaning="The platform did not exist before 2015, and nothing is recorded in the future "
    "(one day of tolerance for zones). 1970 means epoch numbers that a data frame misread.",
    hint="download the table again as JSON instead of through a data frame",
)

ONSET_ORDER: Final = Code(
    name="ONSET-ORDER",
    severity=Severity.WARNING,
    message="onset and timestamp run in opposite directions",
    meaning="In consecutive rows of one person in one room, onset does not go back by more "
    "than a second while the timestamp goes forward. A reused room or a clock correction "
    "does that. Rows are consecutive as they stand in one page or file.",
    hint="check whether the room was used for two sessions",
)

ONSET_ZERO: Final = Code(
    name="ONSET-ZERO",
    severity=Severity.WARNING,
    message="timestamp and onset put the start elsewhere than the rest of the room",
    meaning="timestamp - onset is the start of the experiment. It is compared within a room "
    "and over all data types, with the value that most rows imply; two seconds of tolerance.",
    hint="align by timestamp, or per data type, before comparing onsets of this room",
)

ONSET_IMPLAUSIBLE: Final = Code(
    name="ONSET-IMPLAUSIBLE",
    severity=Severity.WARNING,
    message="an onset lies more than 30 days from the start",
    meaning="Onsets are milliseconds from the start; larger ones are epoch times or "
    "microseconds in the wrong column.",
    hint="check the unit of the column",
)

CLOCK_CORRECTION: Final = Code(
    name="CLOCK-CORRECTION",
    severity=Severity.WARNING,
    message="onset is not the raw onset less the clock correction",
    meaning="onset = rawOnset - clockOffsetApplied, within a millisecond.",
    hint="note which of the two an analysis uses",
)
