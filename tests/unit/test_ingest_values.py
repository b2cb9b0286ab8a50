"""Values of every kind, from JSON and from CSV, and what is kept when they are not of the kind."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from archive_tool.ingest.cells.times import epoch_us, parse_times
from archive_tool.ingest.cells.values import cell_value, json_text
from archive_tool.model.findings import Severity
from tests.support.ingesting import page, read

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = datetime(2024, 10, 20, 14, 30, 45, 123000, tzinfo=UTC)
US = 1_729_434_645_123_000


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("2024-10-20T14:30:45.123Z", US),
        ("2024-10-20 14:30:45.123000+00:00", US),
        ("2024-10-20 14:30:45.123+0000", US),
        ("2024-10-20T16:30:45.123+02", US),
        ("2024-10-20T14:30:45.123999999Z", US + 999),
        ("2024-10-20T14:30:45Z", US - 123_000),
        ("1729434645123", US),
        ("1729434645.123", US),
        ("1.729434645123e+12", US),
        ("1729434645123000", US),
        ("1.729434645e+12", US - 123_000),  # R, of a whole second
        ("1.72943E+12", None),
        ("1.72943E+09", None),
        ("1e+12", None),
        ("2024-10-20T14:30:45", None),
        ("3/9/2026, 11:03:48 PM", None),
        ("2024-02-30T14:30:45Z", None),
        ("0002-01-01T00:00:00Z", -62_104_060_800_000_000),
        ("0002-01-01T00:00:00+02:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("9998-12-31T23:59:59.999999Z", 253_370_764_799_999_999),
        ("9998-12-31T23:59:59.999999-05:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("5000", None),
        ("soon", None),
    ],
)
def test_a_time_is_read_or_left_alone(text: str, us: int | None) -> None:
    assert epoch_us(text) == us


def test_times_that_cannot_be_read_are_ambiguous_or_no_times() -> None:
    import pyarrow as pa

    times = parse_times(
        pa.array(["2024-10-20T14:30:45", "soon", None, "3/9/2026, 11:03:48 PM", "5", "1.73E+12"])
    )
    assert (times.ambiguous, times.unread) == ((0, 3, 5), (1, 4))
    assert times.array.null_count == 6


@pytest.mark.parametrize(
    "text",
    [
        *("0001-01-01T00:00:00+02:00", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        *("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z"),
    ],
)
def test_a_time_at_an_end_of_the_calendar_is_an_error_and_not_lost(
    tmp_path: Path, text: str
) -> None:
    """It ended every command with a bug."""
    csv = f"id,timestamp,eventType,roomId\nevt_1,{text},x,room_a\n"
    rows = [{"id": "evt_2", "timestamp": text, "eventType": "x", "roomId": "room_a"}]
    sent = page(rows, dataType="events", timestamp=text)
    got = read(tmp_path, {"a.csv": csv, "b.json": sent})
    for row in got.rows("events"):
        assert "timestamp" not in row
        assert json.loads(row["extra"]) == {"timestamp": text}
    assert [f.file for f in got.findings if f.code == "VALUE-NOT-A-TIME"] == ["F001", "F002"]
    assert "TIME-AMBIGUOUS" not in got.codes()
    assert [part.downloaded_at for part in got.parts] == [None, None]


def test_all_forms_of_a_time_in_one_column_meet(tmp_path: Path) -> None:
    forms: list[object] = [
        "2024-10-20T14:30:45.123Z",
        1729434645123,
        1729434645.123,
        "1729434645123",
        {"_seconds": 1729434645, "_nanoseconds": 123000000},
    ]
    rows = [{"messageId": str(i), "roomId": "r", "timestamp": t} for i, t in enumerate(forms)]
    got = read(tmp_path, {"chat.json": json.dumps(rows)}).rows("chat")
    assert {row["timestamp"] for row in got} == {MOMENT}


@pytest.mark.parametrize(
    "cell",
    [
        '{"_seconds":1729434645,"_nanoseconds":123000000}',
        "{'seconds': 1729434645, 'nanoseconds': 123000000}",
    ],
)
def test_a_time_object_of_firestore_is_read_in_a_cell_too(tmp_path: Path, cell: str) -> None:
    """As R and pandas write it: every row had no time, and create stopped."""
    quoted = cell.replace('"', '""')
    text = f'messageId,roomId,timestamp\na,r,"{quoted}"\nb,r,"{{""_seconds"":true}}"\n'
    first, second = (got := read(tmp_path, {"chat.csv": text})).rows("chat")
    assert (first["timestamp"], "extra" in first) == (MOMENT, False)
    assert json.loads(second["extra"]) == {"timestamp": {"_seconds": True}}
    assert got.found("VALUE-NOT-A-TIME").rows.count == 1


def test_an_ambiguous_time_is_kept_in_extra_and_reported_with_its_row(tmp_path: Path) -> None:
    text = (
        'messageId,roomId,timestamp,foo\na,r,2024-10-20T14:30:45Z,\nb,r,"3/9/2026, 1:03:48 PM",1\n'
    )
    got = read(tmp_path, {"chat.csv": text})
    assert got.rows("chat")[1]["extra"] == '{"foo":1,"timestamp":"3/9/2026, 1:03:48 PM"}'
    finding = got.found("TIME-AMBIGUOUS")
    assert (finding.file, finding.column, finding.rows.first) == ("F001", "timestamp", (2,))
    assert finding.message == (
        "a time can be read in more than one way; the column is empty there and the original is "
        "kept in extra"
    )


def test_a_value_that_is_no_number_is_an_error_and_not_lost(tmp_path: Path) -> None:
    rows = [
        {"metricId": "m", "roomId": "r", "timeDrift": value}
        for value in (1, "2.5", "much", True, None, [3])
    ]
    table = "metricId,roomId,timeDrift\nm,r,1\nm,r,much\nm,r,NaN\nm,r, 7 \nm,r,inf\n"
    got = read(tmp_path, {"a.json": json.dumps(rows), "sync.csv": table}).rows("sync")
    assert [(row.get("timeDrift"), row.get("extra")) for row in got] == [
        (1, None),
        (2.5, None),
        (None, '{"timeDrift":"much"}'),
        (None, '{"timeDrift":true}'),
        (None, None),
        (None, '{"timeDrift":[3]}'),
        (1, None),
        (None, '{"timeDrift":"much"}'),
        (None, None),
        (7, None),
        (None, '{"timeDrift":"inf"}'),
    ]
    found = read(tmp_path, {}).findings
    errors = {(f.file, f.rows.first) for f in found if f.code == "VALUE-NOT-A-NUMBER"}
    assert errors == {("F001", (3, 4, 6)), ("F002", (2, 5))}
    assert "much" not in repr(found)


def test_typed_words_are_answers_and_only_bare_na_of_r_is_missing(tmp_path: Path) -> None:
    r_text = (
        '"id","timestamp","onset","roomId","eventType","content","response"\n'
        '"e1","2024-10-20 14:30:45",NA,"room_a","x","NA","NA"\n'
        '"e2","2024-10-20 14:30:45",5,"room_a","x",NA,NA\n'
    )
    header = "id,timestamp,onset,roomId,eventType,content,response"
    plain = f"{header}\ne,2024-10-20T14:30:45Z,1,r,x,NA,None\n"
    got = read(tmp_path, {"events.csv": r_text, "z_events.csv": plain})
    first, second, third = got.rows("events")
    assert first["timestamp"] == datetime(2024, 10, 20, 14, 30, 45, tzinfo=UTC)
    assert (first["content"], first["response"], first.get("onset")) == ("NA", '"NA"', None)
    assert (second.get("content"), second.get("response"), second["onset"]) == (None, None, 5)
    assert (third["content"], third["response"]) == ("NA", '"None"')
    assert [part.form for part in got.parts] == ["csv-r", "csv"]


def test_a_bare_na_is_missing_where_a_number_says_it_too(tmp_path: Path) -> None:
    header = "id,timestamp,onset,roomId,eventType,content,componentType"
    readr = (
        f'{header}\ne1,2024-10-20T14:30:45Z,NA,r,x,"NA",NA\ne2,2024-10-20T14:30:45Z,5,r,x,NA,NA\n'
    )
    chat = "messageId,timestamp,senderId,content,recipientIds\nm,2024-10-20T14:30:45Z,p,NA,NA\n"
    got = read(tmp_path, {"events.csv": readr, "chat.csv": chat})
    first, second = got.rows("events")
    assert (first["content"], first.get("onset"), first.get("componentType")) == ("NA", None, None)
    assert (second.get("content"), second["onset"], second.get("componentType")) == (None, 5, None)
    (message,) = got.rows("chat")
    assert (message.get("content"), message.get("recipientIds")) == (None, None)
    assert got.codes() == {"ROWS-WITHOUT-ROOM"}


def test_a_blank_id_is_a_missing_one(tmp_path: Path) -> None:
    text = "messageId,timestamp,senderId,content\nm,2024-10-20T14:30:45Z, ,  \n"
    page = '[{"messageId": "n", "timestamp": "2024-10-20T14:30:45Z", "senderId": "\\u00a0"}]'
    got = read(tmp_path, {"chat.csv": text, "chat.json": page})
    first, second = got.rows("chat")
    assert "senderId" not in first
    assert "senderId" not in second
    assert first["content"] == "  "


@pytest.mark.parametrize("blank", ["", " ", "\u00a0\t"])
def test_a_blank_record_id_is_a_missing_one(tmp_path: Path, blank: str) -> None:
    page = json.dumps([{"messageId": blank, "roomId": "r", "content": "x"}])
    text = f'messageId,roomId,content\n"{blank}",r,x\n'
    for row in read(tmp_path, {"chat.csv": text, "chat.json": page}).rows("chat"):
        assert "messageId" not in row


def test_a_destroyed_value_is_said_to_be_destroyed(tmp_path: Path) -> None:
    text = "id,timestamp,eventType,roomId,response\ne,2024-10-20T14:30:45Z,x,r,[object Object]\n"
    got = read(tmp_path, {"events.csv": text})
    assert "response" not in got.rows("events")[0]
    assert got.found("VALUE-DESTROYED").rows.first == (1,)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("yes", "yes"),
        ("7", 7),
        ("7.0", 7.0),
        ('"7"', "7"),
        ("null", "null"),
        ("None", "None"),
        ("NA", "NA"),
        ("True", True),
        ("true", True),
        ("{'a': None, 'b': (1, nan)}", {"a": None, "b": [1, None]}),
        ('{"a": [1]}', {"a": [1]}),
        ("{'a': 'with my nan, mum', 'b': nan}", {"a": "with my nan, mum", "b": None}),
        ("['it\\'s [nan]', \"nan, o'nan\", nan]", ["it's [nan]", "nan, o'nan", None]),
        ("[broken", "[broken"),
        ("{1: 2}", "{1: 2}"),
        ("{'a': __import__('os')}", "{'a': __import__('os')}"),
        ("(" * 200 + ")" * 200, "(" * 200 + ")" * 200),
    ],
)
def test_cells_of_nested_columns(cell: str, value: object) -> None:
    assert cell_value(cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (r"{'path': 'C:\data'}", r"{'path': 'C:\data'}"),
        (r"{'path': 'C:\\data', 'sign': '\\\\'}", {"path": "C:\\data", "sign": "\\\\"}),
        (r"['\x00\n\u00e9', '\'']", ["\0\né", "'"]),
        ("[1or 2]", "[1or 2]"),
        ("[1.else 2]", "[1.else 2]"),
        ("[0x1for one in two]", "[0x1for one in two]"),
        ("['1or 2', '\\'1or 2', 1e-05, 2E5]", ["1or 2", "'1or 2", 1e-05, 2e5]),
    ],
)
def test_python_has_nothing_to_say_of_a_cell(cell: str, value: object) -> None:
    """Its warnings would stand on the terminal, with a piece of the cell."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert cell_value(cell) == value
    assert said == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5000.0, "5000"),
        (0.1, "0.1"),
        (1e-7, "1e-7"),
        ({"b": 1.0, "a": [2.0, "3.0"]}, '{"a":[2,"3.0"],"b":1}'),
        ("é\n", '"é\\n"'),
        ("\ud800", '"\ufffd"'),
        (2**70, str(2**70)),
        (-0.0, "0"),
        (None, "null"),
    ],
)
def test_canonical_text(value: object, text: str) -> None:
    assert json_text(value) == text


