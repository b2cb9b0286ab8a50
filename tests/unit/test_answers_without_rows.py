"""JSON in which something else stands where rows should be: errors, objects, numbers of no rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archive_tool.ingest.overlaps.fold import fold
from archive_tool.model.findings import Rows
from tests.support.ingesting import page, read

if TYPE_CHECKING:
    from pathlib import Path

ERROR = "an error answer of the platform"
MESSAGE = {"messageId": "msg_1", "roomId": "room_a", "senderId": "user_1", "content": "hello"}


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "error", "message": "index missing", "data": []},
        {"status": "error", "metadata": {"dataType": "events"}, "data": []},
        {"status": "error", "error": {"code": "INTERNAL_SERVER_ERROR"}, "data": None},
        {"error": {"code": "FORBIDDEN"}, "metadata": {}, "data": {}},
    ],
    ids=["message", "page", "null", "object"],
)
def test_an_error_is_one_whatever_stands_beside_it(
    tmp_path: Path, answer: dict[str, object]
) -> None:
    alone = read(tmp_path / "alone", {"events.json": json.dumps(answer)})
    assert alone.unreadable == [("F001", f"{ERROR} (expected a page with data)")]
    assert alone.parts == []
    tables = {"chat": [MESSAGE], "events": answer}
    among = read(tmp_path / "among", {"all.json": json.dumps(tables)})
    assert among.unreadable == [("F001", f"{ERROR} among the tables (expected pages with data)")]
    assert len(among.rows("chat")) == 1


@pytest.mark.parametrize("nothing", [None, False, ""], ids=repr)
def test_an_error_that_says_nothing_is_none(tmp_path: Path, nothing: object) -> None:
    """Clients write the field into every answer."""
    event = {"id": "evt_1", "eventType": "x", "timestamp": "2024-10-20T14:30:45.123Z"}
    about = {"dataType": "events", "scope": "room", "scopeId": "room_a"}
    for number, (data, rows) in enumerate((([], 0), ([event], 1), ({}, 0))):
        told = json.dumps({"error": nothing, "metadata": about, "data": data})
        for name in ("events.json", "events.csv"):
            got = read(tmp_path / str(number) / name, {name: told})
            assert (got.unreadable, [part.rows for part in got.parts]) == ([], [rows])
            assert "PAGE-WARNINGS" not in got.codes()
    tables = json.dumps({"error": nothing, "events": [event]})
    got = read(tmp_path / "tables", {"all.json": tables})
    assert (got.unreadable, len(got.rows("events"))) == ([], 1)
    alone = read(tmp_path / "alone", {"a.json": json.dumps({"error": nothing, "message": "no"})})
    assert alone.unreadable == [("F001", ERROR)]


def test_rows_beside_an_error_are_read_and_the_error_is_told(tmp_path: Path) -> None:
    answer = {"data": [MESSAGE], "metadata": {"dataType": "chat"}, "error": {"code": "TIMEOUT"}}
    got = read(tmp_path / "page", {"chat.json": json.dumps(answer)})
    assert (len(got.rows("chat")), got.found("PAGE-WARNINGS").file) == (1, "F001")
    got = read(tmp_path / "among", {"all.json": json.dumps({"chat": answer})})
    assert (len(got.rows("chat")), got.found("PAGE-WARNINGS").file) == (1, "F001")


def test_an_answer_without_rows_and_without_an_error_is_none(tmp_path: Path) -> None:
    got = read(tmp_path, {"events.json": page([], dataType="events")})
    assert (got.unreadable, [part.rows for part in got.parts]) == ([], [0])


def test_a_page_inside_an_answer_of_a_client_is_read(tmp_path: Path) -> None:
    inner = json.loads(page([MESSAGE], dataType="chat"))
    got = read(tmp_path, {"a.json": json.dumps({"status": 200, "headers": {}, "data": inner})})
    assert [row["messageId"] for row in got.rows("chat")] == ["msg_1"]


def test_pages_in_a_list_are_pages_and_no_rows(tmp_path: Path) -> None:
    """Under the name of a type each page was a row of it: events have ``data`` and ``metadata``."""
    pages = [
        json.loads(page([{"id": f"evt_{n}", "eventType": "x"}], dataType="events", scope="room"))
        for n in (1, 2)
    ]
    got = read(tmp_path / "pages", {"events.json": json.dumps(pages)})
    assert [row["id"] for row in got.rows("events")] == ["evt_1", "evt_2"]
    assert [(part.form, part.index, part.scope) for part in got.parts] == [
        ("api-page", 0, "room"),
        ("api-page", 1, "room"),
    ]
    refused = {"status": "error", "error": {"code": "RATE_LIMIT_EXCEEDED"}}
    half = read(tmp_path / "half", {"events.json": json.dumps([*pages, refused])})
    assert len(half.rows("events")) == 2
    assert half.unreadable == [("F001", f"{ERROR} (expected a page with data)")]
    other = read(tmp_path / "other", {"events.json": json.dumps([*pages, None])})
    assert other.unreadable == [
        ("F001", "something else in a list of answers (expected pages with data)")
    ]
    rows = [{"id": "evt_1", "eventType": "x", "timestamp": "t", "data": [1], "metadata": {}}]
    assert len(read(tmp_path / "rows", {"a.json": json.dumps(rows)}).rows("events")) == 1


def test_an_object_in_the_place_of_a_table_is_told(tmp_path: Path) -> None:
    """It was left out without a word."""
    tables = {
        "chat": [MESSAGE],
        "events": {"user_1": [{"id": "evt_1", "eventType": "x"}]},
        "experiment": {"id": "exp_1", "roomCount": 2, "ownerName": "Zofia"},
        "sync": {},
        "settings": {"colour": "red"},
    }
    got = read(tmp_path, {"all.json": json.dumps(tables)})
    assert {part.data_type: part.rows for part in got.parts} == {
        "chat": 1,
        "unknown": 1,
        "experiments": 1,
    }
    assert got.found("TYPE-UNDECIDED").rows == Rows(count=1)
    assert got.found("TYPE-NOT-ARCHIVED").data_type == "experiments"


def test_a_run_of_an_agent_is_one_whatever_it_says(tmp_path: Path) -> None:
    runs = [
        {"id": "agent_1", "personaId": "p", "turns": 3, "isAgent": None},
        {"id": "agent_2", "personaId": "p", "turns": 3},
    ]
    got = read(tmp_path, {"agent_runs.json": json.dumps(runs)})
    assert [row["isAgent"] for row in got.rows("agent_runs")] == [True, True]


@pytest.mark.parametrize("number", [2**53, 10**30, 1e300, -1, True])
def test_a_number_of_rows_that_nobody_has_is_none(tmp_path: Path, number: object) -> None:
    paging = {"offset": number, "total": number, "returned": number}
    text = page([MESSAGE, MESSAGE], dataType="chat", pagination=paging)
    got = read(tmp_path, {"chat.json": text})
    (part,) = got.parts
    assert part.page is not None
    assert (part.page.offset, part.page.total, part.page.returned) == (None, None, None)
    assert len(fold(got.batches, got.parts, "chat").dropped) == 1
