"""Custodians come and go, collaborators see what they were granted."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.opening import open_archive
from archive_tool.archive.revision import seal_of
from archive_tool.archive.verify import verify
from archive_tool.errors import IntegrityError, RetentionError, UsageError, VaultError
from archive_tool.keys import Vault, primitives, sshsig
from archive_tool.keys import grant as grants
from archive_tool.keys import recipients as age
from archive_tool.keys.identities import read_identity, recipients_of
from archive_tool.lifecycle import certificates, whole
from archive_tool.lifecycle.applying import erase, rekey, sweep
from archive_tool.lifecycle.audit_log import audit, recording
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_plan
from archive_tool.lifecycle.subjects import linkage
from archive_tool.policy import load_policy, parse, policy_text
from sample_data.forms import write_form
from sample_data.study import small_study
from tests.support.archives import NOW, event
from tests.support.lives import DUE, LAST_DAY, Life, begin, custodian, usual
from tests.support.pipelines import lab
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"
EXPIRES = NOW + timedelta(days=30)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def test_every_custodian_opens_the_vault_and_one_lost_key_loses_nothing(
    life: Life, tmp_path: Path
) -> None:
    public, path = custodian(tmp_path, "second")
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "ssh"], check=True
    )
    vault = life.vault
    vault.add_recipient(public)
    vault.add_recipient((tmp_path / "ssh.pub").read_text())
    vault.save(NOW)
    (life.vault_folder / "identity.txt").unlink()
    for identity in (path, tmp_path / "ssh"):
        assert verify(life.store, vault=Vault.open(life.vault_folder, identity=identity)).rows == 6


def test_a_removed_custodian_opens_no_further_epoch(life: Life, tmp_path: Path) -> None:
    public, path = custodian(tmp_path, "second")
    vault = life.vault
    vault.add_recipient(public)
    vault.save(NOW)
    vault.remove_recipient(public)
    vault.save(NOW)
    said = problem(VaultError, lambda: Vault.open(life.vault_folder, identity=path))
    assert said == "vault.age: this key does not open the vault"
    said = problem(VaultError, lambda: vault.remove_recipient(public))
    assert said == "recipient: is no recipient of the vault"
    said = problem(VaultError, lambda: vault.remove_recipient(vault.recipients[0]))
    assert said == "recipient: is the last recipient"


def test_a_key_is_one_recipient_whatever_stands_behind_it(life: Life, tmp_path: Path) -> None:
    key = tmp_path / "ssh"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    bare = " ".join((tmp_path / "ssh.pub").read_text().split()[:2])
    vault = life.vault
    for recipient in (f"{bare} of the office", f"{bare} of the laptop", bare):
        vault.add_recipient(recipient)
    assert vault.recipients[1:] == (f"{bare} of the office",)
    vault._body.recipients += [bare, f"{bare} twice"]  # as vaults of before may have them
    vault.remove_recipient(f"{bare} of the laptop")
    vault.save(NOW)
    assert len(life.vault.recipients) == 1
    said = problem(VaultError, lambda: Vault.open(life.vault_folder, identity=key))
    assert said == "vault.age: this key does not open the vault"


def test_nobody_can_lock_the_vault_before_oneself(life: Life, tmp_path: Path) -> None:
    vault = life.vault
    vault.add_recipient(custodian(tmp_path, "second")[0])
    vault.remove_recipient(vault.recipients[0])
    said = problem(VaultError, lambda: vault.save(NOW))
    assert said.endswith("this key does not open the vault")
    assert verify(life.store, vault=life.vault).rows == 6


def test_rotation_changes_the_key_and_touches_no_archive(life: Life, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in life.store.rglob("*")}
    new = tmp_path / "new.txt"
    life.vault.rotate(new, passphrase=None, now=NOW)
    said = problem(VaultError, lambda: life.vault)
    assert said == "vault.age: this key does not open the vault"
    rotated = Vault.open(life.vault_folder, identity=new)
    assert verify(life.store, vault=rotated).rows == 6
    assert {path: path.stat().st_mtime_ns for path in life.store.rglob("*")} == before
    said = problem(VaultError, lambda: rotated.rotate(new, passphrase=None, now=NOW))
    assert said == "new.txt: exists already and is never overwritten"


def granted(life: Life, tmp_path: Path, *scopes: str, **more: object) -> tuple[Path, Path]:
    public, identity = custodian(tmp_path, "colleague")
    out = tmp_path / "a.grant"
    grants.make(
        life.vault, to=public, scopes=scopes, expires=EXPIRES, out=out, now=NOW,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return out, identity


def test_a_grant_opens_its_scope_and_nothing_else(life: Life, tmp_path: Path) -> None:
    path, identity = granted(life, tmp_path, "read:chat")
    keys = grants.open_grant(path, identity=identity, now=NOW)
    archive = open_archive(life.folder(A), vault=keys)
    assert archive.read("chat").column("messageId").to_pylist() == ["m1"]
    said = problem(VaultError, lambda: archive.read("events"))
    assert said == "read:events: was not granted (expected read:chat)"
    (file,) = extract(archive, to=tmp_path / "out", types=["chat"])
    assert file.rows == 1
    said = problem(VaultError, lambda: keys.subject_key("ann"))
    assert (
        said == "grant: a grant does not know people by their ids (expected the codes in the rows)"
    )
    said = problem(VaultError, lambda: keys.save(NOW))
    assert said == "grant: a grant can only read (expected the vault)"


def test_a_grant_finds_a_participant_by_the_code_in_the_rows(life: Life, tmp_path: Path) -> None:
    path, identity = granted(life, tmp_path, "read:events")
    archive = open_archive(
        life.folder(A), vault=grants.open_grant(path, identity=identity, now=NOW)
    )
    (file,) = extract(
        archive, to=tmp_path / "out", types=["events"], scope="participant", scope_id="ann"
    )
    people = archive.read("events").column("participantId").to_pylist()
    assert 0 < file.rows == people.count("ann") < len(people)


def test_a_grant_whose_end_has_no_zone_is_none(life: Life, tmp_path: Path) -> None:
    path, identity = granted(life, tmp_path, "read:events")
    key = read_identity(identity, None)
    line = age.decrypt(path.read_bytes(), key, where="").partition(b"\n")[0]
    line = line.replace(b'T12:00:00Z","format"', b'T12:00:00","format"')
    signature = sshsig.sign(life.vault.signing_key, line, namespace=grants.NAMESPACE).encode()
    path.write_bytes(age.encrypt(line + b"\n" + signature, list(recipients_of(key))))
    said = problem(IntegrityError, lambda: grants.open_grant(path, identity=identity, now=NOW))
    assert said == "a.grant: not a grant of a known version (expected archive-tool/grant/1)"


def test_a_grant_opens_its_archives_and_no_other(life: Life, tmp_path: Path) -> None:
    path, identity = granted(life, tmp_path, "read:events", archives=[A])
    keys = grants.open_grant(path, identity=identity, now=NOW)
    assert open_archive(life.folder(A), vault=keys).read("events").num_rows == 3
    said = problem(VaultError, lambda: open_archive(life.folder(B), vault=keys))
    assert said == f"{B}: the grant does not open this archive"


def test_a_grant_is_noted_revoked_and_named_in_certificates(life: Life, tmp_path: Path) -> None:
    granted(life, tmp_path, "read:chat")
    vault = life.vault
    (note,) = vault.grants
    assert (note.scopes, note.archives, note.revoked) == (["read:chat"], [A, B], None)
    vault.register_copy("the safe", now=NOW)
    vault.revoke_grant(note.grant_id, now=NOW)
    vault.save(NOW)
    assert life.vault.grants[0].revoked == NOW
    vault.revoke_grant(note.grant_id, now=EXPIRES)
    assert vault.grants[0].revoked == NOW
    said = problem(VaultError, lambda: vault.revoke_grant("G-1", now=NOW))
    assert said == "grant: there is no such grant"
    plans.save(erase_plan.plan(life.store, life.vault, ["ann"], now=NOW), tmp_path / "p.json")
    done = erase.apply(life.store, life.vault, tmp_path / "p.json", now=NOW)
    assert [item.kind for item in done.work.not_reached] == [
        "grant", "vault-copy", "vault-copy", "mention",
    ]  # fmt: skip


def test_the_erased_are_erased_for_grants_too(life: Life, tmp_path: Path) -> None:
    path, identity = granted(life, tmp_path, "read:events")
    plans.save(erase_plan.plan(life.store, life.vault, ["ann"], now=NOW), tmp_path / "p.json")
    erase.apply(life.store, life.vault, tmp_path / "p.json", now=NOW)
    keys = grants.open_grant(path, identity=identity, now=NOW)
    assert open_archive(life.folder(A), vault=keys).read("events").num_rows == 1


def test_grants_end_and_are_refused_when_wrong(life: Life, tmp_path: Path) -> None:
    path, identity = granted(life, tmp_path, "read:chat")
    said = problem(VaultError, lambda: grants.open_grant(path, identity=identity, now=EXPIRES))
    assert said == "a.grant: the grant is closed from 2026-12-20 on"
    said = problem(VaultError, lambda: Vault.open(path, identity=identity, now=EXPIRES))
    assert said == "a.grant: the grant is closed from 2026-12-20 on"
    assert Vault.open(path, identity=identity, now=NOW).vault_id == life.vault.vault_id
    said = problem(UsageError, lambda: Vault.open(path, identity=identity))
    assert said == "vault: a grant is opened before it ends (expected now)"
    local = NOW.replace(tzinfo=None)
    said = problem(UsageError, lambda: Vault.open(path, identity=identity, now=local))
    assert said == "now: the date has no time zone (expected UTC)"
    _, other = custodian(tmp_path, "stranger")
    said = problem(VaultError, lambda: grants.open_grant(path, identity=other, now=NOW))
    assert said == "a.grant: this key does not open the vault"
    path.write_bytes(path.read_bytes()[:-3])
    said = problem(IntegrityError, lambda: grants.open_grant(path, identity=identity, now=NOW))
    assert said == "a.grant: changed or truncated (expected an age file)"
    said = problem(UsageError, lambda: granted(life, tmp_path, "read:everything"))
    assert said.startswith("scope: not a scope (expected read:events, ")
    said = problem(UsageError, lambda: granted(life, tmp_path, "read:chat"))
    assert said == f"{path}: exists already"


def test_a_forged_grant_opens_no_archive_of_ours(life: Life, tmp_path: Path) -> None:
    stranger = Vault.create(tmp_path / "stranger", study="x", passphrase=None, now=NOW)
    public, identity = custodian(tmp_path, "colleague")
    stranger.new_archive(A)
    grants.make(
        stranger, to=public, scopes=["read:chat"], expires=EXPIRES, out=tmp_path / "g", now=NOW
    )
    keys = grants.open_grant(tmp_path / "g", identity=identity, now=NOW)
    said = problem(IntegrityError, lambda: open_archive(life.folder(A), vault=keys))
    assert "signed by a key that is not the vault's" in said


def test_a_grant_that_another_key_signed_is_16(life: Life, tmp_path: Path) -> None:
    """The recipient's key is public: anybody can write a grant that says it is the study's."""
    path, identity = granted(life, tmp_path, "read:chat")
    plain = age.decrypt(path.read_bytes(), read_identity(identity, None), where="grant")
    line = plain.split(b"\n", 1)[0]
    forged = sshsig.sign(primitives.new_signing_seed(), line, namespace=grants.NAMESPACE)
    path.write_bytes(age.encrypt(line + b"\n" + forged.encode(), [life.vault.grants[0].recipient]))
    said = problem(IntegrityError, lambda: grants.open_grant(path, identity=identity, now=NOW))
    assert said == "a.grant: is signed by another key than it says"


def test_a_grant_needs_a_day_that_is_to_come(life: Life, tmp_path: Path) -> None:
    public, _ = custodian(tmp_path, "colleague")
    said = problem(
        UsageError,
        lambda: grants.make(
            life.vault, to=public, scopes=["read:chat"], expires=NOW, out=tmp_path / "g", now=NOW
        ),
    )
    assert said == "expires: is not in the future (expected a day after today)"


def test_what_was_destroyed_is_so_for_grants_too(life: Life, tmp_path: Path) -> None:
    path, identity = granted(life, tmp_path, "read:chat")
    shutil.copytree(life.folder(A), tmp_path / "backup")
    plans.save(sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW), tmp_path / "p.json")
    sweep.apply(life.store, life.vault, tmp_path / "p.json", as_of=DUE, now=NOW)
    shutil.copytree(tmp_path / "backup", life.folder(A))
    keys = grants.open_grant(path, identity=identity, now=NOW)
    said = problem(VaultError, lambda: open_archive(life.folder(A), vault=keys))
    assert said == f"{A}: the grant does not open this archive"


def test_a_grant_leaves_out_a_scope_whose_key_was_destroyed(tmp_path: Path) -> None:
    life = begin(tmp_path)
    rows = {
        ("events", "ann"): [event(1, "ann")],
        ("chat", "ann"): [{"messageId": "m", "senderId": "ann", "content": "x"}],
    }
    life.add(A, rows, per_type={"events": LAST_DAY + timedelta(days=900)})
    plans.save(sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW), tmp_path / "p.json")
    sweep.apply(life.store, life.vault, tmp_path / "p.json", as_of=DUE, now=NOW)
    path, identity = granted(life, tmp_path, "read:chat", "read:events")
    keys = grants.open_grant(path, identity=identity, now=NOW)
    assert open_archive(life.folder(A), vault=keys).read("events").num_rows == 1


def test_the_new_epoch_is_read_back_with_every_custodian_present(
    life: Life, tmp_path: Path
) -> None:
    public, path = custodian(tmp_path, "second")
    _, stranger = custodian(tmp_path, "stranger")
    vault = life.vault
    vault.add_recipient(public)
    before = (life.vault_folder / "vault.age").read_bytes()
    there = [read_identity(path, None), read_identity(stranger, None)]
    said = problem(VaultError, lambda: vault.save(NOW, present=there))
    assert said == "vault.age: this key does not open the vault"
    assert (life.vault_folder / "vault.age").read_bytes() == before
    vault.save(NOW, present=there[:1])
    assert age.slots((life.vault_folder / "vault.age").read_bytes()) == 2


def test_a_vault_that_lacks_a_slot_for_a_recipient_is_not_taken(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, _ = custodian(tmp_path, "second")
    vault = life.vault
    vault.add_recipient(public)
    whole = age.encrypt
    monkeypatch.setattr(age, "encrypt", lambda plain, names: whole(plain, names[:1]))
    said = problem(IntegrityError, lambda: vault.save(NOW))
    assert said == "vault.age: did not read back as it was written"


def renew(life: Life, **more: Any) -> rekey.Rekeyed:
    out = life.vault_folder / "identity-new.txt"
    return rekey.rekey(life.store, life.vault, identity_out=out, now=NOW, **more)


def test_rekey_puts_everything_out_of_reach_of_an_old_copy_of_the_vault(
    life: Life, tmp_path: Path
) -> None:
    old_vault = shutil.copytree(life.vault_folder, tmp_path / "old-vault")
    backup = shutil.copytree(life.store, tmp_path / "backup")
    path, identity = granted(life, tmp_path, "read:chat")
    before = open_archive(life.folder(A), vault=life.vault)
    rows = before.read("chat").to_pylist()
    seal = seal_of(life.folder(A))
    done = renew(life)
    assert done.identity is not None
    vault = Vault.open(life.vault_folder, identity=done.identity)
    report = verify(life.store, vault=vault)
    assert (report.rows, [a.archive_id for a in report.archives]) == (6, [A, B])
    after = open_archive(life.folder(A), vault=vault)
    assert (after.manifest.revision, after.manifest.predecessor) == (2, seal)
    assert after.read("chat").to_pylist() == rows
    assert not {e.file_id for e in after.index} & {e.file_id for e in before.index}
    assert audit.verify(life.store, vault=vault).checkpoints == 3
    # the old copy opens nothing of today, the new one nothing of yesterday
    old = Vault.open(old_vault)
    said = problem(IntegrityError, lambda: open_archive(life.folder(A), vault=old))
    assert said == "tagmanifest-sha256.txt.sig: signed by a key that is not the vault's"
    copy = backup / "archives" / A
    said = problem(VaultError, lambda: open_archive(copy, vault=vault))
    assert said == f"{A}: was made before the keys were renewed on 2026-11-20"
    keys = grants.open_grant(path, identity=identity, now=NOW)
    problem(IntegrityError, lambda: open_archive(life.folder(A), vault=keys))
    assert [note.revoked for note in vault.grants] == [NOW]
    assert (life.store / ".rekeyed").exists() is False


def test_rekey_keeps_the_erased_erased_and_leaves_their_files_out(
    life: Life, tmp_path: Path
) -> None:
    plans.save(erase_plan.plan(life.store, life.vault, ["ann"], now=NOW), tmp_path / "p.json")
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    erase.apply(life.store, life.vault, tmp_path / "p.json", now=NOW)
    shutil.rmtree(life.folder(A))
    shutil.copytree(copy, life.folder(A))
    done = renew(life)
    archive = open_archive(life.folder(A), vault=done.vault)
    assert (archive.erased, len(archive.index)) == (1, 2)
    assert Vault.open(life.vault_folder, identity=done.identity).gone == (1, 0)
    said = problem(VaultError, lambda: done.vault.subject_secret("ann"))
    assert said == "vault: the subject was erased"


def test_rekey_refuses_a_store_that_lacks_archives_of_the_vault(life: Life, tmp_path: Path) -> None:
    shutil.move(life.folder(B), tmp_path / "elsewhere")
    before = (life.vault_folder / "vault.age").read_bytes()
    assert problem(VaultError, lambda: renew(life)) == (
        f"{B}: the vault knows archives that are not in this store"
    )
    assert (life.vault_folder / "vault.age").read_bytes() == before
    done = renew(life, without=[B])
    assert done.archives == (A,)
    assert done.vault.is_destroyed(B)


def test_what_is_given_up_has_a_certificate_and_a_tombstone(life: Life, tmp_path: Path) -> None:
    recording.after_create(life.store, B, now=NOW)
    shutil.move(life.folder(B), tmp_path / "elsewhere")
    hold = holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    signer = life.vault.public_key
    keys = life.vault.key_ids((), [B])
    done = renew(life, without=[B, B])
    assert done.certificate is not None
    body = certificates.read(done.certificate, signer=signer)
    assert (body["kind"], body["media"]["source"]) == ("given-up", [B])
    assert body["cryptographic_erase"]["destroyed_key_ids"] == keys
    assert [(one["answer"], one["keys"]) for one in body["failed_reads"]] == [
        ("the archive was destroyed", 1)
    ]
    assert "given up with their keys" in done.certificate.with_suffix(".html").read_text()
    said = [(r.event, r.phase) for r in audit.read(life.store)][-4:]
    assert said == [(e, p) for e in ("given-up", "rekey") for p in ("intent", "done")]
    assert whole.missing(life.store, audit.read(life.store)) == ()  # without a vault too
    assert holds.covering(holds.active(life.store), A) == (hold.id,)


def test_what_is_under_hold_is_not_given_up(life: Life, tmp_path: Path) -> None:
    holds.place(life.store, reason="r", owner="o", archives=[B], now=NOW)
    shutil.move(life.folder(B), tmp_path / "elsewhere")
    assert problem(RetentionError, lambda: renew(life, without=[B])) == f"{B}: is under hold"
    assert not life.vault.is_destroyed(B)


def test_rekey_gives_up_no_archive_that_is_there_nor_one_that_nobody_knows(life: Life) -> None:
    before = (life.vault_folder / "vault.age").read_bytes()
    assert problem(UsageError, lambda: renew(life, without=[B])) == (
        f"{B}: is in this store: without its keys nobody could read it again"
    )
    assert problem(UsageError, lambda: renew(life, without=["20261120-bbc"])) == (
        "20261120-bbc: is no archive that the vault has keys of"
    )
    assert (life.vault_folder / "vault.age").read_bytes() == before
    assert verify(life.store, vault=life.vault).rows == 6


def test_rekey_with_a_key_that_names_no_signer_keeps_that_key(life: Life, tmp_path: Path) -> None:
    public, path = custodian(tmp_path, "second")
    vault = life.vault
    vault.add_recipient(public)
    vault.save(NOW)
    mine = Vault.open(life.vault_folder, identity=path)
    done = rekey.rekey(
        life.store, mine, identity_out=tmp_path / "x", present=[read_identity(path, None)], now=NOW
    )
    assert (done.identity, (tmp_path / "x").exists()) == (None, False)
    assert verify(life.store, vault=Vault.open(life.vault_folder, identity=path)).rows == 6
    # the first identity names the old signing key: its holder has to be told
    said = problem(IntegrityError, lambda: Vault.open(life.vault_folder))
    assert said == "vault.age: not the vault that this identity was made for"


def test_what_the_old_key_signed_makes_the_new_vault_forget_nobody(life: Life) -> None:
    old = life.vault
    done = renew(life)
    old.erase_subjects([old.subject_key("bob")], now=NOW)
    record = life.store / "state" / "erasures" / f"{old.vault_id}.json"
    record.parent.mkdir(exist_ok=True)
    record.write_bytes(old.erasure_record() or b"")
    assert open_archive(life.folder(A), vault=done.vault).erased == 0


def test_rekey_seals_the_linkage_table_again(tmp_path: Path) -> None:
    made = lab(tmp_path)
    text = policy_text("pseudonymize").replace('codes = "derived"', 'codes = "random"')
    policy = parse(text.replace('"study"', '"release"'), where="t")
    bundle = write_form(small_study(), "array", tmp_path / "bundle")
    archive = made.open(made.create(bundle, policy=policy))
    links = linkage.links_of(archive, made.vault)
    done = rekey.rekey(made.store, made.vault, identity_out=tmp_path / "new.txt", now=NOW)
    again = open_archive(archive.path, vault=done.vault)
    assert linkage.links_of(again, done.vault) == links
    assert len(links[0]) > 5
    problem(IntegrityError, lambda: linkage.links_of(again, made.vault))


def test_rekey_writes_aggregates_again(tmp_path: Path) -> None:
    made = lab(tmp_path)
    bundle = write_form(small_study(), "array", tmp_path / "bundle")
    archive = made.open(made.create(bundle, policy=load_policy("aggregate-only")))
    before = {name: archive.read(name) for name in archive.types()}
    done = rekey.rekey(made.store, made.vault, identity_out=tmp_path / "new.txt", now=NOW)
    again = open_archive(archive.path, vault=done.vault)
    assert {name: again.read(name) for name in again.types()} == before
    assert again.manifest.files is None
    assert verify(made.store, vault=done.vault).rows == sum(t.num_rows for t in before.values())


def test_an_old_copy_of_the_vault_is_told_that_keys_were_renewed(
    life: Life, tmp_path: Path
) -> None:
    old = shutil.copytree(life.vault_folder, tmp_path / "old-vault")
    done = renew(life)
    plans.save(erase_plan.plan(life.store, done.vault, ["ann"], now=NOW), tmp_path / "p.json")
    erase.apply(life.store, done.vault, tmp_path / "p.json", now=NOW)
    said = problem(IntegrityError, lambda: Vault.open(old))
    assert said == f"{done.vault.vault_id}.erasures: is not signed by this vault's key"
