"""Continuous ratings, a row every 100 to 500 ms (seed-data-types.md, 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archive_tool.schemas.common import (
    CLOCK_OFFSET,
    COMPONENT,
    DEPLOYMENT,
    EXPERIMENT,
    ONSET,
    PARTICIPANT,
    RATING,
    RAW_ONSET,
    ROOM,
    SCALE_MAX,
    SCALE_MIN,
    STATE,
    STIMULUS,
    TIMESTAMP,
)
from archive_tool.schemas.fields import Field, Kind, Sensitivity

FIELDS: Final = (
    RATING,
    EXPERIMENT,
    ROOM,
    PARTICIPANT,
    DEPLOYMENT,
    replace(COMPONENT, usual=True),
    TIMESTAMP,
    ONSET,
    Field(
        name="value",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.MEASURE,
        usual=True,
        unit="0-1 or scale units",
        description="Rating, normalised or raw",
        source="S1, S2",
    ),
    Field(
        name="normalizedValue",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.MEASURE,
        unit="0-1",
        low=0,
        high=1,
        description="Rating as a share of the scale",
        source="S2",
    ),
    Field(
        name="rawValue",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.MEASURE,
        unit="scale units",
        description="Rating on its own scale",
        source="S2, CR",
    ),
    SCALE_MIN,
    SCALE_MAX,
    STATE,
    STIMULUS,
    Field(
        name="state",
        kind=Kind.LABEL,
        sensitivity=Sensitivity.HARMLESS,
        length=500,
        description="State in the raw sample",
        source="CR",
    ),
    Field(
        name="videoTime",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="s",
        description="Playback time of the stimulus",
        source="CR, V2",
        aliases=("mediaTime",),
    ),
    RAW_ONSET,
    CLOCK_OFFSET,
)
