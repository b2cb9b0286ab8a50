"""What hiding a cell loses, in the table that values it most."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.family import Family
    from archive_tool.disclose.protection.sheet import Sheet, Spot

Group = tuple[int, "Kept"]
"""A group of cells of a sheet."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Knows which cells of other tables are the same."""

    sheets: Sequence[Sheet]
    same: dict[Group, list[tuple[Group, dict[int, int]]]]
    """By group: groups that have cells of it too, and which ones."""

    @classmethod
    def of_all(cls, family: Family) -> Prices:
        """Look through what the sheets have in common."""
        same = defaultdict(list)
        for share in family.shared:
            left, right = (share.left, share.left_kept), (share.right, share.right_kept)
            cells = share.left_cells.tolist(), share.right_cells.tolist()
            same[left].append((right, dict(zip(*cells, strict=True))))
            same[right].append((left, dict(zip(*reversed(cells), strict=True))))
        return cls(sheets=family.sheets, same=dict(same))

    def of(self, spot: Spot) -> float:
        """Give the price of a cell."""
        price = self.sheets[spot.sheet].cost(spot.kept, spot.cell)
        for (sheet, kept), to in self.same.get((spot.sheet, spot.kept), ()):
            if spot.cell in to and kept in self.sheets[sheet].published:
                price = max(price, self.sheets[sheet].cost(kept, to[spot.cell]))
        return price
