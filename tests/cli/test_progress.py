"""Long work says how far it has come, to those who watch and to nobody else."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.cli.main import run
from archive_tool.cli.progress import Progress
from tests.support.defects import DEFECTS
from tests.support.pipelines import Lab, lab

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE = DEFECTS / "overlap-equal" / "bundle"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def own(tmp_path: Path) -> Lab:
    own = lab(tmp_path)
    own.create(BUNDLE)
    return own


def said(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, *arguments: Any) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    assert run([str(argument) for argument in arguments]) == 0
    return stream.getvalue()


def test_a_terminal_sees_how_far_it_is_and_the_line_goes_away(
    own: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ("--vault", tmp_path / "vault")
    (archive,) = (own.store / "archives").iterdir()
    for arguments, label, rows in (
        (("inspect", BUNDLE), "reading: ", " rows"),
        (("verify", own.store, *keys), "reading back: ", " rows"),
        (("extract", archive, "--to", tmp_path / "out", *keys), "writing: ", " rows"),
    ):
        shown = said(Terminal(), monkeypatch, *arguments)
        assert shown.startswith(f"\r{label}"), arguments
        assert rows in shown
        assert shown.endswith("\r")
        assert not shown.rstrip("\r").rpartition("\r")[2].strip()


def test_create_tells_what_it_reads_and_then_what_it_writes(
    own: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive_tool.cli.progress._EVERY", 0)
    arguments = ("--policy", "keep", "--store", own.store, "--vault", tmp_path / "vault")
    shown = said(Terminal(), monkeypatch, "create", BUNDLE, *arguments)
    lines = [line.split(":")[0] for line in shown.split("\r") if line.strip()]
    assert sorted(set(lines), key=lines.index) == ["reading", "archiving"]
    assert "archiving" not in lines[: lines.index("archiving")]
    assert shown.endswith("\r")


def test_a_log_and_whoever_wants_quiet_see_nothing(
    own: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ("--vault", tmp_path / "vault")
    assert said(io.StringIO(), monkeypatch, "verify", own.store, *keys) == ""
    assert said(Terminal(), monkeypatch, "verify", own.store, *keys, "--quiet") == ""


def test_no_bytes_are_claimed_before_a_file_is_done() -> None:
    stream = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        Progress("reading")(54, 0)
        Progress("reading")(54, 2_600)
    assert stream.getvalue() == "\rreading: 54 rows\rreading: 54 rows, 2.6 kB"
