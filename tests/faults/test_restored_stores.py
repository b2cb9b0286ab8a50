"""A store, or a part of it, that comes back from a backup: nothing is made whole by being used."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive import verify
from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import Vault
from archive_tool.lifecycle import audit, holds, sweep, sweep_plan
from archive_tool.lifecycle.plans import save
from tests.support.archives import NOW
from tests.support.lives import DUE, Life, usual

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "memory"))
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
        if "missing" in said:
            swept(life)
    assert life.archives() == [B]


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
