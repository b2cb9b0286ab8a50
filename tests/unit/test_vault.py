"""The vault: who can open it, what it keeps, and how its failures are told apart."""

from __future__ import annotations

import errno
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import msgspec
import pyrage
import pytest

from archive_tool.errors import (
    ArchiveToolError,
    IntegrityError,
    LockError,
    UsageError,
    VaultError,
)
from archive_tool.keys import (
    SubjectState,
    Vault,
    disk,
    identities,
    recipients,
    refuse_nested,
    vault_file,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def new(folder: Path, *recipients: str) -> Vault:
    return Vault.create(folder, study="s", passphrase=None, recipients=recipients, now=NOW)


def failure(kind: type[ArchiveToolError], call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.__context__ is None
    return str(caught.value), caught.value.hint


def test_a_new_vault_opens_with_the_identity_beside_it(tmp_path: Path) -> None:
    made = new(tmp_path / "v")
    opened = Vault.open(tmp_path / "v")
    assert (opened.vault_id, opened.study, opened.epoch) == (made.vault_id, "s", 1)
    assert opened.public_key == made.public_key
    for name in ("vault.age", "identity.txt"):
        assert stat.S_IMODE((tmp_path / "v" / name).stat().st_mode) == 0o600


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new(tmp_path)
    text, _ = failure(VaultError, lambda: new(tmp_path))
    assert text == "vault.age: exists already and is never overwritten"


@pytest.mark.parametrize("has_links", [True, False])
def test_of_two_who_make_a_vault_at_once_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    """The other one is made while this one is being written."""
    seal = vault_file.age.encrypt

    def slow(content: bytes, recipients: list[str]) -> bytes:
        monkeypatch.setattr(vault_file.age, "encrypt", seal)
        new(tmp_path / "v")
        return seal(content, recipients)

    def no_links(*_: object) -> NoReturn:
        raise PermissionError(errno.EPERM, "not permitted")

    if not has_links:
        monkeypatch.setattr(disk.os, "link", no_links)
    monkeypatch.setattr(vault_file.age, "encrypt", slow)
    own = tmp_path / "own.txt"
    text, _ = failure(
        VaultError,
        lambda: Vault.create(tmp_path / "v", study="s", passphrase=None, identity_out=own, now=NOW),
    )
    assert text == "vault.age: exists already and is never overwritten"
    assert not own.exists()
    assert Vault.open(tmp_path / "v").epoch == 1
    assert {path.name for path in (tmp_path / "v").iterdir()} == {"vault.age", "identity.txt"}


def test_of_two_with_one_identity_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    protect = identities.protect

    def slow(text: bytes, passphrase: bytes | None) -> bytes:
        monkeypatch.setattr(identities, "protect", protect)
        new(tmp_path)
        return protect(text, passphrase)

    monkeypatch.setattr(identities, "protect", slow)
    text, _ = failure(VaultError, lambda: new(tmp_path))
    assert text == "identity.txt: exists already and is never overwritten"
    assert Vault.open(tmp_path).epoch == 1


def test_a_vault_that_is_not_made_leaves_no_identity(tmp_path: Path) -> None:
    text, _ = failure(VaultError, lambda: new(tmp_path, "age1nobody"))
    assert text == "vault: not a recipient (expected age1… or ssh-ed25519 AAAA…)"
    assert list(tmp_path.iterdir()) == []
    assert new(tmp_path).epoch == 1


def test_a_home_that_is_no_folder_holds_no_record_of_erasures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").touch()
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "home" / "state"))
    new(tmp_path / "v")
    assert Vault.open(tmp_path / "v").epoch == 1


def test_secrets_survive_saving(tmp_path: Path) -> None:
    vault = new(tmp_path)
    secret = vault.subject_secret("ann", create=True)
    secrets = vault.new_archive("a1")
    vault.save(NOW)
    opened = Vault.open(tmp_path)
    assert opened.epoch == 2
    assert opened.subject_secret("ann") == secret
    assert opened.archive_secrets("a1") == secrets
    assert opened.pseudonym_key("person") == vault.pseudonym_key("person")
    assert opened.pseudonym_key("person") != opened.pseudonym_key("room")


