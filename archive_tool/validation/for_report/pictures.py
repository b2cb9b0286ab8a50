"""Ratings over time and sync drift, added up batch by batch for the report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from archive_tool.model.datatypes import RATINGS, SYNC
from archive_tool.model.pictures import (
    DRIFT_EDGES,
    FAR_MS,
    MOST_BINS,
    MOST_ROOMS,
    NEAR_MS,
    Coverage,
    Drift,
    DriftBands,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.validation.view import View

FIRST: Final = -3600
LAST: Final = 24 * 3600
"""Seconds from the start of a room that a picture can show."""
_WIDTHS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)
"""Seconds that a bin may be wide."""

Counts = npt.NDArray[np.int64]


def _no_seconds() -> Counts:
    return np.zeros(LAST - FIRST, dtype=np.int64)


@dataclass(kw_only=True)
class RatingTimes:
    """How many ratings fall into each second of a session."""

    _seconds: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(_no_seconds))
    _outside: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, view: View) -> None:
        """Count the ratings of a batch."""
        if view.data_type not in RATINGS:
            return
        if not view.has("onset"):
            self._outside[view.data_type] += view.table.num_rows
            return
        second = np.floor(view.numbers("onset") / 1000)
        usable = (second >= FIRST) & (second < LAST)
        places = (second[usable] - FIRST).astype(np.int64)
        if len(places):
            found = np.bincount(places)
            self._seconds[view.data_type][: len(found)] += found
        self._outside[view.data_type] += len(second) - len(places)

    def finish(self) -> tuple[Coverage, ...]:
        """Give one picture per rating type."""
        return tuple(self._coverage(name) for name in RATINGS if self._seconds[name].any())

    def _coverage(self, data_type: str) -> Coverage:
        seconds = self._seconds[data_type]
        used = np.flatnonzero(seconds)
        low, high = int(used[0]) + FIRST, int(used[-1]) + FIRST
        width = next((w for w in _WIDTHS if (high - low) // w + 2 <= MOST_BINS), _WIDTHS[-1])
        start = low // width * width
        places = (used + FIRST - start) // width
        counts = np.bincount(places, weights=seconds[used]).astype(np.int64)
        return Coverage(
            data_type=data_type,
            start_ms=start * 1000,
            bin_ms=width * 1000,
            counts=tuple(counts.tolist()),
            outside=self._outside[data_type],
        )


@dataclass(kw_only=True)
class SyncDrift:
    """How many sync rows drift how far, by room."""

    _bands: defaultdict[str, Counts] = field(
        default_factory=lambda: defaultdict(lambda: np.zeros(3, dtype=np.int64))
    )
    _counts: Counts = field(default_factory=lambda: np.zeros(len(DRIFT_EDGES) + 1, dtype=np.int64))

    def add(self, view: View) -> None:
        """Count the rows of a batch."""
        if view.data_type != SYNC.name or not view.has("timeDrift"):
            return
        groups = view.groups
        drift = groups.sort(view.numbers("timeDrift"))
        size = np.abs(drift)
        masks = size < NEAR_MS, (size >= NEAR_MS) & (size <= FAR_MS), size > FAR_MS
        sums = [np.add.reduceat(mask.astype(np.int64), groups.starts) for mask in masks]
        for (name, _, _), counts in zip(groups, np.stack(sums, axis=1), strict=True):
            self._bands[name.room] += counts
        places = np.searchsorted(DRIFT_EDGES, drift[~np.isnan(drift)], side="right")
        self._counts += np.bincount(places, minlength=len(self._counts))

    def finish(self, labels: Mapping[str, str]) -> Drift | None:
        """Give the picture; rooms under their labels, those with the most drift first."""
        if not self._counts.any():
            return None
        rooms = [_bands(labels[room], n) for room, n in self._bands.items() if room in labels]
        rooms.sort(key=worst_first)
        return Drift(
            total=_bands("", np.sum(list(self._bands.values()), axis=0)),
            rooms=tuple(rooms[:MOST_ROOMS]),
            rooms_omitted=max(0, len(rooms) - MOST_ROOMS),
            counts=tuple(self._counts.tolist()),
        )


def worst_first(bands: DriftBands) -> tuple[float, int, str]:
    """Sort rooms, those with the most drift first."""
    return -bands.above_500 / max(1, bands.rows), -bands.to_500, bands.room


def _bands(label: str, counts: Counts) -> DriftBands:
    below, middle, above = counts.tolist()
    return DriftBands(room=label, below_100=below, to_500=middle, above_500=above)
