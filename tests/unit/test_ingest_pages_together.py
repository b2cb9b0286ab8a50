"""Pages are taken apart and put together in runs; each row keeps its place, its file and its heritage."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive_tool.ingest.json_files import pieces
from archive_tool.model.findings import Rows
from archive_tool.pipeline.validate import validate
from tests.support.ingesting import page, read

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ROW = {"id": "e", "timestamp": "2024-10-20T14:30:45Z", "eventType": "x", "roomId": "room_a"}
EVENTS = {"dataType": "events"}


def events(*names: str) -> str:
    return page([ROW | {"id": name} for name in names], **EVENTS)


def test_rows_of_pages_inherit_the_room_of_their_own_page(tmp_path: Path) -> None:
    row = {key: value for key, value in ROW.items() if key != "roomId"}
    files = {
        f"{place}.json": page(
            [row | {"id": f"e{place}"}], dataType="events", scope="room", scopeId=room
        )
        for place, room in enumerate(["room_a", "room_b", "room_b", "room_a"])
    }
    got = read(tmp_path, files)
    assert [(row["id"], row["roomId"]) for row in got.rows("events")] == [
        ("e0", "room_a"),
        ("e1", "room_b"),
        ("e2", "room_b"),
        ("e3", "room_a"),
    ]


def test_a_cell_that_is_too_large_costs_its_own_page_alone(tmp_path: Path) -> None:
    huge = page([ROW | {"id": "huge", "content": "y" * (17 << 20)}], **EVENTS)
    small = page([ROW | {"id": "e1", "content": "y"}], **EVENTS)
    files = {"a.json": small, "b.json": huge, "c.json": small.replace("e1", "e2")}
    got = read(tmp_path, files)
    assert got.unreadable == [("F002", "a cell is too large (expected at most 16 MiB)")]
    assert [row["id"] for row in got.rows("events")] == ["e1", "e2"]


def test_rows_of_a_csv_between_pages_come_between_theirs(tmp_path: Path) -> None:
    table = "id,timestamp,eventType,roomId\ne2,2024-10-20T14:30:45Z,x,room_a\n"
    got = read(tmp_path, {"a.json": events("e1"), "b.csv": table, "c.json": events("e3")})
    (batch,) = got.batches
    assert batch.table["id"].to_pylist() == ["e1", "e2", "e3"]


def test_of_two_lists_of_rows_in_a_page_the_last_is_read(tmp_path: Path) -> None:
    first, last = events("first")[:-1], '"data": ["last"]}'
    whole = f"{first}, {last}"
    assert json.loads(whole)["data"] == ["last"]
    got = read(tmp_path, {"a.json": whole})
    assert got.rows("events") == []
    assert got.found("ROWS-NOT-OBJECTS").rows == Rows(count=1, first=(1,))


def test_rows_before_the_place_where_a_large_page_breaks_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "BYTES", 200)
    text = events(*(f"e{row}" for row in range(9)))
    place = text.index('"e6"') + 4
    got = read(tmp_path, {"a.json": text[:place] + " SECRET" + text[place:], "b.json": events("z")})
    assert got.unreadable == [("F001", f"broken JSON at byte {place + 1:,} (expected JSON)")]
    names = [row["id"] for row in got.rows("events")]
    assert names == [*(f"e{row}" for row in range(len(names) - 1)), "z"]
    assert 3 <= len(names) - 1 <= 6
    assert [part.rows for part in got.parts] == [len(names) - 1, 1]
    assert "SECRET" not in repr(got.findings)


def test_numbers_that_json_does_not_have_are_repaired_where_a_page_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "BYTES", 200)
    rows = [ROW | {"id": f"e{row}", "onset": row} for row in range(9)]
    text = page(rows, **EVENTS).replace('"onset": 6', '"onset": NaN')
    got = read(tmp_path, {"a.json": text})
    assert [row.get("onset") for row in got.rows("events")] == [0, 1, 2, 3, 4, 5, None, 7, 8]
    assert got.found("JSON-NONSTANDARD").file == "F001"
    assert [at & (2**40 - 1) for at in got.table("events")["_at"].to_pylist()] == list(range(9))


def test_a_row_that_is_no_object_among_rows_that_are_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "BYTES", 200)
    rows: list[object] = [ROW | {"id": f"e{row}"} for row in range(9)]
    rows.insert(6, "no row")
    got = read(tmp_path, {"a.json": page(rows, **EVENTS)})  # type: ignore[arg-type]
    assert len(got.rows("events")) == 9
    assert got.found("ROWS-NOT-OBJECTS").rows == Rows(count=1, first=(7,))


def _rated(name: str, second: float, **more: object) -> dict[str, object]:
    return {
        "ratingId": name,
        "participantId": "user_1",
        "roomId": "room_a",
        "componentId": "dial_1",
        "timestamp": f"2024-10-20T14:30:{15 + second:06.3f}Z",
        "onset": second,
        "value": 5,
        "rawValue": 5,
        "scaleMin": 0,
        "scaleMax": 10,
        **more,
    }


def test_positions_count_on_from_page_to_page_of_a_file(tmp_path: Path) -> None:
    """Row 2 of two pages in one file were the same two numbers twice, and nobody could find them."""
    far = {"value": 50, "rawValue": 50}
    pages = [
        [_rated("r1", 1), _rated("r2", 2, **far)],
        [_rated("r3", 3), _rated("r4", 4, onset="4,5 s", **far), _rated("r5", 5)],
        [
            _rated("r5", 5, value=6, rawValue=6),
            _rated("r6", 6),
            _rated("r6", 6, value=7, rawValue=7),
        ],
    ]
    about = {"dataType": "ratings", "ratingType": "continuous"}
    texts = [page(rows, **about) for rows in pages]
    forms = {"list": f"[{','.join(texts)}]", "one after the other": "\n".join(texts)}
    for form, text in forms.items():
        folder = tmp_path / form
        got = read(folder, {"ratings.json": text})
        assert [part.before for part in got.parts] == [0, 2, 5]
        assert got.found("VALUE-NOT-A-NUMBER").rows == Rows(count=1, first=(4,))
        found = {
            finding.code: finding.rows
            for finding in validate(folder, as_of=datetime(2026, 1, 1, tzinfo=UTC)).findings
            if finding.file == "F001"
        }
        assert found["RATINGS-OUT-OF-SCALE"] == Rows(count=2, of=8, first=(2, 4))
        assert found["RECORDS-DUPLICATE-ID"] == Rows(count=2, first=(7, 8))
        assert found["RECORDS-CONFLICT"] == Rows(count=1, first=(5,))


def test_positions_in_a_table_of_both_kinds_of_ratings_are_those_of_the_table(
    tmp_path: Path,
) -> None:
    mixed = [
        _rated("r1", 1, type="continuous"),
        _rated("r2", 2, type="sparse", onset="x"),
        _rated("r3", 3, type="continuous", onset="x"),
    ]
    tables = [page(mixed, dataType="ratings"), page(mixed, dataType="ratings")]
    got = read(tmp_path, {"ratings.json": f"[{','.join(tables)}]"})
    firsts = {f.data_type: f.rows for f in got.findings if f.code == "VALUE-NOT-A-NUMBER"}
    assert firsts == {
        "ratings/sparse": Rows(count=2, first=(2, 5)),
        "ratings/continuous": Rows(count=2, first=(3, 6)),
    }
