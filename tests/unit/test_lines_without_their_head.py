"""Of the audit log only the lines came back from a copy, and not ``head.json``: there is a way on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from archive_tool.errors import IntegrityError, UsageError
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.audit_log.acknowledging import acknowledge
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.lives import Life, begin, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """Four lines from before, two of them gone; no archive and no vault knows the last two."""
    made = usual(tmp_path)
    log = made.store / "audit" / "log.jsonl"
    copy = shutil.copy(log, tmp_path / "log.jsonl")
    for _ in range(2):
        audit.append(made.store, "sweep", now=NOW)
    shutil.copy(copy, log)
    return made


def test_the_loss_can_be_acknowledged_and_the_log_goes_on(life: Life) -> None:
    said = problem(IntegrityError, lambda: audit.append(life.store, "sweep", now=NOW))
    assert said == "audit log, line 5: is missing, and head.json knows lines up to 6"
    places = ("--store", life.store, "--vault", life.vault_folder)
    ran = command("audit", "acknowledge", *places, "--reason", "disk broke")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("lost: lines 5 to 6 at most, acknowledged on ")
    audit.append(life.store, "sweep", now=NOW)
    assert [one.about.reason for one in audit.verify(life.store, vault=life.vault).lost] == [
        "disk broke"
    ]


def test_a_log_that_is_gone_altogether_too(life: Life) -> None:
    (life.store / "audit" / "log.jsonl").unlink()
    done = acknowledge(life.store, life.vault, reason="r", now=NOW)
    assert (done.line, done.about.first, done.about.last) == (1, 1, 6)
    assert audit.verify(life.store, vault=life.vault).lines == 1


def test_what_an_archive_of_another_vault_knows_is_for_that_vault_to_acknowledge(
    tmp_path: Path,
) -> None:
    for name in ("own", "foreign"):
        (tmp_path / name).mkdir()
    own, foreign = usual(tmp_path / "own"), begin(tmp_path / "foreign")
    audit.append(foreign.store, "sweep", now=NOW)
    foreign.add("20261120-ggg", {("events", "ann"): [event(1, "ann")]})
    shutil.copytree(foreign.folder("20261120-ggg"), own.folder("20261120-ggg"))
    said = problem(IntegrityError, lambda: audit.verify(own.store))
    assert said == "audit log, line 2: is not the one that archive 20261120-ggg knows"
    with pytest.raises(UsageError) as caught:
        acknowledge(own.store, own.vault, reason="r", now=NOW)
    assert caught.value.hint == (
        "if audit verify names an archive of another vault, acknowledge with that vault"
    )


def test_an_edited_last_line_is_no_loss(tmp_path: Path) -> None:
    life = usual(tmp_path)
    log = life.store / "audit" / "log.jsonl"
    kept, last = log.read_bytes(), audit.append(life.store, "sweep", now=NOW)
    log.write_bytes(kept)
    (life.store / "audit" / "head.json").unlink()
    audit.append(life.store, "rekey", now=NOW)
    head = f'[{last.line},"{last.hash}"]\n'
    (life.store / "audit" / "head.json").write_bytes(head.encode())
    said = problem(IntegrityError, lambda: acknowledge(life.store, life.vault, reason="r", now=NOW))
    assert said == f"audit log, line {last.line}: is not the one that head.json knows"