def test_a_subject_is_known_or_unknown(tmp_path: Path) -> None:
    vault = new(tmp_path)
    vault.create_subjects(["ann"])
    assert vault.subject_state("ann") is SubjectState.KNOWN
    assert vault.subject_state("bob") is SubjectState.UNKNOWN
    text, _ = failure(VaultError, lambda: vault.subject_secret("bob"))
    assert text == "vault: the vault does not know the subject"


def test_the_vault_lists_no_ids(tmp_path: Path) -> None:
    vault = new(tmp_path)
    vault.subject_secret("ann-of-green-gables", create=True)
    vault.save(NOW)
    lines = (tmp_path / "identity.txt").read_text().splitlines()
    identity = pyrage.x25519.Identity.from_str(lines[-1])
    plain = pyrage.decrypt((tmp_path / "vault.age").read_bytes(), [identity])
    assert b"ann-of-green-gables" not in plain


def test_a_missing_vault_says_how_to_make_one(tmp_path: Path) -> None:
    found = failure(VaultError, lambda: Vault.open(tmp_path / "v"))
    assert found == (
        "v: there is no vault",
        "check the path; a new study makes a vault with: archive-tool key init --vault DIR",
    )


def test_a_missing_identity_says_how_to_give_one(tmp_path: Path) -> None:
    new(tmp_path)
    (tmp_path / "identity.txt").unlink()
    assert failure(VaultError, lambda: Vault.open(tmp_path)) == (
        f"{tmp_path / 'identity.txt'}: no identity file to open the vault with",
        "give it with --identity FILE or ARCHIVE_TOOL_IDENTITY",
    )


def test_a_wrong_key_is_not_taken_for_a_broken_vault(tmp_path: Path) -> None:
    new(tmp_path)
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    assert failure(VaultError, lambda: Vault.open(tmp_path, identity=other)) == (
        "vault.age: this key does not open the vault",
        "use the identity of one of its recipients; after key rotate or key rekey the new one",
    )


def test_a_broken_vault_is_not_taken_for_a_wrong_key(tmp_path: Path) -> None:
    new(tmp_path)
    path = tmp_path / "vault.age"
    path.write_bytes(path.read_bytes()[:-1])
    text, _ = failure(IntegrityError, lambda: Vault.open(tmp_path))
    assert text == "vault.age: changed or truncated (expected an age file)"


def test_something_else_is_no_identity(tmp_path: Path) -> None:
    new(tmp_path)
    (tmp_path / "identity.txt").write_text("SECRET-LOOKING LINE")
    text, _ = failure(VaultError, lambda: Vault.open(tmp_path))
    assert text == (
        "identity.txt: not a usable identity file "
        "(expected an age identity or an OpenSSH Ed25519 key)"
    )


def test_a_vault_put_in_the_place_of_another_is_refused(tmp_path: Path) -> None:
    """Anyone who knows the recipient can write a vault for it."""
    mine = new(tmp_path / "mine")
    new(tmp_path / "forged", mine.recipients[0])
    shutil.copy(tmp_path / "forged" / "vault.age", tmp_path / "mine" / "vault.age")
    text, hint = failure(IntegrityError, lambda: Vault.open(tmp_path / "mine"))
    assert text == "vault.age: not the vault that this identity was made for"
    assert hint == (
        "either its keys were renewed (key rekey), or somebody has put another vault in its place: "
        "ask the other custodians"
    )


def test_a_vault_with_half_a_signing_key_is_16(tmp_path: Path) -> None:
    vault = new(tmp_path)
    vault._body.signing_seed = vault.signing_key[:16]
    content = msgspec.json.encode(vault._body) + b"\nno signature"
    (tmp_path / "vault.age").write_bytes(recipients.encrypt(content, list(vault.recipients)))
    text, _ = failure(IntegrityError, lambda: Vault.open(tmp_path))
    assert text == "vault.age: not a vault of a known version (expected archive-tool/vault/1)"


def test_a_passphrase_protects_the_identity(tmp_path: Path) -> None:
    Vault.create(tmp_path, study="s", passphrase=b"correct horse\n", now=NOW)
    assert Vault.open(tmp_path, passphrase_provider=lambda: b"correct horse").epoch == 1
    text, hint = failure(VaultError, lambda: Vault.open(tmp_path))
    assert text == "identity.txt: the identity file is protected and there is no passphrase"
    assert hint == "give it with --passphrase-file FILE"
    text, _ = failure(
        VaultError, lambda: Vault.open(tmp_path, passphrase_provider=lambda: b"wrong")
    )
    assert text.startswith("identity.txt: the passphrase does not open the identity file")


