"""Every form in which a table arrives gives the same rows (hyperstudy-data.md, section 5)."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING

import pytest

from archive_tool.model.findings import Rows, Severity
from tests.support.ingesting import page, read

if TYPE_CHECKING:
    from pathlib import Path

EVENT = {
    "id": "evt_1",
    "timestamp": "2024-10-20T14:30:45.123Z",
    "onset": 5000,
    "experimentId": "exp_1",
    "roomId": "room_a",
    "participantId": "user_1",
    "eventType": "component.response",
    "category": "component",
    "response": {"value": "yes", "responseTime": 3245},
}
SECOND = EVENT | {"id": "evt_2", "onset": -12.5, "response": 7}
HEADER = "id,timestamp,onset,experimentId,roomId,participantId,eventType,category,response\n"
LINE = "evt_1,2024-10-20T14:30:45.123Z,5000,exp_1,room_a,user_1,component.response,component,"
LINE_2 = "evt_2,2024-10-20T14:30:45.123Z,-12.5,exp_1,room_a,user_1,component.response,component,7\n"
JSON_CELL = '"{""value"": ""yes"", ""responseTime"": 3245}"\n'
REPR_CELL = "\"{'value': 'yes', 'responseTime': 3245}\"\n"
API_CSV = HEADER + LINE + JSON_CELL + LINE_2
GUI_HEADER = (
    "Event ID,Timestamp,Onset (ms),Experiment ID,Room ID,Participant ID,Event Type,Category,"
    "Response\n"
)
METADATA = {"dataType": "events", "scope": "room", "scopeId": "room_a"}

FORMS = {
    "page": ("a.json", page([EVENT, SECOND], **METADATA)),
    "page, metadata first": (
        "a.json",
        json.dumps({"metadata": METADATA, "data": [EVENT, SECOND], "status": "success"}),
    ),
    "array": ("a.json", json.dumps([EVENT, SECOND], indent=2)),
    "dict of types": ("all.json", json.dumps({"events": [EVENT, SECOND], "syncMetrics": []})),
    "dict of pages": (
        "all.json",
        json.dumps(
            {"events": {"status": "success", "data": [EVENT, SECOND], "metadata": METADATA}}
        ),
    ),
    "two documents": ("a.json", page([EVENT], **METADATA) + "\n" + page([SECOND], **METADATA)),
    "single objects": ("a.json", json.dumps(EVENT) + json.dumps(SECOND)),
    "by columns, as pandas saves a frame": (
        "events.json",
        json.dumps({name: {"0": EVENT[name], "1": SECOND[name]} for name in EVENT}),
    ),
    "ndjson": ("events.ndjson", json.dumps(EVENT) + "\n" + json.dumps(SECOND) + "\n"),
    "ndjson with byte-order mark": (
        "events.ndjson",
        b"\xef\xbb\xbf" + f"{json.dumps(EVENT)}\n{json.dumps(SECOND)}\n".encode(),
    ),
    "ndjson in utf-16": (
        "events.ndjson",
        codecs.BOM_UTF16_LE
        + f"{json.dumps(EVENT)}\r\n{json.dumps(SECOND)}\r\n".encode("utf-16-le"),
    ),
    "ndjson without last line end": ("x.ndjson", json.dumps(EVENT) + "\r\n" + json.dumps(SECOND)),
    "json in utf-16": (
        "a.json",
        codecs.BOM_UTF16_LE + json.dumps([EVENT, SECOND]).encode("utf-16-le"),
    ),
    "json with byte-order mark": ("a.json", b"\xef\xbb\xbf" + json.dumps([EVENT, SECOND]).encode()),
    "api csv": ("events.csv", API_CSV),
    "csv without telling name": ("download.csv", API_CSV),
    "sdk csv": ("events.csv", HEADER + LINE + REPR_CELL + LINE_2),
    "csv with CRLF": ("events.csv", API_CSV.replace("\n", "\r\n")),
    "csv with CR": ("events.csv", API_CSV.replace("\n", "\r")),
    "csv in utf-16": ("events.csv", codecs.BOM_UTF16_LE + API_CSV.encode("utf-16-le")),
    "gui csv": ("export.csv", "\ufeff" + GUI_HEADER + LINE + JSON_CELL + LINE_2),
    "tab-separated": (
        "events.tsv",
        "\t".join(EVENT) + "\n" + LINE.replace(",", "\t") + JSON_CELL + LINE_2.replace(",", "\t"),
    ),
    "polars times": ("events.csv", API_CSV.replace("45.123Z", "45.123+0000").replace("20T", "20 ")),
    "saved with index": (
        "events.csv",
        "," + HEADER + "0," + LINE + JSON_CELL + "1," + LINE_2,
    ),
    "with onset_sec": (
        "events.csv",
        HEADER.strip()
        + ",onset_sec\n"
        + LINE
        + JSON_CELL.strip()
        + ",5.0\n"
        + LINE_2.strip()
        + ",-0.0125\n",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_rows(form: str, tmp_path: Path) -> None:
    wanted = read(tmp_path / "wanted", {"a.json": json.dumps([EVENT, SECOND])}).rows("events")
    name, content = FORMS[form]
    got = read(tmp_path / "got", {name: content})
    assert got.unreadable == []
    assert got.rows("events") == wanted
    assert wanted[0]["response"] == '{"responseTime":3245,"value":"yes"}'
    assert wanted[1]["response"] == "7"
    assert sum(part.rows for part in got.parts) == 2


def test_a_row_of_objects_alone_is_no_table_by_columns(tmp_path: Path) -> None:
    """What has other keys in each column stays the one row that it is."""
    odd = {"id": {"0": "e"}, "eventType": {"1": "x"}, "roomId": {"0": "r"}}
    (row,) = read(tmp_path, {"events.json": json.dumps(odd)}).rows("events")
    assert "id" not in row


NAMED_LIKE_ANSWERS = {
    "status": "open",
    "data": {"latency": 3},
    "metadata": {"stateId": "s"},
    "variables": {"n": 1},
}
"""Fields of events whose names answers of the platform, and their types, have too."""


@pytest.mark.parametrize("first", [None, *NAMED_LIKE_ANSWERS])
@pytest.mark.parametrize(("name", "indent"), [("events.ndjson", None), ("events.json", 1)])
def test_rows_one_by_one_are_no_answers_whatever_fields_they_have(
    name: str, indent: int | None, first: str | None, tmp_path: Path
) -> None:
    begin = {} if first is None else {first: NAMED_LIKE_ANSWERS[first]}
    rows = [begin | row | NAMED_LIKE_ANSWERS for row in (EVENT, SECOND)]
    wanted = read(tmp_path / "wanted", {"a.json": json.dumps(rows)}).rows("events")
    got = read(tmp_path / "got", {name: "\n".join(json.dumps(row, indent=indent) for row in rows)})
    assert got.rows("events") == wanted
    assert sum(part.rows for part in got.parts) == len(wanted) == 2
    assert got.unreadable == []


def test_an_error_among_the_tables_of_a_file_is_no_empty_table(tmp_path: Path) -> None:
    refused = {"status": "error", "error": {"code": "RATE_LIMIT_EXCEEDED", "message": "later"}}
    tables = {"chat": refused, "events": {"status": "success", "data": [EVENT], "metadata": {}}}
    got = read(tmp_path, {"all.json": json.dumps(tables)})
    assert [row["id"] for row in got.rows("events")] == ["evt_1"]
    said = "an error answer of the platform among the tables (expected pages with data)"
    assert got.unreadable == [("F001", said)]


def test_a_json_null_is_remembered_and_an_absent_key_is_not(tmp_path: Path) -> None:
    rows = [EVENT | {"componentType": None, "stateId": None}, EVENT]
    got = read(tmp_path, {"a.json": json.dumps(rows)}).rows("events")
    assert [row.get("nulls") for row in got] == ["componentType,stateId", None]


def test_rows_with_no_nulls_at_all_are_not_lost(tmp_path: Path) -> None:
    rows = [EVENT | {"stateId": None}, EVENT, EVENT | {"foo": 1}, EVENT, EVENT]
    got = read(tmp_path, {"a.json": json.dumps(rows)}).rows("events")
    assert [(row.get("nulls"), row.get("extra")) for row in got] == [
        ("stateId", None),
        (None, None),
        (None, '{"foo":1}'),
        (None, None),
        (None, None),
    ]


def test_unknown_fields_lie_in_extra_as_canonical_json(tmp_path: Path) -> None:
    rows = [EVENT | {"zeta": 1.0, "alpha": {"b": [1.50, None], "a": "é"}, "n": None}]
    got = read(tmp_path, {"a.json": json.dumps(rows)})
    assert got.rows("events")[0]["extra"] == '{"alpha":{"a":"é","b":[1.5,null]},"n":null,"zeta":1}'
    assert got.found("FIELDS-UNKNOWN").rows.count == 1


def test_what_was_computed_from_a_column_that_is_gone_is_kept(tmp_path: Path) -> None:
    got = read(tmp_path, {"events.csv": "id,participantId,eventType,onset_sec\ne1,u1,x,0.005\n"})
    (row,) = got.rows("events")
    assert (row.get("onset"), row["extra"]) == (None, '{"onset_sec":0.005}')


def test_a_unit_of_time_is_no_other_one_where_the_field_has_none(tmp_path: Path) -> None:
    got = read(tmp_path, {"events.csv": "id,participantId,Event Type (s),onset\ne1,u1,x,5\n"})
    (row,) = got.rows("events")
    assert (row["eventType"], row.get("extra")) == ("x", None)


def test_session_id_is_a_room_only_inside_events(tmp_path: Path) -> None:
    event = {key: value for key, value in EVENT.items() if key != "roomId"}
    sync = {"metricId": "m", "sessionId": "sess_1", "timeDrift": 1, "roomId": "room_b"}
    got = read(
        tmp_path,
        {"a.json": json.dumps([event | {"sessionId": "room_s"}]), "b.json": json.dumps([sync])},
    )
    assert got.rows("events")[0]["roomId"] == "room_s"
    assert got.rows("sync")[0]["extra"] == '{"sessionId":"sess_1"}'


def test_two_names_of_one_field_that_differ_keep_both(tmp_path: Path) -> None:
    got = read(tmp_path, {"a.json": json.dumps([EVENT | {"sessionId": "room_other"}])})
    assert got.rows("events")[0]["roomId"] == "room_a"
    assert got.rows("events")[0]["extra"] == '{"sessionId":"room_other"}'
    assert got.found("ALIAS-CONFLICT").rows.first == (1,)


def test_scale_is_folded_into_two_columns(tmp_path: Path) -> None:
    rows = [
        {"ratingId": "r1", "responseTime": 5, "scale": {"min": -1, "max": 8.5}, "roomId": "room_a"},
        {"ratingId": "r2", "responseTime": 5, "scale": {"min": 0, "max": 1, "step": 2}},
    ]
    got = read(tmp_path, {"a.json": json.dumps(rows)}).rows("ratings/sparse")
    assert [(row["scaleMin"], row["scaleMax"], row.get("extra")) for row in got] == [
        (-1, 8.5, None),
        (0, 1, '{"scale":{"max":1,"min":0,"step":2}}'),
    ]


def test_flattened_twins_are_dropped_beside_their_original_and_rebuilt_without_it(
    tmp_path: Path,
) -> None:
    head = "ratingId,responseTime,roomId,metadata_question,metadata_sampleIndex"
    beside = read(
        tmp_path / "a",
        {"sparse.csv": f"{head},metadata\nr,5,room_a,Why?,2,\"{{'question': 'Why?', 'n': 1}}\"\n"},
    )
    assert beside.rows("ratings/sparse")[0]["metadata"] == '{"n":1,"question":"Why?"}'
    assert "COLUMNS-DERIVED" in beside.codes()
    alone = read(tmp_path / "b", {"sparse.csv": f"{head}\nr,5,room_a,Why?,2.0\n"})
    assert alone.rows("ratings/sparse")[0]["metadata"] == '{"question":"Why?","sampleIndex":2}'
    assert "extra" not in alone.rows("ratings/sparse")[0]


def test_an_answer_that_is_flat_in_one_row_and_nested_in_another_is_in_both(tmp_path: Path) -> None:
    """Frames of normalised JSON have a column for each; the flat answers were lost."""
    text = (
        "id,timestamp,eventType,roomId,response.value,response.value.label,response.value.note.a\n"
        "evt_1,2024-10-20T14:30:45Z,x,room_a,7,,\n"
        "evt_2,2024-10-20T14:30:45Z,x,room_a,,good,2\n"
        "evt_3,2024-10-20T14:30:45Z,x,room_a,,,\n"
    )
    rows = read(tmp_path, {"events.csv": text}).rows("events")
    assert [row.get("response") for row in rows] == [
        '{"value":7}',
        '{"value":{"label":"good","note":{"a":2}}}',
        None,
    ]


def test_a_flat_answer_is_not_lost_to_the_nulls_of_a_frame(tmp_path: Path) -> None:
    """A normalised frame saved as JSON has null for each key that other rows have: they won."""
    row = {"timestamp": "2024-10-20T14:30:45Z", "eventType": "x", "roomId": "room_a"}
    flat, deep, none = (
        {"id": f"evt_{at}", "response.answer": answer, "response.answer.k": k, **row}
        for at, (answer, k) in enumerate([("28", None), (None, 1), (None, None)])
    )
    rows = read(tmp_path, {"events.json": json.dumps([flat, deep, none])}).rows("events")
    assert [row["response"] for row in rows] == [
        '{"answer":"28"}',
        '{"answer":{"k":1}}',
        '{"answer":null}',
    ]


def test_flattened_answers_stand_where_the_column_of_flat_ones_is_empty(tmp_path: Path) -> None:
    """Normalised JSON has a column of its own for answers that are no objects: the others were in extra."""
    text = (
        "id,timestamp,eventType,roomId,response,response.value,response.responseTime\n"
        "evt_1,2024-10-20T14:30:45Z,x,room_a,7,,\n"
        "evt_2,2024-10-20T14:30:45Z,x,room_a,,good,1200\n"
        "evt_3,2024-10-20T14:30:45Z,x,room_a,yes,no,\n"
        "evt_4,2024-10-20T14:30:45Z,x,room_a,,,\n"
    )
    same = {"timestamp": "2024-10-20T14:30:45Z", "eventType": "x", "roomId": "room_a"}
    saved = [
        {"id": "evt_5", "response": None, "response.value": "good", **same},
        {"id": "evt_6", "response": None, "response.value": None, **same},
    ]
    got = read(tmp_path, {"events.csv": text, "b.json": json.dumps(saved)})
    rows = {row["id"]: row for row in got.rows("events")}
    assert {name: rows[name].get("response") for name in sorted(rows)} == {
        "evt_1": "7",
        "evt_2": '{"responseTime":1200,"value":"good"}',
        "evt_3": '"yes"',
        "evt_4": None,
        "evt_5": '{"value":"good"}',
        "evt_6": None,
    }
    extras = {name: rows[name]["extra"] for name in rows if "extra" in rows[name]}
    assert extras == {"evt_3": '{"response.value":"no"}'}
    assert ("nulls" in rows["evt_5"], rows["evt_6"]["nulls"]) == (False, "response")
    assert got.found("FIELDS-UNKNOWN").rows.count == 1


@pytest.mark.parametrize(
    ("head", "cells"),
    [("scale.min,scale.max", "-1,8.5"), ("Scale", '"{""min"":-1,""max"":8.5}"')],
)
def test_a_scale_in_a_table_is_folded_under_its_other_headers(
    tmp_path: Path, head: str, cells: str
) -> None:
    text = f"ratingId,responseTime,roomId,{head}\nr,5,room_a,{cells}\n"
    (row,) = read(tmp_path, {"sparse.csv": text}).rows("ratings/sparse")
    assert (row["scaleMin"], row["scaleMax"], row.get("extra")) == (-1, 8.5, None)


def test_the_state_of_the_dashboard_is_its_name(tmp_path: Path) -> None:
    """The screen has a column ``State``; it was in extra, which the ready policies drop."""
    text = (
        "\ufeffid,Onset (ms),Event Type,Timestamp,State\nevt_1,-369,x,2024-10-20T14:30:45Z,intro\n"
    )
    (row,) = read(tmp_path, {"room_a/export.csv": text}).rows("events")
    assert (row["stateName"], row.get("extra")) == ("intro", None)


def test_of_two_spellings_of_one_nested_key_none_is_lost(tmp_path: Path) -> None:
    text = (
        "recordingId,startTime,roomId,metadata_type,metadata.type\n"
        "rec_1,2024-10-20T14:30:45Z,room_a,video,audio\n"
    )
    (row,) = read(tmp_path, {"recordings.csv": text}).rows("recordings")
    assert (row["metadata"], row["extra"]) == ('{"type":"video"}', '{"metadata.type":"audio"}')


def test_ratings_of_both_kinds_in_one_file_are_told_apart_by_their_rows(tmp_path: Path) -> None:
    text = (
        "ratingId,roomId,participantId,timestamp,value,normalizedValue,responseTime\n"
        "c1,room_a,u,2024-10-20T14:30:45Z,0.5,0.5,\n"
        "s1,room_a,u,2024-10-20T14:30:45Z,7,,1200\n"
        "?1,room_a,u,2024-10-20T14:30:45Z,7,,\n"
    )
    rows = [
        {"ratingId": "c1", "value": 0.5, "normalizedValue": 0.5},
        {"ratingId": "s1", "value": 7, "responseTime": 1200},
        {"ratingId": "?1", "value": 7},
    ]
    for folder, files in {
        "csv": {"ratings.csv": text},
        "json": {"r.json": json.dumps(rows)},
    }.items():
        got = read(tmp_path / folder, files)
        assert [row["ratingId"] for row in got.rows("ratings/continuous")] == ["c1"]
        assert [row["ratingId"] for row in got.rows("ratings/sparse")] == ["s1"]
        assert got.rows("ratings/sparse")[0]["value"] == "7"
        assert got.found("TYPE-UNDECIDED").rows.count == 1
        assert {part.data_type: part.rows for part in got.parts} == {
            "ratings/continuous": 1,
            "ratings/sparse": 1,
            "unknown": 1,
        }


def test_decisions_and_runs_of_agents_are_told_apart(tmp_path: Path) -> None:
    rows = [
        {"_type": "run", "id": "agent_1", "personaId": "p", "turns": 3},
        {"_type": "decision", "id": "agent_1_1", "participantId": "agent_1", "turnKind": "chat"},
    ]
    got = read(tmp_path, {"agent_decisions.json": page(rows, dataType="agentDecisions")})
    assert got.rows("agent_runs") == [
        {"participantId": "agent_1", "isAgent": True, "extra": got.rows("agent_runs")[0]["extra"]}
    ]
    assert got.found("TYPE-NOT-ARCHIVED").rows.count == 1


def test_a_name_alone_decides_nothing(tmp_path: Path) -> None:
    got = read(tmp_path, {"events.csv": "colour,size\nred,1\n"})
    assert got.batches == []
    finding = got.found("TYPE-UNDECIDED")
    assert (finding.file, finding.rows.count) == ("F001", 1)


def test_rows_of_a_large_file_do_not_wait_for_those_of_the_next(tmp_path: Path) -> None:
    several = page([EVENT | {"id": f"e{row}"} for row in range(7)], **METADATA)
    chat = page([{"messageId": "m", "roomId": "room_a"}], dataType="chat")
    files = {"a.json": several, "b.json": chat, "c.json": several}
    waiting = [
        (batch.data_type, batch.table.num_rows) for batch in read(tmp_path / "w", files).batches
    ]
    handed_on = read(tmp_path / "h", files, batch_rows=56).batches
    assert waiting == [("events", 14), ("chat", 1)]
    assert [(batch.data_type, batch.table.num_rows) for batch in handed_on] == [
        ("events", 7),
        ("events", 7),
        ("chat", 1),
    ]


def test_small_pages_become_large_batches_and_rows_keep_their_places(tmp_path: Path) -> None:
    files = {
        f"p{number:02d}.json": page(
            [EVENT | {"id": f"e{number}_{row}"} for row in range(6)], **METADATA
        )
        for number in range(20)
    }
    got = read(tmp_path, files, batch_rows=50)
    assert [batch.table.num_rows for batch in got.batches] == [50, 50, 20]
    places = [(at >> 40, at & (2**40 - 1)) for at in got.table("events")["_at"].to_pylist()]
    assert places == [(order, row) for order in range(20) for row in range(6)]
    for batch in got.batches:
        assert all(column.num_chunks == 1 for column in batch.table.columns)


@pytest.mark.parametrize("told", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;;"])
def test_a_line_that_tells_excel_the_separator_is_no_header(tmp_path: Path, told: str) -> None:
    rows = "id;timestamp;eventType;roomId;onset\ne1;2024-10-20T14:30:45Z;x;r;1,5\ne2;;x;r\n"
    got = read(tmp_path, {"events.csv": f"\ufeff{told}\r\n" + rows.replace("\n", "\r\n")})
    (row,) = got.rows("events")
    assert (row["id"], row["onset"]) == ("e1", 1.5)
    assert got.found("CSV-ROWS-BROKEN").rows == Rows(count=1, first=(2,))


def test_indexes_of_frames_saved_again_and_again_are_dropped(tmp_path: Path) -> None:
    rows = "id,timestamp,eventType,roomId,Unnamed: 7\n1,2,e,2024-10-20T14:30:45Z,x,r,kept\n"
    got = read(tmp_path, {"events.csv": f",Unnamed: 0,{rows}"})
    (row,) = got.rows("events")
    assert row["id"] == "e"
    assert json.loads(row["extra"]) == {"Unnamed: 7": "kept"}
    assert got.found("COLUMNS-DERIVED").rows == Rows(count=1)


def test_what_is_not_opened_and_may_hold_rows_is_a_finding(tmp_path: Path) -> None:
    files = {"rooms.zip.part": "x", "events.xlsx": "x", "old.tar.gz": "x", "data.parquet": "x"}
    files |= {"chat.csv.bak": "x", "sync.json~": "x"}
    litter = {
        "notes.bak": "x",
        "~$events.csv~": "x",
        ".DS_Store": "x",
        "analysis.R": "x",
        "README.md": "x",
        "thesis.docx": "x",
    }
    (tmp_path / "elsewhere.csv").symlink_to(tmp_path / "nowhere.csv")
    got = read(tmp_path, {**files, **litter, "events.csv": HEADER + LINE + "yes\n"})
    left_out = [f for f in got.findings if f.code == "FILE-LEFT-OUT"]
    assert {f.check for f in left_out} == {
        "a partial download",
        "a spreadsheet: export it as CSV or JSON",
        "nested archive: unpack it first",
        "a file of another program",
        "a link: links are not followed",
        "a backup copy of a table",
    }
    assert len(left_out) == 7
    assert left_out[0].message == (
        f"the file was not opened, and may hold data that is then missing: {left_out[0].check}"
    )


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_put_one_after_the_other_are_one_table(tmp_path: Path, mark: str) -> None:
    both = f"{mark}{HEADER}{LINE}yes\n{mark}{HEADER}{LINE_2}"
    got = read(tmp_path, {"events.csv": both})
    assert [row["id"] for row in got.rows("events")] == ["evt_1", "evt_2"]
    assert got.table("events")["_at"].to_pylist() == [0, 2]
    assert [part.rows for part in got.parts] == [2]
    assert got.codes() == {"CSV-HEADER-AGAIN"}
    assert got.found("CSV-HEADER-AGAIN").rows == Rows(count=1)


def test_another_header_further_down_is_a_row_that_cannot_be_read(tmp_path: Path) -> None:
    other = HEADER.replace("response", "value")
    got = read(tmp_path, {"events.csv": f"{HEADER}{LINE}yes\n{other}{LINE_2}"})
    assert len(got.rows("events")) == 3
    assert "VALUE-NOT-A-NUMBER" in got.codes()


def test_blank_rows_of_a_spreadsheet_are_none(tmp_path: Path) -> None:
    blank = "," * HEADER.count(",") + "\n"
    got = read(tmp_path, {"events.csv": HEADER + blank + LINE + "yes\n" + 3 * blank + LINE_2})
    assert [row["id"] for row in got.rows("events")] == ["evt_1", "evt_2"]
    assert got.table("events")["_at"].to_pylist() == [1, 5]
    assert [part.rows for part in got.parts] == [2]
    assert got.codes() == set()
    ratings = "ratingId,participantId,roomId,value,type\n,,,,\nr,p,a,1,sparse\n"
    mixed = read(tmp_path / "mixed", {"ratings.csv": ratings})
    assert [part.data_type for part in mixed.parts] == ["ratings/sparse"]


def test_a_line_of_text_under_the_name_of_a_table_is_no_header(tmp_path: Path) -> None:
    got = read(tmp_path, {"sync.csv": "Too Many Requests\n", "notes.csv": "Too Many Requests\n"})
    assert got.unreadable == [
        ("F002", "one line of text (expected names of columns in the first row)")
    ]


def test_a_document_without_a_table_weighs_more_under_the_name_of_one(tmp_path: Path) -> None:
    frame = json.dumps({"0": EVENT, "1": SECOND})
    got = read(tmp_path, {"events.json": frame, "metadata.json": '{"exportedBy": "x"}'})
    found = {f.file: (f.severity, f.message) for f in got.findings}
    assert found == {
        "F001": (
            Severity.WARNING,
            "the file is named after a data type and holds no table of it",
        ),
        "F002": (Severity.NOTE, "the file holds no table"),
    }
