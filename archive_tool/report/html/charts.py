"""Rating coverage over time, and sync drift in its bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.model.pictures import FAR_MS, NEAR_MS
from archive_tool.report.html.scale import WIDTH, Axis, axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.model.pictures import Coverage, Drift

HEIGHT: Final = 100
"""Units from the bottom to the top of a chart."""
BANDS: Final = ("near", "middle", "far")


@dataclass(frozen=True, kw_only=True)
class CoverageChart:
    """Ratings of one type over the time of the sessions."""

    coverage: Coverage
    axis: Axis
    path: str
    most: int
    """Ratings in the fullest bin."""
    empty: int
    """Bins without a rating between the first and the last bin that have some."""
    rows: tuple[tuple[int, int, int], ...]
    """From, to (ms) and count of every bin, for those who read numbers."""

    @property
    def total(self) -> int:
        """Ratings in the picture."""
        return sum(self.coverage.counts)


@dataclass(frozen=True, kw_only=True)
class DriftBin:
    """One bar of the drift histogram."""

    label: str
    band: str
    rows: int
    path: str


@dataclass(frozen=True, kw_only=True)
class DriftChart:
    """The histogram of all rooms."""

    bins: tuple[DriftBin, ...]
    marks: tuple[tuple[float, str], ...]
    """Place in percent and text of some edges."""
    bands: tuple[tuple[float, float, str], ...]
    """Left, width (percent) and name of each stretch of one band."""
    most: int


def coverage_charts(coverages: Sequence[Coverage]) -> list[CoverageChart]:
    """Draw all types over one time, so that one can be read below the other."""
    if not coverages:
        return []
    start = min(0, *(entry.start_ms for entry in coverages))
    on = axis(start, max(entry.start_ms + entry.bin_ms * len(entry.counts) for entry in coverages))
    return [_coverage_chart(entry, on) for entry in coverages]


def _coverage_chart(coverage: Coverage, on: Axis) -> CoverageChart:
    counts, width = coverage.counts, max(1, coverage.bin_ms)
    most = max(counts, default=0)
    rows = tuple(
        (coverage.start_ms + i * width, coverage.start_ms + (i + 1) * width, number)
        for i, number in enumerate(counts)
    )
    filled = [i for i, number in enumerate(counts) if number]
    inside = counts[filled[0] : filled[-1] + 1] if filled else ()
    path = "".join(
        _column(on.x(begin), on.x(finish), number, most) for begin, finish, number in rows if number
    )
    return CoverageChart(
        coverage=coverage, axis=on, path=path, most=most, empty=inside.count(0), rows=rows
    )


def drift_chart(drift: Drift) -> DriftChart | None:
    """Draw the histogram; None without a border, or a count for each stretch between them."""
    edges, counts = drift.edges_ms, drift.counts
    if not edges or len(counts) != len(edges) + 1:
        return None
    most = max(counts)
    borders = [round(i * WIDTH / len(counts)) for i in range(len(counts) + 1)]
    bins = tuple(
        DriftBin(
            label=_label(edges, i),
            band=_band(edges, i),
            rows=number,
            path=_column(borders[i], borders[i + 1], number, most) if number else "",
        )
        for i, number in enumerate(counts)
    )
    marks = tuple(
        (round(100 * (i + 1) / len(counts), 2), f"{edge}".replace("-", "−"))
        for i, edge in enumerate(edges)
        if abs(edge) in (0, NEAR_MS, FAR_MS, max(edges))
    )
    return DriftChart(bins=bins, marks=marks, bands=_stretches(bins), most=most)


def _column(left: int, right: int, number: int, most: int) -> str:
    height = max(1, round(HEIGHT * number / most))
    width = max(1, right - left - 1)
    return f"M{left} {HEIGHT}v-{height}h{width}v{height}z"


def _label(edges: Sequence[int], i: int) -> str:
    if i == 0:
        text = f"below {edges[0]}"
    elif i == len(edges):
        text = f"{edges[-1]} and more"
    else:
        text = f"{edges[i - 1]} to {edges[i]}"
    return text.replace("-", "−")


def _band(edges: Sequence[int], i: int) -> str:
    """Band of a bin: by its border nearest to zero."""
    if i == 0 or i == len(edges):
        nearest = abs(edges[0] if i == 0 else edges[-1])
    else:
        nearest = min(abs(edges[i - 1]), abs(edges[i]))
    return BANDS[(nearest >= NEAR_MS) + (nearest >= FAR_MS)]


def _stretches(bins: Sequence[DriftBin]) -> tuple[tuple[float, float, str], ...]:
    found: list[tuple[int, int, str]] = []
    for i, drawn in enumerate(bins):
        if found and found[-1][2] == drawn.band:
            found[-1] = (found[-1][0], i + 1, drawn.band)
        else:
            found.append((i, i + 1, drawn.band))
    share = 100 / len(bins)
    return tuple((round(a * share, 2), round((b - a) * share, 2), band) for a, b, band in found)
