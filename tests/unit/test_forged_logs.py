"""Somebody who can write to a store, and has no key, writes its audit log anew: nothing is done by it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.errors import IntegrityError, PlanError, RetentionError
from archive_tool.lifecycle import places
from archive_tool.lifecycle.applying import erase, sweep
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.audit_log.acknowledging import acknowledge
from archive_tool.lifecycle.dates import holds, terms
from archive_tool.lifecycle.planning import erase_plan, sweep_plan
from archive_tool.pipeline.store import open_store
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.forging import write_anew
from tests.support.lives import DUE, Life, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A, B, C = "20261120-aaa", "20261120-bbb", "20261120-ccc"
LATER = NOW + timedelta(minutes=1)
GONE = "audit log, line 5: is missing, and the vault knows lines up to 7"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """A store in which archive A is under hold, and the vault has seen that."""
    life = usual(tmp_path)
    holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    life.add(C, {("events", "ann"): [event(9, "ann")]})
    return life


def without_hold(life: Life) -> None:
    """As if it had never been placed: the lines before it, and no list."""
    write_anew(life.store, audit.read(life.store)[:4])
    (life.store / "state" / "holds.json").unlink()


def swept(life: Life) -> None:
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    sweep.apply(life.store, life.vault, decided, as_of=DUE, now=LATER)


def test_a_hold_that_was_cut_out_of_the_log_is_not_forgotten(life: Life, tmp_path: Path) -> None:
    keys = ("--store", life.store, "--vault", life.vault_folder)
    due, plan = ("--as-of", "2030-02-01"), tmp_path / "plan.json"
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    people = erase_plan.plan(life.store, life.vault, ["ann"], now=NOW)
    until = terms.plan(life.store, life.vault, A, until=date(2040, 1, 1), reason="longer", now=NOW)
    assert [item.archive for item in decided.held] == [A]
    without_hold(life)
    calls: tuple[Callable[[], object], ...] = (
        lambda: swept(life),
        lambda: sweep.apply(life.store, life.vault, decided, as_of=DUE, now=LATER),
        lambda: erase.apply(life.store, life.vault, people, now=LATER),
        lambda: terms.extend(life.store, life.vault, until, now=LATER),
    )
    assert [problem(IntegrityError, call) for call in calls] == [GONE] * len(calls)
    for words in (("--check",), ("--plan", plan)):
        assert command("sweep", *keys, *due, *words).code == 16
    assert life.archives() == [A, B, C]


def test_nor_by_who_asks_with_the_vault(life: Life) -> None:
    """Which holds there are is no answer when lines of the log are gone."""
    without_hold(life)
    alone, store = open_store(life.store), open_store(life.store, vault=life.vault)
    assert alone.holds() == ()
    calls: tuple[Callable[[], object], ...] = (
        store.holds,
        store.archives,
        store.dates,
    )
    assert [problem(IntegrityError, call) for call in calls] == [GONE] * len(calls)


def test_who_asks_for_a_person_is_told(life: Life, tmp_path: Path) -> None:
    """A copy of the store from before is asked, too: that is no error."""
    (tmp_path / "id.txt").write_text("ann\n")
    keys = ("--store", life.store, "--vault", life.vault_folder)
    find = ("subject", "find", *keys, "--id-file", tmp_path / "id.txt")
    assert command(*find).err == ""
    without_hold(life)
    copy = ("subject", "access", *keys, "--id-file", tmp_path / "id.txt", "--to", tmp_path / "copy")
    for words in (find, copy):
        ran = command(*words)
        assert ran.code == 0
        assert ran.err == (
            f"note: {GONE}: archives that were made in lost lines, and are gone, are not missed here\n"
        )


def test_a_hold_that_is_placed_meanwhile_is_no_edited_list(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """List and log are two files: whoever reads both without a lock reads them again."""
    read, calm = places.read, []

    def then_placed(path: Path, **limits: int) -> bytes | None:
        if path.name == places.HOLDS and not calm:
            calm.append(True)
            holds.place(life.store, reason="r", owner="o", archives=[B], now=NOW)
        return read(path, **limits)

    monkeypatch.setattr(places, "read", then_placed)
    assert [hold.archives for hold in holds.active(life.store)] == [[A], [B]]


def test_nor_by_another_first_line(life: Life) -> None:
    """The vault knows a log by its first line: of what looks like another one, archives know."""
    first, *others = audit.read(life.store)[:4]
    write_anew(life.store, [replace(first, time=first.time + timedelta(seconds=1)), *others])
    (life.store / "state" / "holds.json").unlink()
    said = f"audit log, line 1: is not the one that archive {A} knows"
    assert problem(IntegrityError, lambda: swept(life)) == said
    shutil.rmtree(life.store / "audit")
    said = f"audit log, line 1: is missing, and archive {A} knows lines up to 1"
    assert problem(IntegrityError, lambda: swept(life)) == said
    assert life.archives() == [A, B, C]


def test_after_an_acknowledgement_it_goes_on(life: Life) -> None:
    """Whoever has the vault says that lines were lost; holds of then have to be placed again."""
    without_hold(life)
    acknowledge(life.store, life.vault, reason="back from a copy", now=NOW)
    holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    swept(life)
    assert life.archives() == [A, B]


def test_nothing_is_written_behind_a_last_line_that_was_changed(life: Life) -> None:
    """Its own hash is all that a writer looks at: with one more line it would be one of many."""
    path = life.store / "audit" / "log.jsonl"
    before = path.read_bytes()
    for old, new in ((b'"create"', b'"access"'), (b'{"', b'{{"')):
        lines = before.splitlines(keepends=True)
        lines[-1] = lines[-1].replace(old, new, 1)
        assert lines[-1] not in before
        path.write_bytes(b"".join(lines))
        said = problem(IntegrityError, lambda: audit.append(life.store, "access", now=NOW))
        assert said == "audit log: the last line was changed"
        assert path.read_bytes() == b"".join(lines)
    path.write_bytes(before)
    audit.append(life.store, "access", now=NOW)


def test_an_erasure_is_done_when_the_vault_says_so(tmp_path: Path) -> None:
    """A line that anybody could have written says that a plan was applied: it is applied."""
    life = usual(tmp_path)
    decided = erase_plan.plan(life.store, life.vault, ["bob"], now=NOW)
    due = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    for event_, plan in (("erase", decided), ("sweep", due)):
        detail: dict[str, Any] = {"plan": plan.digest, "archives": [A], "people": 1, "keys": 1}
        audit.append(life.store, event_, detail=detail, now=NOW)
    erase.apply(life.store, life.vault, decided, now=LATER)
    assert open_archive(life.folder(A), vault=life.vault).manifest.erased == 1
    again = problem(PlanError, lambda: erase.apply(life.store, life.vault, decided, now=LATER))
    assert again.startswith("plan: was applied already: line ")


def test_a_change_of_dates_is_done_when_the_archive_says_so(life: Life) -> None:
    path = life.store.parent / "change.json"
    sooner = terms.plan(life.store, life.vault, B, until=date(2029, 1, 1), reason="sooner", now=NOW)
    sooner.save(path)
    detail = {"plan": sooner.digest, "archive": B, "revision": 2}
    audit.append(life.store, terms.EVENT, detail=detail, now=NOW)

    def shorten() -> object:
        return terms.shorten(life.store, life.vault, path, approval=None, now=LATER)

    assert problem(RetentionError, shorten).startswith(
        "plan: a date comes nearer only with a second"
    )


@pytest.mark.parametrize("phases", [("intent", "done"), ("intent",)], ids=["whole", "cut"])
def test_an_archive_that_came_back_with_sooner_dates_is_not_swept(
    tmp_path: Path, phases: tuple[str, ...]
) -> None:
    """The vault knows that there is a newer revision, and the log that its dates were changed."""
    life = usual(tmp_path)
    older = shutil.copytree(life.folder(A), tmp_path / "older")
    longer = terms.plan(life.store, life.vault, A, until=date(2040, 1, 1), reason="longer", now=NOW)
    terms.extend(life.store, life.vault, longer, now=NOW)
    shutil.rmtree(life.folder(A))
    older.rename(life.folder(A))
    lines = audit.read(life.store)
    write_anew(life.store, [r for r in lines if r.event != terms.EVENT or r.phase in phases])
    decided = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=NOW)
    assert decided.items == []
    assert [(d.archive, d.action) for d in decided.decisions] == [(A, "restored")]
    write_anew(life.store, [r for r in lines if r.event != terms.EVENT])
    assert problem(IntegrityError, lambda: swept(life)).endswith("the vault knows lines up to 5")
    assert life.archives() == [A, B]
