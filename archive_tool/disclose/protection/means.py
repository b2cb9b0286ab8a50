"""Which tables average what another one of the family, or the same, has as the bins of a histogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.cells.about import RATING, number_of
from archive_tool.disclose.cells.columns import level_order
from archive_tool.disclose.cells.lines import scale_of
from archive_tool.disclose.protection.family import Family, Share
from archive_tool.disclose.protection.sheet import Sheet, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from archive_tool.disclose.cells.lattice import Kept, Lattice
    from archive_tool.model.aggregates import Source, TableSpec

_FLAGS: Final = {"false": 0.0, "true": 1.0}
SAME: Final = 1e-9
"""Sum of squared deviations of what are the same numbers."""


class Mean(NamedTuple):
    """A published mean and the bins that it tells of."""

    cell: Spot
    """Of the histogram, all of its bins together."""
    teller: Spot
    """The same cell where it has a mean."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """The means of one group of cells, and the histogram of the same numbers."""

    place: int
    """Sheet of the histogram."""
    kept: Kept
    cells: np.ndarray
    teller: int
    """Sheet with the means."""
    teller_kept: Kept
    teller_cells: np.ndarray
    weights: np.ndarray
    """What a row counts for, by finest cell of the histogram: between 0 and 1."""
    reached: np.ndarray
    """Finest cells of a level that anybody has: others are not on the scale."""
    mixed: np.ndarray
    """Finest cells with several numbers in them."""

    def known(self, sheets: Sequence[Sheet], closed: AbstractSet[Spot]) -> Iterator[Mean]:
        """Give the means that are published or follow from finer ones, but for those ``closed``."""
        sheet = sheets[self.teller]
        cells, base = sheet.lattice.groups[self.teller_kept], sheet.lattice.base
        parts = np.bincount(cells.of_base, ~sheet.known(base.kept), len(cells)) == 0
        shown = sheet.known(self.teller_kept) | parts
        for cell, told in zip(self.cells.tolist(), self.teller_cells.tolist(), strict=True):
            teller = Spot(self.teller, self.teller_kept, told)
            if shown[told] and teller not in closed:
                yield Mean(Spot(self.place, self.kept, cell), teller)


def means_of(family: Family) -> list[Means]:
    """Find the tables that average what another one of the family, or the same, has as levels."""
    found: list[Means] = []
    sheets, shared = family.sheets, family.shared
    for one in (*shared, *map(_turned, shared), *_with_themselves(sheets)):
        teller = sheets[one.right]
        place = answers(sheets[one.left].lattice.spec, teller.lattice.spec.measure)
        if place is None or place in one.left_kept:
            continue
        lattice = sheets[one.left].lattice
        level = lattice.base.levels[:, place]
        used = np.bincount(level, lattice.base.whole.rows, len(lattice.names[place])) > 0
        found.append(
            Means(
                place=one.left,
                kept=one.left_kept,
                cells=one.left_cells,
                teller=one.right,
                teller_kept=one.right_kept,
                teller_cells=one.right_cells,
                weights=_weights(lattice, place),
                reached=used[level],
                mixed=_sums_are_of(lattice, place) & (lattice.base.whole.m2 > SAME),
            )
        )
    return found


def answers(spec: TableSpec, measure: Source | None) -> int | None:
    """Say which dimension has the numbers of a measure as its levels: words, or places on a scale.

    Times and lengths are others within a bin; what they add up to solves nothing.
    """
    if measure is None:
        return None
    number = number_of(measure)
    for place, one in enumerate(spec.dimensions):
        words = one.bin is None and not one.edges
        if number_of(one.source) == number and (words or number == RATING):
            return place
    return None


def _turned(share: Share) -> Share:
    """Give the same cells in common, the other table first."""
    return Share(*share[3:], *share[:3])


def _with_themselves(sheets: Sequence[Sheet]) -> Iterator[Share]:
    """Let a table with a measure be the other one too."""
    for number, sheet in enumerate(sheets):
        for kept in sheet.published if sheet.lattice.spec.measure else ():
            same = np.arange(len(sheet.lattice.groups[kept]))
            yield Share(number, kept, same, number, kept, same)


def _sums_are_of(lattice: Lattice, place: int) -> bool:
    """Whether what was added up of a table is the number that a dimension has as bins."""
    dimension, added = (
        lattice.spec.dimensions[place],
        lattice.spec.measure or scale_of(lattice.spec),
    )
    binned = dimension.bin is not None or bool(dimension.edges)
    return binned and added is not None and number_of(added) == number_of(dimension.source)


def _weights(lattice: Lattice, place: int) -> np.ndarray:
    """Say what a row of every finest cell counts for: its number, brought between 0 and 1."""
    level, whole = lattice.base.levels[:, place], lattice.base.whole
    if _sums_are_of(lattice, place):
        total, n = np.bincount(level, whole.n * whole.mean), np.bincount(level, whole.n)
        elsewhere = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
        numbers = np.where(whole.n > 0, whole.mean, elsewhere[level])
    else:
        kind, first, _ = zip(*map(level_order, lattice.names[place]), strict=True)
        flags = [_FLAGS.get(name, np.nan) for name in lattice.names[place]]
        numbers = np.where(np.array(kind) == 1, first, flags)[level]
    is_number = np.isfinite(numbers)
    if not is_number.any():
        return np.zeros(len(level))
    low, high = numbers[is_number].min(), numbers[is_number].max()
    return np.where(is_number, (numbers - low) / max(high - low, 1e-300), 0.0).round(9)
