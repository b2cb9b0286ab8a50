"""Where each room's clock starts: timestamp - onset, compared within a room over all types.

The documented examples themselves disagree about the zero by up to 45 s
(hyperstudy-data.md, section 7), so this is a warning with the shift found, never an error.

Kept per room, type and whole second: a count and the first rows of each part. Where a batch shows more
than ``MOST_ZEROS`` seconds away from the first zero that a room and type showed, those rows count as
scattered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from archive_tool.model.datatypes import RECORDINGS
from archive_tool.model.findings import FIRST_ROWS
from archive_tool.model.tables import part_of, row_of
from archive_tool.validation.codes.times import ONSET_ZERO
from archive_tool.validation.tally import Hits, Rule, Tally

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Positions
    from archive_tool.validation.groups import Codes
    from archive_tool.validation.view import Floats, View

TOLERANCE: Final = 2000.0
"""ms around a zero, compared by whole seconds at the end: two clocks and batched writes."""
LATEST: Final = 1e18
"""Milliseconds since 1970: a zero beyond that is no day, and no number of seconds either."""
MOST_ZEROS: Final = 256
SCATTERED: Final = -1
"""Stands for a second when there are too many of them."""
_FEW_RUNS: Final = 512
_DAY: Final = 86_400

Seconds = npt.NDArray[np.int64]
"""Zeros in whole seconds since 1970."""


@dataclass(kw_only=True)
class RoomZeros:
    """The zeros that rows imply, by room."""

    _reference: dict[tuple[str, str], float] = field(default_factory=dict)
    _hits: defaultdict[str, dict[tuple[str, int], dict[int, Hits]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def add(self, view: View) -> None:
        """Note the zeros of a batch."""
        clock, onset = _columns(view.data_type)
        if not view.has(clock, onset, "roomId"):
            return
        zero = view.clock(clock) - view.numbers(onset)
        rooms, words = view.codes("roomId")
        if not (usable := (rooms >= 0) & (zero >= 0)).any():
            return
        zero, rooms, at = zero[usable], rooms[usable], view.at[usable]
        near = self._references(view.data_type, zero, rooms, words)[rooms]
        off = np.abs(zero - near) > TOLERANCE
        second = np.floor(np.minimum(zero, LATEST) / 1000).astype(np.int64)
        if off.any() and len(np.unique(second[off])) > MOST_ZEROS:
            second[off] = SCATTERED
        self._count(view.data_type, rooms, words, second, at)

    def finish(self, found: Tally) -> None:
        """Find, room by room, the zero that most rows imply, and the rows that imply another."""
        shifts: defaultdict[Rule, set[int]] = defaultdict(set)
        for by_zero in self._hits.values():
            zero = _most_common(by_zero)
            for (data_type, second), by_part in by_zero.items():
                if second != SCATTERED and abs(second - zero) * 1000 <= TOLERANCE:
                    continue
                clock, onset = _columns(data_type)
                rule = Rule(
                    code=ONSET_ZERO,
                    data_type=data_type,
                    column=onset,
                    check=f"{clock} - {onset} is the start of the room",
                )
                if second != SCATTERED:
                    shifts[rule].add(second - zero)
                for order, hits in by_part.items():
                    found.add_hits(rule, order, hits.count, hits.first)
        for rule, seconds in shifts.items():
            found.remark(rule, _in_words(seconds))

    def starts(self) -> dict[str, float]:
        """Give the zero that most rows imply, room by room, ms since 1970."""
        zeros = {room: _most_common(by_zero) for room, by_zero in self._hits.items()}
        return {room: zero * 1000.0 for room, zero in zeros.items() if zero != SCATTERED}

    def _references(self, data_type: str, zero: Floats, rooms: Codes, words: list[str]) -> Floats:
        """Give the first zero seen of each room of the batch, by room code."""
        first = np.zeros(len(words), dtype=np.int64)
        first[rooms[::-1]] = np.arange(len(rooms))[::-1]
        reference = np.full(len(words), np.nan)
        for code in np.flatnonzero(np.bincount(rooms, minlength=len(words))).tolist():
            key = (data_type, words[code])
            reference[code] = self._reference.setdefault(key, float(zero[first[code]]))
        return reference

    def _count(
        self, data_type: str, rooms: Codes, words: list[str], second: Seconds, at: Positions
    ) -> None:
        starts = _starts(rooms, second, at)
        if len(starts) > _FEW_RUNS:
            order = np.lexsort((at, second, rooms))
            rooms, second, at = rooms[order], second[order], at[order]
            starts = _starts(rooms, second, at)
        ends = np.append(starts[1:], len(at))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            by_zero = self._hits[words[int(rooms[start])]]
            by_part = by_zero.setdefault((data_type, int(second[start])), {})
            hits = by_part.setdefault(part_of(int(at[start])), Hits())
            first = row_of(at[start : min(end, start + FIRST_ROWS)]) + 1
            hits.add(end - start, first.tolist())


def _columns(data_type: str) -> tuple[str, str]:
    """Name the clock of a type and its distance from the start."""
    return ("startTime", "videoOffset") if data_type == RECORDINGS.name else ("timestamp", "onset")


def _starts(rooms: Codes, second: Seconds, at: Positions) -> Positions:
    """Find where a run of rows of one room, one zero and one part begins."""
    change = (np.diff(rooms) != 0) | (np.diff(second) != 0) | (np.diff(part_of(at)) != 0)
    return np.append(0, np.flatnonzero(change) + 1)


def _most_common(by_zero: dict[tuple[str, int], dict[int, Hits]]) -> int:
    """Find the second that most rows imply; of several, the earliest."""
    rows: Counter[int] = Counter()
    for (_, second), by_part in by_zero.items():
        if second != SCATTERED:
            rows[second] += sum(hits.count for hits in by_part.values())
    return min(rows, key=lambda second: (-rows[second], second), default=SCATTERED)


def _in_words(seconds: set[int]) -> str:
    """Say how far off; what is days off says no more than that."""
    if max(map(abs, seconds)) > _DAY:
        return " (by more than a day)"
    low, high = min(seconds), max(seconds)
    return f" (by {low} s)" if low == high else f" (by {low} to {high} s)"
