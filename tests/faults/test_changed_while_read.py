"""An archive is read while another process puts a newer revision in its place, or takes it away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive import bag, layout, rewrite
from archive_tool.archive.reader import Archive
from archive_tool.archive.verify import verify
from archive_tool.errors import IntegrityError, LockError
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.lives import Life, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive_tool.model.archive import FileEntry

A, B = "20261120-aaa", "20261120-bbb"
MEANWHILE = f"{A}: another process has changed or destroyed it while it was read"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def revise(life: Life) -> None:
    """A file of the older revision has another name in the newer one."""

    def drop(entry: FileEntry) -> bool:
        return entry.data_type == "chat"

    rewrite.revise(life.store, A, life.vault, drop=drop, now=NOW)


def disturb(
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[], object],
    step: tuple[object, str] = (bag, "check_complete"),
) -> None:
    """Change the archive once, before a step of reading it."""
    real, changes = getattr(*step), [change]

    def before(*arguments: object) -> object:
        if changes:
            changes.pop()()
        return real(*arguments)

    monkeypatch.setattr(*step, before)


def test_a_newer_revision_is_not_called_broken(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    disturb(monkeypatch, lambda: revise(life))
    with pytest.raises(LockError, match=MEANWHILE):
        verify(life.store, vault=life.vault)
    assert verify(life.store, vault=life.vault).rows == 5


def test_another_that_is_broken_is_named_first(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    (life.folder(B) / "data" / "policy.toml").unlink()
    disturb(monkeypatch, lambda: revise(life))
    ran = command("verify", life.store, "--vault", life.vault_folder)
    assert (ran.code, ran.err.splitlines()) == (
        16,
        [
            f"error: {B}/data/policy.toml: is missing",
            f"hint: 2 of 2 archives are not whole, also {A}",
        ],
    )


def test_one_that_went_meanwhile_is_not_called_broken(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    disturb(monkeypatch, lambda: shutil.rmtree(life.folder(A)))
    with pytest.raises(LockError, match=MEANWHILE):
        verify(life.folder(A), vault=life.vault)


def test_one_that_went_before_it_was_looked_at_is_not_called_broken(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone_soon(path: Path) -> tuple[Path, ...]:
        found = archives_at(path)
        shutil.rmtree(life.folder(A), ignore_errors=True)
        return found

    archives_at = layout.archives_at
    monkeypatch.setattr(layout, "archives_at", gone_soon)
    with pytest.raises(LockError, match=MEANWHILE):
        verify(life.store, vault=life.vault)


def test_what_was_never_there_did_not_go_meanwhile(life: Life, tmp_path: Path) -> None:
    """A path that was mistyped is wrong for ever: to run the command again helps nobody."""
    typed = life.folder("20261120-zzz")
    ran = command("extract", typed, "--vault", life.vault_folder, "--to", tmp_path / "out")
    assert (ran.code, ran.err.splitlines()[0]) == (
        15,
        "error: 20261120-zzz: not an archive (expected the folder of an archive or of a store)",
    )


def test_a_file_that_is_missing_is_missing_all_the_same(life: Life) -> None:
    (table,) = (life.folder(A) / "data" / "tables" / "chat").iterdir()
    table.unlink()
    said = problem(IntegrityError, lambda: verify(life.store, vault=life.vault))
    assert "is missing" in said


def test_who_takes_rows_out_is_told_to_do_it_again(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["extract", life.folder(A), "--vault", life.vault_folder]
    to = life.store.parent / "tables"
    with monkeypatch.context() as patch:
        disturb(patch, lambda: revise(life), (Archive, "entries"))
        ran = command(*words, "--to", to)
    assert (ran.code, ran.err.splitlines()[-2:]) == (
        21,
        [f"error: {MEANWHILE}", "hint: run the command again"],
    )
    assert not any(to.glob("*"))
    assert command(*words, "--to", to).code == 0
