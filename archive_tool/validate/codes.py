"""Every kind of finding that validation makes: one registry for findings, hints and docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archive_tool.model.findings import Severity
from archive_tool.schemas.frames import LENGTH, MISSING, OUT_OF_RANGE, UNKNOWN_LABEL, WRONG_TYPE

TIME_IMPLAUSIBLE: Final = "TIME-IMPLAUSIBLE"
TIME_REVERSED: Final = "TIME-REVERSED"
DURATION_MISMATCH: Final = "DURATION-MISMATCH"
ONSET_ORDER: Final = "ONSET-ORDER"
ONSET_ZERO: Final = "ONSET-ZERO"
ONSET_IMPLAUSIBLE: Final = "ONSET-IMPLAUSIBLE"
CLOCK_CORRECTION: Final = "CLOCK-CORRECTION"
OUT_OF_SCALE: Final = "RATINGS-OUT-OF-SCALE"
SCALE_REVERSED: Final = "RATINGS-SCALE-REVERSED"
NORMALIZED_MISMATCH: Final = "RATINGS-NORMALIZED-MISMATCH"
RECORDING_ORPHAN: Final = "RECORDINGS-WITHOUT-PERSON"
RECORDING_COMPOSITE: Final = "RECORDINGS-COMPOSITE"
CHAT_DELETED: Final = "CHAT-DELETED"
PERSON_UNKNOWN: Final = "REFERENCE-PERSON"
ROOM_UNKNOWN: Final = "REFERENCE-ROOM"
ROOM_EXPERIMENTS: Final = "ROOM-MANY-EXPERIMENTS"
TYPE_ABSENT: Final = "TYPE-ABSENT"
EVENTS_ABSENT: Final = "EVENTS-ABSENT"
PARTNER_ABSENT: Final = "PARTNER-WITHOUT-ROWS"


@dataclass(frozen=True, kw_only=True)
class Code:
    """One kind of finding."""

    name: str
    """Stable: reports, acceptances and scripts use it."""
    severity: Severity
    """How much it weighs, unless the rule says otherwise."""
    message: str
    """What a finding of this kind says: a plain sentence, no value."""
    meaning: str
    """What is checked and why, for the docs."""
    hint: str
    """What to do about it."""


def _code(name: str, severity: Severity, message: str, *, meaning: str, hint: str) -> Code:
    return Code(name=name, severity=severity, message=message, meaning=meaning, hint=hint)


_ALL: Final = (
    _code(
        MISSING,
        Severity.ERROR,
        "a required field has no value",
        meaning="Required fields have a value in every row. A room that no row, envelope, file or "
        "folder names is reported by ingest instead.",
        hint="download the table again as JSON; blank timestamps in a file saved with the SDK are "
        "lost by mixed precision, not by the platform",
    ),
    _code(
        WRONG_TYPE,
        Severity.ERROR,
        "the column does not have the type of the schema",
        meaning="Tables have the canonical column types. Ingest makes them so; a table that was "
        "built by hand may not.",
        hint="build the table with archive_tool.schemas.arrow_schema",
    ),
    _code(
        OUT_OF_RANGE,
        Severity.ERROR,
        "a number lies outside the range of its field",
        meaning="Numbers lie in the range of the data dictionary: durations and response times "
        "are not negative, syncQuality and normalizedValue are 0 to 1.",
        hint="check the unit: quality in percent and durations in seconds come from the "
        "interface, not from the API",
    ),
    _code(
        LENGTH,
        Severity.ERROR,
        "an id is empty, or a text is longer than its field allows",
        meaning="Ids and labels have a length limit; longer ones are text in the wrong column.",
        hint="check whether the columns of the file have shifted",
    ),
    _code(
        UNKNOWN_LABEL,
        Severity.WARNING,
        "a label is none of the known words",
        meaning="Some labels have known words, compared without case and punctuation. The "
        "platform adds words, so others are allowed.",
        hint="nothing, if the platform is newer than this tool",
    ),
    _code(
        TIME_IMPLAUSIBLE,
        Severity.ERROR,
        "a time lies before 2015 or in the future",
        meaning="The platform did not exist before 2015, and nothing is recorded in the future "
        "(one day of tolerance for zones). 1970 means epoch numbers that a data frame misread.",
        hint="download the table again as JSON instead of through a data frame",
    ),
    _code(
        TIME_REVERSED,
        Severity.ERROR,
        "the end lies before the start",
        meaning="endTime is not before startTime.",
        hint="ask the platform for the recording again; older releases repaired such times later",
    ),
    _code(
        DURATION_MISMATCH,
        Severity.WARNING,
        "the duration is not the time between start and end",
        meaning="duration is endTime - startTime within a second or one percent. Releases before "
        "v0.6.34 wrote 0 for audio, seconds instead of milliseconds, or too much.",
        hint="trust start and end, and the length of the media file",
    ),
    _code(
        ONSET_ORDER,
        Severity.WARNING,
        "onset and timestamp run in opposite directions",
        meaning="In consecutive rows of one person in one room, onset does not go back by more "
        "than a second while the timestamp goes forward. A reused room or a clock correction "
        "does that.",
        hint="check whether the room was used for two sessions",
    ),
    _code(
        ONSET_ZERO,
        Severity.WARNING,
        "timestamp and onset put the start elsewhere than the rest of the room",
        meaning="timestamp - onset is the start of the experiment. It is compared within a room "
        "and over all data types, with the value that most rows imply; two seconds of tolerance.",
        hint="align by timestamp, or per data type, before comparing onsets of this room",
    ),
    _code(
        ONSET_IMPLAUSIBLE,
        Severity.WARNING,
        "an onset lies more than 30 days from the start",
        meaning="Onsets are milliseconds from the start; larger ones are epoch times or "
        "microseconds in the wrong column.",
        hint="check the unit of the column",
    ),
    _code(
        CLOCK_CORRECTION,
        Severity.WARNING,
        "onset is not the raw onset less the clock correction",
        meaning="onset = rawOnset - clockOffsetApplied, within a millisecond.",
        hint="note which of the two an analysis uses",
    ),
    _code(
        OUT_OF_SCALE,
        Severity.ERROR,
        "a rating lies outside its own scale",
        meaning="rawValue lies in scaleMin to scaleMax. value may lie on the scale or be "
        "normalised (0 to 1 for continuous ratings; 0 to 100 for sparse ones that also have a "
        "rawValue).",
        hint="check whether scale and value belong to the same component",
    ),
    _code(
        SCALE_REVERSED,
        Severity.WARNING,
        "the lower end of a scale is not below the upper end",
        meaning="scaleMin is less than scaleMax; ratings on other scales are not checked.",
        hint="check the scale in the experiment design",
    ),
    _code(
        NORMALIZED_MISMATCH,
        Severity.WARNING,
        "the normalised value is not the raw value's place on the scale",
        meaning="normalizedValue = (rawValue - scaleMin) / (scaleMax - scaleMin), within 0.01, "
        "where both lie in their range.",
        hint="compute it from rawValue and the scale",
    ),
    _code(
        RECORDING_ORPHAN,
        Severity.WARNING,
        "a recording belongs to nobody",
        meaning="Recordings without a participantId hold a face or a voice all the same.",
        hint="find out who it is before anything is shared; erasing a person cannot find it",
    ),
    _code(
        RECORDING_COMPOSITE,
        Severity.WARNING,
        "a recording shows several people",
        meaning="Composite recordings, made before v0.5.14, hold several people in one file.",
        hint="one person's withdrawal concerns the whole file",
    ),
    _code(
        CHAT_DELETED,
        Severity.NOTE,
        "a message was deleted by its sender",
        meaning="Deleted messages may stay as rows; their content counts as withdrawn.",
        hint="nothing: the policy decides",
    ),
    _code(
        PERSON_UNKNOWN,
        Severity.WARNING,
        "people appear here and in no list of participants or events",
        meaning="Who rates, writes, is recorded or measured also appears in events or in the "
        "participants table, where the bundle has one of them.",
        hint="download events of the same rooms; or ids were replaced in one of the exports",
    ),
    _code(
        ROOM_UNKNOWN,
        Severity.WARNING,
        "rooms appear here and nowhere in events",
        meaning="Every room has events, where the bundle has events at all.",
        hint="download events of the same rooms",
    ),
    _code(
        ROOM_EXPERIMENTS,
        Severity.WARNING,
        "a room belongs to more than one experiment",
        meaning="A room is one session of one experiment.",
        hint="check whether files of different studies were mixed",
    ),
    _code(
        TYPE_ABSENT,
        Severity.NOTE,
        "the bundle has no rows of this data type",
        meaning="Which of the seven data types are missing, and the usual reason.",
        hint="check the participants table of the platform for the data that is available",
    ),
    _code(
        EVENTS_ABSENT,
        Severity.WARNING,
        "the bundle has no events although people did something",
        meaning="Every session makes events; without them, references cannot be checked and "
        "consent is unknown.",
        hint="download events of the same rooms",
    ),
    _code(
        PARTNER_ABSENT,
        Severity.WARNING,
        "people have no rows although their partners in the same room have",
        meaning="In rooms of several people, those with events but without rows of a type that a "
        "partner has are counted. One host per room has no sync rows, and chat needs nobody.",
        hint="check who left early or refused the camera; or a download by participant is missing",
    ),
)

CODES: Final = {code.name: code for code in _ALL}
"""Name → kind of finding."""
