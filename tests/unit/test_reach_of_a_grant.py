"""What a grant is made of: reaches of what was granted, and no secret from which another could be derived."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import UsageError, VaultError
from archive_tool.keys import Vault
from archive_tool.keys import grant as grants
from archive_tool.keys import recipients as age
from archive_tool.keys.derive import INDEX_SCOPE, SCOPES
from archive_tool.keys.identities import read_identity
from tests.support.archives import NOW
from tests.support.erasing import apply, planned
from tests.support.lives import custodian, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault.create(tmp_path / "vault", study="s", passphrase=None, now=NOW)
    for archive_id in "ab":
        made.new_archive(archive_id)
    for subject in ("ann", "bob"):
        made.subject_secret(subject, create=True)
    return made


def granted(vault: Vault, folder: Path, *scopes: str) -> tuple[grants.Grant, bytes]:
    """An open grant, and its text."""
    public, identity = custodian(folder, "colleague")
    out, end = folder / "a.grant", NOW + timedelta(days=30)
    grants.make(vault, to=public, scopes=scopes, expires=end, out=out, now=NOW)
    plain = age.decrypt(out.read_bytes(), read_identity(identity, None), where="")
    return grants.open_grant(out, identity=identity, now=NOW), plain.partition(b"\n")[0]


@pytest.mark.parametrize("scope", ["linkage", INDEX_SCOPE, "", "read:*"])
def test_who_is_who_is_granted_to_nobody(vault: Vault, tmp_path: Path, scope: str) -> None:
    """The scope ``linkage`` leads from codes back to people: it is for who has the vault."""
    said = problem(UsageError, lambda: granted(vault, tmp_path, "read:chat", scope))
    assert said.startswith("scope: not a scope (expected read:events, ")
    assert not (tmp_path / "a.grant").exists()


def test_a_grant_of_nothing_is_none(vault: Vault, tmp_path: Path) -> None:
    """It would open the indexes all the same: who has how many rows."""
    said = problem(UsageError, lambda: granted(vault, tmp_path))
    assert said.startswith("scope: not a scope (expected read:events, ")
    assert vault.grants == ()


@pytest.mark.parametrize("scope", [*grants.GRANTABLE])
def test_a_grant_opens_its_scope_as_the_vault_does_and_no_other(
    vault: Vault, tmp_path: Path, scope: str
) -> None:
    keys, _ = granted(vault, tmp_path, scope)
    own, theirs = vault.archive_secrets("a"), keys.archive_secrets("a")
    assert theirs.reach(INDEX_SCOPE) == own.reach(INDEX_SCOPE)
    if scope == "aggregates":  # nobody's
        assert theirs.reach(scope) == own.reach(scope)
    else:
        key = vault.subject_key("ann")
        assert theirs.reach(scope, keys.secret_of_key(key)) == own.reach(
            scope, vault.subject_secret("ann")
        )
    for other in set(SCOPES) - {scope, INDEX_SCOPE}:
        assert not theirs.is_granted(other)
        assert problem(VaultError, lambda other=other: theirs.reach(other)) == (
            f"{other}: was not granted (expected {scope})"
        )


def test_the_hint_names_all_that_was_granted(vault: Vault, tmp_path: Path) -> None:
    keys, _ = granted(vault, tmp_path, "read:ratings", "read:chat", "media", "aggregates")
    with pytest.raises(VaultError) as caught:
        keys.archive_secrets("a").reach("read:events")
    assert caught.value.hint == (
        "name what was granted: --type chat --type ratings/continuous --type ratings/sparse "
        "--type media --type TABLE"
    )


def test_who_came_later_is_not_reached(vault: Vault, tmp_path: Path) -> None:
    keys, _ = granted(vault, tmp_path, "read:chat")
    later = vault.subject_key("cy")
    secrets = keys.archive_secrets("a")
    said = problem(VaultError, lambda: secrets.reach("read:chat", keys.secret_of_key(later)))
    assert said == "read:chat: the grant does not reach the subject"


def test_a_grant_holds_no_secret_of_the_vault(vault: Vault, tmp_path: Path) -> None:
    _, text = granted(vault, tmp_path, *grants.GRANTABLE)
    body = msgspec.json.decode(text, type=grants.GrantBody)
    reaches = {
        reach
        for archive in body.archives.values()
        for scope in archive.values()
        for reach in scope.values()
    }
    own = vault._body
    secrets = {own.signing_seed, own.lookup, own.pseudonyms, *own.subjects.values()}
    secrets.update(secret for scopes in own.archives.values() for secret in scopes.values())
    assert len(reaches) == 2 * (1 + 1 + 2 * (len(grants.GRANTABLE) - 1))
    assert reaches.isdisjoint(secrets)


def test_who_was_erased_before_it_was_made_is_erased_in_an_older_copy(tmp_path: Path) -> None:
    life = usual(tmp_path)
    copy = shutil.copytree(life.folder("20261120-aaa"), tmp_path / "older" / "20261120-aaa")
    apply(life, planned(life, "ann"), ("ann",))
    keys, _ = granted(life.vault, tmp_path, "read:events", "aggregates")
    opened = open_archive(copy, vault=keys)
    assert opened.erased == 1
    assert opened.read("events")["participantId"].to_pylist() == ["bob"]
    assert verify(copy, vault=keys).archives[0].erased == 1
    only = tmp_path / "only"
    only.mkdir()
    sums, _ = granted(life.vault, only, "aggregates")
    assert open_archive(copy, vault=sums).erased == 0
