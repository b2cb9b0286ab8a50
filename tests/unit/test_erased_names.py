"""Withdrawal takes out what somebody is called by name as well: in talk, in snapshots, in copies."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool import create
from archive_tool.archive.opening import open_archive
from archive_tool.errors import RetentionError
from archive_tool.lifecycle.applying import erase, sweep
from archive_tool.lifecycle.dates import holds, releasing
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_items, sweep_plan
from archive_tool.lifecycle.subjects import where as subjects
from tests.support.archives import NOW
from tests.support.lives import Life
from tests.support.pipelines import keep_all, lab

if TYPE_CHECKING:
    from pathlib import Path

LATER = NOW + timedelta(minutes=1)
TALK = {
    "m1": ("bob", "r1", "are you the Carla Winter from the course?"),
    "m2": ("bob", "r1", "thanks CARLA, will you write? carla@example.org"),
    "m3": ("carla_7", "r1", "I am Carla"),
    "m4": ("dan", "r2", "Carla is my sister, carla winter is not"),
    "m5": ("erik", "r2", "two of us have one name"),
}
NAMES = {"bob": "Bob Winter", "carla_7": "Carla Winter", "dan": "Carla Dan", "erik": "Carla Winter"}


def said(number: str, who: str, room: str, text: str, to: list[str]) -> dict[str, Any]:
    return {
        "messageId": number, "senderId": who, "senderName": NAMES[who], "content": text,
        "roomId": room, "experimentId": "e", "onset": 1, "messageType": "text",
        "timestamp": "2026-03-01T10:00:00.000Z", "recipientIds": to,
    }  # fmt: skip


def bundle(folder: Path) -> Path:
    made = folder / "bundle"
    made.mkdir()
    chat = [said(key, *words, ["carla_7"]) for key, words in TALK.items()]
    (made / "chat.json").write_text(json.dumps(chat))
    listed = [{"participantId": who, "email": f"{who}@x.org", "isAgent": False} for who in NAMES]
    listed[1]["email"] = "carla@example.org"
    (made / "participants.json").write_text(json.dumps(listed))
    shown = {"participant_name": "Carla Winter", "partner_name": "Bob Winter"}
    components = [
        {"componentId": "c", "componentType": "ShowVideo", "experimentId": "e", "stateId": "s",
         "timestamp": "2026-03-01T10:00:00Z", "onset": 0, "variableSnapshot": shown},
    ]  # fmt: skip
    (made / "components.json").write_text(json.dumps(components))
    return made


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(tmp_path / "memory"))
    place = lab(tmp_path)
    place.create(bundle(tmp_path), policy=keep_all("CONSENT-UNKNOWN"))
    return Life(place.store, place.vault.folder)


def folder(life: Life) -> Path:
    (found,) = (life.store / "archives").iterdir()
    return found


def rows(life: Life, data_type: str, column: str, key: str) -> dict[str, Any]:
    table = open_archive(folder(life), vault=life.vault).read(data_type)
    return dict(zip(*(table.column(name).to_pylist() for name in (key, column)), strict=True))


def erased(life: Life, *ids: str) -> None:
    path = life.store.parent / "erase.json"
    plans.save(erase_plan.plan(life.store, life.vault, ids, rewrite_mentions=True, now=NOW), path)
    erase.apply(life.store, life.vault, path, ids=ids, now=LATER)


def test_find_counts_rows_of_others_that_use_the_name(life: Life) -> None:
    found = subjects.find(life.store, life.vault, ["carla_7"])
    assert {(m.data_type, m.column): m.rows for m in found.mentions} == {
        ("chat", "content"): 3,
        ("chat", "recipientIds"): 4,
        ("components", "variableSnapshot"): 1,
    }


def test_an_erasure_takes_the_name_out_where_it_means_the_person(life: Life) -> None:
    erased(life, "carla_7")
    assert rows(life, "chat", "content", "messageId") == {
        "m1": "are you the [erased] from the course?",
        "m2": "thanks [erased], will you write? [erased]",
        "m4": "Carla is my sister, [erased] is not",
        "m5": "two of us have one name",
    }
    called = rows(life, "chat", "senderName", "messageId")
    assert set(called.values()) == {"Bob Winter", "Carla Dan", "Carla Winter"}
    snapshot = json.loads(rows(life, "components", "variableSnapshot", "componentId")["c"])
    assert snapshot == {"participant_name": "[erased]", "partner_name": "Bob Winter"}


def texts(life: Life) -> list[dict[str, Any]]:
    return [
        rows(life, "chat", "content", "messageId"),
        rows(life, "components", "variableSnapshot", "componentId"),
    ]


def test_a_copy_that_comes_back_loses_the_same_names(life: Life, tmp_path: Path) -> None:
    place, copy = folder(life), tmp_path / "copy"
    shutil.copytree(place, copy)
    erased(life, "carla_7")
    after = texts(life)
    shutil.rmtree(place)
    shutil.copytree(copy, place)
    path = tmp_path / "sweep.json"
    plans.save(sweep_plan.plan(life.store, life.vault, as_of=NOW, now=LATER), path)
    sweep.apply(life.store, life.vault, path, as_of=NOW, now=LATER)
    assert texts(life) == after


def test_a_name_that_was_corrected_is_taken_out_of_the_archive_from_before(
    life: Life, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    chat = [
        {**said("w1", "carla_7", "r1", "hello", []), "senderName": "Crala Witner"},
        said("w2", "bob", "r1", "Carla Winter is here", []),
    ]
    (wrong / "chat.json").write_text(json.dumps(chat))
    made = create(
        wrong, policy=keep_all("CONSENT-UNKNOWN"), store=life.store, vault=life.vault, now=NOW
    )
    erased(life, "carla_7")
    (left,) = open_archive(made.path, vault=life.vault).read("chat").to_pylist()
    assert left["content"] == "[erased] is here"


def test_a_hold_keeps_the_names_and_its_release_takes_them_out(life: Life) -> None:
    placed = holds.place(life.store, reason="r", owner="o", archives=[folder(life).name], now=NOW)
    path = life.store.parent / "erase.json"
    plans.save(
        erase_plan.plan(life.store, life.vault, ["carla_7"], rewrite_mentions=True, now=NOW), path
    )
    with pytest.raises(RetentionError, match="everybody in the plan is under hold"):
        erase.apply(life.store, life.vault, path, ids=["carla_7"], now=LATER)
    assert "Carla Winter" in rows(life, "chat", "content", "messageId")["m1"]
    releasing.release(life.store, placed.id, reason="over", now=LATER, vault=life.vault)
    assert rows(life, "chat", "content", "messageId")["m1"] == (
        "are you the [erased] from the course?"
    )


def test_an_archive_made_of_it_counts_nobody_called_erased(life: Life, tmp_path: Path) -> None:
    erased(life, "carla_7")
    made = create(
        folder(life), policy="pseudonymize", store=tmp_path / "coded", vault=life.vault, now=LATER
    )
    coded = open_archive(made.path, vault=life.vault).read("chat")
    assert set(coded["recipientIds"].to_pylist()) == {'["[erased]"]'}
    assert "arla" not in str(coded["content"].to_pylist()[:2])
    assert (made.consent.unknown, made.people_left_out) == (3, 1)


def test_a_sweep_of_another_store_takes_out_what_the_erasure_did_not_reach(
    life: Life, tmp_path: Path
) -> None:
    other = create(
        tmp_path / "bundle",
        policy="pseudonymize",
        store=tmp_path / "coded",
        vault=life.vault,
        now=NOW,
    )
    code = json.loads(
        open_archive(other.path, vault=life.vault).read("chat")["recipientIds"][0].as_py()
    )
    path = tmp_path / "erase.json"
    plan = erase_plan.plan(life.store, life.vault, ["carla_7"], rewrite_mentions=True, now=NOW)
    assert [item.what for item in plan.not_reached if item.kind == "elsewhere"] == [
        "1 archive of this vault that is not in this store"
    ]
    plans.save(plan, path)
    erase.apply(life.store, life.vault, path, ids=["carla_7"], now=LATER)
    coded = Life(tmp_path / "coded", life.vault_folder)
    decided = sweep_plan.plan(coded.store, coded.vault, as_of=NOW, now=LATER)
    assert [item.why for item in decided.items] == [sweep_items.HOLDS_ERASED]
    plans.save(decided, tmp_path / "sweep.json")
    sweep.apply(coded.store, coded.vault, tmp_path / "sweep.json", as_of=NOW, now=LATER)
    left = open_archive(other.path, vault=coded.vault).read("chat").to_pylist()
    assert {row["recipientIds"] for row in left} == {'["[erased]"]'}
    assert code[0] not in str(left)
    assert sweep_plan.plan(coded.store, coded.vault, as_of=NOW, now=LATER).items == []
