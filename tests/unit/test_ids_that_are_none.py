"""A word that a program writes where it has no id is nobody's id, and no room's."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from archive_tool import validate
from archive_tool.model.findings import Rows
from tests.support.ingesting import Read, page, read
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from pathlib import Path

MESSAGE = {
    "messageId": "m1",
    "roomId": "room_1",
    "senderId": "u1",
    "content": "hello",
    "timestamp": "2024-10-20T14:30:00.000Z",
}
WORDS = [
    "undefined", "null", "None", "NaN", "nan", "NA", "N/A", "[object Object]", " undefined ",
    "prolific_undefined", "prolific_None", "room_undefined",
]  # fmt: skip
IDS = ["nullius", "None of us", "undefined_1", "NANA", "prolific_nan1", "0", "all"]


def as_csv(*rows: dict[str, object]) -> str:
    text = io.StringIO()
    lines = csv.DictWriter(text, list(rows[0]), lineterminator="\n", quoting=csv.QUOTE_ALL)
    lines.writeheader()
    lines.writerows(
        {k: v if isinstance(v, str) else json.dumps(v) for k, v in row.items()} for row in rows
    )
    return text.getvalue()


def both(tmp_path: Path, **values: object) -> tuple[Read, Read]:
    """Read a sound message and one with these values, as CSV and as JSON."""
    sound = dict.fromkeys(values, "x1") | MESSAGE
    rows = (sound, sound | {"messageId": "m2"} | values)
    return (
        read(tmp_path / "csv", {"chat.csv": as_csv(*rows)}),
        read(tmp_path / "json", {"chat.json": json.dumps(rows)}),
    )


@pytest.mark.parametrize("column", ["messageId", "senderId", "roomId"])
@pytest.mark.parametrize("word", WORDS)
def test_a_word_for_nothing_is_a_missing_id(tmp_path: Path, column: str, word: str) -> None:
    for got in both(tmp_path, **{column: word}):
        found = got.found("IDS-UNDEFINED")
        assert (found.column, found.rows) == (column, Rows(count=1, first=(2,)))
        assert column not in got.rows("chat")[1]
        assert got.rows("chat")[0][column] == MESSAGE[column]


@pytest.mark.parametrize("column", ["messageId", "senderId", "roomId"])
@pytest.mark.parametrize("text", IDS)
def test_an_id_that_only_looks_like_one_stays(tmp_path: Path, column: str, text: str) -> None:
    for got in both(tmp_path, **{column: text}):
        assert got.codes() == set()
        assert got.rows("chat")[1][column] == text


@pytest.mark.parametrize("text", ["", " ", "\t \n"])
def test_a_blank_id_is_missing_without_a_word(tmp_path: Path, text: str) -> None:
    for got in both(tmp_path, senderId=text):
        assert got.codes() == set()
        assert "senderId" not in got.rows("chat")[1]


def test_parts_of_a_design_may_have_such_names(tmp_path: Path) -> None:
    """``NA`` is what psychologists call negative affect."""
    for got in both(tmp_path, stateId="NA"):
        assert got.codes() == set()
        assert got.rows("chat")[1]["stateId"] == "NA"


@pytest.mark.parametrize(
    ("listed", "left"),
    [
        (["u2", "undefined"], '["u2"]'),
        (["null"], "[]"),
        (["None", " NaN ", "u2", "u3"], '["u2","u3"]'),
        ("undefined", None),
        ("prolific_undefined", None),
    ],
)
def test_lists_of_recipients_hold_people(tmp_path: Path, listed: object, left: str | None) -> None:
    for got in both(tmp_path, recipientIds=listed):
        found = got.found("IDS-UNDEFINED")
        assert (found.column, found.rows) == ("recipientIds", Rows(count=1, first=(2,)))
        assert got.rows("chat")[1].get("recipientIds") == left
        assert got.codes() == {"IDS-UNDEFINED"}


@pytest.mark.parametrize("listed", [["u2", "undefined_1"], "all", ["u2"]])
def test_lists_without_such_words_are_left_alone(tmp_path: Path, listed: object) -> None:
    for got in both(tmp_path, recipientIds=listed):
        assert got.codes() == set()
        assert json.loads(got.rows("chat")[1]["recipientIds"]) == listed


def test_a_blank_in_a_list_is_nobody(tmp_path: Path) -> None:
    for got in both(tmp_path, recipientIds=["u2", "", " "]):
        assert got.codes() == set()
        assert got.rows("chat")[1]["recipientIds"] == '["u2"]'


@pytest.mark.parametrize("word", ["undefined", "null", " "])
def test_the_page_names_the_room_that_its_rows_do_not(tmp_path: Path, word: str) -> None:
    rows = [MESSAGE | {"roomId": word}]
    got = read(tmp_path, {"chat.json": page(rows, dataType="chat", scope="room", scopeId="room_7")})
    assert got.rows("chat")[0]["roomId"] == "room_7"
    assert "ROOM-INHERITED" in got.codes()


def test_a_second_name_of_the_field_fills_the_gap(tmp_path: Path) -> None:
    event = {"id": "e1", "roomId": "undefined", "sessionId": "room_1", "eventType": "state.enter"}
    got = read(tmp_path, {"events.json": json.dumps([event])})
    assert got.rows("events")[0]["roomId"] == "room_1"
    assert "ALIAS-CONFLICT" not in got.codes()


@pytest.mark.parametrize(
    "metadata",
    [
        {"scope": "room", "scopeId": "undefined"},
        {"scope": "participant", "scopeId": "u1", "query": {"roomId": "null"}},
    ],
)
def test_a_page_may_not_know_its_room_either(tmp_path: Path, metadata: dict[str, object]) -> None:
    row = {key: value for key, value in MESSAGE.items() if key != "roomId"}
    got = read(tmp_path, {"chat.json": page([row], dataType="chat", **metadata)})
    assert "roomId" not in got.rows("chat")[0]
    assert got.found("ROWS-WITHOUT-ROOM").rows == Rows(count=1, first=(1,))


@pytest.mark.parametrize("folder", ["data_undefined_20241020_143000", "room_None"])
def test_a_folder_may_not_know_its_room_either(tmp_path: Path, folder: str) -> None:
    row = {key: value for key, value in MESSAGE.items() if key != "roomId"}
    got = read(tmp_path, {f"{folder}/chat.csv": as_csv(row)})
    assert "roomId" not in got.rows("chat")[0]


def test_a_nested_room_may_be_none(tmp_path: Path) -> None:
    row = {"recordingId": "rec_1", "participantId": "u1", "metadata": {"roomName": "undefined"}}
    got = read(tmp_path, {"recordings.json": json.dumps([row])})
    assert "roomId" not in got.rows("recordings")[0]
    assert "ROWS-WITHOUT-ROOM" in got.codes()


def test_nobody_is_no_person_in_any_count(tmp_path: Path) -> None:
    rows = [MESSAGE | {"messageId": f"m{n}", "senderId": who} for n, who in enumerate(WORDS)]
    (tmp_path / "chat.json").write_text(json.dumps([MESSAGE, *rows]))
    result = validate(tmp_path, as_of=datetime(2025, 1, 1, tzinfo=UTC))
    (chat,) = [one for one in result.overview if one.data_type == "chat"]
    assert (chat.rows, chat.people) == (len(rows) + 1, 1)
    codes = {finding.code: finding for finding in result.findings}
    assert codes["FIELD-MISSING"].column == "senderId"
    assert codes["IDS-UNDEFINED"].rows.count == len(rows)


def test_a_word_for_nothing_inside_a_document_gets_no_code(tmp_path: Path) -> None:
    event = {
        "id": "e1", "timestamp": "2026-03-01T10:00:00.000Z", "onset": 0, "roomId": "r1",
        "experimentId": "x", "participantId": "u1", "category": "component",
    }  # fmt: skip
    nested = ["u1", "undefined", "prolific_null", None]
    rows = [
        event | {"id": f"e{n}", "metadata": {"participantId": who, "roomId": "NaN"}}
        for n, who in enumerate(nested)
    ]
    (tmp_path / "events.json").write_text(json.dumps(rows))
    own = lab(tmp_path)
    archive = own.open(own.create(tmp_path / "events.json", policy="pseudonymize"))
    table = archive.read("events").to_pylist()
    told = [json.loads(row["metadata"]) for row in sorted(table, key=lambda row: row["id"])]
    (code,) = {row["participantId"] for row in table}
    assert sorted((one["participantId"] or "" for one in told), reverse=True) == [code, "", "", ""]
    assert {one["roomId"] for one in told} == {None}
