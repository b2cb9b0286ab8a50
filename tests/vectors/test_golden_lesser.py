"""An archive that was lowered, and one that an erasure changed, open for ever."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from archive_tool.archive import layout
from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.keys import Vault
from archive_tool.lifecycle.applying import sweep
from archive_tool.lifecycle.planning import plans, sweep_items, sweep_plan
from archive_tool.lifecycle.subjects import roster
from archive_tool.policy import parse
from tests.vectors.make_golden import digests
from tests.vectors.make_golden_lesser import GOLDEN, NOW

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED: Final[dict[str, Any]] = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
LATER: Final = NOW + timedelta(days=1)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "memory"))
    return shutil.copytree(GOLDEN, tmp_path / "golden")


def test_both_archives_give_what_they_gave(copy: Path) -> None:
    vault = Vault.open(copy / "vault")
    kept, less = (
        open_archive(copy / "store" / "archives" / EXPECTED[name], vault=vault)
        for name in ("kept", "less")
    )
    assert [digests(archive) for archive in (kept, less)] == EXPECTED["digests"]
    assert less.manifest.source is not None
    assert less.manifest.source.archive_id == EXPECTED["kept"]
    assert roster.rows_of(kept, vault) == EXPECTED["roster"]
    assert verify(copy / "store", vault=vault).erased == 1
    size = sum(path.stat().st_size for path in GOLDEN.rglob("*") if path.is_file())
    assert 20_000 < size < 250_000


def test_the_policy_that_it_becomes_is_read_as_it_was(copy: Path) -> None:
    folder = copy / "store" / "archives" / EXPECTED["kept"]
    policy = parse((folder / layout.DOWNGRADE).read_text("utf-8"), where="golden", stored=True)
    stated = open_archive(folder, vault=Vault.open(copy / "vault")).manifest.downgrade_to
    assert stated is not None
    assert policy.digest == stated.digest == EXPECTED["policy"]


def test_it_is_due_and_replaced(copy: Path) -> None:
    then = NOW.replace(year=NOW.year + 4)
    vault = Vault.open(copy / "vault")
    (item,) = sweep_plan.plan(copy / "store", vault, as_of=then, now=LATER).items
    assert (item.archive, item.why, item.successors) == (
        EXPECTED["kept"], sweep_items.REPLACED, [EXPECTED["less"]],
    )  # fmt: skip


def test_the_older_revision_loses_the_erased_again(copy: Path) -> None:
    folder = copy / "store" / "archives" / EXPECTED["kept"]
    shutil.rmtree(folder)
    shutil.copytree(copy / "older", folder)
    vault = Vault.open(copy / "vault")
    decided = sweep_plan.plan(copy / "store", vault, as_of=LATER, now=LATER)
    assert [(item.archive, item.named) for item in decided.items] == [(EXPECTED["kept"], 1)]
    plans.save(decided, copy / "plan.json")
    sweep.apply(copy / "store", vault, copy / "plan.json", as_of=LATER, now=LATER)
    chat = open_archive(folder, vault=vault).read("chat")
    assert sorted(chat["content"].to_pylist()) == ["hello [erased]", "hello cy"]
