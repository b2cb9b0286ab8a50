"""Read a small bundle, given as names and contents, through the real bundle and ingest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from archive_tool.bundle import open_bundle
from archive_tool.ingest import Ingest
from archive_tool.model.findings import Finding, FindingLog
from archive_tool.model.tables import AT, Batch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.ingest.json_files.rows import Helper
    from archive_tool.model.bundle import Gap, Part


@dataclass(frozen=True, kw_only=True)
class Read:
    """What came out of a bundle."""

    batches: list[Batch]
    parts: list[Part]
    gaps: list[Gap]
    unreadable: list[tuple[str, str]]
    """Label and reason."""
    findings: list[Finding]

    def rows(self, data_type: str) -> list[dict[str, Any]]:
        """Rows of a type without their nulls."""
        return [
            {key: value for key, value in row.items() if value is not None and key != AT}
            for batch in self.batches
            if batch.data_type == data_type
            for row in batch.table.to_pylist()
        ]

    def table(self, data_type: str) -> pa.Table:
        """All rows of a type, sorted by their place."""
        tables = [batch.table for batch in self.batches if batch.data_type == data_type]
        return pa.concat_tables(tables).sort_by(AT)

    def codes(self) -> set[str]:
        """Codes of all findings."""
        return {finding.code for finding in self.findings}

    def found(self, code: str) -> Finding:
        """The only finding of a code."""
        (finding,) = [finding for finding in self.findings if finding.code == code]
        return finding


def read(
    folder: Path,
    files: Mapping[str, str | bytes],
    *,
    batch_rows: int = 65_536,
    helpers: Sequence[Helper] = (),
) -> Read:
    """Write the files and read them."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    log = FindingLog()
    with open_bundle([folder]) as bundle:
        ingest = Ingest(bundle, log, batch_rows=batch_rows, helpers=helpers)
        batches = list(ingest.batches())
        gaps = ingest.gaps()
    return Read(
        batches=batches,
        parts=ingest.parts,
        gaps=gaps,
        unreadable=[(file.label, reason) for file, reason in ingest.unreadable],
        findings=list(log),
    )


def page(rows: Iterable[Mapping[str, Any]] | Mapping[str, Any], **metadata: Any) -> str:
    """A page of the API as JSON text."""
    data = rows if isinstance(rows, Mapping) else list(rows)
    return json.dumps({"status": "success", "data": data, "metadata": metadata})
