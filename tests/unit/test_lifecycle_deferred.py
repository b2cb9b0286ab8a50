"""Erasures that a hold keeps waiting run when it is released."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.errors import (
    IntegrityError,
    RetentionError,
    VaultError,
)
from archive_tool.keys import Vault
from archive_tool.lifecycle import certificates
from archive_tool.lifecycle.applying import rekey, sweep
from archive_tool.lifecycle.dates import releasing
from archive_tool.lifecycle.mentioned import mentions
from archive_tool.lifecycle.planning import sweep_plan
from archive_tool.lifecycle.subjects import where as subjects
from archive_tool.policy import parse, policy_text
from tests.support.archives import event
from tests.support.commands import command
from tests.support.erasing import LATER, apply, hold, planned, release
from tests.support.lives import DUE, Life, begin, usual
from tests.support.pipelines import lab
from tests.support.refusing import problem

if TYPE_CHECKING:
    from pathlib import Path


A, B, C = "20261120-aaa", "20261120-bbb", "20261120-ccc"


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def test_a_hold_on_a_person_keeps_everything_and_its_release_erases(life: Life) -> None:
    placed = hold(life, ids=["ann"], vault=life.vault)
    said = problem(RetentionError, lambda: apply(life, planned(life, "ann")))
    assert said == "plan: everybody in the plan is under hold"
    assert verify(life.store, vault=life.vault).rows == 6
    done = release(life, placed)
    assert [item.work.people for item in done.erased] == [1]
    assert done.waiting == 0
    assert verify(life.store, vault=life.vault).rows == 3
    assert problem(VaultError, lambda: subjects.find(life.store, life.vault, ["ann"])) == (
        "vault: the subject was erased"
    )
    body = certificates.read(done.erased[0].certificate, signer=life.vault.public_key)
    assert body["deferred_plan"] != body["plan"]


def test_a_hold_on_an_archive_defers_file_by_file(life: Life) -> None:
    placed = hold(life, archives=[B])
    done = apply(life, planned(life, "ann", "bob"))
    assert (done.work.people, done.work.extra) == (1, {"deferred_by_hold": 1})
    assert [task.archive_id for task in done.work.tasks] == [A]
    assert [item.kind for item in done.work.not_reached][-1] == "hold"
    body = certificates.read(done.certificate, signer=life.vault.public_key)
    assert body["media"]["destination"].endswith("unreadable except for people under hold")
    assert body["sanitization"]["method"] == "purge", "of the one whom nothing holds"
    assert open_archive(life.folder(A), vault=life.vault).read("events").num_rows == 0
    kept = open_archive(life.folder(B), vault=life.vault)
    assert sorted(kept.read("events").column("id").to_pylist()) == ["e5", "e6"]
    assert [item.work.people for item in release(life, placed).erased] == [1]
    left = open_archive(life.folder(B), vault=life.vault)
    assert left.read("events").column("id").to_pylist() == ["e6"]


def test_a_hold_keeps_the_mentions_in_its_files_too(life: Life) -> None:
    placed = hold(life, ids=["bob"], vault=life.vault)
    apply(life, planned(life, "ann", rewrite_mentions=True), ("ann",))
    archive = open_archive(life.folder(A), vault=life.vault)
    assert archive.read("chat").to_pylist()[0]["content"] == "hello ann, annotate it"
    note = next((life.store / "state" / "deferred").iterdir()).read_bytes()
    assert re.search(rb"\bann\b", note) is None  # sealed text has such letters now and then
    assert release(life, placed).waiting == 0
    archive = open_archive(life.folder(A), vault=life.vault)
    assert archive.read("chat").to_pylist()[0]["content"] == "hello [erased], annotate it"


def test_names_are_known_still_when_the_last_hold_is_released(tmp_path: Path) -> None:
    life = begin(tmp_path)
    hello = {"messageId": "m1", "senderId": "bob", "content": "Anna Berg? Anna!", "roomId": "r"}
    said = {"messageId": "m2", "senderId": "ann", "senderName": "Anna Berg", "roomId": "r"}
    life.add(A, {("chat", "bob"): [hello], ("chat", "ann"): [said]})
    first, second = (hold(life, ids=["bob"], vault=life.vault) for _ in range(2))
    apply(life, planned(life, "ann", rewrite_mentions=True), ("ann",))
    note = next((life.store / "state" / "deferred").iterdir()).read_bytes()
    assert b"Anna" not in note
    assert release(life, first).waiting == 1
    assert release(life, second).waiting == 0
    left = open_archive(life.folder(A), vault=life.vault).read("chat")
    assert left["content"].to_pylist() == ["[erased]? [erased]!"]


def test_a_certificate_of_files_alone_claims_no_destroyed_key(life: Life) -> None:
    hold(life, archives=[B])
    done = apply(life, planned(life, "ann"))
    assert (done.work.people, done.work.key_ids) == (0, [])
    body = certificates.read(done.certificate, signer=life.vault.public_key)
    assert body["media"]["classification_after"] == (
        "of what was destroyed: none, no key opens it; "
        "of people under hold: personal data, their keys stay"
    )
    assert body["sanitization"]["method"] == "removal of files only"
    assert body["sanitization"]["technique"] == "removal of the files: a hold keeps the keys"
    assert body["sanitization"]["verification"] == "no key was destroyed, so none was asked for"
    assert body["cryptographic_erase"]["key_sanitization"] == "none: no key was destroyed"
    page = done.certificate.with_suffix(".html").read_text(encoding="utf-8")
    assert "· files of people who withdrew were removed; a hold keeps their keys ·" in page


def test_a_release_without_the_vault_leaves_it_noted_for_the_next_erasure(life: Life) -> None:
    placed = hold(life, ids=["ann"], vault=life.vault)
    problem(RetentionError, lambda: apply(life, planned(life, "ann")))
    assert release(life, placed, vault=False).waiting == 1
    assert verify(life.store, vault=life.vault).rows == 6
    apply(life, planned(life, "bob"))
    assert verify(life.store, vault=life.vault).rows == 1
    assert list((life.store / "state" / "deferred").iterdir()) == []


def test_an_erasure_that_nothing_holds_any_more_is_due_and_runs_with_a_sweep(life: Life) -> None:
    placed = hold(life, ids=["ann"], vault=life.vault)
    problem(RetentionError, lambda: apply(life, planned(life, "ann")))
    sweep = ("sweep", "--store", life.store, "--vault", life.vault_folder, "--as-of", "2026-11-21")
    plan = life.store.parent / "sweep.json"
    assert command(*sweep, "--check").code == 0
    release(life, placed, vault=False)
    asked = command(*sweep, "--check", "--plan", plan)
    assert asked.code == 14
    assert "\n1 erasure that no hold keeps any more: run when the plan is applied\n" in asked.out
    done = command(*sweep, "--apply", plan)
    assert done.code == 0
    assert re.fullmatch(r"erased    1 person, as was asked for before: \S+\n", done.out)
    assert verify(life.store, vault=Vault.open(life.vault_folder)).rows == 3
    assert command(*sweep, "--check", "--json").json["erasures"] == 0


def test_it_waits_for_no_archive_that_is_due_and_under_hold(life: Life) -> None:
    """Else a hold on one archive would keep every erasure of the store, night after night."""
    life.add(C, {("events", "cy"): [event(9, "cy")]}, last=DUE.date())
    hold(life, archives=[A])
    placed = hold(life, archives=[C])
    problem(RetentionError, lambda: apply(life, planned(life, "cy")))
    release(life, placed, vault=False)
    plan = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=LATER)
    assert (len(plan.held), plan.ready, plan.erasures) == (1, [], 1)
    done = sweep.apply(life.store, life.vault, plan, as_of=DUE, now=LATER)
    assert done.destroyed is None
    assert [item.work.people for item in done.erased] == [1]
    again = sweep_plan.plan(life.store, life.vault, as_of=DUE, now=LATER)
    said = problem(
        RetentionError, lambda: sweep.apply(life.store, life.vault, again, as_of=DUE, now=LATER)
    )
    assert said == "plan: everything that is due is under hold"


def test_two_holds_are_released_one_after_the_other(life: Life) -> None:
    first, second = hold(life, archives=[A]), hold(life, ids=["ann"], vault=life.vault)
    problem(RetentionError, lambda: apply(life, planned(life, "ann")))
    done = release(life, first)
    assert (done.erased, done.waiting) == ((), 1)
    assert verify(life.store, vault=life.vault).rows == 6
    assert release(life, second).waiting == 0
    assert verify(life.store, vault=life.vault).rows == 3


def test_a_renewal_of_keys_in_between_forgets_nobody(life: Life, tmp_path: Path) -> None:
    placed = hold(life, ids=["bob"], vault=life.vault)
    apply(life, planned(life, "ann", "bob", rewrite_mentions=True), ("ann", "bob"))
    path = tmp_path / "new.txt"
    vault = rekey.rekey(life.store, life.vault, identity_out=path, now=LATER).vault
    released = releasing.release(life.store, placed.id, reason="over", now=LATER, vault=vault)
    assert (released.waiting, [item.work.people for item in released.erased]) == (0, [1])
    assert verify(life.store, vault=Vault.open(life.vault_folder, identity=path)).rows == 1


def test_an_edited_note_of_a_deferred_erasure_is_16(life: Life) -> None:
    placed = hold(life, ids=["ann"], vault=life.vault)
    problem(RetentionError, lambda: apply(life, planned(life, "ann")))
    note = next((life.store / "state" / "deferred").iterdir())
    note.write_bytes(note.read_bytes().replace(placed.id.encode(), b"H-0000000000000000"))
    said = problem(IntegrityError, lambda: release(life, placed))
    assert said == f"deferred/{note.name}: the signature does not fit what it signs"


def said(number: int, who: str, to: list[str]) -> dict[str, Any]:
    return {
        "messageId": f"m{number}", "senderId": who, "content": "hello", "recipientIds": to,
        "roomId": "r", "experimentId": "e", "onset": number, "messageType": "text",
        "timestamp": f"2026-03-01T10:00:0{number}.000Z",
    }  # fmt: skip


def test_a_held_file_that_names_a_random_code_is_rewritten_at_the_release(tmp_path: Path) -> None:
    made = lab(tmp_path)
    text = policy_text("pseudonymize").replace('codes = "derived"', 'codes = "random"')
    policy = parse(text.replace('"study"', '"release"'), where="t")
    (tmp_path / "chat.json").write_text(json.dumps([said(1, "ann", []), said(2, "bob", ["ann"])]))
    archive = made.open(made.create(tmp_path / "chat.json", policy=policy))
    (code,) = mentions.random_codes(made.vault, archive, ["ann"])
    life = Life(made.store, made.vault.folder)

    def named() -> bool:
        chat = open_archive(archive.path, vault=life.vault).read("chat")
        return any(code in (text or "") for text in chat["recipientIds"].to_pylist())

    assert named()
    placed = hold(life, ids=["bob"], vault=life.vault)
    path = planned(life, "ann", rewrite_mentions=True)
    apply(life, path, ("ann",))
    assert named()
    release(life, placed)
    assert not named()
