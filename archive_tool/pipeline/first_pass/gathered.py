"""What is known when every row of the source was seen once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pyarrow as pa

    from archive_tool.anonymize.known.consent import ConsentRecord
    from archive_tool.anonymize.known.identifiers import KnownIdentifiers
    from archive_tool.ingest.census import Census
    from archive_tool.model.bundle import Gap, Part, SourceFile
    from archive_tool.model.findings import FindingLog
    from archive_tool.validation import Survey


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What the first pass knows about a bundle."""

    parts: Sequence[Part]
    gaps: Sequence[Gap]
    unreadable: Sequence[tuple[SourceFile, str]]
    """Files that are not what they say, with the reason in fixed words."""
    untyped: Sequence[SourceFile]
    """Files with a table whose type could not be decided."""
    census: Census
    findings: FindingLog
    identifiers: KnownIdentifiers
    consent: ConsentRecord
    survey: Survey | None = None
    """What the checks know besides findings; None when only inventory was taken."""
    roster: Sequence[pa.Table] = field(default=(), repr=False)
    """What listings said of people and agents. Personal: it is only ever sealed."""
    dropped: Mapping[str, np.ndarray] = field(default_factory=dict)
    """By type: sorted ``_at`` of rows that a newer copy of the same record replaces."""

    def rows(self, data_type: str) -> int:
        """Rows of a type after overlapping downloads were folded."""
        folded = self.dropped.get(data_type)
        return self.census.of(data_type).rows - (0 if folded is None else len(folded))
