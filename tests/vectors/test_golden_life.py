"""A store with a life behind it is read for ever: records, certificates, grants, holds, log."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import Vault
from archive_tool.keys.grant import open_grant
from archive_tool.lifecycle import certificates
from archive_tool.lifecycle.dates import deferred, releasing
from tests.support.archives import NOW
from tests.vectors.make_golden_life import GOLDEN_LIFE, make, seen

if TYPE_CHECKING:
    from pathlib import Path

ONE, THREE = "20261120-one", "20261120-three"


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy: opening makes locks."""
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "memory"))
    return shutil.copytree(GOLDEN_LIFE, tmp_path / "life")


def test_it_says_what_it_said_when_it_was_made(life: Path) -> None:
    expected = json.loads((life / "expected.json").read_text())
    assert seen(life) == expected
    assert expected["archives"] == {ONE: [2, 1], THREE: [1, 0]}
    assert expected["events"][-3:] == ["sweep intent", "sweep done", "erase deferred"]


def test_the_script_makes_a_store_that_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    make(tmp_path / "new")
    expected = json.loads((GOLDEN_LIFE / "expected.json").read_text())
    assert json.loads((tmp_path / "new" / "expected.json").read_text()) == expected


def test_certificates_of_before_and_after_the_renewal_are_read(life: Path) -> None:
    vault = Vault.open(life / "vault")
    former = next(iter(vault.former_signers))
    kinds = {}
    for path in (life / "store" / "state" / "certificates").glob("*.json"):
        kind = json.loads(path.read_bytes())["kind"]
        kinds[kind] = certificates.read(
            path, signer=former if kind == "erase" else vault.public_key
        )
    assert sorted(kinds) == ["erase", "sweep"]
    assert kinds["erase"]["people"] == 1
    assert [archive["id"] for archive in kinds["sweep"]["archives"]] == ["20261120-two"]


def test_the_erased_stay_erased(life: Path) -> None:
    vault = Vault.open(life / "vault")
    with pytest.raises(VaultError, match="the subject was erased"):
        vault.subject_secret("ann")
    assert vault.is_destroyed("20261120-two")


def test_the_grant_opens_its_scope(life: Path) -> None:
    keys = open_grant(life / "events.grant", identity=life / "colleague.txt", now=NOW)
    assert (
        open_archive(life / "store" / "archives" / THREE, vault=keys).read("events").num_rows == 1
    )


def test_the_hold_is_released_and_the_erasure_that_waited_runs(life: Path) -> None:
    vault = Vault.open(life / "vault")
    hold = (life / "hold").read_text().strip()
    assert deferred.count(life / "store") == 1
    done = releasing.release(life / "store", hold, reason="over", now=NOW, vault=vault)
    assert ([item.work.people for item in done.erased], done.waiting) == ([1], 0)


def test_a_changed_line_of_its_log_is_named(life: Path) -> None:
    log = life / "store" / "audit" / "log.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"erase"', b'"sweep"', 1))
    with pytest.raises(IntegrityError, match="was changed: its hash does not fit"):
        seen(life)
