"""Older revisions come back: what was taken out of the rows of others is taken out again."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.archive.verify import verify
from archive_tool.keys import Vault
from archive_tool.lifecycle.applying import erase, rekey, sweep
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.audit_log.acknowledging import acknowledge
from archive_tool.lifecycle.dates import holds, terms
from archive_tool.lifecycle.mentioned import erased_words, mentions
from archive_tool.lifecycle.planning import erase_plan, plans, sweep_items, sweep_plan
from archive_tool.policy import parse, policy_text
from tests.support.archives import NOW, event
from tests.support.lives import Life, usual
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan

A, B = "20261120-aaa", "20261120-bbb"
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return usual(tmp_path)


def erased(life: Life, *ids: str) -> None:
    path = life.store.parent / "erase.json"
    plan = erase_plan.plan(life.store, life.vault, ids, rewrite_mentions=True, now=NOW)
    plans.save(plan, path)
    erase.apply(life.store, life.vault, path, ids=ids, now=LATER)


def put_back(life: Life, copy: Path, archive_id: str = A) -> None:
    shutil.rmtree(life.folder(archive_id))
    shutil.copytree(copy, life.folder(archive_id))


def planned(life: Life, vault: Vault | None = None) -> SweepPlan:
    return sweep_plan.plan(life.store, vault or life.vault, as_of=NOW, now=LATER)


def swept(life: Life, vault: Vault | None = None) -> None:
    path = life.store.parent / "sweep.json"
    plans.save(planned(life, vault), path)
    sweep.apply(life.store, vault or life.vault, path, as_of=NOW, now=LATER)


def chat(life: Life) -> str:
    return str(open_archive(life.folder(A), vault=life.vault).read("chat")["content"][0])


def test_a_sweep_takes_the_erased_out_of_an_older_revision_without_their_ids(
    life: Life, tmp_path: Path
) -> None:
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    erased(life, "ann")
    put_back(life, copy)
    assert chat(life) == "hello ann, annotate it"
    (item,) = planned(life).items
    assert (item.archive, item.why, item.named, item.files) == (
        A, sweep_items.HOLDS_ERASED, 2, 1,
    )  # fmt: skip
    swept(life)
    archive = open_archive(life.folder(A), vault=life.vault)
    assert chat(life) == "hello [erased], annotate it"
    assert archive.read("chat").to_pylist()[0]["recipientIds"] == '["[erased]","cy"]'
    assert archive.read("events").to_pylist()[0]["response"] == '{"partner":"[erased]"}'
    assert [a.older for a in verify(life.store, vault=life.vault).archives] == [False, False]
    assert archive.manifest.revision == life.vault.newest_revision(A) == 4
    assert (planned(life).items, planned(life).decisions) == ([], [])
    stone = json.loads(max((life.store / "state" / "tombstones").iterdir()).read_bytes())
    assert "ann" not in json.dumps(stone)
    audit.verify(life.store, vault=life.vault)


def test_a_second_erasure_is_repeated_with_the_first(life: Life, tmp_path: Path) -> None:
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    erased(life, "ann")
    erased(life, "cy", "bob")
    put_back(life, copy)
    swept(life)
    assert open_archive(life.folder(A), vault=life.vault).index == ()
    assert planned(life).decisions == []


def test_dates_that_were_changed_since_still_wait_for_a_human(life: Life, tmp_path: Path) -> None:
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    erased(life, "ann")
    change = terms.plan(life.store, life.vault, A, until=date(2040, 1, 1), reason="r", now=LATER)
    terms.extend(life.store, life.vault, change, now=LATER)
    put_back(life, copy)
    swept(life)
    assert chat(life) == "hello [erased], annotate it"
    assert [(d.archive, d.action) for d in planned(life).decisions] == [(A, "restored")]
    assert planned(life).items == []


def test_a_whole_store_and_a_vault_from_before_learn_the_words_again(
    life: Life, tmp_path: Path
) -> None:
    """The record of erasures beside the identity, or on this machine, has them too."""
    store = shutil.copytree(life.store, tmp_path / "backup")
    drawer = shutil.copytree(life.vault_folder, tmp_path / "drawer")
    erased(life, "ann")
    shutil.rmtree(life.store)
    shutil.copytree(store, life.store)
    acknowledge(life.store, life.vault, reason="back from a copy", now=LATER)
    (item,) = (i for i in planned(life).items if i.named)
    assert (item.archive, item.named) == (A, 2)
    swept(life)
    assert chat(life) == "hello [erased], annotate it"
    assert Vault.open(drawer).words == life.vault.words


def test_words_of_an_erasure_that_never_came_to_be_do_not_count(life: Life) -> None:
    path = life.store.parent / "erase.json"
    plans.save(erase_plan.plan(life.store, life.vault, ["bob"], now=NOW), path)
    erase.apply(life.store, life.vault, path, now=LATER)
    life.add("20261120-ccc", {("events", "cy"): [event(1, "cy", response='{"partner":"ann"}')]})
    vault = life.vault
    archive = open_archive(life.folder("20261120-ccc"), vault=vault)
    erased_words.note(vault, [archive], ["ann"], {})
    vault.note_revision(archive.archive_id, 2)
    vault.save(NOW)
    assert len(vault.words) == 4
    assert planned(life).items == []


def test_a_hold_keeps_a_file_that_came_back_as_it_is(life: Life, tmp_path: Path) -> None:
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    erased(life, "ann")
    put_back(life, copy)
    placed = holds.place(
        life.store, reason="r", owner="o", ids=["bob"], vault=life.vault, now=LATER
    )
    (item,) = planned(life).items
    assert (item.why, item.named) == (sweep_items.HOLDS_ERASED, 0)
    swept(life)
    assert chat(life) == "hello ann, annotate it"
    holds.release(life.store, placed.id, reason="over", now=LATER)
    swept(life)
    assert chat(life) == "hello [erased], annotate it"


def test_words_outlive_a_renewal_of_the_keys(life: Life, tmp_path: Path) -> None:
    erased(life, "ann")
    done = rekey.rekey(life.store, life.vault, identity_out=tmp_path / "new.txt", now=LATER)
    assert len(done.vault.words) == 4


def test_random_codes_are_taken_out_again(tmp_path: Path) -> None:
    made = lab(tmp_path)
    text = policy_text("pseudonymize").replace('codes = "derived"', 'codes = "random"')
    policy = parse(text.replace('"study"', '"release"'), where="t")
    said = [
        {
            "messageId": f"m{n}", "senderId": who, "content": "hello", "recipientIds": to,
            "roomId": "r", "experimentId": "e", "onset": n, "messageType": "text",
            "timestamp": f"2026-03-01T10:00:0{n}.000Z",
        }
        for n, (who, to) in enumerate([("ann", []), ("bob", ["ann"])])
    ]  # fmt: skip
    (tmp_path / "chat.json").write_text(json.dumps(said))
    archive = made.open(made.create(tmp_path / "chat.json", policy=policy))
    (code,) = mentions.random_codes(made.vault, archive, ["ann"])
    life = Life(made.store, made.vault.folder)
    copy = shutil.copytree(archive.path, tmp_path / "copy")
    erased(life, "ann")
    put_back(life, copy, archive.archive_id)

    def named() -> bool:
        rows = open_archive(archive.path, vault=life.vault).read("chat")
        return any(code in (text or "") for text in rows["recipientIds"].to_pylist())

    assert named()
    swept(life)
    assert not named()


def test_a_code_in_a_scrubbed_text_becomes_one_word_in_brackets(tmp_path: Path) -> None:
    made = lab(tmp_path)
    row = {
        "messageId": "m1", "senderId": "ann", "content": "hello", "recipientIds": [],
        "roomId": "r", "experimentId": "e", "onset": 1, "messageType": "text",
        "timestamp": "2026-03-01T10:00:01.000Z",
    }  # fmt: skip
    told = {**row, "messageId": "m2", "senderId": "bob", "content": "so ann[bob] left, ann did"}
    (tmp_path / "chat.json").write_text(json.dumps([row, told]))
    archive = made.open(made.create(tmp_path / "chat.json", policy="pseudonymize"))
    life = Life(made.store, made.vault.folder)
    copy = shutil.copytree(archive.path, tmp_path / "copy")

    def text() -> str:
        rows = open_archive(archive.path, vault=life.vault).read("chat")
        (found,) = (text for text in rows["content"].to_pylist() if text.startswith("so"))
        return str(found)

    code = text().split("[")[1].split("]")[0]
    assert code.startswith("P-")
    erased(life, "ann")
    assert code not in text()
    assert text().startswith("so [erased]")
    assert text().endswith(" left, [erased] did")
    after = text()
    put_back(life, copy, archive.archive_id)
    swept(life)
    assert text() == after
