"""What was done to the rows of an archive: the policy that lies in it, under its signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.archive import bag, layout
from archive_tool.policy import decide, parse_applied

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.policy import Decisions


def decisions_of(folder: Path) -> Decisions:
    """Read the decisions of an archive; IntegrityError (16) when its policy was changed."""
    text = bag.read_text(folder, bag.read_seal(folder), layout.POLICY)
    return decide(parse_applied(text, where=layout.POLICY), stored=True)
