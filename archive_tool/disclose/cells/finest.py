"""The finest cells of a table: those with a line, and outcomes that were possible."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.cells.seats import DENSE, combinations, compact

if TYPE_CHECKING:
    from archive_tool.model.aggregates import Aggregate, TableSpec


def finest(
    spec: TableSpec, names: list[list[str]], code: np.ndarray, thresholds: Aggregate
) -> tuple[np.ndarray, np.ndarray]:
    """Finest cell per line, and the levels of these cells in order.

    Outcomes that people could have had and nobody had are cells too, where zeros are disclosive.
    """
    width = len(names)
    if not width:
        return np.zeros(len(code), np.int64), np.zeros((1, 0), np.int64)
    keys = _mixed(code, names)
    cell, found = compact(keys, int(keys.max(initial=-1)) + 1)
    levels = _unmixed(found, names)
    if thresholds.zeros and any(dimension.outcome for dimension in spec.dimensions) and len(levels):
        levels = _with_zeros(spec, names, levels)
        cell = np.searchsorted(_mixed(levels, names), found).take(cell)
    return cell, levels


def occurring(code: np.ndarray, names: list[list[str]]) -> np.ndarray:
    """Give the levels that lines have together, each combination once."""
    size = combinations(map(len, names))
    keys = _mixed(code, names)
    dense = size <= max(DENSE, len(keys))
    found = np.flatnonzero(np.bincount(keys, minlength=size)) if dense else np.unique(keys)
    return _unmixed(found, names) if names else np.zeros((1, 0), np.int64)


def _unmixed(found: np.ndarray, names: list[list[str]]) -> np.ndarray:
    columns = []
    for levels in reversed(names):
        columns.append(found % len(levels))
        found = found // len(levels)
    return np.stack(columns[::-1], axis=1)


def _mixed(code: np.ndarray, names: list[list[str]]) -> np.ndarray:
    """Give a number per combination; DisclosureError (18) where they would not be told apart."""
    combinations(map(len, names))
    keys = np.zeros(len(code), np.int64)
    for place, levels in enumerate(names):
        keys = keys * len(levels) + code[:, place]
    return keys


def _with_zeros(spec: TableSpec, names: list[list[str]], levels: np.ndarray) -> np.ndarray:
    """Cross what the experiment offered with the outcomes that were possible there."""
    design = [p for p, d in enumerate(spec.dimensions) if d.design]
    frame = [p for p, d in enumerate(spec.dimensions) if not d.outcome]
    outcomes = [p for p, d in enumerate(spec.dimensions) if d.outcome]
    fixed = {p: range(len(names[p])) for p in outcomes if spec.dimensions[p].edges}
    possible: dict[tuple[int, ...], list[set[int]]] = {}
    frames: dict[tuple[int, ...], set[tuple[int, ...]]] = {}
    for row in levels.tolist():
        where = tuple(row[p] for p in design)
        seen = possible.setdefault(where, [set(fixed.get(p, ())) for p in outcomes])
        for found, place in zip(seen, outcomes, strict=True):
            found.add(row[place])
        frames.setdefault(where, set()).add(tuple(row[p] for p in frame))
    full = []
    for where, seen in possible.items():
        for first in frames[where]:
            for second in product(*seen):
                row = [0] * len(names)
                for place, value in (*zip(frame, first, strict=True),
                                     *zip(outcomes, second, strict=True)):  # fmt: skip
                    row[place] = value
                full.append(row)
    return np.array(sorted(full), np.int64)
