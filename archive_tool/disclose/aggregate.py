"""Summary tables that may leave: people are counted, and small or dominated cells are hidden.

What is published of a cell: ``rows``, ``people``, ``rooms``; of its measure ``mean``, ``sd``,
``median``. Never a minimum, a maximum or a mode. A hidden cell is null in every figure with the
status ``suppressed``, never 0. The margin ``(all)`` is published only when nothing can be learnt by
subtracting the published cells from it: no cell is hidden, or at least two are and together they
would themselves be safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.disclose.rules import (
    Cell,
    count_people,
    count_rooms,
    is_safe,
    is_safe_measure,
)
from archive_tool.disclose.summaries import PERSON, ROOM, summarize
from archive_tool.disclose.tables import DEFAULT, TableSpec
from archive_tool.model.policy import Action, Aggregate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    import pyarrow as pa

    from archive_tool.policy.decide import Decisions

ALL: Final = "(all)"
OK: Final = "ok"
SUPPRESSED: Final = "suppressed"
MEASURE_SUPPRESSED: Final = "measure suppressed"
"""Counts are published, the measure is not: too few people have one, or two make up its total."""

MIDDLE: Final = 4
"""Fewest people whose means are averaged into a median, so that it is nobody's own value."""
DIGITS: Final = 6
"""Significant digits of means: no more than a reader can use, too few to rebuild a sum exactly."""

Value = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class AggregateTable:
    """One protected table, ready to be written."""

    name: str
    data_type: str
    table: pa.Table
    """Dimensions, ``rows``, ``people``, ``rooms``, then ``mean``, ``sd``, ``median`` where there is
    a measure, then ``status``."""
    hidden: int
    """Cells hidden, the margin included."""


def specs_for(data_type: str, decisions: Decisions) -> list[TableSpec]:
    """Give the tables of a data type that the policy has room for: a dropped column is in none."""
    spec = DEFAULT.get(data_type)
    if spec is None or not decisions.aggregates(data_type):
        return []
    dropped = {
        column
        for column in (*spec.dimensions, *([spec.measure] if spec.measure else []))
        if decisions.of(data_type, column).action is Action.DROP
    }
    return [
        TableSpec(
            name=spec.name,
            data_type=data_type,
            dimensions=tuple(d for d in spec.dimensions if d not in dropped),
            measure=None if spec.measure in dropped else spec.measure,
            between_people=spec.between_people,
        )
    ]


def aggregate(
    data_type: str,
    tables: Iterable[pa.Table],
    decisions: Decisions,
    *,
    leave_out: frozenset[str] = frozenset(),
) -> list[AggregateTable]:
    """Give the protected tables of one data type.

    ``tables`` are the rows as they came in, piece by piece: they are read once and only their
    summaries are kept. ``leave_out``: ids of agents and of people who are excluded. Nothing comes
    back when the policy asks for no aggregate of this type or nobody has a row.
    """
    protected = []
    for spec in specs_for(data_type, decisions):
        lines = summarize(spec, tables, leave_out)
        if lines.num_rows:
            protected.append(protect(spec, lines, decisions.policy.aggregate))
    return protected


def protect(spec: TableSpec, lines: pa.Table, thresholds: Aggregate) -> AggregateTable:
    """Hide what must be hidden and publish the rest; ``lines`` as :func:`summarize` gives them."""
    import pyarrow as pa

    cells = dict(_cells(spec, lines))
    whole = _join(cells.values())
    safe = {
        levels: is_safe(cell, thresholds, between_people=spec.between_people)
        for levels, cell in cells.items()
    }
    out: list[dict[str, Value]] = []
    measured: list[bool] = []
    for levels, cell in cells.items():
        row, shows = _row(spec, levels, cell, thresholds, safe=safe[levels])
        out.append(row)
        measured.append(shows)
    if spec.dimensions:
        hidden = [cells[levels] for levels, good in safe.items() if not good]
        unmeasured = [c for c, shows in zip(cells.values(), measured, strict=True) if not shows]
        levels = (ALL,) * len(spec.dimensions)
        publish = _nothing_to_solve(hidden, spec, thresholds)
        row, shows = _row(spec, levels, whole, thresholds, safe=publish)
        if shows and not _nothing_to_solve(unmeasured, spec, thresholds, measure=True):
            row = {**row, **_no_measure(spec), "status": MEASURE_SUPPRESSED}
        out.append(row)
    table = pa.Table.from_pylist(out, schema=_schema(spec))
    statuses = [row["status"] for row in out]
    return AggregateTable(
        name=spec.name,
        data_type=spec.data_type,
        table=table,
        hidden=statuses.count(SUPPRESSED),
    )


