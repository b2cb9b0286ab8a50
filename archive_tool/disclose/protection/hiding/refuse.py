"""Tables that cannot be made safe or make no sense are refused, naming table and rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.cells.seats import compact
from archive_tool.disclose.protection.rules import count_people, counts_unsafe
from archive_tool.disclose.protection.sheet import OPEN
from archive_tool.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive_tool.disclose.cells.lattice import Lattice
    from archive_tool.disclose.protection.sheet import Sheet
    from archive_tool.model.aggregates import Aggregate, TableSpec


def empty(specs: Iterable[TableSpec]) -> None:
    """DisclosureError for a declared table that no row belongs to."""
    for spec in specs:
        if spec.declared:
            raise DisclosureError(
                "no row of anybody belongs to it",
                where=f"aggregate table {spec.name}",
                expected="rows of people",
                hint="look at its type and its filters, or take it out of the policy",
            )


def unfit(lattice: Lattice) -> None:
    """DisclosureError for a declared table whose dimensions or measure are not what they must be.

    A default table with such a dimension is only hidden cells, and says nothing.
    """
    spec = lattice.spec
    where = f"aggregate table {spec.name}"
    base = lattice.base
    if not len(base.people):  # nobody meets a filter by role or condition
        empty([spec])
    if spec.declared:
        everybody = int((np.bincount(base.people) > 0).sum())
        width = int(base.people.max()) + 1
        for place, dimension in enumerate(spec.dimensions):
            if len(lattice.names[place]) < everybody:
                continue
            levels = base.levels[base.owners, place]
            _, pairs = compact(levels * width + base.people, len(lattice.names[place]) * width)
            people = np.bincount(pairs // width)
            if everybody > 1 and (people > 0).sum() >= everybody and people.max() == 1:
                raise DisclosureError(
                    f"dimension {dimension.name} has a level for every person",
                    where=where,
                    expected="levels that many people share",
                    hint="leave it out, or give it a bin or edges",
                )
        if spec.measure is not None and not (base.sums.n > 0).any():
            raise DisclosureError(
                f"measure {spec.measure} is not numeric: no row has a number",
                where=where,
                expected="a number column",
            )
    negative = base.sums.n * base.sums.mean < 0
    if spec.measure is not None and not spec.signed and negative.any():
        raise DisclosureError(
            "the total of a person is negative, and dominance rules (nk, p) are about shares",
            where=where,
            expected="signed = true, which compares absolute totals",
        )


def nothing_left(sheet: Sheet, thresholds: Aggregate) -> None:
    """DisclosureError for a declared table of which every cell would be hidden."""
    spec = sheet.lattice.spec
    if not spec.declared:
        return
    for kept in sheet.published:
        if (sheet.status[kept] == OPEN).any():
            return
    base = sheet.lattice.base
    broken = counts_unsafe(spec, base, thresholds)
    filled = count_people(base) > 0
    rules = [rule.value for rule, cells in broken.items() if (cells & filled).any()]
    raise DisclosureError(
        f"nothing would be left of it, by the rules {', '.join(rules) or 'of totals'}",
        where=f"aggregate table {spec.name}",
        expected=f"a cell with {thresholds.people} people",
        hint="use fewer or coarser dimensions, or leave the table out",
    )
