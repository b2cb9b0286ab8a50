"""Complementary (secondary) suppression: hide as little as it takes so that no hidden cell can be worked out.

Three steps, again and again until none finds anything:

1. **Totals.** A published total less its published parts is the sum of its hidden parts, so that
   sum must itself be fit for publication: enough people, nobody who dominates. Totals that can be
   worked out count as published (:mod:`archive_tool.disclose.protection.hiding.totals`); so do parts of
   parts (:mod:`archive_tool.disclose.protection.hiding.remainders`).
2. **Moments.** A published mean tells of the histogram of the same numbers
   (:mod:`archive_tool.disclose.protection.hiding.moments`).
3. **Audit.** Where totals cross, equations can be combined: for every unsafe cell a linear
   programme finds what an outsider can know of it (:mod:`archive_tool.disclose.protection.hiding.audits`).

What is hidden next is the cell that costs least: by its rows, and by whether the table prefers its
cells or its totals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.disclose.protection.hiding.audits import Audits
from archive_tool.disclose.protection.hiding.moments import Moments
from archive_tool.disclose.protection.hiding.remainders import Remainders
from archive_tool.disclose.protection.hiding.totals import Totals

if TYPE_CHECKING:
    from archive_tool.disclose.protection.hiding.cells import Hiding


def hide_more(hiding: Hiding) -> None:
    """Hide until nothing unsafe can be worked out; DisclosureError when nothing is left."""
    totals, remainders = Totals(hiding=hiding), Remainders(hiding=hiding)
    moments, audits = Moments(hiding=hiding), Audits(hiding=hiding)
    while True:
        hiding.family.sync()
        if not (totals.hide() or remainders.hide() or moments.hide() or audits.hide()):
            moments.blur()
            return
