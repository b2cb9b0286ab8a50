"""One kind of finding, and a finding of it."""

from __future__ import annotations

from dataclasses import dataclass

from archive_tool.model.findings import Finding, Rows, Severity


@dataclass(frozen=True, kw_only=True)
class Code:
    """One kind of finding."""

    name: str
    """Stable: reports, acceptances and scripts use it."""
    severity: Severity
    """How much it weighs, unless the rule says otherwise."""
    message: str
    """What a finding of this kind says: a plain sentence, no value."""
    meaning: str
    """What is checked and why, for the docs."""
    hint: str
    """What to do about it."""


def finding(
    code: Code,
    data_type: str | None,
    *,
    suffix: str = "",
    severity: Severity | None = None,
    file: str | None = None,
    column: str | None = None,
    check: str = "",
    rows: Rows | None = None,
) -> Finding:
    """Make a finding of a kind; ``suffix`` are figures or fixed words, never a value."""
    return Finding(
        code=code.name,
        severity=severity or code.severity,
        message=code.message + suffix,
        hint=code.hint,
        data_type=data_type,
        file=file,
        column=column,
        check=check,
        rows=rows,
    )