def test_carriage_returns_quotes_and_line_breaks_stay_inside_cells(tmp_path: Path) -> None:
    rows = 'messageId,roomId,content\na,r,"one, ""two""\nthree"\nb,r,lone\rreturn\nc,r,last\n'
    got = read(tmp_path, {"chat.csv": rows})
    assert [row["content"] for row in got.rows("chat")] == [
        'one, "two"\nthree',
        "lone\rreturn",
        "last",
    ]
    assert "CSV-ROWS-BROKEN" not in got.codes()


def test_a_spreadsheet_copy_is_read_and_reported(tmp_path: Path) -> None:
    text = "metricId;roomId;timeDrift;latency\nm\u00fc;r;1,5;-2\n".encode("cp1252")
    got = read(tmp_path, {"sync.csv": text})
    assert got.rows("sync") == [
        {"metricId": "mü", "roomId": "r", "timeDrift": 1.5, "latency": -2.0}
    ]
    assert {"CSV-RESAVED", "CSV-ENCODING"} <= got.codes()


def test_wrong_encoding_late_in_a_file_loses_no_row(tmp_path: Path) -> None:
    rows = b"".join(b"m%d,r,text\n" % row for row in range(60_000))
    got = read(tmp_path, {"chat.csv": b"messageId,roomId,content\n" + rows + b"last,r,caf\xe9\n"})
    contents = got.table("chat")["content"].to_pylist()
    assert (len(contents), contents[-1]) == (60_001, "café")
    assert got.found("CSV-ENCODING").check == "cp1252"


