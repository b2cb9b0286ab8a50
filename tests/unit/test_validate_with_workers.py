"""``validate`` with worker processes: the same validation, and a lost worker is said."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archive_tool.pipeline.first_pass import checking
from archive_tool.pipeline.processes import workers
from archive_tool.pipeline.validate import validate
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command
from tests.support.hiring import note_hires

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def hired(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return note_hires(monkeypatch)


@pytest.mark.parametrize(
    ("form", "made"),
    [
        ("api-csv", ["ChecksThere"]),
        ("api-pages", ["BlocksThere", "ChecksThere"]),
        ("dict-python", ["RowsThere", "ChecksThere"]),
    ],
)
def test_with_a_worker_or_without_the_validation_is_the_same(
    tmp_path: Path, hired: list[str], form: str, made: list[str]
) -> None:
    bundle = write_form(small_study(), form, tmp_path / "bundle")
    (tmp_path / "bundle" / "broken.json").write_text("<html>", encoding="utf-8")
    alone = validate(bundle, as_of=AS_OF, policy="pseudonymize", workers=0)
    assert hired == []
    helped = validate(bundle, as_of=AS_OF, policy="pseudonymize", workers=1)
    assert hired == [*workers.FIRST_PASS, *made]
    assert {finding.code for finding in helped.findings} >= {"FILE-UNREADABLE"}
    assert helped == alone


class Dies(checking.ChecksThere):
    def add(self, _: object) -> None:
        os._exit(1)


def test_a_lost_worker_is_said_and_nothing_is_called_valid(
    tmp_path: Path, hired: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = write_form(small_study(), "api-csv", tmp_path / "bundle")
    monkeypatch.setattr(checking, "ChecksThere", Dies)
    ran = command("validate", bundle, "--workers", "1", "--json")
    assert "Dies" in hired
    said = json.loads(ran.out)
    assert (ran.code, said["exit_code"]) == (1, 1)
    assert said["error"]["message"].startswith("a worker process ended before its work was done")
    assert "findings" not in said
    monkeypatch.undo()
    assert command("validate", bundle, "--workers", "0").code == 0
