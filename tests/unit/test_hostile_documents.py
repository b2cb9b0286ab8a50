"""Documents that somebody else wrote: nested without end, or of another shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from archive_tool.errors import IntegrityError
from archive_tool.keys import recipients as age
from archive_tool.keys import sshsig
from archive_tool.keys.grant import NAMESPACE as GRANT
from archive_tool.keys.grant import open_grant
from archive_tool.keys.signed import seal
from archive_tool.lifecycle.audit_log import audit, recording
from archive_tool.lifecycle.audit_log.checkpoints import CHECKPOINT_NAMESPACE
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.lives import begin, custodian, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path


A = "20261120-aaa"
DEEP: Final = (b"[" * 100_000, b'{"a":' * 100_000, b'{"format":' * 100_000)


@pytest.mark.parametrize("deep", DEEP, ids=["lists", "objects", "formats"])
def test_nothing_is_nested_too_deeply_to_be_refused(tmp_path: Path, deep: bytes) -> None:
    life = usual(tmp_path)
    state, stored = life.store / "state", ("--store", life.store)
    keys = ("--vault", life.vault_folder)
    vault_id = life.vault.vault_id
    ids, plan = tmp_path / "ids.txt", tmp_path / "plan.json"
    ids.write_bytes(b"ann\n")
    erasing = ("subject", "erase", *stored, *keys, "--id-file", ids)
    sweeping = ("sweep", *stored, *keys)
    commands = (
        (life.folder(A) / "data" / "archive.json", ("info", life.folder(A)), 16),
        (life.folder(A) / "data" / "audit.json", ("audit", "verify", *stored), 16),
        (life.store / "audit" / "log.jsonl", ("audit", "show", *stored), 16),
        (life.store / "audit" / "head.json", ("audit", "show", *stored), 16),
        (state / "holds.json", ("hold", "list", *stored), 16),
        (state / "tombstones" / "a.json", ("verify", life.store), 0),
        (state / "pending" / "a.json", (*sweeping, "--apply", plan), 16),
        (state / "deferred" / "a.json", (*sweeping, "--check"), 16),
        (state / "erasures" / f"{vault_id}.json", ("verify", life.folder(A), *keys), 16),
        (plan, (*erasing, "--apply", plan), 19),
    )
    assert command(*sweeping, "--plan", plan).code == 0
    for path, arguments, code in commands:
        before = path.read_bytes() if path.exists() else None
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(deep + b"\n")
        ran = command(*arguments)
        assert ran.code == code, (path.name, ran.err)
        path.unlink()
        if before is not None:
            path.write_bytes(before)


@pytest.mark.parametrize("line", DEEP, ids=["lists", "objects", "formats"])
def test_a_grant_nested_without_end_is_16(tmp_path: Path, line: bytes) -> None:
    """A stranger can make one for whoever shall open it."""
    recipient, identity = custodian(tmp_path, "me")
    armoured = sshsig.sign(bytes(32), line, namespace=GRANT)
    grant = tmp_path / "a.grant"
    grant.write_bytes(age.encrypt(line + b"\n" + armoured.encode(), [recipient]))
    said = problem(IntegrityError, lambda: open_grant(grant, identity=identity, now=NOW))
    assert said == "a.grant: not a grant of a known version (expected archive-tool/grant/1)"


@pytest.mark.parametrize(
    "body", [{}, {"line": "x", "hash": "y"}, {"line": [], "hash": 1}, {"line": -1, "hash": "y"}]
)
def test_a_checkpoint_of_another_shape_is_16_even_when_signed(
    tmp_path: Path, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    life, real = begin(tmp_path), recording.before_create

    def forged(*given: Any, **more: Any) -> bytes:
        real(*given, **more)
        return seal(body, life.vault.signing_key, namespace=CHECKPOINT_NAMESPACE)

    monkeypatch.setattr(recording, "before_create", forged)
    life.add(A, {("events", "ann"): [event(1, "ann")]})
    assert problem(IntegrityError, lambda: audit.verify(life.store)) == (
        f"{A}: its checkpoint of the log cannot be compared: data/audit.json: is of a version "
        "this release does not know"
    )


def test_a_sheet_that_is_no_csv_is_13(tmp_path: Path) -> None:
    life = usual(tmp_path)
    sheet = tmp_path / "sheet.csv"
    for content in (b"word\rkind", b'"' + b"a" * 200_000):
        sheet.write_bytes(content)
        ran = command("policy", "sign", sheet, "--vault", life.vault_folder, "--to", tmp_path / "r")
        assert ran.code == 13
        assert ran.err.startswith("error: sheet: is no review sheet (expected ")