def test_types_and_encoding_that_break_one_after_the_other_lose_no_row(tmp_path: Path) -> None:
    rows = [f"m{row},r,{row},text" for row in range(3000)]
    rows[1500] = "m1500,r,odd,text"
    text = "\n".join(["metricId,roomId,timeDrift,foo", *rows]).encode() + b"caf\xe9\n"
    with patch("archive_tool.ingest.csv_files.rows.BLOCK", 1000):
        got = read(tmp_path, {"sync.csv": text}).table("sync")
    assert got["metricId"].to_pylist() == [f"m{row}" for row in range(3000)]
    assert got["extra"].to_pylist()[1500:] == [
        '{"foo":"text","timeDrift":"odd"}',
        *['{"foo":"text"}'] * 1498,
        '{"foo":"textcafé"}',
    ]


def test_mojibake_is_reported_and_not_changed(tmp_path: Path) -> None:
    got = read(tmp_path, {"chat.csv": "messageId,roomId,content\na,r,caf\u00c3\u00a9\n"})
    assert got.rows("chat")[0]["content"] == "caf\u00c3\u00a9"
    assert got.found("TEXT-MOJIBAKE").rows.first == (1,)


def test_damaged_json_text_is_read_as_far_as_possible(tmp_path: Path) -> None:
    rows = (
        b'[{"messageId":"a","roomId":"r","content":"x\\ud800"},'
        b'{"messageId":"b","roomId":"r","content":"caf\xe9"}]'
    )
    got = read(tmp_path, {"chat.json": rows})
    assert [row["content"] for row in got.rows("chat")] == ["x\ufffd", "café"]
    assert got.found("TEXT-DAMAGED").rows.first == (2,)
    assert "JSON-NONSTANDARD" in got.codes()


