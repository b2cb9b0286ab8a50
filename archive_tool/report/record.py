"""Findings as versioned JSON Lines: the record that can be shown again later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from archive_tool.model.findings import Finding, Severity
from archive_tool.model.version import NAME, VERSION

SCHEMA: Final = "archive-tool/findings/1"


def finding_fields(finding: Finding) -> dict[str, Any]:
    """One finding as JSON fields; none of them can hold a cell value."""
    rows = finding.rows
    fields: dict[str, Any] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "data_type": finding.data_type,
        "file": finding.file,
        "column": finding.column,
        "check": finding.check,
        "rows": None,
        "message": finding.message,
        "hint": finding.hint,
    }
    if rows is not None:
        fields["rows"] = {
            "count": rows.count, "of": rows.of, "first": list(rows.first), "omitted": rows.omitted
        }
    return fields


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Number of findings by severity."""
    found = [finding.severity for finding in findings]
    return {
        "errors": found.count(Severity.ERROR),
        "warnings": found.count(Severity.WARNING),
        "notes": found.count(Severity.NOTE),
    }


def findings_lines(findings: Iterable[Finding], *, as_of: datetime) -> Iterator[str]:
    """A first line with the summary, then a line per finding."""
    listed = list(findings)
    head = {
        "schema": SCHEMA,
        "tool": {"name": NAME, "version": VERSION},
        "as_of": as_of.date().isoformat(),
        "summary": counts(listed),
    }
    yield json.dumps(head, ensure_ascii=False) + "\n"
    for finding in listed:
        yield json.dumps(finding_fields(finding), ensure_ascii=False) + "\n"
