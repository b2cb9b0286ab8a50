"""Which cells have a row in the table: all that are published, and hidden ones between them.

A bin exists because somebody reached it. So the first and the last hidden bin of a time course would
tell the smallest and the largest value, and no minimum or maximum leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.cells.columns import SPECIAL
from archive_tool.disclose.protection.sheet import OPEN

if TYPE_CHECKING:
    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.sheet import Sheet

_NOWHERE: Final = np.iinfo(np.int64)


def listed(sheet: Sheet, kept: Kept) -> np.ndarray:
    """Say which cells of a group the table lists: bool per cell.

    A hidden bin of equal width is listed where a published one lies on either side of it, all other
    levels being the same. Bins between fixed edges are the policy's words, and stay.
    """
    lattice = sheet.lattice
    levels, is_open = lattice.groups[kept].levels, np.asarray(sheet.status[kept] == OPEN)
    rows = np.ones(len(levels), bool)
    for place in kept:
        if lattice.spec.dimensions[place].bin is not None:
            bins = np.array([name not in SPECIAL for name in lattice.names[place]], bool)
            code = levels[:, place]  # levels are in their order
            rows &= ~bins[code] | _between(
                np.delete(levels, place, axis=1), code, is_open & bins[code]
            )
    return np.asarray(rows | is_open)


def _between(others: np.ndarray, code: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """Say which codes lie between two open ones of the same line."""
    if not len(code):
        return is_open
    _, line = np.unique(others, axis=0, return_inverse=True) if others.shape[1] else (0, 0 * code)
    line = np.asarray(line).reshape(-1)
    first = np.full(line.max() + 1, _NOWHERE.max)
    last = np.full(line.max() + 1, _NOWHERE.min)
    np.minimum.at(first, line[is_open], code[is_open])
    np.maximum.at(last, line[is_open], code[is_open])
    return np.asarray((first[line] < code) & (code < last[line]))
