"""Records: what they hold, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.errors import FormatError
from archive_tool.model.findings import Finding, Rows, Severity
from archive_tool.report.record import (
    SCHEMA,
    finding_fields,
    json_fields,
    read_record,
    write_record,
)
from tests.support import reports

if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED = f"expected {SCHEMA}"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "findings.jsonl"
    path.write_text("".join(write_record(reports.broken())), encoding="utf-8")
    return path


def test_first_line_is_the_summary(record: Path) -> None:
    first, *rest = record.read_text(encoding="utf-8").splitlines()
    head = json.loads(first)
    assert head["schema"] == "archive-tool/findings/1"
    page = (Path(__file__).parents[2] / "docs" / "report.md").read_text(encoding="utf-8")
    assert f'{{"schema": "{SCHEMA}", ' in page
    assert head["tool"]["name"] == "archive-tool"
    assert head["summary"] == {
        "tables": 29, "rows": 184213, "participants": 15, "agents": 1, "rooms": 6,
        "experiments": 1, "errors": 4, "warnings": 3, "notes": 1, "not_checked": 2,
    }  # fmt: skip
    assert head["findings"] == len(rest) == 8


def test_one_line_is_one_finding() -> None:
    finding = Finding(
        code="RATINGS-OUT-OF-SCALE", severity=Severity.ERROR, message="Outside", hint="Look",
        data_type="ratings/continuous", file="F017", column="value",
        check="scaleMin <= rawValue", rows=Rows(count=31, of=983210, first=(40211, 40212)),
    )  # fmt: skip
    assert finding_fields(finding) == {
        "code": "RATINGS-OUT-OF-SCALE",
        "severity": "error",
        "data_type": "ratings/continuous",
        "file": "F017",
        "column": "value",
        "check": "scaleMin <= rawValue",
        "rows": {"count": 31, "of": 983210, "first": [40211, 40212], "omitted": 29},
        "message": "Outside",
        "hint": "Look",
    }


def test_json_is_whole() -> None:
    fields = json_fields(reports.broken())
    assert list(fields)[:4] == ["as_of", "input", "summary", "findings"]
    assert fields["as_of"] == "2026-11-20"
    assert fields["input"] == {
        "name": "bundle", "sha256": "9f2c41d7" * 8, "bytes": 48213004, "files": 31, "ignored": 4,
    }  # fmt: skip
    assert fields["not_checked"][0] == {
        "what": "privacy under another policy", "why": "only one policy was given",
    }  # fmt: skip
    assert len(fields["findings"]) == 8
    assert {"timelines", "availability", "coverage", "drift", "consent", "privacy"} <= set(fields)
    json.dumps(fields)


def _line(number: int, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        fields = json.loads(lines[number])
        change(fields)
        lines[number] = json.dumps(fields, separators=(",", ":"), ensure_ascii=False) + "\n"
        path.write_text("".join(lines), encoding="utf-8")

    return edit


def _drop_last(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")


HEAD = f"findings.jsonl: its first line is not as this release writes it ({EXPECTED})"
LINE = f"findings.jsonl: line 3: not a finding as this release writes it ({EXPECTED})"
VERSION = f"findings.jsonl: of a version this release does not know ({EXPECTED})"
NONE = f"findings.jsonl: no record of a validation ({EXPECTED})"
COUNTS = "findings.jsonl: its findings are not those that its first line counts"
CUT = (
    "findings.jsonl: its last line is cut, or too long "
    "(expected JSON Lines as archive-tool validate --findings writes them)"
)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (_line(0, lambda f: f.update(schema="archive-tool/findings/0")), VERSION),
        (_line(0, lambda f: f.update(schema="canary")), NONE),
        (_line(0, lambda f: f["validation"].update(canary="canary")), HEAD),
        (_line(0, lambda f: f["validation"].update(rows="canary")), HEAD),
        (_line(0, lambda f: f["validation"].pop("rows")), HEAD),
        (_line(0, lambda f: f.update(findings=None)), HEAD),
        (_line(0, lambda f: f["validation"]["availability"]["types"].pop()), HEAD),
        (_line(2, lambda f: f.update(severity="canary")), LINE),
        (_line(2, lambda f: f.update(canary=1)), LINE),
        (_line(2, lambda f: f["rows"].update(omitted=0)), LINE),
        (_line(0, lambda f: f["summary"].update(errors=0)), COUNTS),
        (_line(2, lambda f: f.update(severity="note")), COUNTS),
        (lambda p: p.write_text(p.read_text()[:-1]), CUT),
        (lambda p: p.write_bytes(b"\xff\xfe canary\n"), NONE),
        (lambda p: p.write_text('["canary"]\n'), NONE),
        (lambda p: p.write_text("[" * 100_000 + "\n"), NONE),
        (lambda p: p.write_bytes(b""), NONE),
        (
            _drop_last,
            "findings.jsonl: holds 7 findings (expected 8, as its first line says)",
        ),
    ],
)
def test_anything_else_is_refused(
    record: Path, edit: Callable[[Path], object], message: str
) -> None:
    edit(record)
    with pytest.raises(FormatError) as caught:
        read_record(record)
    assert str(caught.value) == message
    assert caught.value.exit_code == 15
    assert caught.value.__context__ is None, "a library's message may quote the file"


def test_an_edit_that_changes_nothing_is_read(record: Path) -> None:
    """So that the cases above are refused for what they change."""
    for number in (0, 2):
        _line(number, lambda fields: fields)(record)
    assert read_record(record) == reports.broken()
