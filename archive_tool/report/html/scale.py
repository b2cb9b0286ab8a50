"""From milliseconds to places in a picture: an axis with round marks, and bars on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.report.html.words import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH: Final = 1000
"""Units of every picture from left to right; it is stretched to the room there is."""
MOST_STEPS: Final = 6
_LEAST: Final = 3
"""Units: bars and holes narrower than this would not be seen."""
_STEPS: Final = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400,
)  # fmt: skip
"""Seconds between two marks; beyond the last, whole multiples of a day."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Time from left to right, with round marks inside."""

    start_ms: int
    """Left edge."""
    end_ms: int
    """Right edge, later than the left one."""
    step_ms: int
    """Between two marks."""

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Place in percent and text of every mark."""
        width = self.end_ms - self.start_ms
        return [(round(100 * (ms - self.start_ms) / width, 2), clock(ms)) for ms in self._moments()]

    def grid(self, height: int) -> str:
        """SVG path of a thin line at every mark."""
        return "".join(f"M{self.x(ms)} 0h1v{height}h-1z" for ms in self._moments())

    def x(self, ms: int) -> int:
        """Where a moment lies, in units; moments outside lie on the edge."""
        share = (ms - self.start_ms) / (self.end_ms - self.start_ms)
        return round(WIDTH * min(1.0, max(0.0, share)))

    def _moments(self) -> range:
        first = -(-self.start_ms // self.step_ms) * self.step_ms
        return range(first, self.end_ms + 1, self.step_ms)


def axis(start_ms: int, end_ms: int) -> Axis:
    """From edge to edge, with the finest round marks that there is room for."""
    width = max(1, end_ms - start_ms)
    days = -(-width // (MOST_STEPS * _STEPS[-1] * 1000)) * _STEPS[-1]
    seconds = next((s for s in _STEPS if width <= MOST_STEPS * s * 1000), days)
    return Axis(start_ms=start_ms, end_ms=start_ms + width, step_ms=seconds * 1000)


def bar_path(
    on: Axis, first_ms: int, last_ms: int, gaps: Sequence[tuple[int, int]], height: int
) -> str:
    """SVG path of a bar with holes where its gaps are, in units of the axis."""
    left, right = on.x(first_ms), on.x(last_ms)
    right = max(right, left + _LEAST)
    pieces, at = [], left
    for begin, end in _holes(on, gaps):
        if begin > at:
            pieces.append((at, begin))
        at = max(at, end)
    if right > at or not pieces:
        pieces.append((min(at, right - 1), right))
    return "".join(f"M{a} 0h{b - a}v{height}h-{b - a}z" for a, b in pieces)


def _holes(on: Axis, gaps: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Gaps that can be seen; shorter ones are counted in words beside the bar."""
    for begin, end in gaps:
        a, b = on.x(begin), on.x(end)
        if b > a:
            yield a, max(b, a + _LEAST)
