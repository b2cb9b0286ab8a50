"""What is kept of all batches, because no batch alone can tell it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from archive_tool.validation.across_types.media import Recordings
from archive_tool.validation.across_types.presence import Presence
from archive_tool.validation.across_types.recipients import Recipients
from archive_tool.validation.across_types.shown import Shown
from archive_tool.validation.across_types.twins import Twins
from archive_tool.validation.across_types.versions import Versions
from archive_tool.validation.for_report.pictures import RatingTimes, SyncDrift
from archive_tool.validation.one_type.samples import Samples
from archive_tool.validation.one_type.states import States
from archive_tool.validation.one_type.zeros import RoomZeros

if TYPE_CHECKING:
    from archive_tool.validation.view import View


@dataclass(frozen=True, kw_only=True, repr=False)
class Observers:
    """One of each kind, shown every batch with ``add(view)`` and asked at the end.

    Hold ids: nothing of them may be printed.
    """

    zeros: RoomZeros = field(default_factory=RoomZeros)
    """Where the onsets of every room begin."""
    presence: Presence = field(default_factory=Presence)
    """Who has rows of which types in which rooms, and from when to when."""
    shown: Shown = field(default_factory=Shown)
    """What the events and components of a room put before people."""
    samples: Samples = field(default_factory=Samples)
    """Instants of continuous ratings."""
    states: States = field(default_factory=States)
    """Entries and exits."""
    recipients: Recipients = field(default_factory=Recipients)
    """To whom chat was sent."""
    recordings: Recordings = field(default_factory=Recordings)
    """Recordings and where their files should lie."""
    rating_times: RatingTimes = field(default_factory=RatingTimes)
    """Coverage of ratings over time, for the report."""
    drift: SyncDrift = field(default_factory=SyncDrift)
    """Sync rows by drift, for the report."""
    twins: Twins = field(default_factory=Twins)
    """What everybody's rows say, ids left aside."""
    versions: Versions = field(default_factory=Versions)
    """What different downloads say of components."""

    def add(self, view: View) -> None:
        """Show a batch to all of them."""
        for each in fields(self):
            getattr(self, each.name).add(view)