@pytest.mark.parametrize(
    ("passphrase", "said"),
    [(b"", "is empty"), (b"\r\n", "is empty"), ("geh\u00e4im".encode("latin-1"), "is no text")],
)
def test_what_is_no_passphrase_protects_nothing_and_is_refused(
    tmp_path: Path, passphrase: bytes, said: str
) -> None:
    def make() -> object:
        return Vault.create(tmp_path, study="s", passphrase=passphrase, now=NOW)

    text, hint = failure(UsageError, make)
    assert text == f"passphrase: {said} (expected a text in UTF-8)"
    assert hint.startswith("save its file again as UTF-8" if said == "is no text" else "")
    assert list(tmp_path.iterdir()) == []


def test_every_recipient_opens_it(tmp_path: Path) -> None:
    key = tmp_path / "ssh"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    second = pyrage.x25519.Identity.generate()
    (tmp_path / "second.txt").write_text(f"{second}\n")
    vault = new(tmp_path / "v", str(second.to_public()))
    vault.add_recipient((tmp_path / "ssh.pub").read_text())
    vault.save(NOW)
    assert len(vault.recipients) == 3
    for identity in (None, tmp_path / "second.txt", key):
        assert Vault.open(tmp_path / "v", identity=identity).epoch == 2


@pytest.fixture
def by_ssh(tmp_path: Path) -> Path:
    """The private half, behind a passphrase, of an ssh key that opens the vault in ``v``."""
    key = tmp_path / "ssh"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "a b", "-f", str(key)], check=True)
    new(tmp_path / "v", (tmp_path / "ssh.pub").read_text())
    return key


def test_an_ssh_key_behind_a_passphrase_opens_it(by_ssh: Path) -> None:
    folder = by_ssh.parent / "v"
    before = by_ssh.read_bytes()
    vault = Vault.open(folder, identity=by_ssh, passphrase_provider=lambda: b"a b\n")
    assert vault.own_ssh_keys() == {" ".join((by_ssh.parent / "ssh.pub").read_text().split()[:2])}
    assert by_ssh.read_bytes() == before

    def wrong() -> object:
        return Vault.open(folder, identity=by_ssh, passphrase_provider=lambda: b"a  b")

    text, _ = failure(VaultError, wrong)
    assert text == "ssh: the passphrase does not open the identity file, or the file was changed"
    text, hint = failure(VaultError, lambda: Vault.open(folder, identity=by_ssh))
    assert text == "ssh: the identity file is protected and there is no passphrase"
    assert hint == "give it with --passphrase-file FILE"


