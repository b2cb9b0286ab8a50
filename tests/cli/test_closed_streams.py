"""Schedulers and services start programs without standard streams: the work is done all the same."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from pathlib import Path

SOUND = DEFECTS / "overlap-equal" / "bundle"

CLOSED = """
import os, sys
for number in map(int, sys.argv[1].split(",")):
    os.close(number)
os.execv(sys.executable, [sys.executable, "-c", "from archive_tool.cli.main import main; main()", *sys.argv[2:]])
"""


@pytest.mark.parametrize("closed", ["0", "1", "2", "1,2", "0,1,2"])
def test_create_works_with_streams_closed_and_prints_into_no_file(
    tmp_path: Path, closed: str
) -> None:
    lab(tmp_path)
    store, vault = tmp_path / "store", tmp_path / "vault"
    made = subprocess.run(
        [sys.executable, "-c", CLOSED, closed, "create", SOUND, "--policy", "keep",
         "--store", store, "--vault", vault],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0
    assert bool(made.stdout) == ("1" not in closed)
    assert command("verify", store, "--vault", vault).code == 0


def test_a_refusal_without_streams_keeps_its_code(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CLOSED, "1,2", "validate", tmp_path / "absent"],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == command("validate", tmp_path / "absent").code == 10
