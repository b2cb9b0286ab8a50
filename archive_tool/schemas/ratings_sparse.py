"""Sparse ratings: one row per answer on a scale (seed-data-types.md, 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archive_tool.schemas.common import (
    ANSWER_LEAVES,
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
from archive_tool.schemas.fields import Field, Kind, Leaf, Sensitivity

_PAUSE_LEAVES: Final = (
    Leaf(path="videoId", sensitivity=Sensitivity.HARMLESS, description="Stimulus"),
    Leaf(path="pauseIndex", sensitivity=Sensitivity.HARMLESS, description="Pause counted from 0"),
    Leaf(
        path="videoRelativeTime",
        sensitivity=Sensitivity.HARMLESS,
        description="ms into the stimulus",
    ),
    Leaf(path="pauseTimestamp", sensitivity=Sensitivity.TIME, description="Epoch ms"),
    Leaf(path="componentType", sensitivity=Sensitivity.HARMLESS, description="Type of rating"),
    Leaf(path="mediaPauseOnset", sensitivity=Sensitivity.HARMLESS, description="ms"),
    Leaf(path="mediaResumeOnset", sensitivity=Sensitivity.HARMLESS, description="ms"),
    Leaf(path="actualPauseDuration", sensitivity=Sensitivity.HARMLESS, description="ms"),
    Leaf(
        path="previousRatings.*",
        sensitivity=Sensitivity.MEASURE,
        description="Earlier rating by stimulus",
    ),
    *(
        Leaf(
            path=f"componentData.{leaf.path}",
            sensitivity=leaf.sensitivity,
            description=leaf.description,
        )
        for leaf in ANSWER_LEAVES
        if leaf.path and not leaf.path.startswith("[")
    ),
)

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
        kind=Kind.JSON,
        is_number=True,
        sensitivity=Sensitivity.ANSWER,
        leaves=ANSWER_LEAVES,
        description="The rating: a number on the scale, 0-100 in later exports, or an answer of "
        "another kind; null when nothing was given",
        source="S2, FX, SR2",
    ),
    Field(
        name="rawValue",
        kind=Kind.JSON,
        is_number=True,
        sensitivity=Sensitivity.ANSWER,
        leaves=ANSWER_LEAVES,
        description="Rating on its own scale, in later exports",
        source="FX",
    ),
    Field(
        name="responseTime",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="ms",
        low=0,
        description="Time taken to answer; null when timed out",
        source="S2, SR2",
    ),
    SCALE_MIN,
    SCALE_MAX,
    Field(
        name="labels",
        kind=Kind.JSON,
        sensitivity=Sensitivity.HARMLESS,
        leaves=(
            Leaf(
                path="min", sensitivity=Sensitivity.HARMLESS, description="Label of the lower end"
            ),
            Leaf(
                path="max", sensitivity=Sensitivity.HARMLESS, description="Label of the upper end"
            ),
        ),
        description="Labels of the scale",
        source="S1, S2",
    ),
    Field(
        name="type",
        kind=Kind.LABEL,
        sensitivity=Sensitivity.HARMLESS,
        length=100,
        description="sparse",
        source="FX",
    ),
    STATE,
    STIMULUS,
    Field(
        name="stimulusTime",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="ms",
        description="Time into the stimulus",
        source="FX",
    ),
    Field(
        name="confidence",
        kind=Kind.JSON,
        is_number=True,
        sensitivity=Sensitivity.MEASURE,
        leaves=(Leaf(path="", sensitivity=Sensitivity.MEASURE, description="Confidence"),),
        description="Confidence; only null has been seen",
        source="FX",
    ),
    Field(
        name="metadata",
        kind=Kind.JSON,
        sensitivity=Sensitivity.TEXT,
        leaves=(
            Leaf(path="question", sensitivity=Sensitivity.TEXT, description="Question as shown"),
            Leaf(
                path="dimension",
                sensitivity=Sensitivity.QUASI,
                description="Label of the dimension",
            ),
            Leaf(
                path="componentType", sensitivity=Sensitivity.HARMLESS, description="Type of rating"
            ),
            Leaf(
                path="sampleIndex",
                sensitivity=Sensitivity.HARMLESS,
                description="Sample counted from 0",
            ),
            Leaf(path="roomId", sensitivity=Sensitivity.ROOM, description="Room"),
            Leaf(path="roomName", sensitivity=Sensitivity.ROOM, description="Room"),
            Leaf(path="experimentId", sensitivity=Sensitivity.HARMLESS, description="Experiment"),
        ),
        description="Question and dimension",
        source="FX",
    ),
    Field(
        name="ratingEndOnset",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="ms",
        description="onset + responseTime",
        source="FX",
    ),
    Field(
        name="sparseRatingData",
        kind=Kind.JSON,
        sensitivity=Sensitivity.ANSWER,
        leaves=_PAUSE_LEAVES,
        description="The pause in the stimulus and the answer in it",
        source="FX",
    ),
    Field(
        name="stateStartTime",
        kind=Kind.TIME,
        sensitivity=Sensitivity.TIME,
        unit="UTC, ISO 8601",
        description="When the state began",
        source="FX",
    ),
    Field(
        name="stateDuration",
        kind=Kind.NUMBER,
        sensitivity=Sensitivity.HARMLESS,
        unit="ms",
        description="How long the state lasted",
        source="FX",
    ),
    Field(
        name="submitted",
        kind=Kind.FLAG,
        sensitivity=Sensitivity.HARMLESS,
        since="v0.7.4",
        description="False when the window closed first",
        source="SR2",
    ),
    Field(
        name="timedOut",
        kind=Kind.FLAG,
        sensitivity=Sensitivity.HARMLESS,
        since="v0.7.4",
        description="The time ran out",
        source="SR2",
    ),
    Field(
        name="endReason",
        kind=Kind.LABEL,
        sensitivity=Sensitivity.HARMLESS,
        length=200,
        since="v0.7.4",
        description="Why the rating ended",
        source="SR2",
    ),
    Field(
        name="interacted",
        kind=Kind.FLAG,
        sensitivity=Sensitivity.HARMLESS,
        since="v0.7.4",
        description="The scale was touched",
        source="SR2",
    ),
    Field(
        name="interactedDimensions",
        kind=Kind.JSON,
        sensitivity=Sensitivity.MEASURE,
        since="v0.7.4",
        leaves=(
            Leaf(path="*", sensitivity=Sensitivity.MEASURE, description="Touched, by dimension"),
        ),
        description="Which dimensions were touched",
        source="SR2",
    ),
    Field(
        name="previousRating",
        kind=Kind.JSON,
        sensitivity=Sensitivity.MEASURE,
        leaves=(
            Leaf(path="", sensitivity=Sensitivity.MEASURE, description="Earlier rating"),
            Leaf(
                path="*", sensitivity=Sensitivity.MEASURE, description="Earlier rating by stimulus"
            ),
        ),
        description="Earlier rating",
        source="SR",
        aliases=("previousRatings",),
    ),
    RAW_ONSET,
    CLOCK_OFFSET,
)
