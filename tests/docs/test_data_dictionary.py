"""The data dictionary of the docs is the one that the declarations make."""

from __future__ import annotations

from pathlib import Path

from archive_tool.schemas.__main__ import TARGET
from archive_tool.schemas.dictionary import markdown
from tests.support.committed import require_same

HERE = Path(__file__).parents[2]


def test_data_dictionary_is_current():
    assert HERE / "docs" / "data-dictionary.md" == TARGET
    require_same(TARGET.read_text("utf-8"), markdown(), "archive_tool.schemas")
