"""What ``extra`` keeps of a column leaves only where the column leaves: names, ids, clocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.anonymize import plan
from archive_tool.errors import DisclosureError
from archive_tool.model.policy import Accepted
from archive_tool.policy import parse
from tests.support.pipelines import keep_all, lab, pseudonymize_all

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.model.policy import Policy

ROOM, PERSON = "room_hsk27ab", "TACCk1fxO441XERp"
SECRETS = (
    "Annabelle",
    "Vanderbilt",
    "kWy7V9BIiEVUcZUP",
    "ZGjW72G92Jh45Wmd",
    "W10",
    "20260302",
    "hsk99zz",
)
"""In places of columns that do not leave, and nowhere else."""

ACCEPTED = [
    Accepted(code=f"VALUE-NOT-A-{kind}", because="a test") for kind in ("TEXT", "TIME", "NUMBER")
]


def message(number: int, **more: Any) -> dict[str, Any]:
    row = {"messageId": f"m{number}", "roomId": ROOM, "senderId": PERSON, "content": "hello"}
    return row | {"timestamp": f"2026-03-02T10:00:0{number}Z", "onset": number} | more


def bundle(folder: Path) -> Path:
    """Names that are no texts, clocks that are none, and second ids of the same row."""
    chat = [
        message(1, senderName=["Annabelle", "Quist"], mood="new"),
        message(2, senderName={"last": "Vanderbilt"}, timestamp=20260302),
        message(3, senderId={"_id": "kWy7V9BIiEVUcZUP"}, timestamp="2026-W10-1"),
    ]
    sync = (
        "metricId,roomId,Room ID,participantId,Participant ID,timestamp,onset,latency\r\n"
        f"s1,{ROOM},room_hsk99zz,{PERSON},ZGjW72G92Jh45Wmd,2026-03-02T10:00:01Z,1,some\r\n"
    )
    to = folder / "bundle"
    to.mkdir()
    (to / "chat.json").write_bytes(json.dumps(chat).encode())
    (to / "sync.csv").write_bytes(sync.encode())
    return to


def extracted(folder: Path, policy: Policy) -> str:
    own = lab(folder)
    made = own.create(bundle(folder), policy=policy, accept=ACCEPTED)
    to = own.extracted(made, "ndjson")
    return "".join(path.read_bytes().decode() for path in sorted(to.iterdir()))


def test_all_of_it_leaves_where_its_columns_do(tmp_path: Path) -> None:
    text = extracted(tmp_path, keep_all())
    assert [secret for secret in SECRETS if secret not in text] == []


@pytest.mark.parametrize("time", ["relative", "shift"])
def test_none_of_it_leaves_where_its_columns_do_not(tmp_path: Path, time: str) -> None:
    text = extracted(tmp_path, pseudonymize_all(time))
    assert [secret for secret in SECRETS if secret in text] == []
    assert '"mood":"new"' in text
    assert '"latency":"some"' in text  # a figure that is kept


def test_names_that_are_dropped_are_not_kept_beside(tmp_path: Path) -> None:
    """The policy keeps all else, and unknown fields as they are."""
    text = keep_all().text.replace('"name" = "keep"', '"name" = "drop"')
    found = extracted(tmp_path, parse(text, where="no names"))
    assert [secret for secret in SECRETS if secret not in found] == ["Annabelle", "Vanderbilt"]
    assert '"mood":"new"' in found


def test_the_gate_knows_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "hidden_columns", lambda *_: {})
    with pytest.raises(DisclosureError) as caught:
        extracted(tmp_path, pseudonymize_all())
    hits = {(hit["table"], hit["column"]) for hit in (caught.value.detail or {})["hits"]}
    assert {("chat", "extra.senderName[]"), ("sync", "extra.participantId")} <= hits
