"""What a newer release wrote: read where that is safe, and never written again with less in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from archive_tool.archive import bag, layout, manifest, rewrite
from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import FormatError, IntegrityError, PlanError
from archive_tool.keys import sshsig, vault_file
from archive_tool.lifecycle.applying import erase, pending
from archive_tool.lifecycle.applying.work import SWEEP, Work
from archive_tool.lifecycle.dates import terms
from archive_tool.lifecycle.planning import erase_plan, plans
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.lives import LAST_DAY, Life, usual

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"
NEWER = "data/archive.json: says something that this release does not know and would not keep"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def written_newer(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a newer release write archive A again, with a field of its own, nested and at the top."""
    encode = manifest.encode

    def newer(stated: Any) -> bytes:
        body = msgspec.json.decode(encode(stated))
        body["policy"]["board"] = "2031/7"
        return msgspec.json.format(msgspec.json.encode(body, order="sorted"), indent=2) + b"\n"

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "encode", newer)
        vault = life.vault
        before = open_archive(life.folder(A)).manifest.retention
        later = LAST_DAY.replace(year=2031)
        dates = {name: replace(term, destroy_after=later) for name, term in before.items()}
        rewrite.revise(life.store, A, vault, drop=lambda _: False, retention=dates, now=NOW)
        vault.note_revision(A, 2)
        vault.save(NOW)


def test_an_archive_with_new_fields_is_read(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    written_newer(life, monkeypatch)
    assert verify(life.store, vault=life.vault).rows == 6
    assert command("info", life.folder(A)).code == 0


def test_it_is_not_written_again(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    written_newer(life, monkeypatch)
    change = terms.plan(
        life.store, life.vault, A, until=LAST_DAY.replace(year=2050), reason="r", now=NOW
    )
    with pytest.raises(FormatError) as caught:
        terms.extend(life.store, life.vault, change, now=NOW)
    assert str(caught.value) == NEWER
    assert life.vault.newest_revision(A) == 2


def test_an_erasure_goes_on_without_it_and_says_so(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of the person goes, so nobody reads the file; nothing is left half done."""
    written_newer(life, monkeypatch)
    decided = erase_plan.plan(life.store, life.vault, ["ann"], now=NOW)
    assert [item.archive for item in decided.items] == [B]
    assert [item.what for item in decided.not_reached if A in item.what] == [
        f"archive {A} of the store, which could not be read: {NEWER}"
    ]
    plans.save(decided, tmp_path / "erase.json")
    erase.apply(life.store, life.vault, tmp_path / "erase.json", now=NOW)
    report = verify(life.store, vault=life.vault)
    assert (report.rows, report.erased) == (3, 2)
    assert bag.read_seal(life.folder(A)).digests[layout.ARCHIVE_JSON]


def test_a_vault_with_new_fields_is_not_opened(life: Life) -> None:
    """Saved again it would have forgotten them: words of the erased, perhaps."""
    vault = life.vault
    path = life.vault_folder / "vault.age"
    body = msgspec.to_builtins(vault_file.read(path, vault._identity))
    line = msgspec.json.encode(body | {"shared": {}}, order="sorted")
    signature = sshsig.sign(vault.signing_key, line, namespace=vault_file.NAMESPACE)
    sealed = vault_file.age.encrypt(line + b"\n" + signature.encode(), body["recipients"])
    path.write_bytes(sealed)
    with pytest.raises(IntegrityError) as caught:
        _ = life.vault
    assert str(caught.value) == (
        "vault.age: not a vault of a known version (expected archive-tool/vault/1)"
    )
    assert caught.value.hint == "a newer release may have written it: use that one"


def test_a_plan_with_new_fields_is_not_applied(life: Life, tmp_path: Path) -> None:
    path = tmp_path / "erase.json"
    plans.save(erase_plan.plan(life.store, life.vault, ["ann"], now=NOW), path)
    body = msgspec.json.decode(path.read_bytes()) | {"apart_from": ["chat"]}
    path.write_bytes(msgspec.json.encode(body | {"digest": plans.digest_of(body)}))
    with pytest.raises(PlanError, match="plan: is not a plan for this"):
        erase.apply(life.store, life.vault, path, now=NOW)


def test_work_with_new_fields_is_not_finished(life: Life) -> None:
    """What it leaves out may be why the newer release would not have done it."""
    work = Work(
        kind=SWEEP, plan="p", vault_id=life.vault.vault_id, started=NOW, operator="", epoch=1, tasks=[]
    )  # fmt: skip
    body = msgspec.to_builtins(work) | {"apart_from": ["chat"]}
    folder = life.store / "state" / "pending"
    folder.mkdir(parents=True)
    sealed = pending.signed.seal(body, life.vault.signing_key, namespace=pending.NAMESPACE)
    (folder / "p.json").write_bytes(sealed)
    with pytest.raises(IntegrityError, match="state/pending: cannot be read"):
        pending.works(life.store, life.vault)
