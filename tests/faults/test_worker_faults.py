"""``create`` with workers that is killed in the middle: nothing is published, nothing lives on."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from archive_tool.archive.manifest import info
from archive_tool.archive.verify import verify
from archive_tool.policy import load_policy
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.pipelines import lab

ROOT: Final = Path(__file__).parents[2]

RUN: Final = """
import os, sys
from pathlib import Path
from archive_tool.archive.writer import ArchiveWriter
from archive_tool.cli.main import run
from archive_tool.pipeline.second_pass import shards
from archive_tool.pipeline.processes import workers
from archive_tool.pipeline.processes.worker import Worker

folder, last = Path(sys.argv[1]), int(sys.argv[2])
workers.WORTH_A_WORKER = shards.LEAST_ROWS = 1
adopt, count = ArchiveWriter.adopt, 0
start = workers.spawn

def spawn():
    process = start()
    print(process.pid, flush=True)
    return process

def strike(self, files):
    global count
    count += 1
    if count == last:
        os.kill(os.getpid(), 9)
    adopt(self, files)

workers.spawn, ArchiveWriter.adopt = spawn, strike
run(["create", str(folder / "bundle"), "--policy", "keep", "--store", str(folder / "store"),
     "--vault", str(folder / "vault"), "--workers", "2", "--quiet"])
"""


@pytest.mark.parametrize("last", [1, 4, 9])
def test_a_killed_run_leaves_no_worker_and_nothing_readable(tmp_path, last):
    made = lab(tmp_path)
    study = small_study()
    write_form(study, "api-csv", tmp_path / "bundle")
    killed = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path), str(last)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    workers = [int(line) for line in killed.stdout.split()]
    assert len(workers) == 2
    _wait_until_gone(workers)
    assert info(made.store) == ()
    names = {row["senderName"].encode() for row in study.rows["chat"]}
    left = [path.read_bytes() for path in made.store.rglob("*") if path.is_file()]
    assert any(content.startswith(b"PARE") for content in left)
    assert not any(name in content for name in names for content in left)
    again = made.create(tmp_path / "bundle", policy=load_policy("keep"))
    assert [stored.manifest.archive_id for stored in info(made.store)] == [again.archive_id]
    assert verify(again.path, vault=made.vault).rows
    assert not list(made.store.glob(".staging*"))


def _wait_until_gone(processes: list[int]) -> None:
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{process}/stat").exists() for process in processes):
        states = [
            Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
            for process in processes
            if Path(f"/proc/{process}/stat").exists()
        ]
        if set(states) <= {"Z"}:
            return
        assert time.monotonic() < deadline, "a worker lives on"
        time.sleep(0.02)
