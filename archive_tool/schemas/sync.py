"""Video synchronisation metrics of rooms with several people (seed-data-types.md, 5)."""

from __future__ import annotations

from typing import Final

from archive_tool.schemas.common import (
    DEPLOYMENT,
    EXPERIMENT,
    ONSET,
    PARTICIPANT,
    ROOM,
    STATE,
    TIMESTAMP,
)
from archive_tool.schemas.fields import Field, Kind, Sensitivity

FIELDS: Final = (
    Field(
        name="metricId",
        kind=Kind.RECORD,
        sensitivity=Sensitivity.RECORD,
        required=True,
        length=200,
        description="Metric id",
        source="S2",
    ),
    EXPERIMENT,
    ROOM,
    PARTICIPANT,
    DEPLOYMENT,
    STATE,
    TIMESTAMP,
    ONSET,
    Field(
        name="timeDrift",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        usual=True,
        unit="ms",
        description="Difference from the host; negative is behind",
        source="S2",
    ),
    Field(
        name="playbackRate",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="x",
        low=0,
        high=16,
        description="Playback speed",
        source="S2, VS",
    ),
    Field(
        name="syncQuality",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="0-1",
        low=0,
        high=1,
        description="0 is bad, 1 is perfect",
        source="S1, S2",
    ),
    Field(
        name="latency",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="ms",
        low=0,
        description="Network latency",
        source="S2",
    ),
    Field(
        name="bufferHealth",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="0-1",
        description="Fill of the playback buffer",
        source="S2",
    ),
)
