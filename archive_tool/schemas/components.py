"""Components: definitions with variables, or responses in later exports (seed-data-types.md, 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archive_tool.schemas.common import (
    ANSWER_LEAVES,
    COMPONENT,
    COMPONENT_TYPES,
    DEPLOYMENT,
    EXPERIMENT,
    ONSET,
    PARTICIPANT,
    ROOM,
    STATE,
    STIMULUS,
    STIMULUS_CAPTION,
    STIMULUS_URL,
    TIMESTAMP,
    VARIABLE,
)
from archive_tool.schemas.fields import Field, Kind, Leaf, Sensitivity

FIELDS: Final = (
    replace(COMPONENT, required=True),
    Field(
        name="componentType",
        kind=Kind.LABEL,
        sensitivity=Sensitivity.HARMLESS,
        usual=True,
        length=200,
        description="Type of component; spellings vary",
        source="S2",
        enum=COMPONENT_TYPES,
    ),
    EXPERIMENT,
    replace(ROOM, required=False),
    replace(PARTICIPANT, required=False),
    DEPLOYMENT,
    STATE,
    Field(
        name="config",
        kind=Kind.JSON,
        sensitivity=Sensitivity.HARMLESS,
        leaves=(
            Leaf(
                path="videoUrl",
                sensitivity=Sensitivity.LOCATOR,
                description="Address of a stimulus",
            ),
            Leaf(
                path="imageUrl",
                sensitivity=Sensitivity.LOCATOR,
                description="Address of a stimulus",
            ),
            Leaf(path="autoplay", sensitivity=Sensitivity.HARMLESS, description="Starts by itself"),
            Leaf(path="controls", sensitivity=Sensitivity.HARMLESS, description="Shows controls"),
            Leaf(
                path="prompt",
                sensitivity=Sensitivity.TEXT,
                description="Text shown; variables may be filled in",
            ),
            Leaf(path="question", sensitivity=Sensitivity.TEXT, description="Text shown"),
            Leaf(path="text", sensitivity=Sensitivity.TEXT, description="Text shown"),
            Leaf(
                path="options[]",
                sensitivity=Sensitivity.HARMLESS,
                description="Options of a choice",
            ),
            Leaf(
                path="min", sensitivity=Sensitivity.HARMLESS, description="Lower end of the scale"
            ),
            Leaf(
                path="max", sensitivity=Sensitivity.HARMLESS, description="Upper end of the scale"
            ),
            Leaf(path="step", sensitivity=Sensitivity.HARMLESS, description="Step of the scale"),
            Leaf(path="duration", sensitivity=Sensitivity.HARMLESS, description="Duration"),
            Leaf(path="required", sensitivity=Sensitivity.HARMLESS, description="Must be answered"),
        ),
        description="Configuration of the component",
        source="S2",
    ),
    replace(TIMESTAMP, required=False),
    ONSET,
    Field(
        name="variableSnapshot",
        kind=Kind.JSON,
        sensitivity=Sensitivity.NAME,
        leaves=(
            Leaf(
                path="condition",
                sensitivity=Sensitivity.QUASI,
                description="Experimental condition",
            ),
            VARIABLE,
        ),
        description="Variables when the component was shown",
        source="S2, VAR",
    ),
    Field(
        name="response",
        kind=Kind.JSON,
        sensitivity=Sensitivity.ANSWER,
        leaves=ANSWER_LEAVES,
        description="The participant's answer, in later exports",
        source="DT",
    ),
    Field(
        name="responseTime",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="ms",
        low=0,
        description="Time taken to answer",
        source="DT",
    ),
    Field(
        name="completed",
        kind=Kind.FLAG,
        sensitivity=Sensitivity.HARMLESS,
        description="The component was completed",
        source="DT",
    ),
    STIMULUS,
    STIMULUS_URL,
    STIMULUS_CAPTION,
)
