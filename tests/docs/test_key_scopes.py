"""Whoever reads archives without us knows the key scope of every data type."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from archive_tool.archive.layout import scope_of
from archive_tool.model.datatypes import MEDIA, WITH_SCHEMA
from tests.vectors import second_reader

DOCS = Path(__file__).parents[2] / "docs"
SCOPES = {data_type.name: data_type.scope for data_type in WITH_SCHEMA} | {MEDIA: "media"}


def test_the_keys_are_derived_by_these_scopes() -> None:
    assert {name: scope_of(name) for name in SCOPES} == SCOPES


def test_the_example_for_other_programs_has_them_all() -> None:
    page = (DOCS / "reading-without-us.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^SCOPES = (\{.*?^\})", page, re.DOTALL | re.MULTILINE)
    assert ast.literal_eval(shown) == SCOPES


def test_the_page_of_the_format_and_its_reader_have_them_all() -> None:
    page = (DOCS / "format.md").read_text(encoding="utf-8")
    assert second_reader.SCOPES == SCOPES
    table = page.split("| file | scope |", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r"`([a-z:]+)`", table)) >= set(SCOPES.values())
