"""Kinds of findings about rows that sessions should have left, and have not or twice."""

from __future__ import annotations

from typing import Final

from archive_tool.model.findings import Code, Severity

NO_ROWS: Final = Code(
    name="BUNDLE-WITHOUT-ROWS",
    severity=Severity.WARNING,
    message="the bundle has no row of any data type that is archived",
    meaning="A bundle has rows of at least one data type that is archived. Tables with a header "
    "and nothing below it come from a filter that was active, or from a room nobody entered.",
    hint="look at the other findings; else export again without filters",
)

TYPE_ABSENT: Final = Code(
    name="TYPE-ABSENT",
    severity=Severity.NOTE,
    message="the bundle has no rows of this data type",
    meaning="Which data types of those that are archived are missing, and the usual reason.",
    hint="check the participants table of the platform for the data that is available",
)

EVENTS_ABSENT: Final = Code(
    name="EVENTS-ABSENT",
    severity=Severity.WARNING,
    message="the bundle has no events although people did something",
    meaning="Every session makes events; without them, references cannot be checked and "
    "consent is unknown.",
    hint="download events of the same rooms",
)

TYPE_ABSENT_ROOM: Final = Code(
    name="TYPE-ABSENT-ROOM",
    severity=Severity.NOTE,
    message="rooms have no rows of a type that other rooms have",
    meaning="Every room is compared with the bundle, and the reason is worked out from the "
    "other types: one person alone, no such component in the events, everybody left early, "
    "consent declined. Where the events say that there should be rows, it is a warning.",
    hint="a room whose reason does not convince: download this type of the room again",
)

PARTNER_ABSENT: Final = Code(
    name="PARTNER-WITHOUT-ROWS",
    severity=Severity.WARNING,
    message="people have no rows although their partners in the same room have",
    meaning="In rooms of several people, those without rows of a type that a partner has are counted. "
    "One host per room has no sync rows, and chat needs nobody.",
    hint="check who left early or refused the camera; or a download by participant is missing",
)

STATE_UNPAIRED: Final = Code(
    name="STATE-UNPAIRED",
    severity=Severity.WARNING,
    message="states are entered and left an unequal number of times",
    meaning="For people with exit events: every state that is left was entered, and all but "
    "the last are left.",
    hint="the events of this room are incomplete, or the person was disconnected",
)

COMPONENT_UNSHOWN: Final = Code(
    name="COMPONENT-NOT-SHOWN",
    severity=Severity.WARNING,
    message="components were rated that nothing shows",
    meaning="Rated components appear in events or among the components, where these know any "
    "component of that kind.",
    hint="download events and components of the same rooms",
)

ROWS_REPEATED: Final = Code(
    name="ROWS-REPEATED",
    severity=Severity.WARNING,
    message="rows say the same within a second under different ids",
    meaning="Releases before v0.6.34 wrote one answer as several events. Events that come in "
    "bursts by nature (pulses, triggers, media, sync) are not looked at. Of continuous "
    "ratings, two samples of one component at the same instant that follow each other in one page or "
    "file; of sync metrics, two with the same figures. All rows are kept.",
    hint="count such answers once in an analysis",
)

COMPONENTS_DIFFER: Final = Code(
    name="COMPONENTS-DIFFER",
    severity=Severity.WARNING,
    message="rows tell of a component at an instant what another download tells otherwise",
    meaning="Components have no record id: only equal rows of overlapping downloads count once. Where "
    "one was corrected in between (its variables, its configuration), both versions stay. Rows of "
    "one component, state, person, room and time are compared; without a time they are definitions, "
    "of which there may be several.",
    hint="archive without the download that is out of date, or choose one version in an analysis",
)
