"""Every kind of finding that validation makes: one registry for findings, hints and docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archive_tool.model.findings import Finding, Rows, Severity
from archive_tool.schemas.frames import LENGTH, MISSING, OUT_OF_RANGE, UNKNOWN_LABEL, WRONG_TYPE

ID_ROUNDED: Final = "IDS-ROUNDED"
TIME_IMPLAUSIBLE: Final = "TIME-IMPLAUSIBLE"
TIME_REVERSED: Final = "TIME-REVERSED"
TIME_ELSEWHEN: Final = "TIME-OUTSIDE-SESSION"
DURATION_MISMATCH: Final = "DURATION-MISMATCH"
ONSET_ORDER: Final = "ONSET-ORDER"
ONSET_ZERO: Final = "ONSET-ZERO"
ONSET_IMPLAUSIBLE: Final = "ONSET-IMPLAUSIBLE"
FIELD_EMPTY: Final = "FIELD-EMPTY"
CLOCK_CORRECTION: Final = "CLOCK-CORRECTION"
OUT_OF_SCALE: Final = "RATINGS-OUT-OF-SCALE"
SCALE_REVERSED: Final = "RATINGS-SCALE-REVERSED"
NORMALIZED_MISMATCH: Final = "RATINGS-NORMALIZED-MISMATCH"
VALUE_MIXED: Final = "RATINGS-VALUE-MIXED"
RECORDING_ORPHAN: Final = "RECORDINGS-WITHOUT-PERSON"
RECORDING_COMPOSITE: Final = "RECORDINGS-COMPOSITE"
RECORDING_UNFINISHED: Final = "RECORDINGS-UNFINISHED"
CHAT_DELETED: Final = "CHAT-DELETED"
PERSON_UNKNOWN: Final = "REFERENCE-PERSON"
PERSON_SPELLINGS: Final = "PERSON-SPELLINGS"
PERSON_TWICE: Final = "PERSON-UNDER-TWO-IDS"
ROOM_UNKNOWN: Final = "REFERENCE-ROOM"
ROOM_EXPERIMENTS: Final = "ROOM-MANY-EXPERIMENTS"
NO_ROWS: Final = "BUNDLE-WITHOUT-ROWS"
TYPE_ABSENT: Final = "TYPE-ABSENT"
EVENTS_ABSENT: Final = "EVENTS-ABSENT"
TYPE_ABSENT_ROOM: Final = "TYPE-ABSENT-ROOM"
PARTNER_ABSENT: Final = "PARTNER-WITHOUT-ROWS"
RATINGS_GAPS: Final = "RATINGS-GAPS"
RATINGS_FEW: Final = "RATINGS-SAMPLES-MISSING"
RATINGS_INTERVAL: Final = "RATINGS-INTERVAL"
RATINGS_UNEQUAL: Final = "RATINGS-PARTNERS-UNEQUAL"
ROWS_REPEATED: Final = "ROWS-REPEATED"
STATE_UNPAIRED: Final = "STATE-UNPAIRED"
COMPONENT_UNSHOWN: Final = "COMPONENT-NOT-SHOWN"
RECIPIENT_UNKNOWN: Final = "CHAT-RECIPIENT-UNKNOWN"
RECORDING_ELSEWHEN: Final = "RECORDINGS-OUTSIDE-SESSION"
MEDIA_MISSING: Final = "MEDIA-MISSING"
MEDIA_SIZE: Final = "MEDIA-SIZE"
MEDIA_ORPHAN: Final = "MEDIA-WITHOUT-ROW"
URL_EXPIRED: Final = "RECORDINGS-URL-EXPIRED"
URL_LIVE: Final = "RECORDINGS-URL-LIVE"
CONSENT_DECLINED: Final = "CONSENT-DECLINED"
CONSENT_UNKNOWN: Final = "CONSENT-UNKNOWN"


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
        ID_ROUNDED,
        Severity.ERROR,
        "ids are rounded numbers: several people or rooms may have become one",
        meaning="Ids of people and rooms are no numbers with an exponent. Spreadsheets show long "
        "numbers as `1.2E+15` and save them so, R writes 100000 as `1e+05`: codes, counts and "
        "erasures would be those of other people.",
        hint="use the file as it was downloaded, and have programs read ids as text",
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
        TIME_ELSEWHEN,
        Severity.WARNING,
        "rows lie more than 30 days from the events of their room",
        meaning="The rows of a room belong to its session: their times lie between the first and the last event "
        "of the room, or near them. Told by data type; recordings have a check of their own.",
        hint="check whether the room was used again, and whether these times are those of the session",
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
        FIELD_EMPTY,
        Severity.NOTE,
        "rows lack a value that the documented examples have in every row",
        meaning="Every row has an onset, every continuous rating a value and a component, every "
        "message a text, every recording a start, an end and a length. Older releases and some "
        "forms of export leave single fields out.",
        hint="where the platform shows these values, export again with all columns, as JSON",
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
        VALUE_MIXED,
        Severity.WARNING,
        "the value is neither the raw nor the normalised value, or the one in some rows and the "
        "other in others",
        meaning="The value of continuous ratings is the raw value in all rows, or the normalised "
        "one in all rows, within a hundredth of the scale. Told are the rows of the rarer kind.",
        hint="take means and courses of rawValue, or of normalizedValue",
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
        RECORDING_UNFINISHED,
        Severity.WARNING,
        "a recording failed, or was not finished when its row was downloaded",
        meaning="The status of every recording is `completed` or `complete`, or is not given. No media file is "
        "expected of others.",
        hint="download the recordings again if the session is over; what failed is missing for good",
    ),
    _code(
        CHAT_DELETED,
        Severity.NOTE,
        "a message was deleted by its sender",
        meaning="Deleted messages may stay as rows; their content counts as withdrawn.",
        hint="nothing: the content is left out of every archive, whatever the policy says",
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
        PERSON_SPELLINGS,
        Severity.WARNING,
        "ids of people look alike: one person may be counted, coded and erased as several",
        meaning="Ids of people differ in more than capitals, blanks, the encoding of accents, zeros "
        "around a number (`007`, `7`, `7.0`) and the prefix `prolific_`. Ids with and without `prolific_` or "
        "blanks at the ends are one person in every count and have one code; others are not merged.",
        hint="use the files as they were downloaded; name every spelling when the person withdraws",
    ),
    _code(
        PERSON_TWICE,
        Severity.WARNING,
        "people have the very rows that other files hold under another id",
        meaning="An export with codes in the place of ids, beside one with ids, doubles the sample "
        "and ties every code to its person. Rows of two people in different files are compared, ids "
        "left aside.",
        hint="archive one of the two exports only",
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
        NO_ROWS,
        Severity.WARNING,
        "the bundle has no row of any data type that is archived",
        meaning="A bundle has rows of at least one of the seven data types. Tables with a header "
        "and nothing below it come from a filter that was active, or from a room nobody entered.",
        hint="look at the other findings; else export again without filters",
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
    _code(
        TYPE_ABSENT_ROOM,
        Severity.NOTE,
        "rooms have no rows of a type that other rooms have",
        meaning="Every room is compared with the bundle, and the reason is worked out from the "
        "other types: one person alone, no such component in the events, everybody left early, "
        "consent declined. Where the events say that there should be rows, it is a warning.",
        hint="a room whose reason does not convince: download this type of the room again",
    ),
    _code(
        RATINGS_GAPS,
        Severity.WARNING,
        "continuous ratings have gaps",
        meaning="Samples come every 100-500 ms while somebody rates. A gap is more than a second "
        "and more than three usual intervals without one. A silence of half a minute in which "
        "everybody in the room is silent is a pause between two ratings.",
        hint="check the connection of these people, and whether the tab was in the background",
    ),
    _code(
        RATINGS_FEW,
        Severity.WARNING,
        "fewer rating samples than expected",
        meaning="Expected are the samples that came and those that the gaps lack at the usual "
        "interval of the person. Told below 90 percent.",
        hint="leave these series out of analyses of time, or interpolate and say so",
    ),
    _code(
        RATINGS_INTERVAL,
        Severity.WARNING,
        "continuous ratings are sampled at an unusual interval",
        meaning="The median interval of a series of at least 20 samples lies between 90 and 550 "
        "ms; the platform documents 100 to 500.",
        hint="check the sampling rate in the design; an export may have been thinned out",
    ),
    _code(
        RATINGS_UNEQUAL,
        Severity.WARNING,
        "people have less than half of their partner's rating samples",
        meaning="Partners in a room rate the same component for about the same time.",
        hint="check who left early or stopped rating, before comparing partners",
    ),
    _code(
        ROWS_REPEATED,
        Severity.WARNING,
        "rows say the same within a second under different ids",
        meaning="Releases before v0.6.34 wrote one answer as several events. Events that come in "
        "bursts by nature (pulses, triggers, media, sync) are not looked at. Of continuous "
        "ratings, two samples of one component at the same instant; of sync metrics, two with the "
        "same figures. All rows are kept.",
        hint="count such answers once in an analysis",
    ),
    _code(
        STATE_UNPAIRED,
        Severity.WARNING,
        "states are entered and left an unequal number of times",
        meaning="For people with exit events: every state that is left was entered, and all but "
        "the last are left.",
        hint="the events of this room are incomplete, or the person was disconnected",
    ),
    _code(
        COMPONENT_UNSHOWN,
        Severity.WARNING,
        "components were rated that nothing shows",
        meaning="Rated components appear in events or among the components, where these know any "
        "component of that kind.",
        hint="download events and components of the same rooms",
    ),
    _code(
        RECIPIENT_UNKNOWN,
        Severity.WARNING,
        "messages are addressed to people who are not in the room",
        meaning="recipientIds are people who have rows in the same room, or words for everyone.",
        hint="ids were replaced in one of the exports, or a room's download is missing",
    ),
    _code(
        RECORDING_ELSEWHEN,
        Severity.WARNING,
        "a recording does not overlap with the session of its room",
        meaning="A recording overlaps with the events of its room, with a minute of leeway.",
        hint="check which session the recording belongs to: rooms can be used again",
    ),
    _code(
        MEDIA_MISSING,
        Severity.WARNING,
        "a recording has no media file although the bundle has media",
        meaning="Media files are matched by the id at the end of their name, or by fileName. Not "
        "checked in bundles without any media file.",
        hint="download the recording again, if the design still allows it",
    ),
    _code(
        MEDIA_SIZE,
        Severity.WARNING,
        "a media file does not have the size of its row",
        meaning="Browsers and older SDK versions cut downloads short. A missing fileSize is "
        "normal.",
        hint="download the recording again and compare the length",
    ),
    _code(
        MEDIA_ORPHAN,
        Severity.WARNING,
        "media files belong to no recording",
        meaning="A media file without a row holds a face or a voice that no erasure can find.",
        hint="find out who it is, or delete it",
    ),
    _code(
        URL_EXPIRED,
        Severity.NOTE,
        "signed addresses of recordings have expired",
        meaning="Signed addresses work for days. Then the media can only be fetched through the "
        "platform.",
        hint="nothing, if the media files are here; else ask the platform for them",
    ),
    _code(
        URL_LIVE,
        Severity.WARNING,
        "signed addresses of recordings still work",
        meaning="Whoever has such an address can watch the recording until it expires.",
        hint="keep the bundle where nobody else can read it; no ready policy lets addresses out",
    ),
    _code(
        CONSENT_DECLINED,
        Severity.WARNING,
        "people who declined consent have data",
        meaning="Evidence of a refusal (event, outcome) and rows beyond those of consent and "
        "instructions.",
        hint="the ready policies leave these people out; delete them from the bundle too",
    ),
    _code(
        CONSENT_UNKNOWN,
        Severity.WARNING,
        "people have data and no evidence of consent",
        meaning="Consent can be switched off in the design, and older releases lost its events: "
        "no evidence is no refusal. A note where nobody has any.",
        hint="check the consent forms of the study; a policy can ask for evidence",
    ),
)

CODES: Final = {code.name: code for code in _ALL}
"""Name → kind of finding."""


def finding(
    code: str,
    data_type: str | None,
    *,
    suffix: str = "",
    severity: Severity | None = None,
    file: str | None = None,
    column: str | None = None,
    check: str = "",
    rows: Rows | None = None,
) -> Finding:
    """Make a finding of a kind; ``suffix`` are figures or fixed words, never a value."""
    kind = CODES[code]
    return Finding(
        code=code,
        severity=severity or kind.severity,
        message=kind.message + suffix,
        hint=kind.hint,
        data_type=data_type,
        file=file,
        column=column,
        check=check,
        rows=rows,
    )
