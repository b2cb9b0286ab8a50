"""A script that adds ``prolific_`` to ids that have it makes no second person of anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archive_tool.pipeline.store import open_store
from tests.support.pipelines import keep_all, lab, pseudonymize_all

if TYPE_CHECKING:
    from pathlib import Path

IDS = ("5f3ab7", "prolific_5f3ab7", "prolific_prolific_5f3ab7")


@pytest.mark.parametrize("policy", [keep_all, pseudonymize_all])
def test_an_id_with_its_prefix_twice_is_the_same_person(tmp_path: Path, policy: object) -> None:
    chat = [
        {"messageId": f"m{number}", "roomId": "room_a1", "senderId": who, "content": "hello"}
        | {"timestamp": f"2026-03-02T10:00:0{number}Z", "onset": number}
        for number, who in enumerate(IDS)
    ]
    (tmp_path / "chat.json").write_bytes(json.dumps(chat).encode())
    own = lab(tmp_path)
    made = own.create(tmp_path / "chat.json", policy=policy())  # type: ignore[operator]
    store = open_store(own.store, vault=own.vault)
    assert {sum(place.rows for place in store.find(who).places) for who in IDS} == {3}
    codes = set(own.open(made).read("chat")["senderId"].to_pylist())
    assert len(codes) == (3 if policy is keep_all else 1)
