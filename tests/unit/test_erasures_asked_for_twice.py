"""An erasure that waits for a hold is noted once, however often it was begun or asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.errors import RetentionError
from archive_tool.lifecycle.applying import destroy
from archive_tool.lifecycle.dates import deferred
from archive_tool.lifecycle.planning import erase_plan, plans
from tests.support.archives import NOW
from tests.support.breaking import Killed
from tests.support.commands import command
from tests.support.erasing import apply, hold, planned, release
from tests.support.lives import Life, begin, usual
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def killed(life: Life, *ids: str) -> None:
    """Begin an erasure that is killed before a key goes; mentions were taken out by then."""
    path = planned(life, *ids, rewrite_mentions=True)
    with patch.object(destroy, "run", side_effect=Killed), pytest.raises(Killed):
        apply(life, path, ids)


def test_a_killed_erasure_that_is_planned_again_is_noted_once(life: Life) -> None:
    placed = hold(life, archives=[B])
    killed(life, "ann", "bob")
    assert deferred.count(life.store) == 1
    apply(life, planned(life, "ann", "bob", rewrite_mentions=True), ("ann", "bob"))
    assert deferred.count(life.store) == 1
    assert command("hold", "list", "--store", life.store, "--json").json["waiting"] == 1
    done = release(life, placed)
    assert (done.waiting, [one.work.people for one in done.erased]) == (0, [1])


def test_one_that_was_asked_for_again_as_well(life: Life) -> None:
    placed = hold(life, ids=["ann"], vault=life.vault)
    problem(RetentionError, lambda: apply(life, planned(life, "ann")))
    path = life.store.parent / "again.json"
    later = NOW + timedelta(seconds=1)
    plans.save(erase_plan.plan(life.store, life.vault, ["ann"], now=later), path)
    problem(RetentionError, lambda: apply(life, path))
    assert deferred.count(life.store) == 1
    assert release(life, placed).waiting == 0


def test_the_same_plan_applied_again_waits_as_before(life: Life) -> None:
    placed = hold(life, ids=["ann"], vault=life.vault)
    path = planned(life, "ann")
    for _ in range(2):
        problem(RetentionError, lambda: apply(life, path))
        assert deferred.count(life.store) == 1
    release(life, placed)
    assert open_archive(life.folder(A), vault=life.vault).erased == 1


def test_another_one_that_waits_is_not_forgotten(life: Life) -> None:
    """Of other people, and of the words of the same people."""
    placed = hold(life, archives=[A, B])
    for ids, rewrite, waiting in (
        (["bob"], False, 1),
        (["ann"], True, 2),
        (["ann", "bob"], False, 2),
    ):
        path = planned(life, *ids, rewrite_mentions=rewrite)
        problem(RetentionError, lambda path=path, ids=ids: apply(life, path, tuple(ids)))
        assert deferred.count(life.store) == waiting
    kept = [(len(one.subjects), bool(one.ids)) for one in deferred.waiting(life.store, life.vault)]
    assert sorted(kept) == [(1, True), (2, False)]  # only the first knows the words of ann
    release(life, placed)
    assert deferred.count(life.store) == 0
    assert open_archive(life.folder(A), vault=life.vault).erased == 2


@pytest.fixture
def named(tmp_path: Path) -> Life:
    """One archive tells a name, the other has it in the words of somebody else."""
    life = begin(tmp_path)
    room = {"roomId": "r", "experimentId": "e"}
    said = {"messageId": "m1", "senderId": "ann", "senderName": "Anna Berg", **room}
    life.add(A, {("chat", "ann"): [said]})
    talk = {"messageId": "m2", "senderId": "bob", "content": "is it Anna Berg?", **room}
    plain = {"messageId": "m3", "senderId": "ann", "content": "it is", **room}
    life.add(B, {("chat", "ann"): [plain], ("chat", "bob"): [talk]})
    return life


def without(life: Life) -> None:
    apply(life, planned(life, "ann", rewrite_mentions=True), ("ann",))


def talk(life: Life) -> list[str]:
    return open_archive(life.folder(B), vault=life.vault).read("chat")["content"].to_pylist()


def test_the_names_that_the_first_one_knew_are_known_still(named: Life) -> None:
    placed = hold(named, archives=[B])
    without(named)
    problem(RetentionError, lambda: without(named))
    assert deferred.count(named.store) == 1
    assert release(named, placed).waiting == 0
    assert talk(named) == ["is it [erased]?"]


def test_also_where_nothing_is_held_any_more(named: Life) -> None:
    placed = hold(named, archives=[B])
    without(named)
    release(named, placed, vault=False)
    without(named)
    assert deferred.count(named.store) == 0
    assert talk(named) == ["is it [erased]?"]


def test_an_erasure_of_others_too_is_another_one(life: Life) -> None:
    placed = hold(life, ids=["ann"], vault=life.vault)
    apply(life, planned(life, "ann", "bob", rewrite_mentions=True), ("ann", "bob"))
    problem(RetentionError, lambda: apply(life, planned(life, "ann")))
    assert deferred.count(life.store) == 2
    assert release(life, placed).waiting == 0


def test_what_a_hold_keeps_in_rows_of_others_is_not_due(life: Life) -> None:
    placed = hold(life, ids=["bob"], vault=life.vault)
    apply(life, planned(life, "ann", rewrite_mentions=True), ("ann",))
    sweep = ("sweep", "--store", life.store, "--vault", life.vault_folder, "--as-of", "2026-11-21")
    assert command(*sweep, "--check").code == 0
    release(life, placed, vault=False)
    assert command(*sweep, "--check").code == 14
