"""The data dictionary of the docs is the one that the declarations make."""

from __future__ import annotations

from pathlib import Path

from archive_tool.schemas.__main__ import TARGET
from archive_tool.schemas.dictionary import markdown

HERE = Path(__file__).parents[2]


def test_data_dictionary_is_current():
    assert HERE / "docs" / "data-dictionary.md" == TARGET
    assert TARGET.read_text(encoding="utf-8") == markdown(), "run: python -m archive_tool.schemas"
