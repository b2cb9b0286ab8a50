"""Kinds of findings about ratings and their samples."""

from __future__ import annotations

from typing import Final

from archive_tool.model.findings import Code, Severity

OUT_OF_SCALE: Final = Code(
    name="RATINGS-OUT-OF-SCALE",
    severity=Severity.ERROR,
    message="a rating lies outside its own scale",
    meaning="rawValue lies in scaleMin to scaleMax. value may lie on the scale or be "
    "normalised (0 to 1 for continuous ratings; 0 to 100 for sparse ones that also have a "
    "rawValue).",
    hint="check whether scale and value belong to the same component",
)

SCALE_REVERSED: Final = Code(
    name="RATINGS-SCALE-REVERSED",
    severity=Severity.WARNING,
    message="the lower end of a scale is not below the upper end",
    meaning="scaleMin is less than scaleMax; ratings on other scales are not checked.",
    hint="check the scale in the experiment design",
)

NORMALIZED_MISMATCH: Final = Code(
    name="RATINGS-NORMALIZED-MISMATCH",
    severity=Severity.WARNING,
    message="the normalised value is not the raw value's place on the scale",
    meaning="normalizedValue = (rawValue - scaleMin) / (scaleMax - scaleMin), within 0.01, "
    "where both lie in their range.",
    hint="compute it from rawValue and the scale",
)

VALUE_MIXED: Final = Code(
    name="RATINGS-VALUE-MIXED",
    severity=Severity.WARNING,
    message="the value is neither the raw nor the normalised value, or the one in some rows and the "
    "other in others",
    meaning="The value of continuous ratings is the raw value in all rows, or the normalised "
    "one in all rows, within a hundredth of the scale. Told are the rows of the rarer kind.",
    hint="take means and courses of rawValue, or of normalizedValue",
)

RATINGS_GAPS: Final = Code(
    name="RATINGS-GAPS",
    severity=Severity.WARNING,
    message="continuous ratings have gaps",
    meaning="Samples come every 100-500 ms while somebody rates. A gap is more than a second "
    "and more than three usual intervals without one. A silence of half a minute in which "
    "everybody in the room is silent is a pause between two ratings.",
    hint="check the connection of these people, and whether the tab was in the background",
)

RATINGS_FEW: Final = Code(
    name="RATINGS-SAMPLES-MISSING",
    severity=Severity.WARNING,
    message="fewer rating samples than expected",
    meaning="Expected are the samples that came and those that the gaps lack at the usual "
    "interval of the person. Told below 90 percent.",
    hint="leave these series out of analyses of time, or interpolate and say so",
)

RATINGS_INTERVAL: Final = Code(
    name="RATINGS-INTERVAL",
    severity=Severity.WARNING,
    message="continuous ratings are sampled at an unusual interval",
    meaning="The median interval of a series of at least 20 samples lies between 90 and 550 "
    "ms; the platform documents 100 to 500.",
    hint="check the sampling rate in the design; an export may have been thinned out",
)

RATINGS_UNEQUAL: Final = Code(
    name="RATINGS-PARTNERS-UNEQUAL",
    severity=Severity.WARNING,
    message="people have less than half of their partner's rating samples",
    meaning="Partners in a room rate the same component for about the same time.",
    hint="check who left early or stopped rating, before comparing partners",
)
