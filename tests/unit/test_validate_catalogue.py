"""The page of all findings is the one that the registries make, and no code is missing in it."""

from __future__ import annotations

import re
from pathlib import Path

from archive_tool.ingest.json_files.tableless import NO_TABLE, NO_TABLE_THERE, ROWS_INSIDE
from archive_tool.ingest.tables import FILE_EMPTY, NO_ROWS
from archive_tool.validation.__main__ import TARGET
from archive_tool.validation.catalogue import entries, markdown
from tests.support.committed import require_same

HERE = Path(__file__).parents[2]
CODE = re.compile(r'"([A-Z]{3,}(?:-[A-Z]+)+)"')
NO_CODES = {"IMG-E"}
"""Strings that look like codes and are none."""


def test_the_page_of_findings_is_current():
    assert HERE / "docs" / "findings.md" == TARGET
    require_same(TARGET.read_text("utf-8"), markdown(), "archive_tool.validation")


def test_every_code_in_the_sources_has_a_section():
    sources = list((HERE / "archive_tool").rglob("*.py"))
    assert len(sources) > 100
    written = {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert len(written) > 60
    assert written - NO_CODES - {entry.code for entry in entries()} == set()


def test_a_finding_is_always_made_of_a_kind():
    makers = {
        str(path.relative_to(HERE / "archive_tool").as_posix())
        for path in (HERE / "archive_tool").rglob("*.py")
        if re.search(r"(?<!class )\bFinding\((?!\))", path.read_text(encoding="utf-8"))
    }
    assert makers == {"model/findings.py"}


def test_of_variants_of_a_kind_the_heaviest_is_shown():
    shown = {entry.code: entry for entry in entries()}
    for variants in ((FILE_EMPTY, NO_ROWS), (NO_TABLE_THERE, NO_TABLE, ROWS_INSIDE)):
        assert len({variant.name for variant in variants}) == 1
        entry = shown[variants[0].name]
        assert (entry.says, entry.severity) == (variants[0].message, variants[0].severity)


def test_every_code_is_explained_once():
    codes = [entry.code for entry in entries()]
    assert codes == sorted(set(codes))
    for entry in entries():
        assert entry.meaning.endswith("."), entry.code
        assert not entry.says.endswith("."), entry.code
        assert not entry.hint.endswith("."), entry.code
