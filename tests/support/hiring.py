"""Worker processes for bundles that are too small for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive_tool.ingest.json_files import pieces, rows
from archive_tool.pipeline.first_pass import reading
from archive_tool.pipeline.processes import workers
from archive_tool.pipeline.processes.worker import Worker

if TYPE_CHECKING:
    import pytest


def note_hires(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make even a small bundle worth help; give what workers are asked to make or to load."""
    monkeypatch.setattr(workers, "WORTH_A_WORKER", 1)
    monkeypatch.setattr(reading, "MANY_PAGES", 4)
    monkeypatch.setattr(reading, "BLOCK_FILES", 2)
    monkeypatch.setattr(reading, "LARGE_JSON", 40_000)
    monkeypatch.setattr(pieces, "BYTES", 5_000)
    monkeypatch.setattr(rows, "GROUP", 2)
    found: list[str] = []
    hire = Worker.hire

    def noted(self: Worker, make: Any, *args: object) -> Any:
        found.extend(args if make is workers.load else [make.__name__])  # type: ignore[arg-type]
        return hire(self, make, *args)

    monkeypatch.setattr(Worker, "hire", noted)
    return found
