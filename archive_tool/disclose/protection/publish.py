"""Protected cells as the table that leaves.

What is published of a cell: ``rows``, ``people``, ``rooms``; of its measure ``mean``, ``sd``,
``median`` and the quartiles ``q1``, ``q3``; of an outcome its ``share``. Never a minimum, a maximum
or a mode. A hidden cell is null in every figure with the status ``suppressed``, never 0; the outermost
bins are not listed where they are hidden (:mod:`archive_tool.disclose.protection.listed`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from archive_tool.disclose.cells.columns import ALL
from archive_tool.disclose.protection.listed import listed
from archive_tool.disclose.protection.rules import count_people
from archive_tool.disclose.protection.sheet import OPEN

if TYPE_CHECKING:
    from archive_tool.disclose.cells.lattice import Cells
    from archive_tool.disclose.protection.sheet import Sheet
    from archive_tool.model.aggregates import Aggregate, TableSpec

OK: Final = "ok"
SUPPRESSED: Final = "suppressed"
MEASURE_SUPPRESSED: Final = "measure suppressed"
"""Counts are published, the measure is not: too few people have one, or two make up its total."""

MIDDLE: Final = 4
"""Fewest people whose means are averaged into a quantile, so that it is nobody's own value; of fewer
there is no median."""
QUARTILES: Final = 12
"""Fewest people with quartiles: below, the middle of a quarter would reach the outermost person."""
DIGITS: Final = 6
"""Significant digits of means: no more than a reader can use, too few to rebuild a sum exactly."""
ROUNDED_DIGITS: Final = 3
"""The same where counts are rounded: a finer mean would give the exact count away."""
COUNTS: Final = ("rows", "people", "rooms")
FIGURES: Final = ("mean", "sd", "median", "q1", "q3")


def published(sheet: Sheet, measures: Sheet | None, thresholds: Aggregate) -> pa.Table:
    """Give the table of a sheet; ``measures`` is the same sheet, its measure protected."""
    spec, lattice = sheet.lattice.spec, sheet.lattice
    parts = [
        _part(sheet, measures, lattice.groups[kept], thresholds)
        for kept in lattice.groups
        if kept in sheet.published
    ]
    columns: dict[str, pa.Array] = {}
    for place, dimension in enumerate(spec.dimensions):
        names = np.array([*lattice.names[place], ALL], object)
        codes = np.concatenate([part["levels"][:, place] for part in parts])
        columns[dimension.name] = pa.array(names[codes], pa.string())
    for name in COUNTS:
        columns[name] = _nullable([part[name] for part in parts], pa.int64())
    for name in figures(spec):
        columns[name] = _nullable([part[name] for part in parts], pa.float64())
    columns["status"] = pa.array(np.concatenate([part["status"] for part in parts]), pa.string())
    return pa.table(columns)


def figures(spec: TableSpec) -> tuple[str, ...]:
    """Columns beside the counts."""
    share = ("share",) if any(dimension.outcome for dimension in spec.dimensions) else ()
    return (FIGURES if spec.measure else ()) + share


def rounded(counts: np.ndarray, rounding: str) -> np.ndarray:
    """Round counts as the policy says; exact where it says nothing."""
    if rounding == "base-5":
        return np.floor(counts / 5 + 0.5) * 5
    if rounding == "midpoint-6":  # 1 to 6 become 3, 7 to 12 become 9
        return np.where(counts > 0, np.ceil(counts / 6) * 6 - 3, 0)
    return np.round(counts)


def _part(
    sheet: Sheet, measures: Sheet | None, cells: Cells, thresholds: Aggregate
) -> dict[str, np.ndarray]:
    hidden = sheet.status[cells.kept] != OPEN
    rows = np.bincount(cells.owners, cells.sums.rows, len(cells))
    out: dict[str, np.ndarray] = {"levels": cells.levels}
    status = np.where(hidden, SUPPRESSED, OK).astype(object)
    for name, counts in zip(COUNTS, (rows, count_people(cells), cells.rooms), strict=True):
        out[name] = np.where(hidden, np.nan, rounded(counts, thresholds.rounding))
    spec = sheet.lattice.spec
    if spec.measure is not None and measures is not None:
        closed = measures.status[cells.kept] != OPEN
        status[closed & ~hidden] = MEASURE_SUPPRESSED
        digits = ROUNDED_DIGITS if thresholds.rounding else DIGITS
        out |= _figures(cells, hidden | closed, measures.blurred[cells.kept], digits)
    if "share" in figures(spec):
        out["share"] = _share(sheet, cells, out["rows"], thresholds)
    out["status"] = status
    in_table = listed(sheet, cells.kept)
    return {name: column[in_table] for name, column in out.items()}


def _figures(
    cells: Cells, closed: np.ndarray, blurred: np.ndarray, digits: int
) -> dict[str, np.ndarray]:
    """Mean and standard deviation over rows; median and quartiles over people's own means."""
    count = len(cells)
    whole = cells.whole
    nothing = np.full(count, np.nan)
    show = ~closed & (whole.n > 0)
    spread = np.sqrt(np.divide(whole.m2, whole.n - 1, out=np.zeros(count), where=whole.n > 1))
    out = {"mean": np.where(show, whole.mean, nothing), "sd": np.where(show, spread, nothing)}
    out |= {name: nothing.copy() for name in ("median", "q1", "q3")}
    measured = cells.sums.n > 0
    for cell in np.flatnonzero(show & ~blurred).tolist():
        lines = slice(cells.starts[cell], cells.starts[cell + 1])
        means = np.sort(cells.sums.mean[lines][measured[lines]])
        if len(means) >= MIDDLE:
            out["median"][cell] = _around(means, 0.5)
        if len(means) >= QUARTILES:
            out["q1"][cell], out["q3"][cell] = _around(means, 0.25), _around(means, 0.75)
    return {name: significant(values, digits) for name, values in out.items()}


