"""``archive-tool report``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archive_tool.cli.main import run
from archive_tool.report.html import render_html
from archive_tool.report.record import SCHEMA, write_record
from archive_tool.report.terminal import line, screen
from tests.support import reports

if TYPE_CHECKING:
    from pathlib import Path

    Captured = pytest.CaptureFixture[str]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "findings.jsonl"
    path.write_text("".join(write_record(reports.broken())), encoding="utf-8")
    return path


def test_prints_one_screen(record: Path, capsys: Captured) -> None:
    assert run(["report", str(record)]) == 0
    assert capsys.readouterr().out == screen(reports.broken()) + "\n"


def test_prints_one_line(record: Path, capsys: Captured) -> None:
    assert run(["report", str(record), "--line"]) == 0
    assert capsys.readouterr().out == line(reports.broken()) + "\n"


def test_says_what_it_wrote_but_on_one_line(record: Path, capsys: Captured) -> None:
    page = record.with_name("page of May.html")
    assert run(["report", str(record), "--html", str(page)]) == 0
    assert capsys.readouterr().out == f"{screen(reports.broken())}\n\nwritten: '{page}'\n"
    assert run(["report", str(record), "--html", str(page), "--replace", "--line"]) == 0
    assert capsys.readouterr().out == line(reports.broken()) + "\n"


def test_writes_html_as_the_view_asks(record: Path, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.html", tmp_path / "part.html"
    assert run(["report", str(record), "--html", str(whole)]) == 0
    assert whole.read_text(encoding="utf-8") == render_html(reports.broken())
    asked = ["--min-severity", "error", "--group", "code", "--cap", "1"]
    assert run(["report", str(record), "--html", str(part), *asked]) == 0
    text = part.read_text(encoding="utf-8")
    assert "leaves out 4 findings below error" in text
    assert "At most 1 place of one kind is listed" in text
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "findings.jsonl", "part.html", "whole.html",
    ]  # fmt: skip


def test_writes_pdf(record: Path, tmp_path: Path) -> None:
    assert run(["report", str(record), "--pdf", str(tmp_path / "r.pdf")]) == 0
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_json_is_one_document(record: Path, tmp_path: Path, capsys: Captured) -> None:
    html = tmp_path / "r.html"
    assert run(["report", str(record), "--html", str(html), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "archive-tool/report/1"
    assert (answer["verdict"], answer["exit_code"]) == ("fail", 0)
    assert answer["summary"]["errors"] == 4
    assert answer["html"] == str(html)
    assert answer["pdf"] is None


def test_writes_over_nothing(record: Path, tmp_path: Path, capsys: Captured) -> None:
    html = tmp_path / "r.html"
    html.write_text("mine")
    assert run(["report", str(record), "--html", str(html)]) == 2
    assert capsys.readouterr().err == (
        f"error: {html}: exists already\nhint: name another file, or give --replace\n"
    )
    assert html.read_text() == "mine"
    assert run(["report", str(record), "--html", str(html), "--replace"]) == 0
    assert html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_refuses_what_is_no_record(tmp_path: Path, capsys: Captured) -> None:
    bad = tmp_path / "findings.jsonl"
    bad.write_text('{"schema": "archive-tool/findings/9"}\n')
    assert run(["report", str(bad), "--html", str(tmp_path / "r.html")]) == 15
    assert capsys.readouterr().err == (
        "error: findings.jsonl: of a version this release does not know "
        f"(expected {SCHEMA})\n"
        "hint: records are written by archive-tool validate --findings\n"
    )
    assert not (tmp_path / "r.html").exists()


def test_missing_record(tmp_path: Path, capsys: Captured) -> None:
    assert run(["report", str(tmp_path / "gone.jsonl")]) == 2
    assert capsys.readouterr().err == (
        f"error: invalid value for 'FINDINGS.jsonl': File '{tmp_path}/gone.jsonl' does not exist\n"
        "hint: see archive-tool report --help\n"
    )
