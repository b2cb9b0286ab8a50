"""What the findings of a bundle mean for the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.errors import BundleError, IngestError, ValidationError
from archive_tool.model.bundle import FileKind
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.findings import Finding, FindingLog, Severity
from archive_tool.model.policy import Accepted
from archive_tool.report.text import count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from archive_tool.pipeline.first_pass.gathered import Gathered
    from archive_tool.pipeline.sources.source import Source

UNREADABLE = "FILE-UNREADABLE"
"""The one finding with an exit code of its own (11 instead of 12)."""
SKIPPED: Final = Accepted(code=UNREADABLE, because="left out by --skip-unreadable")
"""Who leaves out what cannot be read answers for it, as for any other error."""


def has_tables(gathered: Gathered) -> bool:
    """Whether the bundle holds a table of a type with a schema, be it empty."""
    return any(part.data_type in BY_NAME for part in gathered.parts)


def blocking(
    findings: Iterable[Finding], *, at_least: Severity, accepted: Iterable[str]
) -> list[Finding]:
    """The findings that stop the work: heavy enough and not accepted."""
    passed = {*accepted, UNREADABLE}
    return [
        finding
        for finding in findings
        if finding.severity.rank <= at_least.rank and finding.code not in passed
    ]


def exit_code(gathered: Gathered, *, fail_on: Severity, accepted: Collection[str] = ()) -> int:
    """0, 10, 11 or 12: the highest that applies."""
    if blocking(gathered.findings, at_least=fail_on, accepted=accepted):
        return ValidationError.exit_code
    return unread_code(gathered, accepted=accepted)


def unread_code(gathered: Gathered, *, accepted: Collection[str] = ()) -> int:
    """0, 10 or 11: the highest that files which cannot be read call for."""
    kinds = set() if UNREADABLE in accepted else {file.kind for file, _ in gathered.unreadable}
    if kinds - {FileKind.BROKEN} or not has_tables(gathered):
        return IngestError.exit_code
    return BundleError.exit_code if kinds else 0


def acceptable(accept: Iterable[Accepted], source: Source) -> tuple[Accepted, ...]:
    """Leave out the acceptance of what cannot be read, where that is a ZIP.

    Nothing says what is in it, and ``create`` stops there whatever is accepted.
    """
    broken = any(file.kind is FileKind.BROKEN for file in source.files)
    return tuple(one for one in accept if not broken or one.code != UNREADABLE)


def refuse_unfit(gathered: Gathered, accepted: Collection[str]) -> None:
    """Stop before anything is written when the bundle is not fit for an archive."""
    if gathered.unreadable and UNREADABLE not in accepted:
        file, reason = gathered.unreadable[0]
        more = len(gathered.unreadable) - 1
        raise IngestError(
            reason + (f"; {count(more, 'more file')} cannot be read" if more else ""),
            where=file.path,
            expected="" if "(expected" in reason else "a table of the platform",
            hint="download the file again, or leave out what cannot be read with --skip-unreadable",
            detail=_finding_counts(gathered.findings),
        )
    if not has_tables(gathered):
        raise IngestError(
            "there is not a single table in the bundle",
            expected="CSV, JSON or NDJSON as the platform exports it",
            hint="archive-tool inspect lists what is there",
        )
    errors = blocking(gathered.findings, at_least=Severity.ERROR, accepted=accepted)
    if errors:
        raise ValidationError(
            f"{_number(errors)} the archive: {_codes(errors)}",
            hint="see archive-tool validate; accept a finding with --accept CODE --because TEXT",
            detail=_finding_counts(gathered.findings),
        )


def _number(findings: Sequence[Finding]) -> str:
    return "1 finding stops" if len(findings) == 1 else f"{len(findings)} findings stop"


def _codes(findings: Iterable[Finding]) -> str:
    return ", ".join(sorted({finding.code for finding in findings}))


def _finding_counts(log: FindingLog) -> dict[str, object]:
    counts = {"errors": log.count(Severity.ERROR), "warnings": log.count(Severity.WARNING)}
    return {"findings": {**counts, "notes": log.count(Severity.NOTE)}}
