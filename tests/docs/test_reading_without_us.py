"""Every example of ``docs/reading-without-us.md`` runs as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.archives import event, make

PAGE = Path(__file__).parents[2] / "docs" / "reading-without-us.md"
CODE = re.compile(r"```(\w+)(?: file=(\S+))?\n(.*?)```", re.DOTALL)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    rows = [event(number % 60, "ann", response='{"value":7}') for number in range(45_000)]
    made = make(
        tmp_path,
        {
            ("events", "ann"): rows,
            ("events", "bob"): [event(1, "bob")],
            ("chat", "bob"): [{"messageId": "m", "senderId": "bob", "content": "x" * 3_000_000}],
        },
    )
    (tmp_path / "archive").symlink_to(made.path)
    for language, name, code in CODE.findall(PAGE.read_text()):
        (tmp_path / (name or f"run.{language}")).write_text(code)
    return tmp_path


def run(place: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"ARCHIVE": str(place / "archive"), "VAULT": str(place / "vault")}
    return subprocess.run(
        command, cwd=place, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("script", ["with_polars.py", "with_duckdb.py"])
def test_a_foreign_reader_reads_every_row(place: Path, script: str) -> None:
    done = run(place, sys.executable, script)
    assert done.stderr == ""
    assert sorted(done.stdout.splitlines()) == ["chat 1", "events 45001"]


def test_the_shell_checks_pass_and_see_a_change(place: Path) -> None:
    done = run(place, "sh", "-e", "run.sh")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('Good "archive-tool" signature with ED25519 key SHA256:')
    page = place / "archive" / "data" / "HOW-TO-OPEN.md"
    page.write_text(page.read_text() + " ")
    assert run(place, "sh", "-e", "run.sh").returncode != 0