def test_half_a_character_in_a_time_of_a_line_is_no_bug(tmp_path: Path) -> None:
    line = '{"id":"evt_1","roomId":"r","eventType":"x","timestamp":"2024\\ud800"}\n'
    got = read(tmp_path, {"events.ndjson": 2 * line})
    assert [row["extra"] for row in got.rows("events")] == 2 * ['{"timestamp":"2024\ufffd"}']
    assert {"VALUE-NOT-A-TIME", "TEXT-DAMAGED"} <= got.codes()


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("end", ["]", "\\"])
def test_a_cell_with_a_text_that_nobody_ended_is_read_once(quote: str, end: str) -> None:
    """From each of its quotes it would take hours."""
    cell = f"[{quote}" + f"\\{quote}" * 400_000 + end
    assert cell_value(cell) == cell


def test_json_with_a_text_that_nobody_ended_is_read_once(tmp_path: Path) -> None:
    got = read(tmp_path, {"sync.json": '[NaN, "' + '\\"' * 1_000_000})
    assert got.codes() == {"FILE-UNREADABLE"}


def test_nan_and_infinity_in_json_do_not_stop_a_file(tmp_path: Path) -> None:
    text = '[{"experimentId":"NaN","roomId":"r","timeDrift":NaN,"latency":-Infinity}]'
    got = read(tmp_path, {"sync.json": text})
    assert got.rows("sync") == [
        {
            "experimentId": "NaN",
            "roomId": "r",
            "extra": '{"latency":"-Infinity"}',
            "nulls": "timeDrift",
        }
    ]
    assert "JSON-NONSTANDARD" in got.codes()


@pytest.mark.parametrize(
    ("cells", "unclear"),
    [
        (["91.958", "1,5"], [0]),
        (["91.958", "12.25"], []),  # the point is a decimal one
        (["91.958", "0.720"], []),
        (["-1.000", "7"], [0]),
        (["1.234,5", "91.958"], [1]),  # the other one cannot be read, and is said to be so
        (["91958", "1,5"], []),
    ],
)
def test_a_point_before_three_digits_may_be_a_thousand(
    tmp_path: Path, cells: list[str], unclear: list[int]
) -> None:
    rows = "".join(f"m{row};r;{cell};1\n" for row, cell in enumerate(cells))
    got = read(tmp_path, {"sync.csv": f"metricId;roomId;timeDrift;latency\n{rows}"})
    found = [f for f in got.findings if f.code == "CSV-POINT-UNCLEAR"]
    assert [(f.severity, f.column, f.rows.first) for f in found] == [
        (Severity.WARNING, "timeDrift", tuple(row + 1 for row in unclear))
    ] * bool(unclear)
    assert not found or "91" not in found[0].message


def test_points_of_files_with_commas_are_decimal(tmp_path: Path) -> None:
    got = read(tmp_path, {"sync.csv": "metricId,roomId,timeDrift\nm,r,91.958\n"})
    assert [row["timeDrift"] for row in got.rows("sync")] == [91.958]
    assert got.findings == []
