"""What became of a bundle: the answer of :func:`archive_tool.create`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from archive_tool.anonymize.known.consent import ConsentCounts
    from archive_tool.model.archive import RetentionTerm
    from archive_tool.model.findings import FindingLog
    from archive_tool.model.policy import Policy
    from archive_tool.pipeline.second_pass.media import SealedMedia


@dataclass(frozen=True, kw_only=True)
class TypeResult:
    """What became of one data type."""

    rows_in: int
    """Rows in the bundle, overlapping downloads folded."""
    rows_out: int
    """Rows in the archive as single rows; 0 when only aggregates leave."""
    files: int
    left_out: int = 0
    """Rows of people who declined, withdrew or were erased."""
    without_room: int = 0
    """Rows whose room nobody knows: they are in no archive."""
    touched: Mapping[str, int] = field(default_factory=dict)
    """Cells changed or emptied, by ``column: action``."""
    dropped_leaves: Mapping[str, int] = field(default_factory=dict)
    """Unknown leaves dropped, by path."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What became of one table of aggregates."""

    cells: int
    """Its rows: one per cell, margins included."""
    hidden: int
    """Of these, cells that disclosure control hides."""


@dataclass(frozen=True, kw_only=True)
class Created:
    """An archive that was just published: open it by its ``path``.

    ``tables`` says what became of the rows of each type, ``findings`` what validation found.
    """

    archive_id: str
    path: Path
    tables: Mapping[str, TypeResult]
    aggregates: Mapping[str, Summary]
    """By aggregate table."""
    findings: FindingLog
    accepted: tuple[str, ...]
    """Codes of findings that the policy or the caller accepts."""
    policy: Policy
    retention: Mapping[str, RetentionTerm]
    people_left_out: int
    """People of the bundle of whom nothing is in the archive."""
    consent: ConsentCounts
    media: SealedMedia
    earlier: tuple[str, ...]
    """Ids of archives in the store that were made from the same bundle."""
    repeated: tuple[str, ...] = ()
    """Of these, ids of archives under the same policy too: it was archived twice."""
    other_policy: tuple[str, ...] = ()
    """Ids of archives in the store whose policy has the same name and version, and another text."""
    source: str = ""
    """Id of the archive that it was made of; empty for a bundle."""

    def __repr__(self) -> str:
        """Where it is and how much is in it."""
        rows = sum(result.rows_out for result in self.tables.values())
        held = [self.policy.name, count(rows, "row")]
        if self.aggregates:
            held.append(count(len(self.aggregates), "summary table"))
        return f"<Created {self.archive_id} in {self.path}: {', '.join(held)}>"