def _around(means: np.ndarray, share: float) -> float:
    """Average the people around a quantile: at least ``MIDDLE`` of them, and evenly about it.

    ``means``: sorted, of ``MIDDLE`` people or more.
    """
    count = len(means)
    size = MIDDLE if (count - MIDDLE) % 2 == 0 or share != 0.5 else MIDDLE + 1
    begin = round(share * count - size / 2)
    begin = min(max(begin, 0), count - size)
    return float(means[begin : begin + size].mean())


def _share(sheet: Sheet, cells: Cells, rows: np.ndarray, thresholds: Aggregate) -> np.ndarray:
    """Part of the rows that have this outcome, from published counts only."""
    outcomes = {p for p, d in enumerate(sheet.lattice.spec.dimensions) if d.outcome}
    kept = tuple(place for place in cells.kept if place not in outcomes)
    share = np.full(len(cells), np.nan)
    whole = sheet.lattice.groups.get(kept)
    if whole is None or kept == cells.kept:
        return share
    above = np.zeros(len(cells), np.int64)
    above[cells.of_base] = whole.of_base
    total = rounded(np.bincount(whole.owners, whole.sums.rows, len(whole)), thresholds.rounding)
    total = np.where(sheet.status[kept] == OPEN, total, np.nan)[above]
    np.divide(rows, total, out=share, where=total > 0)
    return significant(share, ROUNDED_DIGITS)


def significant(values: np.ndarray, digits: int) -> np.ndarray:
    """Round to so many significant digits."""
    return np.array([float(f"{value:.{digits}g}") for value in values.tolist()])


def _nullable(parts: list[np.ndarray], kind: pa.DataType) -> pa.Array:
    values = np.concatenate(parts)
    gone = np.isnan(values)
    if pa.types.is_integer(kind):
        return pa.array(np.where(gone, 0, values).astype(np.int64), kind, mask=gone)
    return pa.array(values, kind, mask=gone)
