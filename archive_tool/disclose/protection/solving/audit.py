"""What an outsider can work out of a hidden cell from everything that is published.

The published cells are linear equations over the hidden ones. For every hidden cell the smallest
and the largest value that fits them is a linear programme (Fischetti and Salazar 2000; Hundepool et
al. 2012, 4.4.3); a cell is protected when that interval is as wide as the rule that hid it wants.
Counts are published exactly here even where the release rounds them: the audit errs to the safe
side.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.protection.sheet import Sheet, Spot
from archive_tool.disclose.protection.solving.equations import System, assembled
from archive_tool.disclose.protection.ties import is_tie

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scipy.sparse import csr_matrix

    from archive_tool.disclose.cells.lattice import Kept
    from archive_tool.disclose.protection.family import Family

TOLERANCE: Final = 1e-6
"""Relative size below which two bounds are the same number (HiGHS solves to 1e-7)."""


def system(
    family: Family, amounts: Callable[[Sheet, Kept], np.ndarray], *, additive: bool = True
) -> System:
    """Write down what everybody knows.

    ``amounts`` gives the quantity per cell of a group. With ``additive=False`` (people, who may
    stand in several cells) a total that is no sum only bounds its parts.
    """
    variables: dict[tuple[int, int], int] = {}
    truth: list[float] = []
    for number, sheet in enumerate(family.sheets):
        base = sheet.lattice.base.kept
        values = amounts(sheet, base)
        for cell in np.flatnonzero(~sheet.known(base)).tolist():
            variables[number, cell] = len(truth)
            truth.append(float(values[cell]))
    equations = _Entries()
    limits = _Entries()
    limit_values: list[float] = []
    sums: dict[Spot, list[int]] = {}
    for spot, inside, value, total in _open_totals(family.sheets, amounts, variables):
        if additive or abs(value - total) <= TOLERANCE:
            sums[spot] = inside
            continue
        for one in inside:
            limits.add([one], 1.0, spot)
            limit_values.append(value)
    for rest, spots in _without_known_parts(sums):
        equations.add(rest, 1.0, *spots)
    _link(family, variables, equations)
    matrix, bounds = equations.matrix(len(truth)), limits.matrix(len(truth))
    behind = (equations.spots, [spots[0] for spots in limits.spots])
    return assembled(matrix, bounds, limit_values, truth, behind, variables)


def _open_totals(
    sheets: Sequence[Sheet],
    amounts: Callable[[Sheet, Kept], np.ndarray],
    variables: dict[tuple[int, int], int],
) -> Iterator[tuple[Spot, list[int], float, float]]:
    """Totals that are known, the variables inside, their amount, and what their cells add up to."""
    for number, sheet in enumerate(sheets):
        base = sheet.lattice.base.kept
        of_cell = _variables_of(number, sheet, variables)
        for kept, cells in sheet.lattice.groups.items():
            if kept == base:
                continue
            values, told = amounts(sheet, kept), sheet.known(kept)
            sums = np.bincount(cells.of_base, amounts(sheet, base), len(cells))
            for cell, inside in of_cell(kept).items():
                if told[cell]:
                    yield Spot(number, kept, cell), inside, float(values[cell]), float(sums[cell])


def _without_known_parts(
    sums: dict[Spot, list[int]],
) -> Iterator[tuple[list[int], tuple[Spot, ...]]]:
    """Take from each known sum the known sums within it; what is left, and the cells behind it.

    All together say the same as before. But a total of a thousand known totals no longer makes one
    system of all their parts: what hangs together is small, and so are the programmes.
    """
    owners: dict[tuple[int, Kept], dict[int, Spot]] = defaultdict(dict)
    for spot, inside in sums.items():
        owners[spot.sheet, spot.kept] |= dict.fromkeys(inside, spot)
    for spot, inside in sums.items():
        finer = [
            within
            for (sheet, kept), within in owners.items()
            if sheet == spot.sheet and set(spot.kept) < set(kept) and not is_tie(kept)
        ]
        known = max(finer, key=lambda within: len(within.keys() & inside), default={})
        rest = [variable for variable in inside if variable not in known]
        if rest:
            parts = dict.fromkeys(known[one] for one in inside if one in known)
            yield rest, (spot, *parts)


class _Entries:
    """A sparse matrix as it is written."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.spots: list[tuple[Spot, ...]] = []

    def add(self, inside: Iterable[int], value: float, *spots: Spot) -> None:
        self.more(inside, value, len(self.spots))
        self.spots.append(spots)

    def more(self, inside: Iterable[int], value: float, row: int) -> None:
        for variable in inside:
            self.rows.append(row)
            self.columns.append(variable)
            self.values.append(value)

    def matrix(self, width: int) -> csr_matrix:
        from scipy.sparse import csr_matrix

        return csr_matrix((self.values, (self.rows, self.columns)), (len(self.spots), width))


def _variables_of(
    number: int, sheet: Sheet, variables: dict[tuple[int, int], int]
) -> Callable[[Kept], dict[int, list[int]]]:
    mine = [(cell, variable) for (one, cell), variable in variables.items() if one == number]

    def of_group(kept: Kept) -> dict[int, list[int]]:
        of_base = sheet.lattice.groups[kept].of_base
        inside: dict[int, list[int]] = defaultdict(list)
        for cell, variable in mine:
            inside[int(of_base[cell])].append(variable)
        return inside

    return of_group


def _link(family: Family, variables: dict[tuple[int, int], int], equations: _Entries) -> None:
    """Let a hidden cell that two tables share be one and the same number."""
    for share in family.shared:
        one, two = family.sheets[share.left], family.sheets[share.right]
        closed = ~one.known(share.left_kept)[share.left_cells]
        left = _variables_of(share.left, one, variables)(share.left_kept)
        right = _variables_of(share.right, two, variables)(share.right_kept)
        for here, there in zip(
            share.left_cells[closed].tolist(), share.right_cells[closed].tolist(), strict=True
        ):
            row = len(equations.spots)
            both = (
                Spot(share.left, share.left_kept, here),
                Spot(share.right, share.right_kept, there),
            )
            equations.add(left.get(here, ()), 1.0, *both)
            equations.more(right.get(there, ()), -1.0, row)


def inside_of(system: System, sheets: Sequence[Sheet], spot: Spot) -> np.ndarray:
    """Variables that make up a hidden cell."""
    lattice = sheets[spot.sheet].lattice
    if spot.kept == lattice.base.kept:
        cells = [spot.cell]
    else:
        cells = np.flatnonzero(lattice.groups[spot.kept].of_base == spot.cell).tolist()
    found = (system.variables.get((spot.sheet, cell)) for cell in cells)
    return np.array(sorted(one for one in found if one is not None), np.int64)
