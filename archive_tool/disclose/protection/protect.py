"""Secondary suppression: hide as little as it takes so that no hidden cell can be worked out.

Two steps, again and again until neither finds anything:

1. **Totals.** A published total less its published parts is the sum of its hidden parts, so that
   sum must itself be fit for publication: enough people, nobody who dominates. Totals that can be
   worked out count as published (:mod:`archive_tool.disclose.protection.totals`).
2. **Audit.** Where totals cross, equations can be combined: for every unsafe cell a linear
   programme finds what an outsider can know of it (:mod:`archive_tool.disclose.protection.audits`).

What is hidden next is the cell that costs least: by its rows, and by whether the table prefers its
cells or its totals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.disclose.protection.audits import Audits
from archive_tool.disclose.protection.sheet import sync
from archive_tool.disclose.protection.totals import Totals

if TYPE_CHECKING:
    from archive_tool.disclose.protection.hiding import Hiding


def hide_more(hiding: Hiding) -> None:
    """Hide until nothing unsafe can be worked out; DisclosureError when nothing is left."""
    totals, audits = Totals(hiding=hiding), Audits(hiding=hiding)
    while True:
        sync(hiding.sheets, hiding.shared)
        if not totals.hide() and not audits.hide():
            return
