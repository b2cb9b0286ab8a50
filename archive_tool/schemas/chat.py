"""Text chat (seed-data-types.md, 3). The subject of a row is its sender."""

from __future__ import annotations

from typing import Final

from archive_tool.schemas.common import DEPLOYMENT, EXPERIMENT, ONSET, ROOM, STATE, TIMESTAMP
from archive_tool.schemas.fields import Field, Kind, Leaf, Sensitivity

FIELDS: Final = (
    Field(
        name="messageId",
        kind=Kind.RECORD,
        sensitivity=Sensitivity.RECORD,
        required=True,
        length=200,
        description="Message id",
        source="S2",
        aliases=("id",),
    ),
    EXPERIMENT,
    ROOM,
    DEPLOYMENT,
    STATE,
    Field(
        name="senderId",
        kind=Kind.ID,
        sensitivity=Sensitivity.PERSON,
        required=True,
        length=200,
        description="Who wrote it: a participantId",
        source="S1, S2",
    ),
    Field(
        name="senderName",
        kind=Kind.TEXT,
        sensitivity=Sensitivity.NAME,
        description="Name the sender gave",
        source="S2",
    ),
    Field(
        name="content",
        kind=Kind.TEXT,
        sensitivity=Sensitivity.TEXT,
        usual=True,
        description="The message, line breaks kept",
        source="S2",
    ),
    TIMESTAMP,
    ONSET,
    Field(
        name="recipientIds",
        kind=Kind.JSON,
        sensitivity=Sensitivity.PERSON,
        leaves=(
            Leaf(path="[]", sensitivity=Sensitivity.PERSON, description="A participantId"),
            Leaf(
                path="",
                sensitivity=Sensitivity.PERSON,
                description="A participantId, or a word like all",
            ),
        ),
        description="Who it was sent to, where it was targeted",
        source="S1, S2",
        aliases=("recipient",),
    ),
    Field(
        name="messageType",
        kind=Kind.LABEL,
        sensitivity=Sensitivity.HARMLESS,
        length=100,
        description="Kind of message",
        source="S2",
    ),
    Field(
        name="deleted",
        kind=Kind.FLAG,
        sensitivity=Sensitivity.HARMLESS,
        description="Deleted by its sender: the content counts as withdrawn",
        source="TC",
    ),
)
