"""What other systems do differently, played here: the way of the rows must not notice."""

from __future__ import annotations

import errno
import os
import sys
import time
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.verify import verify
from archive_tool.errors import LockError
from archive_tool.keys import Vault, disk
from archive_tool.keys.lock import FileLock
from archive_tool.lifecycle.applying import erase, rekey
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_plan
from archive_tool.pipeline import downgrade
from archive_tool.report.save import save
from tests.support.archives import NOW
from tests.support.lives import DUE, usual
from tests.support.pipelines import lab
from tests.support.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = (
    "id,timestamp,participantId,roomId,experimentId,eventType\n"
    "e1,2026-09-24T10:00:00.000Z,ann,room1,x,start\n"
    "e2,2026-09-24T10:00:01.000Z,bob,room1,x,start\n"
)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Windows:
    monkeypatch.setattr(disk, "PAUSES", ())
    return Windows(monkeypatch)


def test_an_archive_is_made_and_read_on_windows(tmp_path: Path, windows: Windows) -> None:
    own = lab(tmp_path)
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "events.csv").write_text(ROWS, newline="\r\n")
    windows.begin()
    created = own.create(tmp_path / "bundle", workers=0)
    report = verify(own.store, vault=own.vault)
    (file,) = extract(own.open(created), to=tmp_path / "out", now=NOW)
    assert (report.rows, file.rows, windows.refused) == (2, 2, [])
    assert file.path.read_bytes().count(b"\r\r\n") == 0
    assert audit.verify(own.store).lines == 2


def test_people_and_archives_are_destroyed_on_windows(tmp_path: Path, windows: Windows) -> None:
    life = usual(tmp_path)
    windows.begin()
    erasing = tmp_path / "erase.json"
    decided = erase_plan.plan(life.store, life.vault, ["ann"], rewrite_mentions=True, now=NOW)
    plans.save(decided, erasing)
    erased = erase.apply(life.store, life.vault, erasing, ids=["ann"], now=NOW, operator="o")
    assert erased.work.people == 1
    sweeping = tmp_path / "sweep.json"
    plans.save(sweep_plan.plan(life.store, life.vault, as_of=DUE, now=DUE, bundles=()), sweeping)
    downgrade.apply(
        life.store, life.vault, sweeping, as_of=DUE, now=DUE, operator="o", progress=None
    )
    assert life.archives() == ["20261120-bbb"]
    assert verify(life.store, vault=life.vault).rows == 1
    assert audit.verify(life.store).lines > 2
    assert windows.refused == []


def test_keys_are_renewed_on_windows(tmp_path: Path, windows: Windows) -> None:
    life = usual(tmp_path)
    windows.begin()
    done = rekey.rekey(life.store, life.vault, identity_out=tmp_path / "new.txt", now=NOW)
    vault = Vault.open(life.vault_folder, identity=done.identity)
    assert verify(life.store, vault=vault).rows == 6
    report = tmp_path / "report.html"
    for _ in range(2):
        save(report, b"<p>")
    assert windows.refused == []


def test_one_writer_at_a_time_on_windows(tmp_path: Path, windows: Windows) -> None:
    windows.begin()
    with (
        FileLock(tmp_path / ".lock", what="store"),
        pytest.raises(LockError, match="store: another process is writing"),
        FileLock(tmp_path / ".lock", what="store"),
    ):
        pass
    with FileLock(tmp_path / ".lock", what="store"):
        pass


def test_what_somebody_reads_is_replaced_when_it_is_closed(
    tmp_path: Path, windows: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virus scanner has a new file open for some moments."""
    windows.begin()
    target = tmp_path / "vault.age"
    disk.replace(target, b"old")
    reader = target.open("rb")
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            reader.close()

    monkeypatch.setattr(disk, "PAUSES", (0.01, 0.02, 0.05))
    monkeypatch.setattr(time, "sleep", sleep)
    disk.replace(target, b"new")
    assert (target.read_bytes(), slept) == (b"new", [0.01, 0.02])


def test_what_stays_open_is_an_error_and_leaves_the_old_file(
    tmp_path: Path, windows: Windows
) -> None:
    windows.begin()
    target = tmp_path / "vault.age"
    disk.replace(target, b"old")
    with target.open("rb"), pytest.raises(PermissionError):
        disk.replace(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["vault.age"]
    assert target.read_bytes() == b"old"


def test_a_disk_without_locks_is_not_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def none(_descriptor: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with pytest.raises(OSError, match="No locks available") as caught:
        FileLock(tmp_path / ".lock", what="store").__enter__()
    assert caught.value.filename == str(tmp_path / ".lock")


@pytest.mark.parametrize("said", [errno.EINVAL, errno.ENOTSUP])
def test_a_disk_that_brings_no_folder_to_the_disk_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: int
) -> None:
    """As disks in a network do."""
    monkeypatch.setattr(os, "fsync", _failing(said))
    disk.sync_folder(tmp_path)


def test_a_disk_that_fails_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", _failing(errno.EIO))
    with pytest.raises(OSError, match="no"):
        disk.sync_folder(tmp_path)


def _failing(said: int) -> Callable[[int], None]:
    def fsync(_descriptor: int) -> None:
        raise OSError(said, "no")

    return fsync


def test_macos_is_told_to_empty_the_memory_of_its_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    fcntl = ModuleType("fcntl")
    fcntl.F_FULLFSYNC = 51  # type: ignore[attr-defined]
    fcntl.fcntl = lambda _descriptor, what: asked.append(what)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fcntl", fcntl)
    monkeypatch.setattr(sys, "platform", "darwin")
    disk.write_new(tmp_path / "one", b"1")
    disk.write_new(tmp_path / "two", b"2")
    asked.clear()
    disk.sync_all([str(tmp_path / "one"), str(tmp_path / "two")])
    assert asked == [51]  # the drive is emptied once, for all of them
