"""What is particular to recordings and to chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc

from archive_tool.ingest.arrow import as_mask, one_array
from archive_tool.model.datatypes import CHAT, RECORDINGS
from archive_tool.schemas.frames import words
from archive_tool.validation.codes.people import CHAT_DELETED
from archive_tool.validation.codes.recordings import (
    DURATION_MISMATCH,
    RECORDING_COMPOSITE,
    RECORDING_ORPHAN,
    RECORDING_UNFINISHED,
    TIME_REVERSED,
)

if TYPE_CHECKING:
    from archive_tool.validation.tally import Tally
    from archive_tool.validation.view import View

FINISHED: Final = frozenset({"", "completed", "complete"})
"""States of a recording that has a media file, letters only; older releases give none."""
_COMPOSITE: Final = '"recordingType":"composite"'
"""As canonical JSON says it."""


def check_recordings(view: View, found: Tally) -> None:
    """Check that recordings are finished, end after they start, last that long, and show one person."""
    if view.data_type != RECORDINGS.name:
        return
    nobody = view.rule(RECORDING_ORPHAN, "participantId", "a person")
    found.add(nobody, view.at[view.codes("participantId")[0] < 0])
    if view.has("status"):
        state, names = view.codes("status")
        open_ = [code for code, word in enumerate(names) if words(word) not in FINISHED]
        unfinished = view.rule(RECORDING_UNFINISHED, "status", "completed")
        found.add(unfinished, view.at[np.isin(state, open_)])
    if view.has("metadata"):
        composite = pc.match_substring(one_array(view.table["metadata"]), _COMPOSITE)
        together = view.rule(RECORDING_COMPOSITE, "metadata", "one person")
        found.add(together, view.at[as_mask(composite)])
    if not view.has("startTime", "endTime"):
        return
    length = view.millis("endTime") - view.millis("startTime")
    reversed_ = view.rule(TIME_REVERSED, "endTime", "startTime <= endTime")
    found.add(reversed_, view.at[length < 0])
    if view.has("duration"):
        off = np.abs(view.numbers("duration") - length) > np.maximum(1000.0, 0.01 * length)
        other = view.rule(DURATION_MISMATCH, "duration", "duration = endTime - startTime")
        found.add(other, view.at[off & (length >= 0)])


def check_chat(view: View, found: Tally) -> None:
    """Count deleted messages."""
    if view.data_type != CHAT.name or not view.has("deleted"):
        return
    rule = view.rule(CHAT_DELETED, "deleted", "not deleted")
    found.add(rule, view.at[as_mask(view.table["deleted"])])
