"""What a validation comes to: one state, one sentence, one next step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from archive_tool.model.findings import Severity
from archive_tool.report.text import count
from archive_tool.schemas.frames import MISSING

if TYPE_CHECKING:
    from archive_tool.model.findings import Finding
    from archive_tool.model.validation import Validation


UNREAD: Final = frozenset(
    {"TIME-AMBIGUOUS", *(f"VALUE-NOT-A-{word}" for word in ("FLAG", "NUMBER", "TEXT", "TIME"))}
)
"""What leaves a column empty where it was filled."""


class State(StrEnum):
    """How a validation ended."""

    FAIL = "fail"
    """Open errors, or nothing to check: ``create`` stops."""
    WARN = "warn"
    """No open error, but something to read."""
    PASS = "pass"  # noqa: S105  a word, no secret


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The first thing that every form of the report says."""

    state: State
    title: str
    next_step: str
    """What to do now, as one sentence."""

    @property
    def word(self) -> str:
        """``pass`` or ``fail``."""
        return "fail" if self.state is State.FAIL else "pass"


def verdict(validation: Validation, fail_on: Severity = Severity.ERROR) -> Verdict:
    """Judge a validation: open errors fail it, and so does a bundle without a table.

    Warnings fail it only where ``fail_on`` asks for that, as ``validate --fail-on warning`` does.
    """
    errors = validation.count(Severity.ERROR, accepted=False)
    warnings = validation.count(Severity.WARNING, accepted=False)
    if errors:
        stand = "stands" if errors == 1 else "stand"
        return Verdict(
            state=State.FAIL,
            title=f"{count(errors, 'error')} {stand} in the way",
            next_step=_mend(validation),
        )
    if not validation.tables:
        return Verdict(
            state=State.FAIL,
            title="No table was found",
            next_step="archive-tool inspect lists what is there",
        )
    if warnings and fail_on is Severity.WARNING:
        return Verdict(
            state=State.FAIL,
            title=f"No open error, but {count(warnings, 'warning')}, and warnings fail here",
            next_step=_mend(validation, Severity.WARNING),
        )
    if warnings:
        return Verdict(
            state=State.WARN,
            title=f"No open error, {count(warnings, 'warning')} to read",
            next_step="Read the warnings, then archive-tool create makes the archive",
        )
    return Verdict(
        state=State.PASS,
        title="Nothing stands in the way",
        next_step="archive-tool create makes the archive",
    )


def open_findings(validation: Validation) -> list[Finding]:
    """Findings that nobody accepted, heaviest first."""
    accepted = {entry.code for entry in validation.accepted}
    return [finding for finding in validation.findings if finding.code not in accepted]


def _mend(validation: Validation, severity: Severity = Severity.ERROR) -> str:
    found = open_findings(validation)
    first = _cause(next(f for f in found if f.severity is severity), found)
    mend = first.hint.rstrip(".") or "mend it in the source"
    return f"Begin with {first.code}: {mend[:1].lower()}{mend[1:]}"


def _cause(finding: Finding, found: list[Finding]) -> Finding:
    """Give the finding to begin with: a value that could not be read is a missing one as well."""
    if finding.code != MISSING:
        return finding
    place = (finding.data_type, finding.file, finding.column)
    return next(
        (f for f in found if f.code in UNREAD and (f.data_type, f.file, f.column) == place), finding
    )
