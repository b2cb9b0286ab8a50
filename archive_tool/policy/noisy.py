"""``[[aggregate.noisy]]``: tables under differential privacy, checked strictly.

Everything that the noise depends on is written down before anybody saw the data: the levels, the
bounds of a value, and how much one person counts for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from archive_tool.model.aggregates import NoisySpec
from archive_tool.policy.tables import place_of, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archive_tool.policy.reader import Reader

COUNTS: Final = ("people", "rows")
FIGURES: Final = (*COUNTS, "sum", "mean")
NOISE: Final = ("figure", "low", "high", "rows", "epsilon")
_SHARED: Final = ("name", "type", "dimensions", "measure", "where")
"""Keys that a table with noise has in common with one without."""
MOST_ROWS: Final = 1_000_000
MOST_CELLS: Final = 10_000
LEAST_EPSILON: Final = 0.001
LEAST_RANGE: Final = 1e-100
"""Between the bounds of a value: less has no steps."""
MOST_EPSILON: Final = 10
"""Beyond, the noise is so small that the table protects nobody."""


def read_noisy(entries: object, names: Sequence[str], reader: Reader) -> Iterator[NoisySpec]:
    """Read the tables; what is wrong with one is noted, and it is left out.

    ``names``: of tables without noise, which these must not have.
    """
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        reader.problem("aggregate.noisy", "not a list of tables", "[[aggregate.noisy]]")
        return
    used = set(names)
    for number, entry in enumerate(entries):
        path = place_of(entry, "noisy", number)
        spec = _noisy(entry, path, reader)
        if spec is None:
            continue
        if spec.table.name in used:
            reader.problem(f"{path}.name", "used twice", "a name of its own for every table")
        used.add(spec.table.name)
        yield spec


def _noisy(entry: Mapping[str, Any], path: str, reader: Reader) -> NoisySpec | None:
    before = len(reader.problems)
    reader.unknown_keys(entry, (*_SHARED, *NOISE), path)
    dimensions = entry.get("dimensions", [])
    levels, bare = _closed(dimensions, f"{path}.dimensions", reader)
    counted = {key: value for key, value in entry.items() if key in _SHARED}
    table = read_table({**counted, "dimensions": bare}, path, reader)
    figure = reader.word(entry, "figure", f"{path}.figure", FIGURES, "") or ""
    if "figure" not in entry:
        reader.problem(f"{path}.figure", "missing", ", ".join(FIGURES))
    low, high = _bounds(entry, figure, path, reader)
    rows = reader.integer(entry, "rows", f"{path}.rows", low=1, default=None)
    if "rows" not in entry:
        reader.problem(f"{path}.rows", "missing", "what one person counts for at most")
    elif rows is not None and rows > MOST_ROWS:
        reader.problem(f"{path}.rows", "too many", f"at most {MOST_ROWS}")
    epsilon = read_epsilon(entry, "epsilon", f"{path}.epsilon", reader)
    if table is None or len(reader.problems) > before or rows is None or epsilon is None:
        return None
    if len(levels) != len(table.dimensions):  # one of them is none, which was noted
        return None
    spec = NoisySpec(
        table=table, levels=levels, figure=figure, low=low, high=high, rows=rows, epsilon=epsilon
    )
    if count_cells(spec) > MOST_CELLS:
        reader.problem(f"{path}.dimensions", "too many cells", f"at most {MOST_CELLS}")
    return spec


def count_cells(spec: NoisySpec) -> int:
    """Count the cells that a table has, whatever the data says."""
    return math.prod(
        len(levels) or len(dimension.edges) - 1
        for levels, dimension in zip(spec.levels, spec.table.dimensions, strict=True)
    )


def read_epsilon(table: Mapping[str, Any], key: str, path: str, reader: Reader) -> float | None:
    """Read an epsilon; None, with the problem noted, where there is none."""
    value = reader.number(table, key, path, low=LEAST_EPSILON, default=None)
    if key not in table:
        reader.problem(path, "missing", f"a number from {LEAST_EPSILON} to {MOST_EPSILON}")
    elif value is not None and value > MOST_EPSILON:
        reader.problem(path, "protects nobody", f"at most {MOST_EPSILON}")
    return value


def _closed(
    entries: object, place: str, reader: Reader
) -> tuple[tuple[tuple[str, ...], ...], object]:
    """Take the levels out of the dimensions: they must be written down, or follow from edges."""
    if not isinstance(entries, list):
        return (), entries
    levels: list[tuple[str, ...]] = []
    bare: list[object] = []
    for number, entry in enumerate(entries):
        given = entry.get("levels") if isinstance(entry, dict) else None
        edges = isinstance(entry, dict) and "edges" in entry
        listed = isinstance(given, list) and all(isinstance(one, str) for one in given)
        words = tuple(given) if listed and given else ()
        if edges and given is not None:
            reader.problem(f"{place}[{number}]", "has both levels and edges", "one of them")
        elif not edges and (not words or len(set(words)) < len(words) or "" in words):
            reader.problem(f"{place}[{number}].levels", "not a closed list",
                           "all levels, or edges: which levels occur is data")  # fmt: skip
        levels.append(words)
        bare.append(
            {key: value for key, value in entry.items() if key != "levels"}
            if isinstance(entry, dict)
            else entry
        )
    return tuple(levels), bare


def _bounds(
    entry: Mapping[str, Any], figure: str, path: str, reader: Reader
) -> tuple[float, float]:
    """Bounds of a value: needed for a sum or a mean, out of place for a count."""
    keys = ("measure", "low", "high")
    if figure in COUNTS:
        for key in keys:
            if key in entry:
                reader.problem(f"{path}.{key}", "a count has none", 'figure = "sum" or "mean"')
        return 0.0, 1.0
    for key in keys:
        if figure and key not in entry:
            reader.problem(f"{path}.{key}", "missing", "a measure between low and high")
    low = reader.number(entry, "low", f"{path}.low", low=-1e15, default=None)
    high = reader.number(entry, "high", f"{path}.high", low=-1e15, default=None)
    if low is not None and high is not None and not high - low >= LEAST_RANGE:
        reader.problem(f"{path}.high", "not above low", "low < high")
    return low or 0.0, 1.0 if high is None else high
