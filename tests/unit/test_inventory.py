"""``inspect`` and ``policy check`` with worker processes: the same answer, and none without need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive_tool.pipeline.processes import workers
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.commands import command
from tests.support.hiring import note_hires

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def hired(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return note_hires(monkeypatch)


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
