"""Time as the rows tell it: plausible dates and onsets, clock correction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.model.findings import Severity
from archive_tool.schemas import FIELDS, Kind
from archive_tool.validation.codes.times import (
    CLOCK_CORRECTION,
    ONSET_IMPLAUSIBLE,
    TIME_IMPLAUSIBLE,
)

if TYPE_CHECKING:
    from archive_tool.validation.tally import Tally
    from archive_tool.validation.view import View

LONGEST_ONSET: Final = 30 * 86_400_000.0
"""ms."""
_OWN_CLOCK: Final = "clientTimestamp"
"""The participant's own clock, which may be set to anything."""


def check_window(view: View, found: Tally) -> None:
    """Check that times lie between 2015 and now."""
    for field in FIELDS[view.data_type]:
        if field.kind is not Kind.TIME or not view.has(field.name):
            continue
        millis = view.millis(field.name)
        if np.nanmin(millis) >= view.earliest and np.nanmax(millis) <= view.latest:
            continue
        severity = Severity.WARNING if field.name == _OWN_CLOCK else None
        for check, bad in (
            (f"2015-01-01 <= {field.name}", millis < view.earliest),
            (f"{field.name} <= day of validation", millis > view.latest),
        ):
            found.add(view.rule(TIME_IMPLAUSIBLE, field.name, check, severity), view.at[bad])


def check_onset(view: View, found: Tally) -> None:
    """Check that onsets lie near the start, and follow from the raw onset."""
    if not view.has("onset"):
        return
    onset = view.numbers("onset")
    far = view.rule(ONSET_IMPLAUSIBLE, "onset", "-30 days <= onset <= 30 days")
    found.add(far, view.at[np.abs(onset) > LONGEST_ONSET])
    if view.has("rawOnset", "clockOffsetApplied"):
        corrected = view.numbers("rawOnset") - view.numbers("clockOffsetApplied")
        check = "onset = rawOnset - clockOffsetApplied"
        clock = view.rule(CLOCK_CORRECTION, "onset", check)
        found.add(clock, view.at[np.abs(corrected - onset) > 1.0])
