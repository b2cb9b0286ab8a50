"""The lines of some rows, packed: one number says whose seat and which levels a line is about.

Most lines of a crossing are never looked at one by one, so none is taken apart before it must be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.cells.seats import DENSE, combinations, compact
from archive_tool.disclose.cells.sums import Sums, counted, summed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHARE: Final = 64
"""One key in so many tells whether keys repeat."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Lines of some rows; without a measure a cell and seat may have several."""

    keys: np.ndarray
    """Per line the local number of its seat, then the local code of every dimension, as digits."""
    levels: tuple[np.ndarray, ...]
    """Number of each local level in the registry of its dimension."""
    seats: np.ndarray
    """Number of each local seat in :class:`Everyone`."""
    sums: Sums
    """Rows may be of any type of number."""

    def codes(self, places: Sequence[int]) -> np.ndarray:
        """Give the levels of some dimensions: a row per line, a column per dimension."""
        out = np.empty((len(self.keys), len(places)), np.int64, order="F")
        for column, place in enumerate(places):
            here = self.levels[place]
            digits = self.keys // self._cells(place + 1) % len(here)
            here.take(digits, out=out[:, column], mode="clip")
        return out

    def of_seats(self) -> np.ndarray:
        """Give the seat of every line."""
        return self.seats.take(self.keys // self._cells())

    def once(self, like: np.ndarray) -> Piece:
        """Give one line per combination of levels and kind of seat, without its rows.

        ``like``: by seat of :class:`Everyone` the one that stands for its kind.
        """
        seats, kind = np.unique(like[self.seats], return_inverse=True)
        cells = self._cells()
        keys = self.keys % cells
        if len(seats) > 1:
            keys = keys + kind.take(self.keys // cells) * cells
        return self._of(keys, seats)

    def _of(self, keys: np.ndarray, seats: np.ndarray) -> Piece:
        """Give these lines, each once."""
        if len(seats) * self._cells() <= 4 * len(keys):
            keys = np.flatnonzero(np.bincount(keys))
        else:
            keys = np.unique(keys)
        return replace(self, keys=keys, seats=seats, sums=counted(np.broadcast_to(0.0, len(keys))))

    def _cells(self, first: int = 0) -> int:
        """Say how many combinations the dimensions have from one on."""
        return prod(map(len, self.levels[first:]))


def once(pieces: Iterable[Piece], like: np.ndarray) -> list[Piece]:
    """Give what occurs, see :meth:`Piece.once`; pieces with the same levels become one."""
    found: dict[tuple[bytes, ...], list[Piece]] = {}
    for piece in pieces:
        one = piece.once(like)
        alike = tuple(numbers.tobytes() for numbers in (one.seats, *one.levels))
        found.setdefault(alike, []).append(one)
    return [
        ones[0]._of(np.concatenate([one.keys for one in ones]), ones[0].seats)
        for ones in found.values()
    ]


def packed(
    local: np.ndarray, seats: np.ndarray, codes: Sequence[np.ndarray],
    levels: Sequence[np.ndarray], values: np.ndarray | None,
) -> Piece:  # fmt: skip
    """Make lines of rows: their local seats, codes by dimension, and measure."""
    size = combinations(map(len, (seats, *levels)))
    whole = np.uint32 if size < 1 << 32 else np.int64
    keys = local if values is not None or not codes else local.astype(whole)
    for column, here in zip(codes, levels, strict=True):
        keys = keys * len(here)
        np.add(keys, column, out=keys, casting="unsafe")
    found, sums = _counted(keys, size) if values is None else _measured(keys, size, values)
    return Piece(keys=found.astype(whole), levels=tuple(levels), seats=seats, sums=sums)


def _measured(keys: np.ndarray, size: int, values: np.ndarray) -> tuple[np.ndarray, Sums]:
    """Sum up what has the same key."""
    if size > max(DENSE, 4 * len(keys)):
        inverse, found = compact(keys, size)
        return found, summed(inverse, len(found), values)
    sums = summed(keys, size, values)
    found = np.flatnonzero(sums.rows)
    return found, sums if len(found) == size else sums.take(found)


def _counted(keys: np.ndarray, size: int) -> tuple[np.ndarray, Sums]:
    """Count what has the same key; among many keys runs of the same one.

    Rows of a person lie together and go through the levels. Where they do not, keys are sorted if
    that makes lines much fewer.
    """
    if size <= len(keys):
        rows = np.bincount(keys)
        found = np.flatnonzero(rows)
        return found, counted(_narrow(rows.take(found)))
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    found = keys.take(starts)
    some = found[found < size // _SHARE]
    if 2 * len(np.unique(some)) > len(some):
        return found, counted(_narrow(np.diff(starts, append=len(keys))))
    found, rows = np.unique(keys, return_counts=True)
    return found, counted(_narrow(rows))


def _narrow(rows: np.ndarray) -> np.ndarray:
    """Give counts in the smallest type that holds them."""
    return rows.astype(np.min_scalar_type(int(rows.max())))
