"""Continuous ratings as series of samples: interval, gaps, received against expected.

The platform samples every 100-500 ms while somebody rates (seed-data-types.md, 4). The usual
interval of a series is its median; what is missing is measured by it. Four bytes are kept per
rating, so that neither the order of the files nor overlapping downloads matter.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from archive_tool.model.datatypes import CONTINUOUS
from archive_tool.model.findings import Finding, Rows, finding
from archive_tool.validation.codes.ratings import (
    RATINGS_FEW,
    RATINGS_GAPS,
    RATINGS_INTERVAL,
    RATINGS_UNEQUAL,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive_tool.validation.groups import Group, Groups
    from archive_tool.validation.view import Floats, View

SHORTEST, LONGEST = 90.0, 550.0
"""ms: the documented 100-500 with room for timers."""
GAP: Final = 1000
"""ms without a sample that are a gap, if they are also ``TIMES`` usual intervals."""
TIMES: Final = 3
BREAK: Final = 30_000
"""ms: a longer silence is a pause between two ratings, unless a partner's samples go on."""
FEWEST: Final = 20
"""Samples below which a series has no usual interval."""
ENOUGH: Final = 0.9
"""Share of the expected samples that is complete enough."""
FAR_LESS: Final = 0.5
"""Share of the partner's samples below which people are told apart."""
_LIMIT: Final = float(2**29)
"""ms from the start, 6 days: instants and the time between two of them fit in 32 bits."""

Millis = npt.NDArray[np.int32]
_NONE: Final[Millis] = np.empty((0, 2), dtype=np.int32)


