"""Links lead somewhere, and source files that a page names are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SOURCES: Final = [p for top in ("archive_tool", "tests", "benchmarks", "sample_data")
                  for p in (ROOT / top).rglob("*.py")]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_place_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    shown = set(re.findall(r"file=(\w+\.py)", text))  # the page has their content itself
    named = set(re.findall(r"`([\w/]+\.py)`", text)) - shown
    known = {name for name in named if any(path.match(name) for path in SOURCES)}
    assert named - known == set()


def test_pages_have_links_and_name_files() -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    assert len(PAGES) > 25
    assert sum(text.count("](") for text in texts) > 50
    assert sum(len(re.findall(r"`[\w/]+\.py`", text)) for text in texts) > 50