def _nothing_to_solve(
    hidden: Sequence[Cell], spec: TableSpec, thresholds: Aggregate, *, measure: bool = False
) -> bool:
    """Whether the margin may stand beside these hidden cells: their sum is what it gives away.

    A hidden cell is unsafe, so one alone never passes: at least two stand behind what is given.
    """
    if not hidden:
        return True
    rule = is_safe_measure if measure else is_safe
    return rule(_join(hidden), thresholds, between_people=spec.between_people)


def _row(
    spec: TableSpec, levels: tuple[str, ...], cell: Cell, thresholds: Aggregate, *, safe: bool
) -> tuple[dict[str, Value], bool]:
    """One line of the table, and whether it shows its measure."""
    row: dict[str, Value] = dict(zip(spec.dimensions, levels, strict=True))
    if not safe or not is_safe(cell, thresholds, between_people=spec.between_people):
        counts: dict[str, Value] = dict.fromkeys(("rows", "people", "rooms"))
        return {**row, **counts, **_no_measure(spec), "status": SUPPRESSED}, False
    row |= {
        "rows": int(cell.rows.sum()),
        "people": count_people(cell),
        "rooms": count_rooms(cell),
    }
    if spec.measure is None or not cell.n.any():
        return {**row, **_no_measure(spec), "status": OK}, True
    if not is_safe_measure(cell, thresholds, between_people=spec.between_people):
        return {**row, **_no_measure(spec), "status": MEASURE_SUPPRESSED}, False
    return {**row, **_measure(cell), "status": OK}, True


def _no_measure(spec: TableSpec) -> dict[str, Value]:
    return dict.fromkeys(("mean", "sd", "median")) if spec.measure else {}


def _measure(cell: Cell) -> dict[str, Value]:
    """Mean and standard deviation over rows; the median over people.

    The median is the mean of the middle of the people's own means, at least ``MIDDLE`` of them.
    """
    import numpy as np

    n = cell.n.sum()
    mean = float((cell.mean * cell.n).sum() / n)
    m2 = float((cell.m2 + cell.n * (cell.mean - mean) ** 2).sum())
    _, person = np.unique(cell.people, return_inverse=True)
    weight = np.bincount(person, weights=cell.n)
    sums = np.bincount(person, weights=cell.mean * cell.n)
    means = np.sort(sums[weight > 0] / weight[weight > 0])
    cut = (len(means) - MIDDLE) // 2
    return {
        "mean": _rounded(mean),
        "sd": _rounded((m2 / (n - 1)) ** 0.5 if n > 1 else 0.0),
        "median": _rounded(float(means[cut : len(means) - cut].mean())),
    }


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _cells(spec: TableSpec, lines: pa.Table) -> Iterator[tuple[tuple[str, ...], Cell]]:
    """Cells in the order of their levels; people and rooms as numbers."""
    import numpy as np

    people = np.unique(lines[PERSON].to_numpy(), return_inverse=True)[1]
    rooms, room = np.unique(lines[ROOM].to_numpy(), return_inverse=True)
    room = np.where(rooms[room] == "", -1, room)
    figures = [lines[name].to_numpy() for name in ("rows", "n", "mean", "m2")]
    levels = list(zip(*(lines[d].to_pylist() for d in spec.dimensions), strict=True))
    places: dict[tuple[str, ...], list[int]] = {}
    for place in range(lines.num_rows):
        places.setdefault(levels[place] if levels else (), []).append(place)
    for key in sorted(places):
        chosen = np.array(places[key])
        yield key, Cell(people[chosen], room[chosen], *(figure[chosen] for figure in figures))


def _join(cells: Iterable[Cell]) -> Cell:
    import numpy as np

    parts: list[tuple[np.ndarray, ...]] = [tuple(cell) for cell in cells]
    return Cell(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _schema(spec: TableSpec) -> pa.Schema:
    import pyarrow as pa

    fields = [(dimension, pa.string()) for dimension in spec.dimensions]
    fields += [(count, pa.int64()) for count in ("rows", "people", "rooms")]
    if spec.measure:
        fields += [(figure, pa.float64()) for figure in ("mean", "sd", "median")]
    return pa.schema([*fields, ("status", pa.string())])