@dataclass(frozen=True, kw_only=True)
class Series:
    """The samples of one person for one component in one room."""

    group: Group
    times: Millis
    """Distinct instants, in order: ms from the start of the room."""

    @cached_property
    def interval(self) -> float:
        """Usual time between two samples in ms; NaN for a series that is too short."""
        return _median(np.diff(self.times)) if len(self.times) >= FEWEST else float("nan")

    @cached_property
    def silences(self) -> Millis:
        """From and to of every stretch without samples, one per row."""
        if len(self.times) < FEWEST:
            return _NONE
        found = np.flatnonzero(np.diff(self.times) > max(GAP, TIMES * self.interval))
        return np.stack([self.times[found], self.times[found + 1]], axis=1) if len(found) else _NONE


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A series and what is missing from it."""

    series: Series
    gaps: Millis
    """From and to, one per row: silences that are no pause between two ratings."""
    expected: int
    """Samples received and those that the gaps lack."""

    @property
    def longest(self) -> int:
        """Ms of the longest gap; 0 without one."""
        return int((self.gaps[:, 1] - self.gaps[:, 0]).max(initial=0))

    @property
    def lost(self) -> int:
        """Ms of all gaps."""
        return int((self.gaps[:, 1].astype(np.int64) - self.gaps[:, 0]).sum())


@dataclass(kw_only=True)
class Samples:
    """The instants of all continuous ratings."""

    _onsets: defaultdict[Group, list[Millis]] = field(default_factory=lambda: defaultdict(list))
    """Ms from the start of the room, an array per batch; an empty one for rows without an onset."""
    _clocks: defaultdict[Group, list[Millis]] = field(default_factory=lambda: defaultdict(list))
    """Of rows without an onset: ms from the first of them in their room."""
    _base: dict[str, float] = field(default_factory=dict)
    """Room → time of that row, ms since 1970."""

    def add(self, view: View) -> None:
        """Note the instants of a batch: onsets, and times where a row has none."""
        if view.data_type != CONTINUOUS.name:
            return
        groups = view.groups
        onset = groups.sort(view.numbers("onset"))
        _add(self._onsets, groups, onset)
        without = np.isnan(onset)
        if not without.any() or not view.has("timestamp"):
            return
        clock = np.where(without, groups.sort(view.clock("timestamp")), np.nan)
        for name, start, end in groups:
            known = np.flatnonzero(~np.isnan(clock[start:end]))
            if len(known):
                clock[start:end] -= self._base.setdefault(name.room, float(clock[start + known[0]]))
        _add(self._clocks, groups, clock)

    def finish(self, starts: Mapping[str, float]) -> list[Rated]:
        """Look at every series, those of a room together; ``starts`` of rooms in ms since 1970.

        Times are used in rooms where no row has an onset.
        """
        with_onsets = {group.room for group, some in self._onsets.items() if any(map(len, some))}
        by_rating: defaultdict[tuple[str, str], list[Series]] = defaultdict(list)
        for group, onsets in self._onsets.items():
            has_onsets = group.room in with_onsets or group not in self._clocks
            times = _distinct(onsets) if has_onsets else self._from_start(group, starts)
            by_rating[group.room, group.component].append(Series(group=group, times=times))
        return [rated for partners in by_rating.values() for rated in _rated(partners)]

    def _from_start(self, group: Group, starts: Mapping[str, float]) -> Millis:
        """Instants that only times tell, from the start of their room, where it is known."""
        times, base = _distinct(self._clocks[group]), self._base[group.room]
        late = base - starts.get(group.room, base)
        return times + np.int32(round(late)) if abs(late) < _LIMIT else times


def _add(instants: dict[Group, list[Millis]], groups: Groups, times: Floats) -> None:
    """Note the instants of each series: whole milliseconds that fit."""
    usable = np.abs(times) < _LIMIT
    is_whole = bool(usable.all())
    whole = np.rint(times if is_whole else np.where(usable, times, 0)).astype(np.int32)
    for name, start, end in groups:
        if name.room and name.person:
            some = whole[start:end]
            instants[name].append(some if is_whole else some[usable[start:end]])


def check_samples(rated: list[Rated]) -> Iterator[Finding]:
    """Tell of gaps, of too few samples, of unusual intervals, and of unequal partners."""
    gaps = sum(len(one.gaps) for one in rated)
    if gaps:
        longest = max(one.longest for one in rated)
        lost = sum(one.lost for one in rated)
        yield finding(
            RATINGS_GAPS,
            CONTINUOUS.name,
            suffix=f" ({gaps}, {lost / 1000:.1f} s in all, the longest {longest / 1000:.1f} s)",
            rows=Rows(count=sum(1 for one in rated if len(one.gaps)), of=len(rated)),
        )
    few = [one for one in rated if len(one.series.times) < ENOUGH * one.expected]
    if few:
        received = sum(len(one.series.times) for one in few)
        expected = sum(one.expected for one in few)
        yield finding(
            RATINGS_FEW,
            CONTINUOUS.name,
            suffix=f" ({received} of {expected} expected samples)",
            rows=Rows(count=len(few), of=len(rated)),
        )
    odd = sum(1 for o in rated if o.series.interval < SHORTEST or o.series.interval > LONGEST)
    if odd:
        yield finding(RATINGS_INTERVAL, CONTINUOUS.name, rows=Rows(count=odd, of=len(rated)))
    unequal, compared = _unequal(rated)
    if unequal:
        yield finding(RATINGS_UNEQUAL, CONTINUOUS.name, rows=Rows(count=unequal, of=compared))


def _distinct(arrays: list[Millis]) -> Millis:
    times = np.sort(np.concatenate(arrays), kind="stable")  # quick where they are runs in order
    is_later = np.diff(times) > 0
    if is_later.all():
        return times
    distinct: Millis = times[np.append(True, is_later)]
    return distinct


def _median(steps: Millis) -> float:
    """Give what ``np.median`` gives: it takes far longer to begin than a hundred steps to sort."""
    ordered, half = np.sort(steps), len(steps) // 2
    return (int(ordered[half]) + int(ordered[~half])) / 2


def _rated(partners: list[Series]) -> list[Rated]:
    """Look at what the people of a room were shown together."""
    if not any(len(series.silences) for series in partners):
        return [Rated(series=one, gaps=_NONE, expected=len(one.times)) for one in partners]
    everybody = np.sort(np.concatenate([series.times for series in partners]), kind="stable")
    return [_without_pauses(series, everybody) for series in partners]


def _without_pauses(series: Series, everybody: Millis) -> Rated:
    """Tell gaps from pauses: in a pause, everybody in the room is silent."""
    start, end = series.silences[:, 0], series.silences[:, 1]
    between = np.searchsorted(everybody, end) - np.searchsorted(everybody, start, side="right")
    length = end - start
    is_gap = (length < BREAK) | (between * series.interval > length / 2)
    gaps = series.silences[is_gap]
    missing = np.maximum(np.rint(length[is_gap] / series.interval) - 1, 0).sum()
    return Rated(series=series, gaps=gaps, expected=len(series.times) + int(missing))


def _unequal(rated: list[Rated]) -> tuple[int, int]:
    """Count people with far fewer samples than the partner with most of them."""
    by_room: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for one in rated:
        group = one.series.group
        by_room[group.room, group.component].append(len(one.series.times))
    rooms = [counts for counts in by_room.values() if len(counts) > 1 and max(counts) >= FEWEST]
    low = sum(1 for counts in rooms for count in counts if count < FAR_LESS * max(counts))
    return low, sum(map(len, rooms))
