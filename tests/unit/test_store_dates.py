"""Dates that change and lines that were lost, from a notebook: what the commands do."""

from __future__ import annotations

import subprocess
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

import archive_tool
from archive_tool.errors import (
    ArchiveToolError,
    FormatError,
    IntegrityError,
    PlanError,
    RetentionError,
    UsageError,
    VaultError,
)
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.lives import LAST_DAY, Life, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A = "20261120-aaa"
LATER, EARLIER = date(2040, 1, 1), date(2028, 1, 1)
WHY = "the board said so"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


@pytest.fixture
def store(life: Life) -> archive_tool.Store:
    return archive_tool.open_store(life.store, vault=life.vault)


def second_custodian(life: Life) -> Path:
    """Another custodian's ssh key."""
    key = life.store.parent / "second"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    vault = life.vault
    vault.add_recipient(key.with_suffix(".pub").read_text())
    vault.save(NOW)
    return key


def signed(key: Path, plan: Path) -> Path:
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-n", "archive-tool-approval"]
    subprocess.run([*sign, "-f", key, plan], check=True, stderr=subprocess.DEVNULL)
    return plan.with_name(plan.name + ".sig")


def test_later_is_one_step(life: Life, store: archive_tool.Store) -> None:
    done = store.extend_retention(A, until=LATER, reason=WHY, types="chat")
    assert repr(done) == (
        f"<Redated {A}: chat until 2040-01-01, events until {LAST_DAY}; revision 2>"
    )
    kept = {row.data_type: row.keep_until for row in store.dates() if row.archive_id == A}
    assert kept == done.kept_until == {"chat": LATER, "events": LAST_DAY}
    places = ["--store", life.store, "--vault", life.vault_folder, "--archive", A]
    theirs = command(
        "retention", "extend", *places, "--until", "2041-01-01", "--reason", WHY, "--json"
    )
    assert (theirs.code, theirs.json["revision"]) == (0, 3)
    events = [(line.event, line.phase, sorted(line.detail)) for line in store.log()[-4:]]
    assert events[:2] == events[2:]


def test_earlier_is_a_plan_that_two_sign(
    life: Life, store: archive_tool.Store, tmp_path: Path
) -> None:
    key, file = second_custodian(life), tmp_path / "change.json"
    plan = store.plan_shortening(A, until=EARLIER, reason=WHY, action="review")
    assert str(plan).splitlines() == [
        f"chat: {LAST_DAY} -> 2028-01-01, then review",
        f"events: {LAST_DAY} -> 2028-01-01, then review",
    ]
    assert repr(plan).endswith(f": {A} chat, events: until 2028-01-01, then review>")
    plan.save(file)
    for approval, said in (
        (None, "plan: a date comes nearer only with a second signer (expected --approval FILE)"),
        (str(tmp_path / "none"), "plan: a date comes nearer only with a second signer (expected --approval FILE)"),
    ):  # fmt: skip
        call = lambda given=approval: store.shorten_retention(file, approval=given)  # noqa: E731
        assert problem(RetentionError, call) == said
    assert {row.keep_until for row in store.dates() if row.archive_id == A} == {LAST_DAY}
    done = store.shorten_retention(str(file), approval=signed(key, file))
    assert done.kept_until == {"chat": EARLIER, "events": EARLIER}
    again = lambda: store.shorten_retention(file, approval=signed(key, file))  # noqa: E731
    assert problem(PlanError, again).startswith("plan: was applied already: line ")


def test_a_plan_of_the_library_is_applied_by_the_command(
    life: Life, store: archive_tool.Store, tmp_path: Path
) -> None:
    key, ours, theirs = second_custodian(life), tmp_path / "ours.json", tmp_path / "theirs.json"
    places = ["--store", life.store, "--vault", life.vault_folder]
    until = ["--archive", A, "--until", "2028-01-01", "--reason", WHY]
    plan = store.plan_shortening(A, until=EARLIER, reason=WHY)
    planned = command("retention", "shorten", *places, *until, "--plan", theirs)
    assert planned.out.startswith(f"{plan}\nplan ")
    plan.save(ours)
    applied = ["--apply", ours, "--approval", signed(key, ours)]
    assert command("retention", "shorten", *places, *applied).code == 0
    assert {row.keep_until for row in store.dates() if row.archive_id == A} == {EARLIER}


def test_what_cannot_be_changed_is_said(
    life: Life, store: archive_tool.Store, tmp_path: Path
) -> None:
    wrong: Any = "2040-01-01"
    said: dict[str, Any] = {"until": LATER, "reason": WHY}
    closed = archive_tool.open_store(life.store)
    ways: list[tuple[type[ArchiveToolError], Callable[[], object], str]] = [
        (RetentionError, lambda: store.extend_retention(A, until=EARLIER, reason=WHY), f"{A}: a date would come nearer, or something else would happen then (expected a later day than {LAST_DAY})"),
        (PlanError, lambda: store.extend_retention(A, until=LAST_DAY, reason=WHY), "plan: changes nothing"),
        (UsageError, lambda: store.extend_retention(A, until=wrong, reason=WHY), "until: is no moment (expected a date, or a moment with its zone)"),
        (UsageError, lambda: store.extend_retention(A, until=datetime(2040, 1, 1), reason=WHY), "until: the date has no time zone (expected UTC)"),
        (UsageError, lambda: store.extend_retention(A, types="sync", **said), "type: has no date in this archive (expected chat, events)"),
        (UsageError, lambda: store.plan_shortening(A, action="burn", **said), "action: is no action (expected destroy, downgrade, review)"),
        (UsageError, lambda: store.plan_shortening(A, action=7, **said), "action: is no action (expected destroy, downgrade, review)"),  # type: ignore[arg-type]
        (PlanError, lambda: store.shorten_retention(tmp_path / "none", approval=None), "none: there is no such file (expected the file that --plan wrote)"),
        (UsageError, lambda: store.acknowledge_lost_lines(reason=WHY), "audit log: no line is missing that this vault knows of"),
    ]  # fmt: skip
    for kind, call, message in ways:
        assert problem(kind, call) == message
    with pytest.raises(UsageError, match=r"^reason: "):
        store.extend_retention(A, until=LATER, reason="")
    with pytest.raises(FormatError):
        store.extend_retention("20261120-zzz", until=LATER, reason=WHY)
    for needs in (
        lambda: closed.extend_retention(A, until=LATER, reason=WHY),
        lambda: closed.plan_shortening(A, until=EARLIER, reason=WHY),
        lambda: closed.shorten_retention(tmp_path / "x", approval=None),
        lambda: closed.acknowledge_lost_lines(reason=WHY),
    ):
        assert problem(VaultError, needs) == "vault: this needs the vault"


def test_lost_lines_are_acknowledged_and_told_each_time(
    life: Life, store: archive_tool.Store
) -> None:
    log = life.store / "audit" / "log.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:2]))
    (life.store / "audit" / "head.json").unlink()
    with pytest.raises(IntegrityError, match=r"^audit log, line 3: is missing"):
        store.audit()
    done = store.acknowledge_lost_lines(reason="the disk broke", now=NOW)
    lost = "lost: line 3 at most, acknowledged on 2026-11-20 in line 3: the disk broke"
    assert repr(done) == f"<Acknowledged {lost}>"
    whole = "whole but for lost lines: 3 lines, compared with 3 checkpoints"
    assert str(store.audit()) == f"{whole}\n{lost}"
    verify = ["audit", "verify", "--store", life.store, "--vault", life.vault_folder]
    assert command(*verify).out == f"{store.audit()}\n"
