"""What was done to the rows of an archive: the policy that lies in it, under its signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.archive import bag, layout
from archive_tool.policy import decide, parse_applied

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from archive_tool.policy import Decisions


def decisions_of(folder: Path) -> Decisions:
    """Read the decisions of an archive; IntegrityError (16) when its policy was changed."""
    text = bag.read_text(folder, bag.read_seal(folder), layout.POLICY)
    return decide(parse_applied(text, where=layout.POLICY), stored=True)


def summaries_of(folder: Path, types: Collection[str]) -> frozenset[str]:
    """Name the summary tables that an archive has of some data types: they are kept as long as these."""
    from archive_tool.disclose.defaults import specs_for

    decisions = decisions_of(folder)
    noisy = (spec.table for spec in decisions.policy.aggregate.noisy)
    exact = (spec for data_type in types for spec in specs_for(data_type, decisions))
    return frozenset(
        layout.AGGREGATE_PREFIX + spec.name for spec in (*exact, *noisy) if spec.data_type in types
    )
