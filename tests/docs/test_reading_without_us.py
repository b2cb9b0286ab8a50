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


MIB = 1 << 20
FILMS = {
    ("ann", "ann.mp4"): bytes(range(256)) * 8192 + b"end",  # two whole segments and a bit
    ("bob", "bob.mp4"): b"x" * MIB,  # one segment, to the byte
    ("", "nothing.mp4"): b"",
}


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
        recordings=FILMS,
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


def test_a_foreign_reader_opens_every_recording(place: Path) -> None:
    done = run(place, sys.executable, "recordings.py")
    assert done.stderr == ""
    assert sorted(done.stdout.splitlines()) == [
        f"ann.mp4 {2 * MIB + 3}", f"bob.mp4 {MIB}", "nothing.mp4 0",
    ]  # fmt: skip
    assert {(place / name).read_bytes() for _, name in FILMS} == set(FILMS.values())


def test_a_foreign_reader_sees_a_cut_recording(place: Path) -> None:
    for path in (place / "archive" / "data" / "media").iterdir():
        path.write_bytes(path.read_bytes()[: 8 + MIB + 16])
    done = run(place, sys.executable, "recordings.py")
    assert done.stderr.endswith("cryptography.exceptions.InvalidTag\n")


def test_the_shell_checks_pass_and_see_a_change(place: Path) -> None:
    done = run(place, "sh", "-e", "run.sh")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('Good "archive-tool" signature with ED25519 key SHA256:')
    page = place / "archive" / "data" / "HOW-TO-OPEN.md"
    page.write_text(page.read_text() + " ")
    assert run(place, "sh", "-e", "run.sh").returncode != 0
