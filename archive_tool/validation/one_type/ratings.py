"""Ratings against their own scale.

``value`` has three meanings (hyperstudy-traps.md, C5): on the scale, 0-1 in continuous ratings,
0-100 in later sparse ratings, which then have a ``rawValue`` too. So the raw value is held to the
scale, and the value only to what it may mean in its row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.ingest.remarks import PartHits, by_part
from archive_tool.model.datatypes import CONTINUOUS, RATINGS
from archive_tool.model.findings import FIRST_ROWS
from archive_tool.model.tables import part_of, row_of
from archive_tool.validation.codes.ratings import (
    NORMALIZED_MISMATCH,
    OUT_OF_SCALE,
    SCALE_REVERSED,
    VALUE_MIXED,
)
from archive_tool.validation.tally import Rule, Tally

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Mask, Positions
    from archive_tool.validation.view import Floats, View

_LOW, _HIGH = "scaleMin", "scaleMax"
_EITHER: Final = "value = rawValue or value = normalizedValue"
_WITHIN: Final = 0.01
"""Share of a scale by which rounding may move a rating."""


def check_ratings(view: View, found: Tally) -> None:
    """Check that values lie on the scale of their row, where the row has one."""
    if view.data_type not in RATINGS or not view.has(_LOW, _HIGH):
        return
    low, high = view.numbers(_LOW), view.numbers(_HIGH)
    _add(view, found, view.rule(SCALE_REVERSED, _LOW, "scaleMin < scaleMax"), low >= high)
    low = np.where(low < high, low, np.nan)
    high = np.where(np.isnan(low), np.nan, high)
    raw, value = _column(view, "rawValue"), _column(view, "value")
    on_scale = view.rule(OUT_OF_SCALE, "rawValue", "scaleMin <= rawValue <= scaleMax")
    _add(view, found, on_scale, (raw < low) | (raw > high))
    if view.data_type == CONTINUOUS.name:
        normal, words = (value >= 0) & (value <= 1), "or 0-1"
    else:
        normal, words = (value >= 0) & (value <= 100) & ~np.isnan(raw), "or 0-100 with rawValue"
    on_either = view.rule(OUT_OF_SCALE, "value", f"scaleMin <= value <= scaleMax {words}")
    _add(view, found, on_either, ((value < low) | (value > high)) & ~normal)
    if view.data_type == CONTINUOUS.name and view.has("normalizedValue", "rawValue"):
        place = "normalizedValue = (rawValue - scaleMin) / (scaleMax - scaleMin)"
        rule = view.rule(NORMALIZED_MISMATCH, "normalizedValue", place)
        share = (raw - low) / (high - low)
        normalized = view.numbers("normalizedValue")
        comparable = (share >= 0) & (share <= 1) & (normalized >= 0) & (normalized <= 1)
        _add(view, found, rule, comparable & (np.abs(normalized - share) > _WITHIN))


@dataclass(kw_only=True)
class Meanings:
    """What ``value`` of continuous ratings means: the raw value, or its share of the scale."""

    _raw: list[PartHits] = field(default_factory=list)
    _share: list[PartHits] = field(default_factory=list)

    def add(self, view: View, found: Tally) -> None:
        """Tell rows whose value is neither, and note which of the two it is in all others."""
        if view.data_type != CONTINUOUS.name or not view.has(_LOW, _HIGH, "rawValue", "value"):
            return
        low, high = view.numbers(_LOW), view.numbers(_HIGH)
        raw, value = view.numbers("rawValue"), view.numbers("value")
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (raw - low) / (high - low)
            off_raw = np.abs(value - raw) / (high - low)
        normalized = view.numbers("normalizedValue")
        off_share = np.abs(value - np.where(np.isnan(normalized), share, normalized))
        on_scale = (share >= 0) & (share <= 1) & (low < high)
        off = np.minimum(off_raw, off_share)
        if (off > _WITHIN).any():  # beside a wrong normalised value, which is told as that
            off = np.where(np.abs(value - share) > _WITHIN, off, 0.0)
        rule = view.rule(VALUE_MIXED, "value", _EITHER)
        _add(view, found, rule, on_scale & (off > _WITHIN))
        self._raw += _hits(view.at[on_scale & (off_raw <= _WITHIN) & (off_share > _WITHIN)])
        self._share += _hits(view.at[on_scale & (off_share <= _WITHIN) & (off_raw > _WITHIN)])

    def finish(self, found: Tally) -> None:
        """Tell the rows of the rarer meaning, where there are both."""
        check = "value means the same in all rows"
        rule = Rule(code=VALUE_MIXED, data_type=CONTINUOUS.name, column="value", check=check)
        for hits in min((self._raw, self._share), key=lambda one: sum(n for _, n, _ in one)):
            found.add_hits(rule, *hits)


def _hits(at: Positions) -> list[PartHits]:
    """Give rows by part; those of one part, as most batches have them, without sorting."""
    if not len(at):
        return []
    order = part_of(int(at[0]))
    if order != part_of(int(at.max())) or order != part_of(int(at.min())):
        return list(by_part(at))
    first = row_of(at[:FIRST_ROWS]) + 1
    return [(order, len(at), first.tolist())]


def _column(view: View, column: str) -> Floats:
    """Give the numbers of a column that is a number in one type and JSON in the other."""
    if not view.has(column):
        return np.full(view.table.num_rows, np.nan)
    return view.numbers(column) if view.data_type == CONTINUOUS.name else view.json_numbers(column)


def _add(view: View, found: Tally, rule: Rule, bad: Mask) -> None:
    if bad.any():
        found.add(rule, view.at[bad])
