"""Rooms that rows inherit, pages and their gaps, files that are not what they say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archive_tool.model.bundle import Gap
from tests.support.ingesting import page, read

if TYPE_CHECKING:
    from pathlib import Path

RATING = {"ratingId": "r1", "participantId": "u", "responseTime": 5, "type": "sparse"}
SPARSE = {"dataType": "ratings", "ratingType": "sparse"}


def paged(first: int, rows: int, total: int | None, more: bool | None, **other: object) -> str:
    block = {"offset": first, "total": total, "hasMore": more, "returned": rows}
    return page(
        [RATING | {"ratingId": f"r{row}", "roomId": "a"} for row in range(first, first + rows)],
        **SPARSE,
        scope="experiment",
        scopeId="e",
        pagination={key: value for key, value in block.items() if value is not None},
        **other,
    )


@pytest.mark.parametrize(
    ("name", "row", "metadata", "room"),
    [
        ("a.json", RATING | {"roomId": "own"}, {"scope": "room", "scopeId": "page"}, "own"),
        (
            "a.json",
            RATING | {"metadata": {"roomName": "nested"}},
            {"scope": "room", "scopeId": "page"},
            "nested",
        ),
        ("a.json", RATING | {"roomId": None}, {"scope": "room", "scopeId": "page"}, "page"),
        (
            "a.json",
            RATING,
            {"scope": "participant", "scopeId": "u", "query": {"roomId": "asked"}},
            "asked",
        ),
        ("room_x/a.json", RATING, {"scope": "experiment", "scopeId": "e"}, "room_x"),
        ("data_room_y_20241020_143000/a.json", RATING, {}, "room_y"),
        ("a.json", RATING, {"scope": "experiment", "scopeId": "e"}, None),
    ],
)
def test_a_room_is_inherited_in_this_order(
    name: str, row: dict[str, object], metadata: dict[str, object], room: str | None, tmp_path: Path
) -> None:
    got = read(tmp_path / "study", {name: page([row], **SPARSE, **metadata)})
    (only,) = got.rows("ratings/sparse")
    assert only.get("roomId") == room
    assert "nulls" not in only
    assert ("ROWS-WITHOUT-ROOM" in got.codes()) == (room is None)


def test_participant_and_experiment_are_inherited_from_their_pages(tmp_path: Path) -> None:
    row = {"id": "e", "eventType": "x", "timestamp": "2024-10-20T14:30:45Z"}
    files = {
        "a.json": page([row], dataType="events", scope="participant", scopeId="u1"),
        "b.json": page([row], dataType="events", scope="experiment", scopeId="exp"),
    }
    first, second = read(tmp_path, files).rows("events")
    assert (first["participantId"], first.get("experimentId")) == ("u1", None)
    assert (second.get("participantId"), second["experimentId"]) == (None, "exp")


def test_pages_that_follow_each_other_have_no_gap(tmp_path: Path) -> None:
    got = read(tmp_path, {"a.json": paged(0, 2, 5, True), "b.json": paged(2, 3, 5, False)})
    assert got.gaps == []
    assert not {"PAGES-GAP", "PAGES-TOTAL-DRIFT", "PAGE-COUNT-MISMATCH"} & got.codes()


def test_gaps_have_a_name_and_a_range(tmp_path: Path) -> None:
    files = {"a.json": paged(1, 2, 10, True), "b.json": paged(5, 2, 10, True)}
    got = read(tmp_path, files)
    kind = "ratings/sparse"
    assert got.gaps == [
        Gap(data_type=kind, file="F001", first=0, end=1),
        Gap(data_type=kind, file="F001", first=3, end=5),
        Gap(data_type=kind, file="F002", first=7, end=10),
    ]
    messages = {finding.message for finding in got.findings if finding.code == "PAGES-GAP"}
    assert messages == {
        f"rows of a listing are in no page: row {rows}"
        for rows in ("1 to row 1", "4 to row 5", "8 to row 10")
    }


def test_a_page_that_says_more_without_a_total_leaves_an_open_gap(tmp_path: Path) -> None:
    got = read(tmp_path, {"a.json": paged(0, 2, None, True)})
    assert got.gaps == [Gap(data_type="ratings/sparse", file="F001", first=2, end=None)]


def test_pages_of_other_requests_do_not_fill_a_gap(tmp_path: Path) -> None:
    files = {
        "a.json": paged(0, 2, 4, True, query={"category": "x", "sort": None}),
        "b.json": paged(2, 2, 4, False, query={"category": "y"}),
        "c.json": paged(2, 2, 4, False, query={"category": "x", "offset": 2}),
    }
    assert [(gap.file, gap.first, gap.end) for gap in read(tmp_path, files).gaps] == [
        ("F002", 0, 2)
    ]


def test_what_pages_say_about_themselves_is_reported(tmp_path: Path) -> None:
    files = {
        "a.json": page(
            [], dataType="events", _warnings=["MISSING_INDEX: maybe"], pagination={"total": 0}
        ),
        "b.json": paged(0, 2, 5, False, truncated=True, query={"startTime": "2024-10-20T14:30:45"}),
        "c.json": paged(2, 2, 4, False, query={"startTime": "2024-10-20T14:30:45"}),
        "d.json": paged(0, 1, 1, False).replace('"returned": 1', '"returned": 3'),
    }
    got = read(tmp_path, files)
    assert {"PAGE-WARNINGS", "TRUNCATED", "QUERY-TIME-NAIVE", "PAGES-TOTAL-DRIFT"} <= got.codes()
    assert got.found("PAGE-COUNT-MISMATCH").message == (
        "a page holds another number of rows than it says: 1 of 3"
    )


def test_a_round_thousand_without_page_information_is_suspicious(tmp_path: Path) -> None:
    rows = "".join(f"m{row},r,1\n" for row in range(2000))
    lines = "".join(
        json.dumps({"metricId": f"m{row}", "timeDrift": 1, "roomId": "r"}) + "\n"
        for row in range(999)
    )
    got = read(tmp_path, {"sync.csv": "metricId,roomId,timeDrift\n" + rows, "b.ndjson": lines})
    assert got.found("ROWS-ROUND-THOUSAND").file == "F002"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (
            "events.json",
            '[{"id": "e1", "eventType": "x"}, {"id": "SECRET',
            "truncated JSON: the text ends in the middle (expected JSON)",
        ),
        (
            "events.json",
            '{"status": "success", "data": [{"id": SECRET}]}',
            "broken JSON at byte 38 (expected JSON)",
        ),
        (
            "events.json",
            '[{"id": "e"}] SECRET',
            "something that is no JSON follows at byte 14 (expected JSON)",
        ),
        (
            "a.ndjson",
            '{"id":"e","eventType":"x"}\n{"id":"SECRET',
            "truncated JSON: the text ends in the middle (row 2) "
            "(expected one JSON object per line)",
        ),
        (
            "events.csv",
            '{"status": "error", "error": {"code": "SECRET"}}',
            "an error answer of the platform",
        ),
        ("events.csv", "<html>SECRET</html>", "an HTML or XML page"),
        ("events.json", "[" * 100_000, "JSON nested too deeply (expected JSON)"),
        (
            "events.csv",
            "id,eventType,participantId,content\ne1,x,p1," + "y" * (17 << 20) + "\n",
            "a cell is too large (expected at most 16 MiB)",
        ),
        (
            "events.json",
            '[{"id":"e1","eventType":"x","participantId":"p1","content":"'
            + "y" * (17 << 20)
            + '"}]',
            "a cell is too large (expected at most 16 MiB)",
        ),
    ],
)
def test_a_file_that_is_not_what_it_says_is_named_and_the_others_are_read(
    name: str, content: str, reason: str, tmp_path: Path
) -> None:
    good = json.dumps([{"metricId": "m", "timeDrift": 1, "roomId": "r"}])
    got = read(tmp_path, {name: content, "z.json": good})
    assert got.unreadable == [("F001", reason)]
    assert len(got.rows("sync")) == 1
    assert got.found("FILE-UNREADABLE").severity == "error"
    assert "SECRET" not in repr(got.findings)


def test_broken_rows_of_a_csv_are_an_error_with_their_number(tmp_path: Path) -> None:
    got = read(tmp_path, {"sync.csv": "metricId,roomId,timeDrift\na,r,1\nb,r\nc,r,3\n"})
    assert [row["metricId"] for row in got.rows("sync")] == ["a", "c"]
    assert got.found("CSV-ROWS-BROKEN").rows.count == 1


def test_an_object_that_is_no_table_is_a_note_and_one_with_a_list_of_rows_is_not(
    tmp_path: Path,
) -> None:
    files = {
        "metadata.json": '{"name": "study", "rooms": 12}',
        "z.json": '{"strange": [{"a": 1}, {"a": 2}]}',
    }
    got = read(tmp_path, files)
    assert got.found("FILE-WITHOUT-TABLE").file == "F001"
    assert got.found("FILE-WITHOUT-TABLE").severity == "note"
    assert got.found("TYPE-UNDECIDED").file == "F002"


@pytest.mark.parametrize(
    "form", ['{"0": [ROW]}', '{"0": {"events": [ROW]}}', '{"0": ROW, "1": ROW}']
)
def test_rows_that_lie_deeper_in_an_object_are_told(tmp_path: Path, form: str) -> None:
    """pandas writes rows by number, scripts tables by room: it was a note that there is no table."""
    row = '{"id": "e1", "eventType": "x", "timestamp": "2024-10-20T14:30:45Z"}'
    got = read(tmp_path, {"mine.json": form.replace("ROW", row)})
    told = {(f.code, f.severity) for f in got.findings}
    assert told & {("FILE-WITHOUT-TABLE", "warning"), ("TYPE-UNDECIDED", "warning")}
    assert ("FILE-WITHOUT-TABLE", "note") not in told


def test_empty_and_header_only_files_are_notes(tmp_path: Path) -> None:
    files = {"a.csv": "", "b.csv": "\n", "events.csv": "id,timestamp,eventType\n", "e.json": "[]"}
    got = read(tmp_path, files)
    assert got.unreadable == []
    assert [f.file for f in got.findings if f.code == "FILE-EMPTY"] == ["F001", "F002", "F003"]
    assert got.found("FILE-HEADER-ONLY").data_type == "events"


def test_types_without_schema_are_counted_and_left_out(tmp_path: Path) -> None:
    rows = [{"trackId": "t", "quality": 1}] * 3
    got = read(tmp_path, {"videochat.json": json.dumps(rows)})
    assert got.batches == []
    assert [(part.data_type, part.rows) for part in got.parts] == [("videochat", 3)]
    assert got.found("TYPE-NOT-ARCHIVED").rows.count == 3


def test_participants_are_read_for_who_is_a_person(tmp_path: Path) -> None:
    rows = [{"id": "u1", "joinedAt": "x", "isAgent": False, "completionCode": "NOCONSENT"}]
    got = read(
        tmp_path,
        {"participants.json": page(rows, dataType="participants", scope="room", scopeId="r")},
    )
    (row,) = got.rows("participants")
    assert (row["participantId"], row["isAgent"], row["completionCode"], row["roomId"]) == (
        "u1",
        False,
        "NOCONSENT",
        "r",
    )


def test_progress_counts_rows_and_ends_at_all_bytes(tmp_path: Path) -> None:
    from archive_tool.bundle import open_bundle
    from archive_tool.ingest import Ingest
    from archive_tool.model.findings import FindingLog

    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps([{"metricId": name, "timeDrift": 1}]))
    told: list[tuple[int, int]] = []
    with open_bundle([tmp_path]) as bundle:
        ingest = Ingest(bundle, FindingLog(), progress=lambda rows, size: told.append((rows, size)))
        list(ingest.batches())
        assert told == sorted(told)
        assert told[-1] == (2, sum(file.size for file in bundle.files))
