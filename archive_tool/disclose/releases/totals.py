"""Totals that no table lists, although its published cells add up to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.cells.lattice import subsets, totalled
from archive_tool.disclose.protection.sheet import OPEN
from archive_tool.disclose.protection.ties import group_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.disclose.cells.lattice import Cells
    from archive_tool.disclose.protection.table import AggregateTable


def unlisted(table: AggregateTable) -> Iterator[tuple[Cells, np.ndarray, np.ndarray]]:
    """Give such totals group by group: which are known, and of which the measure is."""
    sheet, lattice = table.sheet, table.sheet.lattice
    base = lattice.base
    shown = sheet.status[base.kept] == OPEN
    measured = shown
    if table.measures is not None:
        measured = shown & (table.measures.status[base.kept] == OPEN)
    for kept in subsets(len(lattice.names)):
        if kept in sheet.published:
            continue
        found, of_base = totalled(base.levels, kept)
        known, averaged = (np.bincount(of_base, ~one, len(found)) == 0 for one in (shown, measured))
        if known.any():
            cells = group_of(lattice, base.kept, of_base)
            yield replace(cells, kept=kept, levels=found), known, averaged
