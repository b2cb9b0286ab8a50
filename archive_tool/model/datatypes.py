"""The data types of the platform, and which of them an archive holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class DataType:
    """One data type of the contract (seed-data-types.md)."""

    name: str
    """The platform's endpoint name, e.g. ``ratings/continuous``."""
    scope: str
    """The platform's read scope; it is also the name of our key scope."""
    record_id: str | None
    """Column with the id of a record; None where records have none (components)."""
    subject: str
    """Column that says whose row it is."""
    between_people: bool = False
    """Its rows are about what people of a room do together: summaries count the rooms as well."""

    @property
    def stem(self) -> str:
        """The name as a file or folder name."""
        return self.name.replace("/", "_")


EVENTS: Final = DataType(
    name="events", scope="read:events", record_id="id", subject="participantId"
)
RECORDINGS: Final = DataType(
    name="recordings", scope="read:recordings", record_id="recordingId", subject="participantId"
)
CHAT: Final = DataType(
    name="chat",
    scope="read:chat",
    record_id="messageId",
    subject="senderId",
    between_people=True,
)
CONTINUOUS: Final = DataType(
    name="ratings/continuous", scope="read:ratings", record_id="ratingId", subject="participantId"
)
SPARSE: Final = DataType(
    name="ratings/sparse", scope="read:ratings", record_id="ratingId", subject="participantId"
)
SYNC: Final = DataType(
    name="sync",
    scope="read:sync",
    record_id="metricId",
    subject="participantId",
    between_people=True,
)
COMPONENTS: Final = DataType(
    name="components", scope="read:components", record_id=None, subject="participantId"
)

WITH_SCHEMA: Final = (EVENTS, RECORDINGS, CHAT, CONTINUOUS, SPARSE, SYNC, COMPONENTS)
"""The contract: the types that have a schema and can be archived."""

RATINGS: Final = (CONTINUOUS.name, SPARSE.name)
"""Types with a scale, whose rows name the component that was rated."""

READ_SCOPES: Final = tuple(dict.fromkeys(data_type.scope for data_type in WITH_SCHEMA))
"""Read scopes of the types that archives hold; both kinds of ratings share one."""

BY_NAME: Final = {data_type.name: data_type for data_type in WITH_SCHEMA}

ROSTER: Final = ("participants", "agent_runs")
"""Read for who is a person and who is an agent; never archived."""

WITHOUT_SCHEMA: Final = (
    "participants",
    "agent_runs",
    "rooms",
    "videochat",
    "questionnaire",
    "instructions",
    "consent",
    "eyetracking",
    "variables",
    "agent_decisions",
    "deployments",
    "experiments",
    "counts",
)
"""Known to the platform, inventoried and reported, left out of archives.

``questionnaire``, ``instructions`` and ``consent`` exports are event rows and are read as events.
"""

MEDIA: Final = "media"
"""What archives and grants call sealed recordings; a type without rows, of which there is no schema."""

SHARED_SUBJECT: Final = ""
"""The subject of rows that are about nobody."""
