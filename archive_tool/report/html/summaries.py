"""Pictures of summary tables: bars and means beside the numbers, histograms, time courses.

Drawn from the published figures only; what is hidden leaves a marked hole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Final

from archive_tool.disclose.protection.publish import OK
from archive_tool.report.aggregates import TOTAL
from archive_tool.report.html.scale import WIDTH
from archive_tool.report.text import in_full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.report.aggregates import SummaryTable

HEIGHT: Final = 200
"""Units from the bottom to the top of a figure."""
LEAST_POINTS: Final = 3
"""Fewest bins that make a time course."""
MOST_MARKS: Final = 6

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Numbers from bottom to top, or from left to right."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> Scale:
        """From the least to the greatest; where all are one, that one lies at the low end."""
        low, high = min(values), max(values)
        return cls(low=low, high=high if high > low else low + 1)

    def at(self, value: float, length: int) -> int:
        """Where a value lies, in units from the low end."""
        return round(length * (value - self.low) / (self.high - self.low))

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Place in percent and text of round numbers: 1, 2 or 5 times a power of ten apart."""
        step = _step((self.high - self.low) / 4)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [
            (round(100 * (n * step - self.low) / (self.high - self.low), 2), in_full(n * step))
            for n in range(first, last + 1)
        ]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One picture with levels from left to right."""

    kind: str
    """``course`` or ``histogram``."""
    of: str
    """Levels of the other dimensions."""
    scale: Scale
    band: str
    """SVG path of mean less and plus one standard deviation, or of the columns."""
    line: str
    """SVG path of the mean."""
    holes: str
    """SVG path over what is hidden."""
    hidden: int
    marks: tuple[tuple[float, str], ...]
    """Place in percent and text of some levels."""


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What is drawn of a table."""

    kind: str
    """``course`` and ``histogram`` have figures; ``mean``, ``share`` and ``rows`` a picture a row."""
    figures: tuple[Figure, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    """For every row of the table the SVG paths of its bar (or whisker) and of its dot."""


def pictures(table: SummaryTable) -> Pictures:
    """Choose and draw what shows a table best."""
    rows: list[Row] = table.table.to_pylist()
    names = table.table.column_names
    inner = table.dimensions[-1] if table.dimensions else ""
    cells = [row for row in rows if TOTAL not in [row[name] for name in table.dimensions]]
    within = [row for row in rows if inner and row[inner] != TOTAL]
    levels = {row[inner] for row in within}
    if "share" in names and any(level.startswith("[") for level in levels):
        drawn = _figures(table, within, "histogram")
        if drawn:
            return Pictures(kind="histogram", figures=drawn)
    if "mean" in names and sum(_number(level) is not None for level in levels) >= LEAST_POINTS:
        drawn = _figures(table, [r for r in within if _number(r[inner]) is not None], "course")
        if drawn:
            return Pictures(kind="course", figures=drawn)
    for kind in ("mean", "share", "rows"):
        if kind in names and any(row[kind] is not None for row in cells):
            return Pictures(kind=kind, rows=_in_rows(rows, table.dimensions, kind))
    return Pictures(kind="")


def intervals(rows: Sequence[Row], figure: str) -> tuple[tuple[str, str], ...]:
    """Draw for every row where a figure with noise surely lies, and the figure itself."""
    ends = [row[name] for row in rows for name in ("low", "high")]
    scale = Scale.over(ends)
    return tuple(_dot(row[figure], row["low"], row["high"], scale) for row in rows)


def _figures(table: SummaryTable, cells: Sequence[Row], kind: str) -> tuple[Figure, ...]:
    """Draw a figure for every level of the outer dimensions, all on one scale."""
    *outer, inner = table.dimensions
    if kind == "histogram":
        # outcome bins come in their order; a share needs a published whole
        known = [0.0, *(row["share"] for row in cells if row["share"] is not None)]
    else:
        known = [v for row in cells if row["mean"] is not None for v in _spread(row)]
    if not known or max(known) <= min(known):
        return ()
    scale = Scale.over(known)

    def frame(row: Row) -> tuple[str, ...]:
        return tuple(row[name] for name in outer)

    draw = _histogram if kind == "histogram" else _course
    found = []
    for of, members in groupby(sorted(cells, key=frame), key=frame):
        group = list(members)
        if any(row["share" if kind == "histogram" else "mean"] is not None for row in group):
            found.append(draw(group, inner, ", ".join(of), scale))
    return tuple(found)


def _histogram(cells: Sequence[Row], inner: str, of: str, scale: Scale) -> Figure:
    borders = [round(n * WIDTH / len(cells)) for n in range(len(cells) + 1)]
    columns, holes = [], []
    for place, row in enumerate(cells):
        left, width = borders[place], borders[place + 1] - borders[place] - 4
        if row["share"] is None:
            if row["status"] != OK:
                holes.append(_hole(left, width))
            continue
        height = scale.at(row["share"], HEIGHT)
        columns.append(f"M{left} {HEIGHT}v-{height}h{width}v{height}z")
    return Figure(
        kind="histogram", of=of, scale=scale, band="".join(columns), line="", hidden=len(holes),
        holes="".join(holes), marks=_marks([row[inner] for row in cells]),
    )  # fmt: skip


def _course(cells: Sequence[Row], inner: str, of: str, scale: Scale) -> Figure:
    cells = sorted(cells, key=lambda row: float(row[inner]))
    starts = [float(row[inner]) for row in cells]
    bin_width = min(b - a for a, b in pairwise(starts)) if starts[1:] else 1.0
    end = starts[-1] + bin_width
    across = Scale(low=starts[0], high=end)
    bands, lines, holes = [], [], []
    for known, members in groupby(_runs(cells, starts, bin_width), key=lambda run: run[0]):
        run = [(start, row) for _, start, row in members]
        if not known[1]:
            for start in [start for start, row in run if row["status"] != OK]:
                left, right = across.at(start, WIDTH), across.at(start + bin_width, WIDTH)
                holes.append(_hole(left, max(1, right - left)))
            continue
        middles = [across.at(start + bin_width / 2, WIDTH) for start, _ in run]
        lows, highs = zip(*(_spread(row) for _, row in run), strict=True)
        if len(run) == 1:  # a single bin is as wide as it is
            start = run[0][0]
            middles = [across.at(start, WIDTH), across.at(start + bin_width, WIDTH)]
            lows, highs = lows * 2, highs * 2
            run = run * 2
        over = _points(middles, highs, scale)
        under = _points(middles[::-1], lows[::-1], scale)
        bands.append(f"M{over}L{under}z")
        lines.append("M" + _points(middles, [row["mean"] for _, row in run], scale))
    marks = tuple(
        (round(100 * (starts[n] - starts[0]) / (end - starts[0]), 2), cells[n][inner])
        for n in _some(len(cells))
    )
    return Figure(
        kind="course", of=of, scale=scale, band="".join(bands), line="".join(lines),
        hidden=len(holes), holes="".join(holes), marks=marks,
    )  # fmt: skip


def _runs(
    cells: Sequence[Row], starts: Sequence[float], width: float
) -> list[tuple[tuple[int, bool], float, Row]]:
    """Number the unbroken stretches: a bin that is hidden, or not there, breaks the line."""
    found: list[tuple[tuple[int, bool], float, Row]] = []
    run, before = 0, None
    for start, row in zip(starts, cells, strict=True):
        if before is not None and start - before > 1.5 * width:
            run += 1
        found.append(((run, row["mean"] is not None), start, row))
        before = start
    return found


def _in_rows(
    rows: Sequence[Row], dimensions: Sequence[str], kind: str
) -> tuple[tuple[str, str], ...]:
    """Draw a bar from zero for a count or a share, a dot with whiskers for a mean."""
    if kind == "mean":
        scale = Scale.over([v for row in rows if row["mean"] is not None for v in _spread(row)])
        return tuple(
            ("", "") if row["mean"] is None else _dot(row["mean"], *_spread(row), scale)
            for row in rows
        )
    drawn = [
        row[kind] if kind == "share" or TOTAL not in [row[n] for n in dimensions] else None
        for row in rows
    ]
    scale = Scale.over([0.0, *filter(None, drawn)])
    lengths = [scale.at(value, WIDTH) if value else 0 for value in drawn]
    return tuple((f"M0 4h{n}v12h-{n}z" if n else "", "") for n in lengths)


def _dot(value: float | None, least: float, most: float, scale: Scale) -> tuple[str, str]:
    low, high = scale.at(least, WIDTH), scale.at(most, WIDTH)
    whisker = f"M{low} 9h{high - low}v2h-{high - low}z"
    if value is None:
        return whisker, ""
    middle = min(max(scale.at(value, WIDTH), 8), WIDTH - 8)
    return whisker, f"M{middle - 8} 3h16v14h-16z"


def _spread(row: Row) -> tuple[float, float]:
    spread = row["sd"] or 0.0
    return row["mean"] - spread, row["mean"] + spread


def _points(places: Sequence[int], values: Sequence[float], scale: Scale) -> str:
    pairs = zip(places, values, strict=True)
    return "L".join(f"{x} {HEIGHT - scale.at(value, HEIGHT)}" for x, value in pairs)


def _hole(left: int, width: int) -> str:
    return f"M{left} {HEIGHT - 10}h{width}v10h-{width}z"


def _marks(levels: Sequence[str]) -> tuple[tuple[float, str], ...]:
    """Levels under the middle of their columns."""
    share = 100 / len(levels)
    return tuple((round((n + 0.5) * share, 2), levels[n]) for n in _some(len(levels)))


def _some(count: int) -> range:
    return range(0, count, max(1, -(-count // MOST_MARKS)))


def _number(level: str) -> float | None:
    try:
        value = float(level)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _step(width: float) -> float:
    power = float(10 ** math.floor(math.log10(width)))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= width * (1 - 1e-9))
