"""``inspect`` and ``policy check`` with worker processes: the same answer, and none without need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.pipeline import reading, workers
from archive_tool.pipeline.worker import Worker
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def hired(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What workers were asked to make or to load, where even a small bundle is worth help."""
    monkeypatch.setattr(workers, "WORTH_A_WORKER", 1)
    monkeypatch.setattr(reading, "MANY_PAGES", 4)
    monkeypatch.setattr(reading, "BLOCK_FILES", 2)
    found: list[str] = []
    hire = Worker.hire

    def noted(self: Worker, make: Any, *args: object) -> Any:
        found.extend(args if make is workers.load else [make.__name__])  # type: ignore[arg-type]
        return hire(self, make, *args)

    monkeypatch.setattr(Worker, "hire", noted)
    return found


@pytest.mark.parametrize("words", [("inspect",), ("policy", "check", "pseudonymize")])
@pytest.mark.parametrize(
    ("form", "made"), [("api-csv", []), ("api-pages", [*workers.READING, "BlocksThere"])]
)
def test_with_a_worker_or_without_the_inventory_is_the_same(
    tmp_path: Path, hired: list[str], words: tuple[str, ...], form: str, made: list[str]
) -> None:
    bundle = write_form(small_study(), form, tmp_path / "bundle")
    alone = command(*words, bundle, "--json", "--workers", "0")
    assert (alone.code, hired) == (0, [])
    helped = command(*words, bundle, "--json", "--workers", "1")
    assert hired == made
    assert helped == alone
