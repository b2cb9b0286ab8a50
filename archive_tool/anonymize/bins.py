"""Bins of equal width, as people read them: 0.3 begins the bin ``0.3`` of width 0.1.

In binary fractions 0.3 / 0.1 is a little less than 3, and 3 times 0.1 a little more than 0.3.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np

NEAR: Final = 1e-12
"""Share of a quotient by which it may miss a whole number and is that number all the same."""


def bins_of(values: np.ndarray, width: float) -> np.ndarray:
    """Give the number of the bin of each value, as float64; NaN stays NaN."""
    import numpy as np

    at: np.ndarray = values / width
    if float(width).is_integer():
        np.floor(at, out=at)
        return at
    whole = np.rint(at)
    is_near = np.abs(at - whole) <= NEAR * np.maximum(1.0, np.abs(whole))
    bins: np.ndarray = np.where(is_near, whole, np.floor(at))
    return bins


def lower_edges(bins: np.ndarray, width: float) -> np.ndarray:
    """Give where bins begin: the number nearest to what is written in decimals."""
    exact = Fraction(str(width))
    edges: np.ndarray = bins * exact.numerator / exact.denominator + 0.0  # no negative zero
    return edges


def all_lower_edges(values: np.ndarray, width: float) -> np.ndarray:
    """Give where the bin of each value begins; of one with too many bins below it, the value."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        edges = lower_edges(bins_of(values, width), width)
    begins: np.ndarray = np.where(np.isinf(edges), values, edges)
    return begins


def lower_edge(value: float, width: float) -> float:
    """Give where the bin of one value begins: what :func:`all_lower_edges` gives."""
    at = value / width
    exact = Fraction(str(width))
    try:
        whole = round(at)
        is_near = abs(at - whole) <= NEAR * max(1.0, abs(whole)) and not float(width).is_integer()
        return (whole if is_near else math.floor(at)) * exact.numerator / exact.denominator
    except OverflowError:
        return value
