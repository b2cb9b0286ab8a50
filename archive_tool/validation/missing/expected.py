"""Rows that people leave because the design asks for them, type by type, and what their lack means.

All data types but two are here: events say what was shown, components define it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import CHAT, CONTINUOUS, RECORDINGS, SPARSE, SYNC

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is known beforehand of the rows of one data type."""

    shown_as: frozenset[str]
    """Component types without which a room has no such rows, letters only."""
    if_absent: str
    """Usual reasons why a whole bundle has none."""
    if_not_shown: str
    """Says that the events of a room show no such component."""


EXPECTED: Final[Mapping[str, Expected]] = {
    RECORDINGS.name: Expected(
        shown_as=frozenset({"videochat", "audiorecording"}),
        if_absent="no camera or recording in the design, permission refused, or not downloaded",
        if_not_shown="no video chat in the events",
    ),
    CHAT.name: Expected(
        shown_as=frozenset({"textchat"}),
        if_absent="no chat in the design, nobody wrote, or not downloaded",
        if_not_shown="no chat in the events: it was not required",
    ),
    CONTINUOUS.name: Expected(
        shown_as=frozenset({"continuousrating"}),
        if_absent="no continuous rating in the design, or not downloaded",
        if_not_shown="no continuous rating in the events",
    ),
    SPARSE.name: Expected(
        # "VAS scales, Likert scales, etc." (seed-data-types.md, section 4)
        shown_as=frozenset({"sparserating", "vasrating", "likertscale", "rapidrate", "rating"}),
        if_absent="no sparse rating in the design, or not downloaded: the documented download "
        "script does not fetch this type",
        if_not_shown="no sparse rating in the events",
    ),
    SYNC.name: Expected(
        shown_as=frozenset({"showvideo"}),
        if_absent="no synchronised video in the design, or not downloaded",
        if_not_shown="no video in the events",
    ),
}
