"""A downgrade dies anywhere: nothing that tells more is gone before what tells less is there."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from archive_tool.archive.verify import verify
from archive_tool.errors import ArchiveToolError
from archive_tool.keys import Vault
from archive_tool.lifecycle.applying import changing
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.planning import plans, sweep_plan
from archive_tool.pipeline import downgrade
from archive_tool.policy import parse, policy_text
from tests.support.breaking import MODES, Killed, breaking
from tests.support.pipelines import NOW, lab

if TYPE_CHECKING:
    from pathlib import Path

THEN: Final = NOW + timedelta(days=11 * 365)
LATER: Final = NOW + timedelta(minutes=1)
STRIKES: Final = 7
"""Operations at which it dies, evenly spread over all of them."""


def prepare(folder: Path) -> None:
    """An archive of two messages, due to be lowered, and the plan."""
    made = lab(folder)
    said = [
        {
            "messageId": f"m{number}", "senderId": who, "content": "hello", "roomId": "r",
            "recipientIds": [], "experimentId": "e", "onset": number, "messageType": "text",
            "timestamp": f"2026-03-01T10:00:0{number}.000Z",
        }
        for number, who in enumerate(("ann", "bob"))
    ]  # fmt: skip
    (folder / "chat.json").write_text(json.dumps(said))
    text = policy_text("keep").replace(
        'action = "destroy"', 'action = "downgrade"\ndowngrade_to = "aggregate-only"'
    )
    less = policy_text("aggregate-only").replace("P10Y", "P20Y")
    (folder / "less.toml").write_text(less)
    (folder / "board.toml").write_text(text.replace('"aggregate-only"', '"less.toml"'))
    board = parse((folder / "board.toml").read_text(), where="board", folder=folder)
    made.create(folder / "chat.json", policy=board)
    decided = sweep_plan.plan(made.store, made.vault, as_of=THEN, now=NOW)
    plans.save(decided, folder / "sweep.json")


def run(folder: Path) -> None:
    vault = Vault.open(folder / "vault")
    downgrade.apply(folder / "store", vault, folder / "sweep.json", as_of=THEN, now=LATER)


def levels(folder: Path) -> list[bool]:
    """Of every archive that is whole: whether it holds summaries only."""
    vault = Vault.open(folder / "vault")
    found = verify(folder / "store", vault=vault).archives
    return sorted((a.path / "data/reports").is_dir() is False for a in found)


def check(folder: Path) -> None:
    """Before the next start and after it: what tells more, both, or what tells less."""
    store = folder / "store"
    with changing.changing(store, Vault.open(folder / "vault"), now=LATER):
        pass
    now = levels(folder)
    assert now in ([False], [False, True], [True])
    assert not list((store / "state").glob("pending/*"))
    if now != [True]:
        run(folder)
    assert levels(folder) == [True]
    records = audit.verify(store, vault=Vault.open(folder / "vault")).records
    phases = [record.phase for record in records if record.event == "downgrade"]
    # a death between a line and the end of its note says it twice
    assert 1 <= phases.count("intent") <= phases.count("done") + phases.count("undone")
    assert phases[-1] == "done"
    assert len(list((store / "state" / "certificates").glob("*.json"))) == 1


@pytest.mark.parametrize("mode", MODES)
def test_a_downgrade_that_is_interrupted_is_finished_or_undone(
    quick_folder: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(quick_folder / "work" / "memory"))
    (quick_folder / "whole").mkdir()
    prepare(quick_folder / "whole")
    operations = 10**6
    for strike in range(STRIKES + 1):  # the first is not struck: it counts
        at = operations if not strike else max(1, operations * strike // (STRIKES + 1))
        shutil.rmtree(quick_folder / "work", ignore_errors=True)
        shutil.copytree(quick_folder / "whole", quick_folder / "work")
        with breaking(quick_folder / "work", at, mode) as disk:
            try:
                run(quick_folder / "work")
            except (Killed, OSError, ArchiveToolError):
                assert disk.struck
        if not strike:
            operations = disk.operations
        check(quick_folder / "work")
    assert operations > 50
