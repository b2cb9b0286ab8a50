"""``create`` that is killed, or whose disk fails, at any file operation: old state or new state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from archive_tool.policy import policy_text
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK: Final = "KANARI"
PEOPLE: Final = ("ann", "bob")

RUN: Final = """
import errno, os, sys, traceback
from functools import partial
from pathlib import Path
import pandera.pandas, pyarrow.compute, pyarrow.parquet.encryption  # not once per child
import archive_tool.schemas.frames
from archive_tool.archive.manifest import info
from archive_tool.archive.verify import verify
from archive_tool.cli.main import run
from archive_tool.keys import Vault
from archive_tool.pipeline.first_pass import parking
from archive_tool.pipeline import making

folder, how = Path(sys.argv[1]), sys.argv[2]
store, keys, bundle = folder / "store", folder / "vault", folder / "bundle"
MARK = b"KANARI"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.truncate", "os.link")

making.Parking = partial(parking.Parking, memory_bytes=1)  # every row waits on the disk
parking.BUCKET_BYTES = 400


def strike(count):
    if how == "kill":
        os.kill(os.getpid(), 9)
    raise OSError(errno.EIO if count % 2 else errno.ENOSPC, "the disk fails")


def archive(strike_at):
    count = 0
    def one():
        nonlocal count
        count += 1
        if count == strike_at:
            strike(count)
    def watch(name, arguments):
        writes = name == "open" and arguments[2] & WRITES or name in CHANGES
        if writes and str(arguments[0]).startswith(str(folder)):
            one()
    os.fsync = lambda descriptor: one()  # no power fails here: nothing has to be on the disk
    sys.addaudithook(watch)
    sys.stdout = sys.stderr = open(os.devnull, "w")
    code = run(["create", str(bundle), "--policy", str(folder / "sealing.toml"), "--store", str(store),
                "--vault", str(keys), "--as-of", "2026-11-20"])
    os._exit(250 if code == 0 and count < strike_at else code)


def check(before):
    found = info(store) if store.exists() else ()
    assert len(found) in (before, before + 1), "neither old nor new"
    vault = Vault.open(keys)
    assert verify(store, vault=vault).rows == 4 * len(found) if found else True
    assert all(stored.manifest.files["media"] == 1 for stored in found), "without its recording"
    for path in folder.rglob("*"):
        if bundle not in path.parents and path.is_file():
            assert MARK not in path.read_bytes(), f"plaintext in {path.name}"
    if how != "kill":
        left = [p.name for p in store.glob(".*/**/*") if p.is_file()] if store.exists() else []
        assert left == [], left
        assert not list(keys.glob("*.new")) and not list(keys.glob(".*.new")), "half a vault"
    os._exit(100 + len(found))


def child(work, *arguments):
    pid = os.fork()  # the parent itself starts no thread; from Python 3.12 on it is warned of others
    if pid == 0:
        try:
            work(*arguments)
        except BaseException:
            traceback.print_exc()
        os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


step = 1 if how == "kill" else 3  # of failures every third: what follows a death is much the same
assert child(archive, 10**9) == 250, "the old archive"
archives = child(check, 0) - 100
strike_at, ended, codes, late = 1 - step, None, set(), 0
while ended != 250:
    strike_at += step
    ended = child(archive, strike_at)
    now = child(check, archives)
    assert now >= 100, (strike_at, ended)
    late += how != "kill" and ended not in (0, 250) and now > 100 + archives
    archives = now - 100
    codes.add(ended)
print(strike_at, archives, late, sorted(codes))
"""
"""Runs ``create`` again and again, struck at one file operation after the other."""


def row(number: int, person: str) -> Mapping[str, Any]:
    return {
        "id": f"{MARK}-event-{number}",
        "experimentId": f"{MARK}-experiment",
        "roomId": f"{MARK}-room",
        "participantId": f"{MARK}-{person}",
        "timestamp": f"2026-03-01T10:00:0{number}.000Z",
        "onset": 1000 * number,
        "eventType": "component.response",
        "category": "component",
        "response": f"{MARK} says something",
    }


def chat(number: int, person: str) -> Mapping[str, Any]:
    shared = {k: v for k, v in row(number, person).items() if k in ("experimentId", "roomId")}
    return {
        **shared,
        "messageId": f"{MARK}-message-{number}",
        "senderId": f"{MARK}-{person}",
        "content": f"{MARK} talks",
        "timestamp": f"2026-03-01T10:00:0{number}.000Z",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lab(tmp_path)
    (tmp_path / "bundle").mkdir()
    events = [row(number, person) for number, person in enumerate(PEOPLE)]
    talk = [chat(number, person) for number, person in enumerate(PEOPLE)]
    (tmp_path / "bundle" / "events.json").write_text(json.dumps(events))
    (tmp_path / "bundle" / "chat.json").write_text(json.dumps(talk))
    film = b"\x00\x00\x00\x18ftypmp42" + MARK.encode() * 100
    (tmp_path / "bundle" / f"{MARK}.mp4").write_bytes(film)
    sealing = policy_text("pseudonymize").replace('media = "exclude"', 'media = "seal"')
    (tmp_path / "sealing.toml").write_text(sealing)
    (tmp_path / "tmp").mkdir()
    return tmp_path


def struck(folder: Path, how: str) -> tuple[int, int, int, list[int]]:
    """Number of operations, of archives, of failures after the rename; exit codes seen."""
    root = str(Path(__file__).parents[2])
    environment = os.environ | {
        "PYTHONPATH": root, "TMPDIR": str(folder / "tmp"), "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder), how],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    operations, archives, late, codes = done.stdout.split(" ", 3)
    return int(operations), int(archives), int(late), json.loads(codes)


def test_a_kill_at_any_file_operation_leaves_old_or_new(folder: Path) -> None:
    operations, archives, _, codes = struck(folder, "kill")
    assert operations > 50
    assert archives >= 2
    assert codes == [-9, 250]


def test_a_disk_that_fails_at_some_file_operation_leaves_nothing_half_done(folder: Path) -> None:
    operations, archives, late, codes = struck(folder, "fail")
    assert operations > 50
    assert archives >= 2
    assert set(codes) <= {0, 1, 250}
    assert 1 in codes
    # Published and whole, but the last flush or the last line of the audit log failed: the run says
    # so, and the log's own "intent" line names the archive.
    assert 1 <= late <= 12


LIMITED: Final = """
import resource, sys
from archive_tool.cli.main import run
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
sys.exit(run(sys.argv[1:]))
"""
"""No file can grow beyond 1000 bytes: the last write of a larger one takes only a part."""


def test_a_disk_that_takes_only_a_part_is_an_error(folder: Path) -> None:
    store, keys = folder / "store", folder / "vault"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "create", str(folder / "bundle"), "--policy", "keep",
         "--store", str(store), "--vault", str(keys), "--as-of", "2026-11-20"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    error, hint = done.stderr.splitlines()
    assert error.startswith(f"error: {store}")
    assert error.endswith(".parquet: file too large")
    assert hint == (
        "hint: allow larger files (ulimit -f), then run the command again: nothing is half done"
    )
    assert [path.name for path in store.rglob("*") if path.is_file()] == [".store.lock"]
