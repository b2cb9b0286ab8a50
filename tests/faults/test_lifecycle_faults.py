"""A destruction that dies at any file operation is finished or undone at the next start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import os, shutil, sys, traceback
from datetime import timedelta
from pathlib import Path
import pyarrow.compute, pyarrow.parquet, pyarrow.parquet.encryption  # not once per child
from archive_tool.archive import info, open_archive, verify
from archive_tool.errors import ArchiveToolError
from archive_tool.lifecycle import audit, changing, destroy, erase, erase_plan, plans, sweep, sweep_plan
from tests.support.archives import NOW
from tests.support.lives import DUE, Life, usual

folder, kind, fault = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
WRITES = ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.truncate")
LATER = NOW + timedelta(minutes=1)

def plan(life, path):
    if kind == "erase":
        made = erase_plan.plan(life.store, life.vault, ["ann"], rewrite_mentions=True, now=NOW)
    else:
        made = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    plans.save(made, path)

def apply(life, path):
    if kind == "erase":
        return erase.apply(life.store, life.vault, path, ids=["ann"], now=LATER)
    return sweep.apply(life.store, life.vault, path, as_of=DUE, now=LATER)

reached = []

def break_at(number):
    count = 0
    def watch(name, arguments):
        nonlocal count
        if name not in WRITES or not str(arguments[0]).startswith(str(work)):
            return
        if name == "open" and not (arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            return
        count += 1
        if count == number:
            reached.append(number)
            if fault == "kill":
                os.kill(os.getpid(), 9)
            raise OSError(5, "Input/output error")
    sys.addaudithook(watch)

def attempt(number):
    break_at(number)
    apply(Life(work / "store", work / "vault"), work / "plan.json")

def state(life):
    vault = life.vault
    report = verify(life.store, vault=vault)
    return sorted((a.archive_id, a.rows, a.erased) for a in report.archives)

BEFORE = [("20261120-aaa", 4, 0), ("20261120-bbb", 2, 0)]
AFTER = {
    "erase": [("20261120-aaa", 2, 1), ("20261120-bbb", 1, 1)],
    "sweep": [("20261120-bbb", 2, 0)],
}[kind]
# killed between two archives, before the next start: whoever is erased cannot be read
HALF = {
    "erase": [[("20261120-aaa", 2, 1), ("20261120-bbb", 1, 1)]],
    "sweep": [],
}[kind]

def check():
    life = Life(work / "store", work / "vault")
    try:
        assert state(life) in (BEFORE, AFTER, *HALF), state(life)
    except ArchiveToolError as error:  # destroyed, and its folder not yet gone
        assert kind == "sweep" and str(error) == "20261120-aaa: the archive was destroyed", error
    with changing.changing(life.store, life.vault, now=LATER):
        pass
    assert state(life) in (BEFORE, AFTER), state(life)
    assert not list((life.store / "state").glob("pending/*"))
    assert not list(life.store.glob(".staging-*")) and not (life.store / ".replaced").exists()
    audit.verify(life.store, vault=life.vault)
    lines = [r for r in audit.read(life.store) if r.event == kind]
    assert len([r for r in lines if r.phase == "intent"]) in (0, 1)
    if fault == "error" and state(life) == BEFORE:
        return  # the same state as after a kill
    if state(life) == BEFORE:
        again = work / "again.json"
        plan(life, again)
        apply(life, again)
    assert state(life) == AFTER
    assert len(list((life.store / "state" / "certificates").glob("*.json"))) == 1
    audit.verify(life.store, vault=life.vault)

def child(function, *arguments):
    pid = os.fork()  # the parent itself starts no thread
    if pid == 0:
        code = 0
        try:
            function(*arguments)
        except BaseException as error:
            code = 5 if isinstance(error, OSError) and error.errno == 5 else 1
            if code == 1:
                traceback.print_exc()
        os._exit(5 if reached and not code else code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def prepare():
    life = usual(folder / "whole")
    plan(life, folder / "whole" / "plan.json")

assert child(prepare) == 0
number, ended = 0, None
while ended != 0:
    number += 1
    work = folder / "work"
    shutil.copytree(folder / "whole", work)
    os.environ["ARCHIVE_TOOL_MEMORY"] = str(work / "memory")
    ended = child(attempt, number)
    if ended == 1:
        raise SystemExit(f"failed otherwise at {number}")
    assert child(check) == 0, (number, ended)
    shutil.rmtree(work)
print(number)
"""


@pytest.mark.parametrize("kind", ["erase", "sweep"])
@pytest.mark.parametrize("fault", ["kill", "error"])
def test_a_fault_at_any_file_operation_is_finished_or_undone(
    tmp_path: Path, kind: str, fault: str
) -> None:
    (tmp_path / "whole").mkdir()
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path), kind, fault],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert int(done.stdout) > 30
