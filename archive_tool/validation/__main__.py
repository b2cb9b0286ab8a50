"""Rewrite ``docs/findings.md``: ``python -m archive_tool.validation`` in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from archive_tool.validation.catalogue import markdown

TARGET: Final = Path(__file__).parents[2] / "docs" / "findings.md"

if __name__ == "__main__":
    TARGET.write_text(markdown(), encoding="utf-8", newline="\n")
