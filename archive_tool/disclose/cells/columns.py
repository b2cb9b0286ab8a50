"""Columns of rows as small numbers: a code per level of a dimension, a float per measure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.anonymize.bins import bins_of, lower_edges
from archive_tool.disclose.cells.about import MET, UNMET, Met
from archive_tool.ingest.arrow import without_zone
from archive_tool.model.aggregates import LENGTH, POSITION, PRECISIONS, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.model.aggregates import Dimension, Filter

MISSING: Final = "(missing)"
"""Level of rows without a value in a dimension: they are people too."""
OUTSIDE: Final = "(outside)"
"""Level of numbers below the first edge or above the last."""
OTHER: Final = "(other)"
"""Level of what too few people have: its own name could be their words."""
SEVERAL: Final = "(several)"
"""Level of people who have more than one role or condition."""
ALL: Final = "(all)"
"""Level of the totals."""
SPECIAL: Final = (ALL, OTHER, SEVERAL, OUTSIDE, MISSING)
_DENSE: Final = 1 << 20
"""Widest range of bins that is looked up in a table rather than sorted."""


class Coded(NamedTuple):
    """A dimension of some rows."""

    codes: np.ndarray
    """Integers, one per row: place of its level in ``levels``."""
    levels: list[str]


def code(dimension: Dimension, table: pa.Table) -> Coded:
    """Give every row the code of its level; a column that is not there is missing in every row."""
    if isinstance(dimension, Met):
        met = meets(dimension.condition, table)
        return Coded(met.astype(np.int64), [UNMET, MET])
    if dimension.bin is not None or dimension.edges:
        values = numbers(dimension.source, table)
        if dimension.edges:
            return _between(values, dimension.edges)
        return _binned(values, float(dimension.bin or 1.0))
    return words(dimension.source, table)


def words(source: Source, table: pa.Table) -> Coded:
    """Give the words of a source; JSON scalars are written as text, other values are missing.

    Of a moment the date in UTC, as much of it as the form says.
    """
    if source.column not in table.column_names:
        return Coded(np.zeros(table.num_rows, np.int32), [MISSING])
    column = table[source.column]
    is_json = pa.types.is_string(column.type)
    if source.form in PRECISIONS:
        column = pc.cast(without_zone(column), pa.date32()).dictionary_encode()
    elif not pa.types.is_dictionary(column.type):
        column = pc.cast(column, pa.string()).dictionary_encode()
    array = _one(column)
    levels: list[Any] = array.dictionary.to_pylist()
    if source.form in PRECISIONS:
        levels = [day.isoformat()[: PRECISIONS[source.form]] for day in levels]
    elif is_json:
        levels = [_word(_inside(text, source.leaf)) for text in levels]
    indices = array.indices
    if indices.null_count:
        indices, levels = indices.fill_null(len(levels)), [*levels, None]
    return _distinct(indices.to_numpy(zero_copy_only=False), levels)


def numbers(source: Source, table: pa.Table) -> np.ndarray:
    """Give a float64 per row, NaN where there is no finite number."""
    if source.form == POSITION:
        return _position(table)
    if source.column not in table.column_names:
        return np.full(table.num_rows, np.nan)
    column = table[source.column]
    if source.form == LENGTH:
        column = pc.utf8_length(column)
    elif pa.types.is_string(column.type):
        return _leaf_numbers(column, source.leaf)
    array = _one(pc.cast(column, pa.float64()))
    values: np.ndarray = array.to_numpy(zero_copy_only=False)
    if np.isinf(values).any():
        values = np.where(np.isfinite(values), values, np.nan)
    return values


def meets(condition: Filter, table: pa.Table) -> np.ndarray:
    """Say per row whether it meets a filter; rows without a value do not."""
    if condition.words:
        coded = words(condition.source, table)
        wanted = np.array([level in condition.words for level in coded.levels])
        return np.asarray(wanted[coded.codes])
    if condition.present and not _is_number(condition.source, table):
        coded = words(condition.source, table)
        wanted = np.array([level != MISSING for level in coded.levels])
        return np.asarray(wanted[coded.codes])
    values = numbers(condition.source, table)
    low = -np.inf if condition.low is None else condition.low
    high = np.inf if condition.high is None else condition.high
    if condition.present:
        return np.asarray(np.isfinite(values))
    return np.asarray((values >= low) & (values < high))


def between(edges: Sequence[float]) -> list[str]:
    """Name the bins between edges; the last one holds its upper edge."""
    levels = [f"[{low:.15g}, {high:.15g})" for low, high in pairwise(edges)]
    levels[-1] = levels[-1][:-1] + "]"
    return levels


def level_order(level: str) -> tuple[int, float, str]:
    """Sort levels: numbers by size, words by letter, those in brackets last."""
    if level in SPECIAL:
        return 3, 0.0, level
    first = level.lstrip("[").split(",", maxsplit=1)[0]
    try:
        return 1, float(first), level
    except ValueError:
        return 2, 0.0, level


def _is_number(source: Source, table: pa.Table) -> bool:
    if source.form:
        return True
    return source.column in table.column_names and bool(
        pa.types.is_floating(table.schema.field(source.column).type)
    )


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        if not column.num_chunks:  # Arrow makes one of none only for some types
            return pa.nulls(0, column.type)
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return column


def _distinct(codes: np.ndarray, levels: Sequence[str | None]) -> Coded:
    """Merge levels that are written alike, and leave out those that no row has."""
    seen = np.bincount(codes, minlength=len(levels)) > 0
    places: dict[str, int] = {}
    to = np.zeros(len(levels), np.int32)
    for place in np.flatnonzero(seen).tolist():
        level = levels[place]
        # A word of the data that looks like one of ours is a level like any other: quoted.
        name = MISSING if not level else f"'{level}'" if level in SPECIAL else level
        to[place] = places.setdefault(name, len(places))
    if seen.all() and len(places) == len(levels):
        return Coded(codes, list(places))
    return Coded(to[codes], list(places) or [MISSING])


def _binned(values: np.ndarray, width: float) -> Coded:
    at = bins_of(values, width)
    everywhere = not np.isnan(at.min(initial=0.0))  # the quickest way to ask for any NaN
    known = slice(None) if everywhere else ~np.isnan(at)
    chosen = at[known]
    if not len(chosen):
        return Coded(np.zeros(len(values), np.int32), [MISSING])
    low, high = float(chosen.min()), float(chosen.max())
    if high - low < _DENSE:
        place = np.subtract(chosen, low, out=chosen).astype(np.int64)
        present = np.bincount(place) > 0
        lower = low + np.flatnonzero(present)
        code_of = place if present.all() else (np.cumsum(present) - 1).take(place)
    else:
        lower, code_of = np.unique(chosen, return_inverse=True)
    levels = [f"{edge:.15g}" for edge in lower_edges(lower, width)]
    if everywhere:
        return Coded(code_of, levels)
    codes = np.full(len(values), len(levels), np.int64)
    codes[known] = code_of
    return Coded(codes, [*levels, MISSING])


def _between(values: np.ndarray, edges: tuple[float, ...]) -> Coded:
    """Fall between fixed edges; the last bin holds its upper edge too."""
    levels = between(edges)
    bins = len(levels)
    codes = np.searchsorted(np.array(edges), values, side="right").astype(np.int32) - 1
    codes[values == edges[-1]] = bins - 1
    codes[(codes < 0) | (codes >= bins)] = bins
    codes[np.isnan(values)] = bins + 1
    used = np.bincount(codes, minlength=bins + 2) > 0
    used[:bins] = True  # fixed edges: a bin that nobody reached is a level all the same
    to = (np.cumsum(used) - 1).astype(np.int32)
    named = [*levels, OUTSIDE, MISSING]
    return Coded(to[codes], [level for level, there in zip(named, used, strict=True) if there])


def _position(table: pa.Table) -> np.ndarray:
    """Where a rating lies on its own scale, from 0 to 1."""
    value, low, high = (
        numbers(Source(column=name), table) for name in ("value", "scaleMin", "scaleMax")
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        place = (value - low) / (high - low)
    place = np.where(np.isfinite(place), place, np.nan)
    if "normalizedValue" in table.column_names:
        normal = numbers(Source(column="normalizedValue"), table)
        place = np.where(np.isnan(normal), place, normal)
    return place


def _leaf_numbers(column: pa.ChunkedArray, leaf: str) -> np.ndarray:
    array = _one(column.dictionary_encode())
    values = [_number(_inside(text, leaf)) for text in array.dictionary.to_pylist()]
    codes = array.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    return np.asarray(np.array([*values, np.nan])[codes])


def _inside(text: str, leaf: str) -> object:
    """Give the value at a path of a JSON text; a path leads through objects only."""
    try:
        value: Any = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    for key in leaf.split(".") if leaf else ():
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _number(value: object) -> float:
    """Give a finite number; flags are no measures of size."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    return float(value) if abs(value) < 1e300 else float("nan")


def _word(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):  # whole numbers have no end in JSON
        return f"{value + 0.0:.15g}" if abs(value) < 1e300 else None
    return value if isinstance(value, str) else None
