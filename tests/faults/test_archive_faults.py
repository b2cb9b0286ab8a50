"""A run that is killed at any file operation leaves the old store or the new one."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from archive_tool.archive import extract, info
from archive_tool.archive.files import Files
from archive_tool.errors import IntegrityError
from archive_tool.keys import Vault
from tests.support.archives import NOW, description, event, make, table
from tests.unit.test_archive import writer

RUN = """
import os, sys, traceback
from pathlib import Path
import pyarrow.compute, pyarrow.parquet, pyarrow.parquet.encryption  # not once per child
from archive_tool.archive import info, verify
from archive_tool.keys import Vault
from tests.support.archives import NOW, event, make

folder = Path(sys.argv[1])
WRITES = ("open", "os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree")

def create(kill_at):
    vault = Vault.open(folder / "vault")
    count = 0
    def watch(name, arguments):
        nonlocal count
        if name in WRITES and str(arguments[0]).startswith(str(folder)):
            count += 1
            if count == kill_at:
                os.kill(os.getpid(), 9)
    sys.addaudithook(watch)
    rows = {("events", "ann"): [event(1, "ann", content="CANARY")]}
    make(folder, rows, archive_id="new", vault=vault)

def check():
    store = folder / "store"
    names = sorted(item.manifest.archive_id for item in info(store))
    assert names in (["old"], ["new", "old"]), names
    vault = Vault.open(folder / "vault")
    assert verify(store, vault=vault).rows == len(names)
    for path in folder.rglob("*"):
        assert not path.is_file() or b"CANARY" not in path.read_bytes(), path.name
    if "new" in names:
        return
    if vault._body.archives.pop("new", None):  # a real run has another id each time
        vault.save(NOW)

def child(work, *arguments):
    pid = os.fork()  # the parent itself starts no thread; from Python 3.12 on it is warned of others
    if pid == 0:
        try:
            work(*arguments)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

kill_at, ended = 0, -9
while ended == -9:
    kill_at += 1
    ended = child(create, kill_at)
    assert child(check) == 0, kill_at
    if ended == -9 and (folder / "store" / "archives" / "new").exists():
        break  # killed after the rename: the archive is complete
print(kill_at)
"""


def test_a_kill_at_any_file_operation_loses_nothing(tmp_path: Path) -> None:
    make(tmp_path, {("events", "bob"): [event(1, "bob")]}, archive_id="old")
    root = str(Path(__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": root, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert int(done.stdout) > 40


def test_a_vault_that_cannot_be_saved_publishes_nothing(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "v", study="s", passphrase=None, now=NOW)

    def commit() -> None:
        raise OSError(28, "No space left on device")

    with writer(tmp_path, vault) as to:
        to.write_table("events", "ann", table("events", [event(1, "ann")]))
        with pytest.raises(OSError, match="No space left"):
            to.publish(description(), vault.signing_key, commit=commit)
    assert info(tmp_path / "store") == ()


def test_a_disk_that_writes_something_else_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault.create(tmp_path / "v", study="s", passphrase=None, now=NOW)
    real = Files.read

    def lying(files: Files, path: str) -> bytes:
        content = real(files, path)
        return content[:-9] + b"\0" + content[-8:] if path.endswith(".parquet") else content

    monkeypatch.setattr(Files, "read", lying)
    with pytest.raises(IntegrityError) as caught, writer(tmp_path, vault) as to:
        to.write_table("events", "ann", table("events", [event(1, "ann")]))
    assert str(caught.value).endswith(".parquet: was changed: it cannot be decrypted")


@pytest.mark.parametrize("format", ["csv", "json", "ndjson", "parquet"])
@pytest.mark.parametrize("most", [10, 300])
def test_a_full_disk_keeps_nothing_of_what_was_extracted(
    tmp_path: Path, format: str, most: int
) -> None:
    made = make(tmp_path, {("events", "ann"): [event(n, "ann") for n in range(60)]})
    archive = made.open()
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            extract(archive, to=tmp_path / "out", format=format)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list((tmp_path / "out").iterdir()) == []
