"""With which code reading or checking a bundle ends: the highest that applies."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from archive_tool.model.findings import Finding, Severity
from archive_tool.pipeline.verdict import UNREADABLE, exit_code
from tests.support.canonical import part


def gathered(*findings: Severity, tables: bool = True, unreadable: bool = False) -> Any:
    log = [Finding(code="X", severity=one, message="m") for one in findings]
    if unreadable:
        log.append(Finding(code=UNREADABLE, severity=Severity.ERROR, message="m"))
    parts = [part("events" if tables else "videochat", 0)]
    return SimpleNamespace(findings=log, parts=parts, unreadable=[("f", "r")] * unreadable)


@pytest.mark.parametrize(
    ("bundle", "fail_on", "code"),
    [
        (gathered(Severity.NOTE), Severity.WARNING, 0),
        (gathered(Severity.WARNING), Severity.ERROR, 0),
        (gathered(Severity.WARNING), Severity.WARNING, 12),
        (gathered(Severity.ERROR), Severity.ERROR, 12),
        (gathered(unreadable=True), Severity.ERROR, 11),
        (gathered(tables=False), Severity.ERROR, 11),
        (gathered(Severity.ERROR, unreadable=True), Severity.ERROR, 12),
        (gathered(Severity.WARNING, tables=False), Severity.WARNING, 12),
    ],
)
def test_the_highest_code_that_applies(bundle: Any, fail_on: Severity, code: int) -> None:
    assert exit_code(bundle, fail_on=fail_on) == code


def test_what_is_accepted_does_not_count() -> None:
    bundle = gathered(Severity.ERROR)
    assert exit_code(bundle, fail_on=Severity.ERROR, accepted=["X"]) == 0
    assert exit_code(bundle, fail_on=Severity.ERROR, accepted=["Y"]) == 12
    unreadable = gathered(unreadable=True)
    assert exit_code(unreadable, fail_on=Severity.ERROR, accepted=[UNREADABLE]) == 0
    assert exit_code(unreadable, fail_on=Severity.ERROR, accepted=["X"]) == 11
    nothing = gathered(unreadable=True, tables=False)
    assert exit_code(nothing, fail_on=Severity.ERROR, accepted=[UNREADABLE]) == 11
