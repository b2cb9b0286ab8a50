"""Kinds of findings about people, rooms, messages and consent."""

from __future__ import annotations

from typing import Final

from archive_tool.model.findings import Code, Severity

PERSON_UNKNOWN: Final = Code(
    name="REFERENCE-PERSON",
    severity=Severity.WARNING,
    message="people appear here and in no list of participants or events",
    meaning="Who rates, writes, is recorded or measured also appears in events or in the "
    "participants table, where the bundle has one of them.",
    hint="download events of the same rooms; or ids were replaced in one of the exports",
)

PERSON_SPELLINGS: Final = Code(
    name="PERSON-SPELLINGS",
    severity=Severity.WARNING,
    message="ids of people look alike: one person may be counted, coded and erased as several",
    meaning="Ids of people differ in more than capitals, blanks, the encoding of accents and zeros "
    "around a number (`007`, `7`, `7.0`); they are not merged. Ids with and without `prolific_` or "
    "blanks at the ends are one person in every count and have one code: they are not meant here.",
    hint="use the files as they were downloaded; name every spelling when the person withdraws",
)

PERSON_TWICE: Final = Code(
    name="PERSON-UNDER-TWO-IDS",
    severity=Severity.WARNING,
    message="people have the very rows that other files hold under another id",
    meaning="An export with codes in the place of ids, beside one with ids, doubles the sample "
    "and ties every code to its person. Rows of two people in different files are compared, ids "
    "left aside.",
    hint="archive one of the two exports only",
)

PERSON_NAMED_TWICE: Final = Code(
    name="PERSON-NAMED-TWICE",
    severity=Severity.WARNING,
    message="ids may belong to one person, who is counted, coded and erased as several",
    meaning="Whoever starts again in another browser gets another id. Ids are compared by the addresses "
    "and names in the participants table and beside the rows: an address makes a warning, unless the names "
    "beside it have no word in common; a full name alone (two words or more, of up to eight ids) makes a "
    "note. No ids are merged.",
    hint="sort the participants table by address and name, and leave the broken-off session out; when the "
    "person withdraws, archive-tool subject ids finds every id",
)

ROOM_UNKNOWN: Final = Code(
    name="REFERENCE-ROOM",
    severity=Severity.WARNING,
    message="rooms appear here and nowhere in events",
    meaning="Every room has events, where the bundle has events at all.",
    hint="download events of the same rooms",
)

ROOM_EXPERIMENTS: Final = Code(
    name="ROOM-MANY-EXPERIMENTS",
    severity=Severity.WARNING,
    message="a room belongs to more than one experiment",
    meaning="A room is one session of one experiment.",
    hint="check whether files of different studies were mixed",
)

TIME_ELSEWHEN: Final = Code(
    name="TIME-OUTSIDE-SESSION",
    severity=Severity.WARNING,
    message="rows lie more than 30 days from the events of their room",
    meaning="The rows of a room belong to its session: their times lie between the first and the last event "
    "of the room, or near them. Told by data type; recordings have a check of their own.",
    hint="check whether the room was used again, and whether these times are those of the session",
)

RECIPIENT_UNKNOWN: Final = Code(
    name="CHAT-RECIPIENT-UNKNOWN",
    severity=Severity.WARNING,
    message="messages are addressed to people who are not in the room",
    meaning="recipientIds are people who have rows in the same room, or words for everyone.",
    hint="ids were replaced in one of the exports, or a room's download is missing",
)

CHAT_DELETED: Final = Code(
    name="CHAT-DELETED",
    severity=Severity.NOTE,
    message="a message was deleted by its sender",
    meaning="Deleted messages may stay as rows; their content counts as withdrawn.",
    hint="nothing: the content is left out of every archive, whatever the policy says",
)

CONSENT_DECLINED: Final = Code(
    name="CONSENT-DECLINED",
    severity=Severity.WARNING,
    message="people who declined consent have data",
    meaning="Evidence of a refusal (event, outcome) and rows beyond those of consent and "
    "instructions.",
    hint="the ready policies leave these people out; delete them from the bundle too",
)

CONSENT_UNKNOWN: Final = Code(
    name="CONSENT-UNKNOWN",
    severity=Severity.WARNING,
    message="people have data and no evidence of consent",
    meaning="Consent can be switched off in the design, and older releases lost its events: "
    "no evidence is no refusal. A note where nobody has any.",
    hint="check the consent forms of the study; a policy can ask for evidence",
)
