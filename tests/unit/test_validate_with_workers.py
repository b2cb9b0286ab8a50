"""``validate`` with worker processes: the same validation, and a lost worker is said."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.ingest import json_rows
from archive_tool.pipeline import checking, reading, workers
from archive_tool.pipeline.validate import validate
from archive_tool.pipeline.worker import Worker
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def hired(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What workers were asked to make or to load, where even a small bundle is worth help."""
    monkeypatch.setattr(workers, "WORTH_A_WORKER", 1)
    monkeypatch.setattr(reading, "MANY_PAGES", 4)
    monkeypatch.setattr(reading, "BLOCK_FILES", 2)
    monkeypatch.setattr(reading, "LARGE_JSON", 40_000)
    monkeypatch.setattr(json_rows, "CHUNK", 20)
    monkeypatch.setattr(json_rows, "GROUP", 2)
    found: list[str] = []
    hire = Worker.hire

    def noted(self: Worker, make: Any, *args: object) -> Any:
        found.extend(args if make is workers.load else [make.__name__])  # type: ignore[arg-type]
        return hire(self, make, *args)

    monkeypatch.setattr(Worker, "hire", noted)
    return found


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
