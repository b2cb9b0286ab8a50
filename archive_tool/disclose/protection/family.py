"""Tables that are protected together, and the cells that they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archive_tool.disclose.cells.about import about, filters
from archive_tool.disclose.protection.sheet import ABSENT, OPEN, PRIMARY
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.disclose.cells.lattice import Kept, Lattice
    from archive_tool.disclose.protection.sheet import Sheet


class Share(NamedTuple):
    """Cells that two sheets have in common, place by place."""

    left: int
    left_kept: Kept
    left_cells: np.ndarray
    right: int
    right_kept: Kept
    right_cells: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Family:
    """Tables of one data type, or of them those that average the same number."""

    sheets: Sequence[Sheet]
    shared: Sequence[Share]
    """Cells that two of them have in common."""

    @classmethod
    def of(cls, sheets: Sequence[Sheet]) -> Family:
        """Find what sheets have in common: the same dimensions and levels, or a tie."""
        shared = [
            _share(sheets, left, kept, right, other_kept)
            for right, other in enumerate(sheets)
            for left, sheet in enumerate(sheets[:right])
            for kept, other_kept in _in_common(sheet.lattice, other.lattice)
        ]
        return cls(sheets=sheets, shared=shared)

    def sync(self) -> None:
        """Hide in every sheet what is hidden in another."""
        for share in self.shared:
            _fix_both(self.sheets, share)
            one = self.sheets[share.left].status[share.left_kept]
            two = self.sheets[share.right].status[share.right_kept]
            left, right = one[share.left_cells], two[share.right_cells]
            # unsafe beats hidden beats absent; a cell is absent only where no sheet publishes it
            hidden = np.where(
                (left == PRIMARY) | (right == PRIMARY),
                PRIMARY,
                np.maximum(
                    np.where(left == ABSENT, OPEN, left), np.where(right == ABSENT, OPEN, right)
                ),
            )
            hidden = np.where((left == ABSENT) & (right == ABSENT), ABSENT, hidden)
            one[share.left_cells], two[share.right_cells] = hidden, hidden


def _in_common(one: Lattice, two: Lattice) -> Iterator[tuple[Kept, Kept]]:
    """Groups of two tables that are about the same."""
    for kept in one.groups:
        mine = _about(one, kept).keys()
        yield from ((kept, other) for other in two.groups if _about(two, other).keys() == mine)


def _fix_both(sheets: Sequence[Sheet], share: Share) -> None:
    left = sheets[share.left].fixed.get(share.left_kept)
    right = sheets[share.right].fixed.get(share.right_kept)
    for here, there in zip(share.left_cells.tolist(), share.right_cells.tolist(), strict=True):
        if left is not None and left[here]:
            sheets[share.right].fix(share.right_kept, there)
        if right is not None and right[there]:
            sheets[share.left].fix(share.left_kept, here)


def _about(lattice: Lattice, kept: Kept) -> dict[object, int | None]:
    """Say what the cells of a group are about: dimensions and their places, filters without one."""
    if is_tie(kept):
        return {kept: None}
    found: dict[object, int | None] = dict.fromkeys(filters(lattice.spec))
    return found | {about(lattice.spec.dimensions[place]): place for place in kept}


def _share(
    sheets: Sequence[Sheet], left: int, left_kept: Kept, right: int, right_kept: Kept
) -> Share:
    one, two = sheets[left].lattice, sheets[right].lattice
    if is_tie(left_kept):  # the last cell is what is in none
        same = np.arange(len(one.groups[left_kept]) - 1)
        return Share(left, left_kept, same, right, right_kept, same)
    order = list(_about(one, left_kept))
    where = {key: cell for cell, key in enumerate(_keys(two, right_kept, order))}
    keys = enumerate(_keys(one, left_kept, order))
    pairs = [(cell, where[key]) for cell, key in keys if key in where]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return Share(left, left_kept, both[:, 0], right, right_kept, both[:, 1])


def _keys(lattice: Lattice, kept: Kept, order: Sequence[object]) -> list[tuple[str, ...]]:
    """Levels of the cells of a group, one for each dimension in this order."""
    given = _about(lattice, kept)
    places = [place for one in order if (place := given[one]) is not None]
    return [
        tuple(lattice.names[place][levels[place]] for place in places)
        for levels in lattice.groups[kept].levels.tolist()
    ]
