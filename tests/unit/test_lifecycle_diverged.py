"""Two copies of a vault that both went on: found out where they meet."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.errors import IntegrityError, LockError, VaultError
from archive_tool.keys import Vault
from archive_tool.lifecycle import diverged
from archive_tool.lifecycle.applying import rekey
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.planning import sweep_plan
from archive_tool.policy import load_policy
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.lives import DUE, Life, usual
from tests.support.pipelines import lab
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

A, B, OTHER = "20261120-aaa", "20261120-bbb", "20261120-ccc"
SAID = (
    f"{OTHER}: was made with another copy of this vault, or with a newer one: this one has no keys "
    "of it"
)


@pytest.fixture
def copied(tmp_path: Path) -> tuple[Life, Life]:
    """A store whose vault was copied; the copy has made an archive there since."""
    first = usual(tmp_path)
    shutil.copytree(first.vault_folder, tmp_path / "copy")
    second = Life(store=first.store, vault_folder=tmp_path / "copy")
    second.add(OTHER, {("events", "dan"): [event(9, "dan")]})
    return first, second


def test_the_copy_that_made_everything_finds_nothing(copied: tuple[Life, Life]) -> None:
    """It was copied from the other one, whose archives it knows."""
    _, second = copied
    diverged.refuse(second.store, second.vault)
    assert audit.verify(second.store, vault=second.vault).lines == 6


def test_the_other_copy_is_refused_where_they_meet(
    copied: tuple[Life, Life], tmp_path: Path
) -> None:
    first, _ = copied
    vault = first.vault
    assert problem(IntegrityError, lambda: audit.verify(first.store, vault=vault)) == SAID
    out = tmp_path / "new.txt"
    renew = lambda: rekey.rekey(first.store, vault, identity_out=out, now=NOW)  # noqa: E731
    assert problem(IntegrityError, renew) == SAID
    assert not out.exists()
    assert [open_archive(first.folder(name), vault=first.vault).types() for name in (A, B)]


def test_an_archive_that_was_made_while_this_ran_is_of_no_copy(tmp_path: Path) -> None:
    life = usual(tmp_path)
    opened = life.vault
    life.add(OTHER, {("events", "dan"): [event(9, "dan")]})
    said = problem(LockError, lambda: audit.verify(life.store, vault=opened))
    assert said == "vault.age: another process has written the vault in the meantime"
    assert audit.verify(life.store, vault=life.vault).lines == 6


def test_a_sweep_names_what_only_the_other_copy_can_destroy(copied: tuple[Life, Life]) -> None:
    """Nothing is certified as destroyed while its keys lie in another vault; also if a catalogue
    of that vault says that all is well.
    """
    first, second = copied
    assert not sweep_plan.plan(second.store, second.vault, as_of=DUE, now=NOW).unreadable
    decided = sweep_plan.plan(first.store, first.vault, as_of=DUE, now=NOW)
    assert [item.archive for item in decided.items] == [A]
    (one,) = decided.unreadable
    assert (one.archive, one.code) == (OTHER, VaultError.exit_code)
    assert one.why == "the vault has no keys of this archive"


def test_an_archive_of_a_stranger_is_not_of_a_copy(life_of_two: Life) -> None:
    diverged.refuse(life_of_two.store, life_of_two.vault)


@pytest.fixture
def life_of_two(tmp_path: Path) -> Life:
    """A store with an archive of another vault, and one that nobody can read."""
    life = usual(tmp_path)
    Vault.create(tmp_path / "theirs", study="t", passphrase=None, now=NOW)
    Life(store=life.store, vault_folder=tmp_path / "theirs").add(
        OTHER, {("events", "dan"): [event(9, "dan")]}
    )
    (life.store / "archives" / "20261120-ddd").mkdir()
    return life


def test_two_copies_that_both_release_are_found_out(tmp_path: Path) -> None:
    """Summary tables of one copy beside those of the other could tell of single people."""
    made = lab(tmp_path)
    shutil.copytree(made.vault.folder, tmp_path / "copy")
    bundle = write_form(small_study(), "array", tmp_path / "bundle")
    other = ["--store", tmp_path / "elsewhere", "--vault", tmp_path / "copy"]
    assert command("create", bundle, "--policy", "aggregate-only", *other).code == 0
    mine = made.create(bundle, policy=load_policy("aggregate-only"))
    (theirs,) = (tmp_path / "elsewhere" / "archives").iterdir()
    shutil.copytree(theirs, made.store / "archives" / theirs.name)
    places = ["--store", made.store, "--vault", made.vault.folder]
    refused = command("create", bundle, "--policy", "aggregate-only", *places)
    assert refused.code == 16
    assert refused.err.splitlines()[-2:] == [
        "error: ledger.sealed: the release ledger does not have the summary tables of an archive of "
        "the store",
        "hint: vault and ledger come from an older copy, or another copy made these tables: put back "
        "the newest of both, and write one copy only",
    ]
    archives = {path.name for path in (made.store / "archives").iterdir()}
    assert archives == {theirs.name, mine.archive_id}
    kept = command("create", bundle, "--policy", "keep", *places)
    assert kept.code == 0
    assert (
        f"warning   1 archive of the store, such as {theirs.name}, made with another copy of this\n"
        "          vault or a newer one: who withdraws has to be erased with each of them. Write one "
        "copy only\n"
    ) in kept.out
