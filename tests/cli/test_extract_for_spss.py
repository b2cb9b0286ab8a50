"""``extract --format sav`` on the command line."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pyreadstat
import pytest

from archive_tool.policy import load_policy
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from pathlib import Path

OVERLAP = DEFECTS / "overlap-equal" / "bundle"


@pytest.mark.parametrize("policy", ["pseudonymize", "aggregate-only"])
def test_every_table_becomes_a_file(tmp_path: Path, policy: str) -> None:
    own = lab(tmp_path)
    archive = own.create(OVERLAP, policy=load_policy(policy)).path
    keys = ("--vault", tmp_path / "vault")
    ran = command("extract", archive, "--to", tmp_path / "out", *keys, "--format", "sav", "--json")
    assert (ran.code, ran.err) == (0, "")
    listed = {file["path"]: (file["rows"], file["bytes"]) for file in ran.json["files"]}
    assert len(listed) > 3
    assert sorted(listed) == sorted(map(str, (tmp_path / "out").iterdir()))
    for path, (rows, size) in listed.items():
        frame, meta = pyreadstat.read_sav(path)
        assert (len(frame), meta.number_columns > 2) == (rows, True)
        assert (tmp_path / path).stat().st_size == size


PROGRAM = "from archive_tool.cli.main import main; main()"


def test_the_program_that_keeps_arrow_from_pandas_loads_it_here(tmp_path: Path) -> None:
    archive = lab(tmp_path).create(OVERLAP).path
    words = ("extract", archive, "--to", tmp_path / "out", "--vault", tmp_path / "vault")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, words), "--type", "chat", "--format", "sav"],
        capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(pyreadstat.read_sav(tmp_path / "out" / "chat.sav")[0]) == 6
