"""Laws of secrets: no two of anything share a key, nothing is sealed twice alike, nothing outlives a renewal."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import Vault, primitives
from archive_tool.keys.derive import SCOPES, ArchiveSecrets, new_archive_secrets
from tests.support.archives import NOW
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault.create(tmp_path / "vault", study="s", passphrase=None, now=NOW)
    for archive_id, subject in product(("a", "b"), ("ann", "bob", "")):
        if archive_id not in made.archives:
            made.new_archive(archive_id)
        made.subject_secret(subject, create=True)
    return made


def secrets_of(vault: Vault) -> set[bytes]:
    """Everything that opens files of the study, or signs for it."""
    body = vault._body
    scopes = {secret for own in body.archives.values() for secret in own.values()}
    return {body.signing_seed, *body.subjects.values(), *scopes}


def test_nothing_is_sealed_twice_alike() -> None:
    """A nonce that comes back under a key tells the difference of two texts, and forges more."""
    sealed = {primitives.seal(KEY, b"text", bound_to=b"here") for _ in range(50)}
    assert len({text[: primitives.NONCE_BYTES] for text in sealed}) == 50
    texts = {primitives.open_sealed(KEY, text, bound_to=b"here") for text in sealed}
    assert texts == {b"text"}


def test_what_is_sealed_opens_under_its_key_and_in_its_place_only() -> None:
    sealed = primitives.seal(KEY, b"text", bound_to=b"here")
    for key, place in ((OTHER, b"here"), (KEY, b"there"), (KEY, b"")):
        with pytest.raises(IntegrityError):
            primitives.open_sealed(key, sealed, bound_to=place)
    numbered = primitives.seal_numbered(KEY, 1, b"text")
    assert primitives.seal_numbered(KEY, 2, b"text") != numbered
    for key, number in ((OTHER, 1), (KEY, 2)):
        with pytest.raises(IntegrityError):
            primitives.open_numbered(key, number, numbered)


def test_every_file_has_a_key_of_its_own() -> None:
    """One other secret, one other archive or one other file: another key."""
    keys = {
        ArchiveSecrets(
            archive_id=archive_id, scopes={"read:chat": scope, "index": scope[::-1]}, lookup=b""
        ).file_key(name, subject, file_id)
        for archive_id, scope, name, subject, file_id in product(
            ("a", "b"),
            (b"k" * 16 + b"o" * 16, b"m" * 32),
            ("read:chat", "index"),
            (KEY, OTHER),
            "12",
        )
    }
    assert len(keys) == 2 * 3 * 2 * 2  # the scopes have three different secrets


def test_every_scope_of_every_archive_has_a_secret_of_its_own() -> None:
    made = [new_archive_secrets("a", KEY) for _ in range(3)]
    secrets = {secret for one in made for secret in one.scopes.values()}
    assert len(secrets) == 3 * len(SCOPES)
    assert {len(secret) for secret in secrets} == {primitives.KEY_BYTES}


def test_codes_of_two_kinds_and_of_two_studies_have_other_keys(
    vault: Vault, tmp_path: Path
) -> None:
    other = Vault.create(tmp_path / "other", study="s", passphrase=None, now=NOW)
    keys = {one.pseudonym_key(kind) for one in (vault, other) for kind in ("person", "room", "E")}
    assert len(keys) == 6


def test_a_renewal_leaves_no_secret_as_it_was(vault: Vault) -> None:
    """Whoever saw the old ones must not come back: not by one archive, not by one person."""
    renewed = vault.renewed(NOW)
    assert len(secrets_of(renewed)) == len(secrets_of(vault)) == 1 + 3 + 2 * len(SCOPES)
    assert secrets_of(renewed).isdisjoint(secrets_of(vault))
    assert renewed._body.subjects.keys() == vault._body.subjects.keys()
    assert renewed.archives == vault.archives


def test_the_secrets_of_an_archive_are_never_made_twice(vault: Vault) -> None:
    before = dict(vault.archive_secrets("a").scopes)
    said = problem(VaultError, lambda: vault.new_archive("a"))
    assert said == "a: the vault has an archive of this id already"
    assert vault.archive_secrets("a").scopes == before