def test_without_bcrypt_it_says_what_is_missing(
    by_ssh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bcrypt", None)

    def locked() -> object:
        return Vault.open(by_ssh.parent / "v", identity=by_ssh, passphrase_provider=lambda: b"a b")

    text, hint = failure(VaultError, locked)
    assert text.endswith("it is not installed (expected the extra archive-tool[ssh])")
    assert hint.startswith("pip install 'archive-tool[ssh]'")


@pytest.mark.parametrize("body", [b"", b"!!!!", b"b3BlbnNzaC1rZXktdjEA", b"AAAA" * 40])
def test_half_an_ssh_key_is_no_identity(tmp_path: Path, body: bytes) -> None:
    new(tmp_path / "v")
    key = tmp_path / "ssh"
    key.write_bytes(b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + body)

    def opened() -> object:
        return Vault.open(tmp_path / "v", identity=key, passphrase_provider=lambda: b"p")

    text, _ = failure(VaultError, opened)
    assert text.startswith("ssh: ")


def test_what_is_no_recipient_is_refused(tmp_path: Path) -> None:
    vault = new(tmp_path)
    text, _ = failure(VaultError, lambda: vault.add_recipient("ssh-rsa AAAA"))
    assert text == "vault: not a recipient (expected age1… or ssh-ed25519 AAAA…)"


def test_saving_over_a_newer_vault_is_refused(tmp_path: Path) -> None:
    first, second = new(tmp_path), Vault.open(tmp_path)
    second.save(NOW)
    text, hint = failure(LockError, lambda: first.save(NOW))
    assert text == "vault.age: another process has written the vault in the meantime"
    assert hint == "run the command again"


def test_keys_that_change_meanwhile_are_no_wrong_key(tmp_path: Path) -> None:
    """What holds the vault for long finds at its end that the key it came with opens it no more."""
    first, second = new(tmp_path), Vault.open(tmp_path)
    second.rotate(tmp_path / "new.txt", passphrase=None, now=NOW)
    for act in (lambda: first.save(NOW), lambda: first.lock().__enter__()):
        text, hint = failure(LockError, act)
        assert text == "vault.age: the keys that open it were changed while this ran"
        assert hint == "run the command again, with the identity that opens the vault now"


def test_a_rotation_that_has_to_wait_leaves_no_identity(tmp_path: Path) -> None:
    first, second = new(tmp_path), Vault.open(tmp_path)
    out = tmp_path / "new.txt"
    with first.lock():
        text, _ = failure(LockError, lambda: second.rotate(out, passphrase=None, now=NOW))
    assert text == "vault.age: another process is writing"
    assert not out.exists()
    second.rotate(out, passphrase=None, now=NOW)
    assert Vault.open(tmp_path, identity=out).epoch == 2


@pytest.mark.parametrize("late", [False, True], ids=["before the swap", "after the swap"])
def test_a_rotation_that_fails_leaves_only_an_identity_that_opens_the_vault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    vault, out = new(tmp_path), tmp_path / "new.txt"
    before = vault.recipients

    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as broken:
        broken.setattr(disk, "sync_folder" if late else "move", fails)
        with pytest.raises(OSError, match="full"):
            vault.rotate(out, passphrase=None, now=NOW)
    assert out.exists() == late
    if late:
        assert Vault.open(tmp_path, identity=out).epoch == 2
        text, _ = failure(LockError, lambda: vault.rotate(out, passphrase=None, now=NOW))
        assert text == "vault.age: the keys that open it were changed while this ran"
        return
    assert vault.recipients == before
    vault.rotate(out, passphrase=None, now=NOW)
    assert Vault.open(tmp_path, identity=out).epoch == 2
    text, hint = failure(VaultError, lambda: vault.rotate(out, passphrase=None, now=NOW))
    assert text == "new.txt: exists already and is never overwritten"
    assert hint == (
        "a run that was killed may have left it: use it with --identity if it opens the vault "
        "(key show), move it away if it does not"
    )


def test_a_held_vault_cannot_be_saved_by_another(tmp_path: Path) -> None:
    first, second = new(tmp_path), Vault.open(tmp_path)
    with first.lock():
        text, _ = failure(LockError, lambda: second.save(NOW))
        first.save(NOW)
    assert text == "vault.age: another process is writing"
    assert Vault.open(tmp_path).epoch == 2


def test_a_vault_inside_the_store_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "store" / "vault"
    (tmp_path / "link").symlink_to(tmp_path / "store")
    for vault in (inside, tmp_path / "store", tmp_path / "link" / "vault"):
        text, _ = failure(VaultError, lambda vault=vault: refuse_nested(tmp_path / "store", vault))
        assert (
            text == "vault: the vault lies inside the store (expected a folder outside the store)"
        )
    refuse_nested(tmp_path / "store", tmp_path / "store-vault")


def test_a_store_inside_the_folder_of_the_vault_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "vault")
    for store in (tmp_path / "vault" / "store", tmp_path / "link" / "a" / "store"):
        text, hint = failure(
            VaultError, lambda store=store: refuse_nested(store, tmp_path / "vault")
        )
        assert text == (
            "vault: the store lies inside the folder of the vault (expected a folder of its own)"
        )
        assert hint == "whoever copies the vault must not get the store with it"
    refuse_nested(tmp_path / "vault-store", tmp_path / "vault")


def test_an_archive_unknown_to_the_vault_is_17(tmp_path: Path) -> None:
    text, _ = failure(VaultError, lambda: new(tmp_path).archive_secrets("a1"))
    assert text == "a1: the vault has no keys of this archive"
