"""What lines add up to: rows, and the mean and spread of a measure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Sums(NamedTuple):
    """What adds up, one entry per line."""

    rows: np.ndarray
    n: np.ndarray
    """Rows with a measure; the same array as ``rows`` where all of them have one."""
    mean: np.ndarray
    """Of the measure; 0 where there is none."""
    m2: np.ndarray
    """Sum of squared deviations from that mean."""

    def take(self, places: np.ndarray) -> Sums:
        """Give the lines at these places (numbers, not a mask), in their order."""
        rows = self.rows.take(places)
        n = rows if self.n is self.rows else _taken(self.n, places)
        return Sums(rows, n, _taken(self.mean, places), _taken(self.m2, places))


def _taken(one: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Take lines, of nothing nothing: numpy would lay all of its zeros out first."""
    if one.strides == (0,):
        return np.broadcast_to(one[:1], len(places))
    return one.take(places)


def merge(groups: np.ndarray, count: int, sums: Sums) -> Sums:
    """Lines of the same group become one (Chan, Golub and LeVeque 1979, for ``m2``)."""
    rows = np.bincount(groups, sums.rows, count)
    if not sums.n.any():
        return counted(rows)
    n = rows if sums.n is sums.rows else np.bincount(groups, sums.n, count)
    if _alone(groups, count):  # only the order changes
        mean, m2 = (np.bincount(groups, one, count) for one in (sums.mean, sums.m2))
        return Sums(rows, n, mean, m2)
    with np.errstate(over="ignore", invalid="ignore"):  # as in ``threads.each``
        total = np.bincount(groups, sums.n * sums.mean, count)
        mean = np.divide(total, n, out=np.zeros(count), where=n > 0)
        apart = mean.take(groups)
        np.subtract(sums.mean, apart, out=apart)
        apart *= apart
        apart *= sums.n
        apart += sums.m2
    return Sums(rows, n, mean, np.bincount(groups, apart, count))


def _alone(groups: np.ndarray, count: int) -> bool:
    """Whether every line is a group of its own, and every group has one."""
    if len(groups) != count:
        return False
    seen = np.zeros(count, bool)
    seen[groups] = True
    return bool(seen.all())


def counted(rows: np.ndarray) -> Sums:
    """Sums of rows without a measure; what is nothing takes no room."""
    nothing = np.broadcast_to(0.0, len(rows))
    return Sums(rows, nothing, nothing, nothing)


def summed(groups: np.ndarray, count: int, values: np.ndarray | None) -> Sums:
    """Sum rows up; the deviations are taken from each line's own mean, so nothing cancels."""
    rows = np.bincount(groups, minlength=count).astype(np.float64)
    if values is None:
        return counted(rows)
    n = rows
    if np.isnan(values.min(initial=0.0)):  # the quickest way to ask for any NaN
        known = ~np.isnan(values)
        groups, values = groups[known], values[known]
        n = np.bincount(groups, minlength=count).astype(np.float64)
    total = np.bincount(groups, values, count)
    mean = np.divide(total, n, out=np.zeros(count), where=n > 0)
    apart = mean.take(groups)
    np.subtract(values, apart, out=apart)
    np.multiply(apart, apart, out=apart)
    return Sums(rows, n, mean, np.bincount(groups, apart, count))
