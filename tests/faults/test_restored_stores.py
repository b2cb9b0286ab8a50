"""A store, or a part of it, that comes back from a backup: nothing is made whole by being used."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.archive import layout
from archive_tool.archive.verify import verify
from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import Vault
from archive_tool.lifecycle.applying import sweep
from archive_tool.lifecycle.audit_log import audit, recording
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import sweep_plan
from archive_tool.lifecycle.planning.plans import save
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.lives import DUE, Life, usual

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def swept(life: Life) -> None:
    path = life.store.parent / "sweep.json"
    save(sweep_plan.plan(life.store, life.vault, as_of=DUE, now=DUE), path)
    sweep.apply(life.store, life.vault, path, as_of=DUE, now=DUE)


def test_a_log_that_lost_lines_is_not_whole_again_when_others_follow(
    life: Life, tmp_path: Path
) -> None:
    """The vault has seen the lines of an erasure that a restored log has no more."""
    backup = shutil.copytree(life.store, tmp_path / "backup")
    holds.place(life.store, reason="r", owner="o", archives=[B], now=NOW)
    vault = life.vault
    audit.checkpoint(life.store, vault, now=NOW)
    vault.save(NOW)
    shutil.rmtree(life.store)
    backup.rename(life.store)
    for said in (
        "is missing, and the vault knows lines up to 6",
        "is not the one that the vault knows",
    ):
        with pytest.raises(IntegrityError, match=said):
            audit.verify(life.store, vault=life.vault)
        with pytest.raises(IntegrityError, match=said):
            swept(life)
        assert life.archives() == [A, B]
        for _ in range(2):
            recording.extracted(life.store, A, ["events"], now=NOW)


def test_a_log_that_goes_on_is_whole(life: Life) -> None:
    swept(life)
    assert audit.verify(life.store, vault=life.vault).lines == 6


def test_a_renamed_copy_says_its_name_and_a_link_may_have_any(life: Life, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(life.folder(A))
    assert len(verify(tmp_path / "link", vault=life.vault).archives) == 1
    copy = shutil.copytree(life.folder(A), tmp_path / "copy of it")
    with pytest.raises(IntegrityError, match="lies under the name of another archive") as caught:
        verify(copy, vault=life.vault)
    assert caught.value.hint == f"if its folder was renamed: give it the name {A} again"


def test_archives_of_another_vault_are_not_called_broken(life: Life, tmp_path: Path) -> None:
    """Six studies in one store: each vault opens its own archives, and the others are whole."""
    other = Life(store=life.store, vault_folder=tmp_path / "other")
    Vault.create(other.vault_folder, study="o", passphrase=None, now=NOW)
    with pytest.raises(VaultError, match=f"{A}: the vault has no keys of this archive") as caught:
        verify(life.store, vault=other.vault)
    assert caught.value.hint == f"2 of 2 archives did not open, also {B}"


@pytest.fixture(params=["data/archive.json", layout.TAG_MANIFEST], ids=["manifest", "seal"])
def broken(life: Life, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A file of archive A lies on a bad sector; that is said when it is read, without its name."""
    bad, real = life.folder(A) / request.param, os.open

    def opened(path: Any, *how: Any, **more: Any) -> int:
        if path == bad:
            raise OSError(errno.EIO, "Input/output error")
        return real(path, *how, **more)

    monkeypatch.setattr(os, "open", opened)
    return f"{A}: cannot be read: input/output error"


def test_a_bad_sector_in_one_archive_stops_nothing_else(
    life: Life, tmp_path: Path, broken: str
) -> None:
    key = ("--vault", life.vault_folder)
    ran = command("verify", life.store, *key, "--json")
    assert (ran.code, ran.json["wrong"], ran.json["whole"]) == (16, [broken], 1)
    (tmp_path / "ids").write_text("ann")
    sweep = ("sweep", "--store", life.store, *key, "--as-of", "2031-01-01", "--json")
    find = ("subject", "find", "--store", life.store, *key, "--id-file", tmp_path / "ids", "--json")
    for words in (sweep, find):
        ran = command(*words)
        assert ran.code == 16
        (said,) = ran.json["unreadable"]
        assert (said["archive"], said["code"]) == (A, 16)
    assert [item["archive"] for item in command(*sweep).json["due"]] == [B]


def test_a_file_that_may_not_be_read_is_named(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def opened(path: Any, *how: Any, **more: Any) -> int:
        if path == life.folder(A) / "data" / "archive.json":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *how, **more)

    monkeypatch.setattr(os, "open", opened)
    ran = command("info", life.store, "--json")
    said = f"{A}/data/archive.json: cannot be read: permission denied"
    assert (ran.code, ran.json["unreadable"]) == (16, [said])
    assert [stored["id"] for stored in ran.json["archives"]] == [B]
    assert command("verify", life.store).err.splitlines()[0] == f"error: {said}"


def test_what_goes_wrong_elsewhere_is_not_said_of_an_archive(life: Life) -> None:
    for error in (
        OSError(errno.ENOSPC, "No space left on device"),
        PermissionError(errno.EACCES, "Permission denied", "elsewhere"),
    ):
        with pytest.raises(OSError, match=r"device|denied"), layout.reading(life.folder(A)):
            raise error
