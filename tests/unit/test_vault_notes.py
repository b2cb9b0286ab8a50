"""What a vault has noted stays noted: the first day counts, the newest number, and whose vault it is."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import Vault, erasure, vault_file
from tests.support.archives import NOW
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

LATER = NOW + timedelta(days=1)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault.create(tmp_path / "vault", study="s", passphrase=None, now=NOW)
    made.new_archive("a")
    made.subject_secret("ann", create=True)
    made.save(NOW)
    return made


def test_who_was_erased_was_erased_on_the_first_day_that_says_so(vault: Vault) -> None:
    """Certificates and records name that day: an erasure that is asked for again was done then."""
    key = vault.subject_key("ann")
    for moment in (NOW, LATER):
        vault.erase_subjects([key], now=moment)
        vault.destroy_secrets(["a"], now=moment)
    assert vault._body.erased == {key: NOW}
    assert vault._body.destroyed == {"a": NOW}


def test_a_record_of_later_changes_no_day(vault: Vault, tmp_path: Path) -> None:
    key = vault.subject_key("ann")
    vault.erase_subjects([key], now=LATER)
    vault.destroy_secrets(["a"], now=LATER)
    (tmp_path / "record").write_bytes(vault.erasure_record() or b"")
    vault = vault.reopened()
    vault.erase_subjects([key], now=NOW)
    vault.destroy_secrets(["a"], now=NOW)
    vault.heed(tmp_path / "record")
    assert (vault._body.erased, vault._body.destroyed) == ({key: NOW}, {"a": NOW})


def test_the_newest_revision_never_becomes_an_older_one(vault: Vault) -> None:
    assert vault.newest_revision("a") == 1
    for revision, newest in ((3, 3), (2, 3), (4, 4)):
        vault.note_revision("a", revision)
        assert vault.newest_revision("a") == newest


def test_a_copy_that_is_behind_stays_so_when_another_process_saves_it(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows by a record of a later epoch: its own next one must be later than that."""
    drawer = shutil.copytree(tmp_path / "vault", tmp_path / "drawer")
    vault.erase_subjects([vault.subject_key("ann")], now=NOW)
    for _ in range(5):
        vault.save(NOW)
    record = tmp_path / "record"
    record.write_bytes(vault.erasure_record() or b"")
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "another machine"))
    old = Vault.open(drawer)
    old.heed(record)
    assert old.behind
    Vault.open(drawer).save(NOW)  # knows of no record
    with old.lock(take_newer=True):
        assert old.behind
        old.heed(record)
        old.save(NOW)
    assert old.epoch == vault.epoch + 1
    assert problem(VaultError, lambda: old.subject_secret("ann")) == "vault: the subject was erased"
    assert erasure.places_of(old.vault_id, None)[0].is_file()


@pytest.mark.parametrize("left", ["# vault:", "# signer:"])
def test_either_note_in_an_identity_file_tells_another_vault(
    vault: Vault, tmp_path: Path, left: str
) -> None:
    """Its id as well as its key: a forger may have one of them."""
    forged = Vault.create(
        tmp_path / "forged", study="s", passphrase=None, now=NOW, recipients=vault.recipients
    )
    if left == "# vault:":
        forged._body.signing_seed = vault.signing_key
    else:
        forged._body.vault_id = vault.vault_id
    vault_file.write(forged.folder, forged._body, [])
    path = tmp_path / "vault" / "identity.txt"
    lines = path.read_text(encoding="ascii").splitlines(keepends=True)
    kept = [line for line in lines if line.startswith((left, "AGE-SECRET-KEY-"))]
    path.write_text("".join(kept), encoding="ascii")
    assert Vault.open(tmp_path / "vault").epoch == vault.epoch
    shutil.copy(tmp_path / "forged" / "vault.age", tmp_path / "vault" / "vault.age")
    said = problem(IntegrityError, lambda: Vault.open(tmp_path / "vault"))
    assert said == "vault.age: not the vault that this identity was made for"


def test_a_vault_that_was_opened_with_an_ssh_key_makes_no_other_in_its_place(
    vault: Vault, tmp_path: Path
) -> None:
    key = tmp_path / "ssh"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    vault.add_recipient((tmp_path / "ssh.pub").read_text(encoding="ascii"))
    vault.save(NOW)
    before = vault.recipients
    opened = Vault.open(tmp_path / "vault", identity=key)
    new = tmp_path / "new.txt"
    said = problem(VaultError, lambda: opened.rotate(new, passphrase=None, now=NOW))
    assert said == "identity: the vault was opened with an ssh key, which this tool does not make"
    assert not new.exists()
    assert Vault.open(tmp_path / "vault", identity=key).recipients == before
