"""Rewrite ``docs/data-dictionary.md``: ``python -m archive_tool.schemas`` in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from archive_tool.schemas.dictionary import markdown

TARGET: Final = Path(__file__).parents[2] / "docs" / "data-dictionary.md"

if __name__ == "__main__":
    TARGET.write_text(markdown(), encoding="utf-8", newline="\n")
