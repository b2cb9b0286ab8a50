"""A copy for one person does not name those who were erased and whose mentions a hold keeps."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from archive_tool.lifecycle.audit_log import log_file
from archive_tool.lifecycle.subjects import roster
from archive_tool.lifecycle.subjects.access import access
from tests.support.archives import NOW, event
from tests.support.erasing import LATER, apply, hold, planned
from tests.support.lives import Life, begin

if TYPE_CHECKING:
    from pathlib import Path

A, B = "20261120-aaa", "20261120-bbb"
ROOM = {"roomId": "room-1", "experimentId": "e"}
NESTED = {"partner": "ann", "said": "with ann, so was Ottoline Ashe", "count": 3}


@pytest.fixture
def life(tmp_path: Path) -> Life:
    made = begin(tmp_path)
    made.add(
        A,
        {
            ("events", "ann"): [event(1, "ann")],
            ("chat", "ann"): [{"messageId": "m1", "senderId": "ann", "senderName": "Ottoline Ashe"}],
            ("events", "bob"): [event(2, "bob", response=json.dumps(NESTED))],
            ("chat", "bob"): [
                {"messageId": "m2", "senderId": "bob", "content": "ann is Ottoline", **ROOM},
            ],
        },
    )  # fmt: skip
    return made


def test_of_an_archive_that_is_not_whole_nothing_is_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it said of the person was counted, and lay there, while the list of files did not name it."""
    monkeypatch.setattr(roster, "rows_of_people", lambda *_: [{"participantId": "ann"}])
    life = begin(tmp_path)
    life.add(
        A, {("events", "ann"): [event(1, "ann")]}, recordings={("ann", "a.webm"): b"film" * 99}
    )
    life.add(B, {("events", "ann"): [event(2, "ann")]})
    (film,) = (life.folder(A) / "data" / "media").iterdir()
    film.write_bytes(film.read_bytes()[:-9])
    done = access(life.store, life.vault, "ann", to=tmp_path / "copy", now=LATER)
    assert [item.archive for item in done.unreadable] == [A]
    assert (done.rows, done.recordings) == ({"events": 1, "participants": 1}, 0)
    there = sorted(path for path in (tmp_path / "copy").rglob("*") if path.is_file())
    assert there == sorted(done.files)


def test_what_the_log_cannot_say_is_not_handed_out(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(log_file, "append", full)
    with pytest.raises(OSError, match="No space left"):
        access(life.store, life.vault, "ann", to=tmp_path / "copy", now=LATER)
    assert not (tmp_path / "copy").exists()


def copy_of(life: Life, who: str, data_type: str, column: str) -> Any:
    """What stands in the one row of a table that is handed out, with the rows to be reviewed."""
    to = life.store.parent / f"for-{who}"
    access(life.store, life.vault, who, to=to, now=LATER)
    (row,) = json.loads((to / A / f"{data_type}.json").read_text())["data"]
    doubts = json.loads((to / "to-review.json").read_text())
    counted = {(one["type"], one["column"]): one["rows"] for one in doubts if one["rows"]}
    return row[column], counted[data_type, column]


def test_whoever_is_erased_is_not_named_in_a_row_that_a_hold_keeps(life: Life) -> None:
    hold(life, ids=["bob"], vault=life.vault)
    apply(life, planned(life, "ann", rewrite_mentions=True), ("ann",))
    told = {"partner": "[other person]", "said": "with [other person], so was [other person]"}
    assert copy_of(life, "bob", "events", "response") == ({**told, "count": 3}, 1)


def test_nor_in_the_talk_beside_it(life: Life) -> None:
    hold(life, ids=["bob"], vault=life.vault)
    apply(life, planned(life, "ann", rewrite_mentions=True), ("ann",))
    assert copy_of(life, "bob", "chat", "content") == ("[other person] is [other person]", 1)


def test_a_name_that_the_person_has_as_well_stays(life: Life) -> None:
    own = {"messageId": "m3", "senderId": "bob", "senderName": "Ottoline Ashe"}
    life.add(B, {("chat", "bob"): [{**own, "content": "I, Ottoline Ashe, met ann"}]})
    hold(life, ids=["bob"], vault=life.vault)
    apply(life, planned(life, "ann", rewrite_mentions=True), ("ann",))
    to = life.store.parent / "out"
    access(life.store, life.vault, "bob", to=to, now=LATER)
    (row,) = json.loads((to / B / "chat.json").read_text())["data"]
    assert row["content"] == "I, Ottoline Ashe, met [other person]"


def test_an_id_in_a_document_is_taken_out_where_mentions_were_left_in(life: Life) -> None:
    apply(life, planned(life, "ann"))
    response, rows = copy_of(life, "bob", "events", "response")
    assert (response["partner"], response["count"], rows) == ("[other person]", 3, 1)
    assert response["said"].startswith("with [other person], so")


def test_so_is_the_id_of_somebody_whose_rows_are_in_another_archive(life: Life) -> None:
    told = {"partner": "cy", "answer": "7", "own": "bob"}
    life.add(B, {("events", "cy"): [event(3, "cy")], ("events", "7"): [event(4, "7")]})
    rows = {("events", "dan"): [event(5, "dan", response=json.dumps({**told, "own": "dan"}))]}
    life.add("20261120-ccc", rows)
    to = life.store.parent / "out"
    access(life.store, life.vault, "dan", to=to, now=NOW)
    (row,) = json.loads((to / "20261120-ccc" / "events.json").read_text())["data"]
    assert row["response"] == {"partner": "[other person]", "answer": "7", "own": "dan"}


def test_the_own_id_stays_however_it_is_padded(life: Life) -> None:
    told = {"partner": "bob", "me": " dan ", "i": "prolific_ dan"}
    life.add(B, {("events", "dan"): [event(5, "dan", response=json.dumps(told))]})
    to = life.store.parent / "out"
    access(life.store, life.vault, "dan", to=to, now=NOW)
    (row,) = json.loads((to / B / "events.json").read_text())["data"]
    assert row["response"] == {**told, "partner": "[other person]"}
