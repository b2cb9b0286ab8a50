"""The page of limits is what the code says."""

from __future__ import annotations

from archive_tool.bundle.__main__ import TARGET, markdown


def test_the_page_of_limits_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == markdown()
    assert "| `files` | 250,000 | Files in all folders" in markdown()
