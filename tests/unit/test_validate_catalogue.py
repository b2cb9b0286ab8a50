"""The page of all findings is the one that the registries make, and no code is missing in it."""

from __future__ import annotations

import re
from pathlib import Path

from archive_tool.validation.__main__ import TARGET
from archive_tool.validation.catalogue import entries, markdown

HERE = Path(__file__).parents[2]
CODE = re.compile(r'"([A-Z]{3,}(?:-[A-Z]+)+)"')
NO_CODES = {"IMG-E"}
"""Strings that look like codes and are none."""


def test_the_page_of_findings_is_current():
    assert HERE / "docs" / "findings.md" == TARGET
    assert TARGET.read_text(encoding="utf-8") == markdown(), (
        "run: python -m archive_tool.validation"
    )


def test_every_code_in_the_sources_has_a_section():
    sources = list((HERE / "archive_tool").rglob("*.py"))
    assert len(sources) > 100
    written = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert len(written) > 60
    assert written - NO_CODES - {entry.code for entry in entries()} == set()


def test_every_place_that_makes_findings_is_known():
    makers = {
        str(path.relative_to(HERE / "archive_tool").as_posix())
        for path in (HERE / "archive_tool").rglob("*.py")
        if re.search(r"(?<!class )\bFinding\(\n", path.read_text(encoding="utf-8"))
    }
    assert makers == {
        "ingest/remarks.py",
        "ingest/overlaps/findings.py",
        "validation/codes/code.py",
    }


def test_every_code_is_explained_once():
    codes = [entry.code for entry in entries()]
    assert codes == sorted(set(codes))
    for entry in entries():
        assert entry.meaning.endswith("."), entry.code
        assert not entry.says.endswith("."), entry.code
        assert not entry.hint.endswith("."), entry.code
