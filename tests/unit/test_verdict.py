"""With which code reading or checking a bundle ends: the highest that applies."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import pytest

from archive_tool.model.bundle import FileKind
from archive_tool.model.findings import Finding, Severity
from archive_tool.pipeline.verdict import UNREADABLE, exit_code
from tests.support.canonical import part

if TYPE_CHECKING:
    from collections.abc import Sequence

WRONG: Final = FileKind.UNREADABLE
BROKEN: Final = FileKind.BROKEN


def gathered(*findings: Severity, tables: bool = True, unreadable: Sequence[FileKind] = ()) -> Any:
    log = [Finding(code="X", severity=one, message="m") for one in findings]
    log += [Finding(code=UNREADABLE, severity=Severity.ERROR, message="m") for _ in unreadable]
    parts = [part("events" if tables else "videochat", 0)]
    files = [(SimpleNamespace(kind=kind), "r") for kind in unreadable]
    return SimpleNamespace(findings=log, parts=parts, unreadable=files)


@pytest.mark.parametrize(
    ("bundle", "fail_on", "code"),
    [
        (gathered(Severity.NOTE), Severity.WARNING, 0),
        (gathered(Severity.WARNING), Severity.ERROR, 0),
        (gathered(Severity.WARNING), Severity.WARNING, 12),
        (gathered(Severity.ERROR), Severity.ERROR, 12),
        (gathered(unreadable=[WRONG]), Severity.ERROR, 11),
        (gathered(unreadable=[BROKEN]), Severity.ERROR, 10),
        (gathered(unreadable=[BROKEN, WRONG]), Severity.ERROR, 11),
        (gathered(unreadable=[BROKEN], tables=False), Severity.ERROR, 11),
        (gathered(Severity.ERROR, unreadable=[BROKEN]), Severity.ERROR, 12),
        (gathered(tables=False), Severity.ERROR, 11),
        (gathered(Severity.ERROR, unreadable=[WRONG]), Severity.ERROR, 12),
        (gathered(Severity.WARNING, tables=False), Severity.WARNING, 12),
    ],
)
def test_the_highest_code_that_applies(bundle: Any, fail_on: Severity, code: int) -> None:
    assert exit_code(bundle, fail_on=fail_on) == code


def test_what_is_accepted_does_not_count() -> None:
    bundle = gathered(Severity.ERROR)
    assert exit_code(bundle, fail_on=Severity.ERROR, accepted=["X"]) == 0
    assert exit_code(bundle, fail_on=Severity.ERROR, accepted=["Y"]) == 12
    unreadable = gathered(unreadable=[WRONG])
    assert exit_code(unreadable, fail_on=Severity.ERROR, accepted=[UNREADABLE]) == 0
    assert exit_code(unreadable, fail_on=Severity.ERROR, accepted=["X"]) == 11
    nothing = gathered(unreadable=[WRONG], tables=False)
    assert exit_code(nothing, fail_on=Severity.ERROR, accepted=[UNREADABLE]) == 11
