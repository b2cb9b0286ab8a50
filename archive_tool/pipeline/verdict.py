"""What the findings of a bundle mean for the exit code."""

from __future__ import annotations

from collections.abc import Iterable

from archive_tool.errors import IngestError, ValidationError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.findings import Finding, Severity
from archive_tool.pipeline.gather import Gathered

UNREADABLE = "FILE-UNREADABLE"
"""The one finding with an exit code of its own (11 instead of 12)."""


def has_tables(gathered: Gathered) -> bool:
    """Whether the bundle holds a table of one of the seven types, be it empty."""
    return any(part.data_type in BY_NAME for part in gathered.parts)


def blocking(
    findings: Iterable[Finding], *, at_least: Severity, accepted: Iterable[str] = ()
) -> list[Finding]:
    """The findings that stop the work: heavy enough and not accepted."""
    passed = {*accepted, UNREADABLE}
    return [
        finding
        for finding in findings
        if finding.severity.rank <= at_least.rank and finding.code not in passed
    ]


def exit_code(gathered: Gathered, *, fail_on: Severity, accepted: Iterable[str] = ()) -> int:
    """0, 11 or 12: the highest that applies."""
    if blocking(gathered.findings, at_least=fail_on, accepted=accepted):
        return ValidationError.exit_code
    if gathered.unreadable or not has_tables(gathered):
        return IngestError.exit_code
    return 0
