"""``[[aggregate.noisy]]``: tables under differential privacy, checked strictly.

Everything that the noise depends on is written down before anybody saw the data: the levels, the
bounds of a value, and how much one person counts for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from archive_tool.model.aggregates import NoisySpec
from archive_tool.policy.tables import read_table, sections_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.policy.reader import Section

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


def read_noisy(parent: Section, names: Sequence[str]) -> Iterator[NoisySpec]:
    """Read the tables; what is wrong with one is noted, and it is left out.

    ``names``: of tables without noise, which these must not have.
    """
    used = set(names)
    for section in sections_of(parent, "noisy"):
        spec = _noisy(section)
        if spec is None:
            continue
        if spec.table.name in used:
            section.problem("name", "used twice", "a name of its own for every table")
        used.add(spec.table.name)
        yield spec


def _noisy(section: Section) -> NoisySpec | None:
    before = len(section.problems.lines)
    section.unknown_keys((*_SHARED, *NOISE))
    levels, bare = _closed(section)
    counted = {key: value for key, value in section.values.items() if key in _SHARED}
    table = read_table(section.part({**counted, "dimensions": bare}, section.path))
    figure = section.word("figure", FIGURES, "")
    if "figure" not in section.values:
        section.problem("figure", "missing", ", ".join(FIGURES))
    low, high = _bounds(section, figure)
    rows = section.integer("rows", low=1)
    if "rows" not in section.values:
        section.problem("rows", "missing", "what one person counts for at most")
    elif rows is not None and rows > MOST_ROWS:
        section.problem("rows", "too many", f"at most {MOST_ROWS}")
    epsilon = read_epsilon(section, "epsilon")
    if table is None or len(section.problems.lines) > before or rows is None or epsilon is None:
        return None
    if len(levels) != len(table.dimensions):  # one of them is none, which was noted
        return None
    spec = NoisySpec(
        table=table, levels=levels, figure=figure, low=low, high=high, rows=rows, epsilon=epsilon
    )
    if count_cells(spec) > MOST_CELLS:
        section.problem("dimensions", "too many cells", f"at most {MOST_CELLS}")
    return spec


def count_cells(spec: NoisySpec) -> int:
    """Count the cells that a table has, whatever the data says."""
    return math.prod(
        len(levels) or len(dimension.edges) - 1
        for levels, dimension in zip(spec.levels, spec.table.dimensions, strict=True)
    )


def read_epsilon(section: Section, key: str) -> float | None:
    """Read an epsilon; None, with the problem noted, where there is none."""
    value = section.number(key, low=LEAST_EPSILON)
    if key not in section.values:
        section.problem(key, "missing", f"a number from {LEAST_EPSILON} to {MOST_EPSILON}")
    elif value is not None and value > MOST_EPSILON:
        section.problem(key, "protects nobody", f"at most {MOST_EPSILON}")
    return value


def _closed(section: Section) -> tuple[tuple[tuple[str, ...], ...], object]:
    """Take the levels out of the dimensions: they must be written down, or follow from edges."""
    entries, place = section.values.get("dimensions", []), section.at("dimensions")
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
            section.problems.add(f"{place}[{number}]", "has both levels and edges", "one of them")
        elif not edges and (not words or len(set(words)) < len(words) or "" in words):
            expected = "all levels, or edges: which levels occur is data"
            section.problems.add(f"{place}[{number}].levels", "not a closed list", expected)
        levels.append(words)
        bare.append(
            {key: value for key, value in entry.items() if key != "levels"}
            if isinstance(entry, dict)
            else entry
        )
    return tuple(levels), bare


def _bounds(section: Section, figure: str) -> tuple[float, float]:
    """Bounds of a value: needed for a sum or a mean, out of place for a count."""
    keys = ("measure", "low", "high")
    if figure in COUNTS:
        for key in keys:
            if key in section.values:
                section.problem(key, "a count has none", 'figure = "sum" or "mean"')
        return 0.0, 1.0
    for key in keys:
        if figure and key not in section.values:
            section.problem(key, "missing", "a measure between low and high")
    low = section.number("low", low=-1e15)
    high = section.number("high", low=-1e15)
    if low is not None and high is not None and not high - low >= LEAST_RANGE:
        section.problem("high", "not above low", "low < high")
    return low or 0.0, 1.0 if high is None else high
