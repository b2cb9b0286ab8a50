"""Ratings against their own scale.

``value`` has three meanings (hyperstudy-traps.md, C5): on the scale, 0-1 in continuous ratings,
0-100 in later sparse ratings, which then have a ``rawValue`` too. So the raw value is held to the
scale, and the value only to what it may mean in its row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archive_tool.model.datatypes import CONTINUOUS, RATINGS
from archive_tool.validation import codes
from archive_tool.validation.tally import Rule, Tally

if TYPE_CHECKING:
    from archive_tool.validation.view import Floats, Mask, View

_LOW, _HIGH = "scaleMin", "scaleMax"


def check_ratings(view: View, found: Tally) -> None:
    """Check that values lie on the scale of their row, where the row has one."""
    if view.data_type not in RATINGS or not view.has(_LOW, _HIGH):
        return
    low, high = view.numbers(_LOW), view.numbers(_HIGH)
    _add(view, found, _rule(view, codes.SCALE_REVERSED, _LOW, "scaleMin < scaleMax"), low >= high)
    low = np.where(low < high, low, np.nan)
    high = np.where(np.isnan(low), np.nan, high)
    raw, value = _column(view, "rawValue"), _column(view, "value")
    on_scale = _rule(view, codes.OUT_OF_SCALE, "rawValue", "scaleMin <= rawValue <= scaleMax")
    _add(view, found, on_scale, (raw < low) | (raw > high))
    if view.data_type == CONTINUOUS.name:
        normal, words = (value >= 0) & (value <= 1), "or 0-1"
    else:
        normal, words = (value >= 0) & (value <= 100) & ~np.isnan(raw), "or 0-100 with rawValue"
    on_either = _rule(view, codes.OUT_OF_SCALE, "value", f"scaleMin <= value <= scaleMax {words}")
    _add(view, found, on_either, ((value < low) | (value > high)) & ~normal)
    if view.data_type == CONTINUOUS.name and view.has("normalizedValue", "rawValue"):
        place = "normalizedValue = (rawValue - scaleMin) / (scaleMax - scaleMin)"
        rule = _rule(view, codes.NORMALIZED_MISMATCH, "normalizedValue", place)
        share = (raw - low) / (high - low)
        normalized = view.numbers("normalizedValue")
        comparable = (share >= 0) & (share <= 1) & (normalized >= 0) & (normalized <= 1)
        _add(view, found, rule, comparable & (np.abs(normalized - share) > 0.01))


def _column(view: View, column: str) -> Floats:
    """Give the numbers of a column that is a number in one type and JSON in the other."""
    if not view.has(column):
        return np.full(view.table.num_rows, np.nan)
    return view.numbers(column) if view.data_type == CONTINUOUS.name else view.json_numbers(column)


def _rule(view: View, code: str, column: str, check: str) -> Rule:
    return Rule(code=code, data_type=view.data_type, column=column, check=check)


def _add(view: View, found: Tally, rule: Rule, bad: Mask) -> None:
    if bad.any():
        found.add(rule, view.at[bad])
