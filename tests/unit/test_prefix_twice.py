"""A script that adds ``prolific_`` to ids that have it, or blanks, makes no second person of anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archive_tool.keys import SubjectState
from archive_tool.pipeline.first_pass.parking import Parking
from archive_tool.pipeline.store import open_store
from tests.support.pipelines import NOW, Lab, keep_all, lab, pseudonymize_all

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.pipeline.created import Created

IDS = ("5f3ab7", "prolific_5f3ab7", "prolific_prolific_5f3ab7")


def made_of(tmp_path: Path, ids: tuple[str, ...], policy: object) -> tuple[Lab, Created]:
    chat = [
        {"messageId": f"m{number}", "roomId": "room_a1", "senderId": who, "content": "hello"}
        | {"timestamp": f"2026-03-02T10:00:0{number}Z", "onset": number}
        for number, who in enumerate(ids)
    ]
    (tmp_path / "chat.json").write_bytes(json.dumps(chat).encode())
    own = lab(tmp_path)
    return own, own.create(tmp_path / "chat.json", policy=policy())  # type: ignore[operator]


@pytest.mark.parametrize("policy", [keep_all, pseudonymize_all])
def test_an_id_with_its_prefix_twice_is_the_same_person(tmp_path: Path, policy: object) -> None:
    own, made = made_of(tmp_path, IDS, policy)
    store = open_store(own.store, vault=own.vault)
    assert {sum(place.rows for place in store.find(who).places) for who in IDS} == {3}
    codes = set(own.open(made).read("chat")["senderId"].to_pylist())
    assert len(codes) == (3 if policy is keep_all else 1)


@pytest.mark.parametrize(
    "ids",
    [
        ("ann", " ann\t", "bob"),
        (" ann ", "  ann", "bob"),
        ("prolific_ ann", "prolific_ann ", "bob"),
        (4 * "prolific_" + "ann", 2 * "prolific_ " + "ann", "bob"),
    ],
)
def test_blanks_around_an_id_hide_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ids: tuple[str, ...]
) -> None:
    monkeypatch.setattr(Parking, "buckets", 64)  # rows of one person wait together
    own, made = made_of(tmp_path, ids, keep_all)
    archive, store = own.open(made), open_store(own.store, vault=own.vault)
    assert archive.read("chat")["senderId"].to_pylist().count("bob") == 1
    assert len(archive.entries("chat")) == 2
    for who in ("ann", " ann "):
        assert [(place.rows, place.files) for place in store.find(who).places] == [(2, 1)]
    store.erase(store.plan_erasure("ann", now=NOW), now=NOW)
    assert own.open(made).read("chat")["senderId"].to_pylist() == ["bob"]


def test_blanks_around_an_id_do_not_keep_a_withdrawal_from_being_counted(tmp_path: Path) -> None:
    chat = [
        {"messageId": f"m{who}", "roomId": "room_a1", "senderId": who, "content": "hello"}
        | {"timestamp": "2026-03-02T10:00:00Z", "onset": 0}
        for who in (" ann ", "bob")
    ]
    (tmp_path / "chat.json").write_bytes(json.dumps(chat).encode())
    own = lab(tmp_path)
    made = own.create(tmp_path / "chat.json", policy=keep_all(), withdrawn=["ann"])
    assert own.open(made).read("chat")["senderId"].to_pylist() == ["bob"]
    assert made.people_left_out == 1
    assert own.vault.subject_state("ann") is SubjectState.UNKNOWN
