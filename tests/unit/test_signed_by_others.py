"""What lies in a store and is signed: by another vault, by a stranger who says he is ours, or in another form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from archive_tool.errors import IntegrityError, RetentionError
from archive_tool.keys import Vault, erasure, signed
from archive_tool.lifecycle.applying import changing, pending
from archive_tool.lifecycle.applying.work import SWEEP, Work
from archive_tool.lifecycle.audit_log import audit, lost_lines
from archive_tool.lifecycle.dates import deferred, holds
from tests.support.archives import NOW
from tests.support.erasing import LATER, apply, hold, planned
from tests.support.lives import Life, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

A = "20261120-aaa"
UNKNOWN = "is of a version this release does not know"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


@pytest.fixture
def stranger(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "stranger", study="x", passphrase=None, now=NOW)


def noted(life: Life) -> Path:
    """The note of an erasure that waits for a hold."""
    hold(life, ids=["ann"], vault=life.vault)
    problem(RetentionError, lambda: apply(life, planned(life, "ann")))
    return next((life.store / "state" / "deferred").iterdir())


def signed_again(path: Path, vault: Vault, namespace: str, **changes: Any) -> None:
    body = msgspec.json.decode(path.read_bytes()) | changes
    del body[signed.SIGNATURE]
    path.write_bytes(signed.seal(body, vault.signing_key, namespace=namespace))


def test_work_of_another_vault_is_left_to_it(life: Life, stranger: Vault) -> None:
    work = Work(
        kind=SWEEP, plan="p", vault_id=stranger.vault_id, started=NOW, operator="", epoch=1, tasks=[]
    )  # fmt: skip
    pending.write(life.store, stranger, work)
    with changing.changing(life.store, life.vault, now=LATER):
        pass
    assert pending.works(life.store, life.vault) == []
    assert pending.works(life.store, stranger) == [work]


def test_an_erasure_that_waits_for_another_vault_is_left_to_it(life: Life, stranger: Vault) -> None:
    note = noted(life)
    signed_again(note, stranger, deferred.NAMESPACE, vault_id=stranger.vault_id)
    assert deferred.waiting(life.store, life.vault) == []
    assert len(deferred.waiting(life.store, stranger)) == 1


def test_an_erasure_that_a_stranger_noted_is_not_run(life: Life, stranger: Vault) -> None:
    note = noted(life)
    signed_again(note, stranger, deferred.NAMESPACE)
    said = problem(IntegrityError, lambda: deferred.waiting(life.store, life.vault))
    assert said == f"{note.name}: is signed by a key that is not the vault's"


@pytest.mark.parametrize("changes", [{"format": "archive-tool/deferred/2"}, {"apart_from": ["x"]}])
def test_an_erasure_that_a_newer_release_noted_is_16(life: Life, changes: dict[str, Any]) -> None:
    note = noted(life)
    signed_again(note, life.vault, deferred.NAMESPACE, **changes)
    said = problem(IntegrityError, lambda: deferred.waiting(life.store, life.vault))
    assert said == f"{note.name}: {UNKNOWN}"


@pytest.mark.parametrize("changes", [{"format": "archive-tool/erasures/2"}, {"media": {}}])
def test_a_record_of_erasures_of_a_newer_release_is_16(life: Life, changes: dict[str, Any]) -> None:
    apply(life, planned(life, "ann"))
    record = next((life.store / "state" / "erasures").iterdir())
    signed_again(record, life.vault, erasure.NAMESPACE, **changes)
    said = problem(IntegrityError, lambda: life.vault.heed(record))
    assert said == f"{record.name}: {UNKNOWN}"


@pytest.mark.parametrize("changes", [{"format": "archive-tool/lost-lines/2"}, {"media": {}}])
def test_an_acknowledgement_of_a_newer_release_excuses_nothing(
    life: Life, changes: dict[str, Any]
) -> None:
    vault = life.vault
    about = lost_lines.LostLines(
        format=lost_lines.FORMAT,
        vault_id=vault.vault_id,
        time=NOW,
        reason="r",
        first=1,
        last=1,
        known=[],
    )
    body = msgspec.to_builtins(about) | changes
    sealed = signed.seal(body, vault.signing_key, namespace=lost_lines.NAMESPACE).decode()
    line = audit.append(
        life.store, lost_lines.EVENT, detail={lost_lines.SIGNED: sealed.rstrip()}, now=NOW
    )
    said = problem(IntegrityError, lambda: audit.verify(life.store, vault=vault))
    assert said == f"audit log, line {line.line}: {UNKNOWN}"


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body | {"format": "archive-tool/holds/2"},
        lambda body: body | {"apart_from": []},
        lambda body: body | {"holds": [body["holds"][0] | {"types": ["chat"]}]},
        lambda body: body | {"holds": [{"id": "H-1"}]},
    ],
    ids=["format", "list", "hold", "half a hold"],
)
def test_a_list_of_holds_of_a_newer_release_is_16(life: Life, change: Any) -> None:
    """A hold may keep more than this release knows of: nothing is destroyed on a guess."""
    hold(life, archives=[A])
    path = life.store / "state" / "holds.json"
    path.write_bytes(msgspec.json.encode(change(msgspec.json.decode(path.read_bytes()))))
    detail = {"before": "none", "after": holds._digest(path.read_bytes())}
    audit.append(life.store, holds.EVENT, detail=detail, now=NOW)
    said = problem(IntegrityError, lambda: holds.active(life.store))
    assert said == "state/holds.json: cannot be read"
