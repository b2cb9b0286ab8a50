"""Somebody who can write to the disk: every lie is named, and nothing is destroyed by one."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pyrage
import pytest

from archive_tool.archive import bag, layout
from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    IntegrityError,
    LockError,
    PlanError,
    RetentionError,
    VaultError,
)
from archive_tool.keys import Vault, primitives, sshsig, vault_file
from archive_tool.keys import grant as grants
from archive_tool.lifecycle import catalogue, certificates, places, stored_policy
from archive_tool.lifecycle.applying import changing, destroy, erase, pending, sweep
from archive_tool.lifecycle.dates import deferred, holds, terms
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_plan
from archive_tool.lifecycle.subjects import roster
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.lives import DUE, Life, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"
LATER = NOW + timedelta(minutes=1)
AT_MOST = 350
"""Bytes flipped per file, evenly spread over it: all of them in small files."""


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def sweep_planned(life: Life) -> Path:
    path = life.store.parent / "sweep.json"
    plans.save(sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW), path)
    return path


def erase_planned(life: Life, *ids: str) -> Path:
    path = life.store.parent / "erase.json"
    plans.save(erase_plan.plan(life.store, life.vault, ids, now=NOW), path)
    return path


def interrupted(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that died when the keys were gone and the files were not."""
    path = sweep_planned(life)
    with monkeypatch.context() as patch:
        patch.setattr(destroy, "finish", lambda *_, **__: None)
        sweep.apply(life.store, life.vault, path, as_of=DUE, now=LATER)


def noted(life: Life) -> Path:
    """An erasure that waits for a hold."""
    holds.place(life.store, reason="r", owner="o", ids=["ann"], vault=life.vault, now=NOW)
    path = erase_planned(life, "ann")
    problem(RetentionError, lambda: erase.apply(life.store, life.vault, path, now=NOW))
    return next((life.store / "state" / "deferred").iterdir())


def granted(life: Life) -> tuple[Path, Path]:
    secret = pyrage.x25519.Identity.generate()
    identity = life.store.parent / "colleague.txt"
    identity.write_text(f"{secret}\n")
    path = life.store.parent / "a.grant"
    grants.make(
        life.vault, to=str(secret.to_public()), scopes=["read:chat"],
        expires=NOW + timedelta(days=9), out=path, now=NOW,
    )  # fmt: skip
    return path, identity


def flipped(path: Path, read: Callable[[], object]) -> int:
    """Flip bytes one by one; each time reading must end with an error of ours."""
    content = path.read_bytes()
    read()
    step = max(1, len(content) // AT_MOST)
    places_tried = range(0, len(content), step)
    for place in places_tried:
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with pytest.raises((IntegrityError, VaultError, PlanError)) as caught:
            read()
        assert caught.value.__context__ is None
    path.write_bytes(content)
    read()
    return len(places_tried)


def test_no_byte_of_a_vault_can_be_changed(life: Life) -> None:
    path = life.vault_folder / "vault.age"
    assert flipped(path, lambda: Vault.open(life.vault_folder)) > 100


def test_no_byte_of_a_grant_can_be_changed(life: Life) -> None:
    path, identity = granted(life)
    assert flipped(path, lambda: grants.open_grant(path, identity=identity, now=NOW)) > 100


def test_no_byte_of_the_record_of_erasures_can_be_changed(life: Life) -> None:
    erase.apply(life.store, life.vault, erase_planned(life, "ann"), now=NOW)
    path = next((life.store / "state" / "erasures").iterdir())
    vault = life.vault
    assert flipped(path, lambda: vault.heed(path)) > 100


def test_no_byte_of_a_certificate_can_be_changed(life: Life) -> None:
    done = erase.apply(life.store, life.vault, erase_planned(life, "ann"), now=NOW)
    signer = life.vault.public_key

    def read() -> object:
        return certificates.read(done.certificate, signer=signer)

    assert flipped(done.certificate, read) > 100
    signature = done.certificate.with_name(done.certificate.name + ".sig")
    assert flipped(signature, read) > 100


def test_no_byte_of_the_holds_can_be_changed(life: Life) -> None:
    holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    path = life.store / "state" / "holds.json"
    assert flipped(path, lambda: holds.active(life.store)) > 100


def test_no_byte_of_a_deferred_erasure_can_be_changed(life: Life) -> None:
    path, vault = noted(life), life.vault
    assert flipped(path, lambda: deferred.waiting(life.store, vault)) > 100


def test_no_byte_of_a_plan_can_be_changed(life: Life) -> None:
    path = sweep_planned(life)
    content = path.read_bytes()
    blank = {place for place, byte in enumerate(content) if byte in b" \n"}

    def read() -> object:
        return plans.load(path, sweep_plan.SweepPlan, sweep_plan.SCHEMA)

    for place in sorted(set(range(len(content))) - blank):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        assert problem(PlanError, read).startswith("plan: ")


def test_no_byte_of_work_in_progress_can_be_changed(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(life, monkeypatch)
    (path,) = (life.store / "state" / "pending").iterdir()
    vault = life.vault
    assert flipped(path, lambda: pending.works(life.store, vault)) > 100


def test_a_changed_catalogue_is_made_again(life: Life) -> None:
    vault = life.vault
    whole = catalogue.load(life.store, vault)
    path = life.store / "state" / "catalogue.json"
    content = path.read_bytes()
    for place in range(0, len(content), 9):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        assert catalogue.load(life.store, vault) == whole


def test_work_that_nobody_decided_is_not_finished(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(life, monkeypatch)
    (path,) = (life.store / "state" / "pending").iterdir()
    work = pending.works(life.store, life.vault)[0]
    stranger = Vault.create(tmp_path / "stranger", study="x", passphrase=None, now=NOW)
    path.unlink()
    pending.write(life.store, stranger, work)

    def start() -> None:
        with changing.changing(life.store, life.vault, now=LATER):
            pass

    said = problem(IntegrityError, start)
    assert said == "state/pending: is signed by a key that is not the vault's"
    assert life.archives() == [A, B]


def test_an_older_list_of_holds_is_16(life: Life) -> None:
    holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    path = life.store / "state" / "holds.json"
    older = path.read_bytes()
    placed = holds.place(life.store, reason="r", owner="o", archives=[B], now=NOW)
    holds.release(life.store, placed.id, reason="over", now=NOW)
    newer = path.read_bytes()
    assert older == newer  # the same holds are the same list
    holds.place(life.store, reason="r", owner="o", archives=[B], now=NOW)
    path.write_bytes(older)
    said = problem(IntegrityError, lambda: sweep_planned(life))
    assert said == "state/holds.json: is not the list that the audit log knows"


def test_an_older_record_of_erasures_changes_nothing(life: Life, tmp_path: Path) -> None:
    drawer = shutil.copytree(life.vault_folder, tmp_path / "drawer")
    erase.apply(life.store, life.vault, erase_planned(life, "ann"), now=NOW)
    path = next((life.store / "state" / "erasures").iterdir())
    older = path.read_bytes()
    erase.apply(life.store, life.vault, erase_planned(life, "bob"), now=LATER)
    path.write_bytes(older)
    assert open_archive(life.folder(A), vault=life.vault).erased == 2
    # the memory of the machine knows more than the older record
    assert open_archive(life.folder(A), vault=Vault.open(drawer)).erased == 2


def test_an_older_vault_cannot_be_written_over_a_newer_one(life: Life) -> None:
    older = (life.vault_folder / "vault.age").read_bytes()
    vault = life.vault
    vault.save(NOW)
    (life.vault_folder / "vault.age").write_bytes(older)
    said = problem(LockError, lambda: vault.save(NOW))
    assert said == "vault.age: another process has written the vault in the meantime"


def test_certificates_cannot_be_swapped(life: Life) -> None:
    first = erase.apply(life.store, life.vault, erase_planned(life, "ann"), now=NOW).certificate
    second = erase.apply(life.store, life.vault, erase_planned(life, "bob"), now=LATER).certificate
    second.write_bytes(first.read_bytes())
    said = problem(IntegrityError, lambda: certificates.read(second, signer=life.vault.public_key))
    assert said == f"{second.name}: the signature does not fit what it signs"


def test_a_forged_vault_is_16(life: Life, tmp_path: Path) -> None:
    """Whoever knows a public key can write an age file, but not sign it."""
    stranger = Vault.create(tmp_path / "stranger", study="x", passphrase=None, now=NOW)
    stranger.add_recipient(life.vault.recipients[0])
    stranger.save(NOW)
    shutil.copy(tmp_path / "stranger" / "vault.age", life.vault_folder / "vault.age")
    said = problem(IntegrityError, lambda: life.vault)
    assert said == "vault.age: not the vault that this identity was made for"


def test_wrong_missing_erased_and_destroyed_keys_are_told_apart(life: Life, tmp_path: Path) -> None:
    stranger = Vault.create(tmp_path / "stranger", study="x", passphrase=None, now=NOW)
    wrong = problem(
        VaultError,
        lambda: Vault.open(life.vault_folder, identity=tmp_path / "stranger" / "identity.txt"),
    )
    missing = problem(VaultError, lambda: open_archive(life.folder(A), vault=stranger))
    erase.apply(life.store, life.vault, erase_planned(life, "ann"), now=NOW)
    archive = open_archive(life.folder(A), vault=life.vault)
    erased = problem(VaultError, lambda: archive.read("events", subjects=["ann"]))
    backup = shutil.copytree(life.folder(A), tmp_path / "copy" / "archives" / A)
    sweep.apply(life.store, life.vault, sweep_planned(life), as_of=DUE, now=LATER)
    destroyed = problem(VaultError, lambda: open_archive(backup, vault=life.vault))
    assert [wrong, missing, erased, destroyed] == [
        "vault.age: this key does not open the vault",
        f"{A}: the vault has no keys of this archive",
        "vault: the subject was erased",
        f"{A}: the archive was destroyed",
    ]


def test_two_writers_at_once_are_21(life: Life) -> None:
    path, to_erase = sweep_planned(life), erase_planned(life, "ann")
    tries: list[Callable[[], Any]] = [
        lambda: sweep.apply(life.store, life.vault, path, as_of=DUE, now=LATER),
        lambda: erase.apply(life.store, life.vault, to_erase, now=LATER),
        lambda: holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW),
    ]
    with places.locked(life.store):
        for attempt in tries:
            assert problem(LockError, attempt) == "store: another process is writing"
    other = life.vault
    with other.lock():
        for attempt in tries[:2]:
            assert problem(LockError, attempt) == "vault.age: another process is writing"
        assert problem(LockError, lambda: granted(life)) == "vault.age: another process is writing"
    assert life.archives() == [A, B]


def test_a_clock_that_was_ahead_and_came_back_is_refused(life: Life) -> None:
    """Under a clock of 2031 a plan makes everything due; back in time it is not applied."""
    ahead = NOW.replace(year=2031)
    path = life.store.parent / "p.json"
    plans.save(sweep_plan.plan(life.store, life.vault, as_of=ahead, now=ahead), path)
    said = problem(
        RetentionError, lambda: sweep.apply(life.store, life.vault, path, as_of=ahead, now=LATER)
    )
    assert said == "clock: the clock runs behind the plan or the audit log"


def test_a_vault_without_its_signature_is_16(life: Life) -> None:
    body = vault_file.read(life.vault_folder / "vault.age", life.vault._identity)
    line = vault_file.msgspec.json.encode(body, order="sorted")
    sealed = vault_file.age.encrypt(line + b"\n", body.recipients)
    (life.vault_folder / "vault.age").write_bytes(sealed)
    said = problem(IntegrityError, lambda: life.vault)
    assert said == "vault.age: not an armoured SSH signature"


def test_an_older_revision_of_an_archive_is_named(life: Life, tmp_path: Path) -> None:
    """It is whole and signed by the right key: only the vault knows that there is a newer one."""
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    path = life.store.parent / "erase.json"
    decided = erase_plan.plan(life.store, life.vault, ["ann"], rewrite_mentions=True, now=NOW)
    plans.save(decided, path)
    erase.apply(life.store, life.vault, path, ids=["ann"], now=NOW)
    change = terms.plan(life.store, life.vault, B, until=date(2040, 1, 1), reason="longer", now=NOW)
    older = shutil.copytree(life.folder(B), tmp_path / "older")
    terms.extend(life.store, life.vault, change, now=NOW)
    assert [a.older for a in verify(life.store, vault=life.vault).archives] == [False, False]
    for name, place in ((A, copy), (B, older)):
        shutil.rmtree(life.folder(name))
        shutil.copytree(place, life.folder(name))
    assert [a.older for a in verify(life.store, vault=life.vault).archives] == [True, True]
    decided_now = sweep_plan.plan(life.store, life.vault, as_of=NOW, now=LATER)
    assert [(d.archive, d.action) for d in decided_now.decisions] == [
        (A, "restored"),
        (B, "restored"),
    ]
    ran = command("verify", life.store, "--vault", life.vault_folder)
    assert f"older: {A} is not the newest revision\n" in ran.out


def rewritten(life: Life, seed: bytes, **other: object) -> None:
    """Write the vault again with another body, signed with a seed, for its own recipients."""
    body = vault_file.read(life.vault_folder / "vault.age", life.vault._identity)
    line = msgspec.json.encode(msgspec.structs.replace(body, **other), order="sorted")
    signature = sshsig.sign(seed, line, namespace=vault_file.NAMESPACE)
    sealed = vault_file.age.encrypt(line + b"\n" + signature.encode(), body.recipients)
    (life.vault_folder / "vault.age").write_bytes(sealed)


def test_a_vault_signed_by_another_key_is_16_for_an_identity_that_pins_none(life: Life) -> None:
    """An ssh identity has no room for the lines that name the vault and its signer."""
    path = life.vault_folder / "identity.txt"
    bare = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    path.write_text("\n".join(bare) + "\n")
    rewritten(life, life.vault.signing_key)
    assert verify(life.store, vault=life.vault).rows == 6
    rewritten(life, primitives.new_signing_seed())
    said = problem(IntegrityError, lambda: life.vault)
    assert said == "vault.age: signed with a key that is not its own"


def test_a_vault_of_another_version_is_16(life: Life) -> None:
    rewritten(life, life.vault.signing_key, format="archive-tool/vault/2")
    said = problem(IntegrityError, lambda: life.vault)
    assert said == "vault.age: not a vault of a known version (expected archive-tool/vault/1)"


@pytest.mark.parametrize("size", ["", "abc.3", "9" * 5000 + ".3", "\u0661.3"])
def test_a_size_that_is_none_keeps_no_sweep_from_its_work(life: Life, size: str) -> None:
    """Bag-info is signed, and read for nothing but the sum that a plan tells."""
    folder, seed = life.folder(A), life.vault.signing_key
    (folder / layout.BAG_INFO).write_text(f"Payload-Oxum: {size}\n", encoding="utf-8")
    tags = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(layout.TAG_FILES)
    ).encode()
    (folder / layout.TAG_MANIFEST).write_bytes(tags)
    (folder / layout.SIGNATURE).write_text(sshsig.sign(seed, tags))
    found = catalogue.load(life.store, life.vault)
    assert [(entry.archive_id, entry.bytes > 0) for entry in found.entries] == [
        (A, False),
        (B, True),
    ]
    assert found.unreadable == ()


def test_a_policy_in_an_archive_that_is_no_text_is_refused(life: Life) -> None:
    folder = life.folder(A)
    (folder / layout.POLICY).unlink()
    (folder / layout.POLICY).write_bytes(b"\xff\xfe")
    digests = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "data").rglob("*")
        if path.is_file()
    }
    for name, content in bag.tag_files(
        digests, archive_id=A, created=NOW, payload_bytes=0, software="x",
        signing_key=life.vault.signing_key,
    ).items():  # fmt: skip
        (folder / name).write_bytes(content)
    said = problem(IntegrityError, lambda: stored_policy.decisions_of(folder))
    assert said == "data/policy.toml: is not text in UTF-8"


@pytest.mark.parametrize(
    "line",
    [{}, {"isAgent": "x"}, {"email": [{}]}, {"participantId": None}, {"completionCode": True}],
)
def test_a_roster_of_other_things_than_texts_is_refused(
    life: Life, monkeypatch: pytest.MonkeyPatch, line: dict[str, Any]
) -> None:
    """Whoever holds the keys can seal anything."""
    whole = {"participantId": "ann", "isAgent": False} | line if line else {"isAgent": False}
    lines = [msgspec.json.encode([whole])]
    archive = open_archive(life.folder(A), vault=life.vault)
    monkeypatch.setattr(roster.bag, "read_checked", lambda *_: b"")
    monkeypatch.setattr(roster.by_person, "unseal", lambda *_, **__: (lines, 0))
    said = problem(IntegrityError, lambda: roster.rows_of(archive, life.vault))
    assert said == "data/roster.sealed: is no roster"
