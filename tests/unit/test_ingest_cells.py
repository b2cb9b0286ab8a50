"""Cells of a CSV that only look like something else: units in headers, commas, numbers as written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archive_tool.ingest.cells.values import cell_value
from archive_tool.ingest.csv_files import spreadsheet
from archive_tool.model.findings import Rows, Severity
from tests.support.ingesting import Read, read

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = "id,timestamp,roomId,participantId,eventType,category"
EVENT = "evt_1,2024-10-20T14:30:45.123Z,room_a,user_1,component.response,component"
RATINGS = "ratingId,timestamp,roomId,participantId,componentId,responseTime,value"
RATING = "rating_1,2024-10-20T14:30:45.123Z,room_a,user_1,mood,3245"


def event(folder: Path, header: str, cell: str) -> Read:
    quoted = cell.replace('"', '""')
    text = f'{EVENTS},"{header}"\n{EVENT},"{quoted}"\n'
    return read(folder, {"events.csv": text})


@pytest.mark.parametrize(
    ("header", "column", "number"),
    [
        ("Onset (ms)", "onset", 5.0),
        ("Onset [ms]", "onset", 5.0),
        ("Duration (msec)", "duration", 5.0),
        ("Duration", "duration", 5.0),
    ],
)
def test_a_header_may_state_the_unit_of_its_field(
    tmp_path: Path, header: str, column: str, number: float
) -> None:
    found = event(tmp_path, header, "5")
    (row,) = found.rows("events")
    assert row[column] == number
    assert "UNIT-OTHER" not in found.codes()


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Onset (s)", "onset"),
        ("Onset (sec)", "onset"),
        ("Duration [Seconds]", "duration"),
        ("Session Time (min)", "sessionTime"),
        ("Duration (µs)", "duration"),
    ],
)
def test_a_column_in_another_unit_is_not_taken_for_its_field(
    tmp_path: Path, header: str, column: str
) -> None:
    found = event(tmp_path, header, "5")
    (row,) = found.rows("events")
    assert column not in row
    assert json.loads(row["extra"]) == {header: 5}
    finding = found.found("UNIT-OTHER")
    assert finding.severity is Severity.WARNING
    assert (finding.data_type, finding.file, finding.column) == ("events", "F001", column)
    assert finding.rows == Rows(count=1, first=(1,))
    assert finding.message == (
        "the header states another unit than the field has; the column is kept in extra"
    )


@pytest.mark.parametrize(
    "cell", ["1E+05", "1e5", "1.10", "0.50", "7.00", "-0", "(1, 2)", "007", "+5", "NaN", " 7 "]
)
def test_an_unknown_cell_stays_as_it_is_written(tmp_path: Path, cell: str) -> None:
    (row,) = event(tmp_path, "note", cell).rows("events")
    assert json.loads(row["extra"]) == {"note": cell}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("7", 7),
        ("7.0", 7),
        ("-2.5", -2.5),
        ("1e-07", 1e-7),
        ("1e-7", 1e-7),
        ('{"a": [1.0]}', {"a": [1]}),
    ],
)
def test_an_unknown_cell_that_a_program_wrote_is_a_value(
    tmp_path: Path, cell: str, value: object
) -> None:
    (row,) = event(tmp_path, "note", cell).rows("events")
    assert json.loads(row["extra"]) == {"note": value}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("7,5", 7.5),
        ("-0,25", -0.25),
        ("7", 7),
        ("7,5 or so", "7,5 or so"),
        ("1,2,3", "1,2,3"),
        ("01,02", "01,02"),
        ("-007,5", "-007,5"),
    ],
)
def test_a_decimal_comma_is_one_in_answers_too(tmp_path: Path, cell: str, value: object) -> None:
    text = f"{RATINGS}\n{RATING}".replace(",", ";") + f";{cell}\n"
    (row,) = read(tmp_path, {"ratings_sparse.csv": text}).rows("ratings/sparse")
    assert json.loads(row["value"]) == value


def test_a_choice_of_several_is_no_number(tmp_path: Path) -> None:
    text = f"{EVENTS},response\n{EVENT}".replace(",", ";") + ";1,3\n"
    found = read(tmp_path, {"events.csv": text})
    (row,) = found.rows("events")
    assert json.loads(row["response"]) == "1,3"
    finding = found.found("CSV-COMMA-UNCLEAR")
    assert (finding.column, finding.rows) == ("response", Rows(count=1, first=(1,)))


@pytest.mark.parametrize("cell", ["1,2,3", "a,b", "7", "7.5"])
def test_what_no_decimal_comma_makes_a_number_is_not_unclear(tmp_path: Path, cell: str) -> None:
    text = f"{EVENTS},response\n{EVENT}".replace(",", ";") + f";{cell}\n"
    assert "CSV-COMMA-UNCLEAR" not in read(tmp_path, {"events.csv": text}).codes()


def test_a_comma_between_commas_is_none(tmp_path: Path) -> None:
    text = f'{RATINGS}\n{RATING},"7,5"\n'
    (row,) = read(tmp_path, {"ratings_sparse.csv": text}).rows("ratings/sparse")
    assert json.loads(row["value"]) == "7,5"


def test_an_answer_with_a_point_before_three_digits_is_unclear(tmp_path: Path) -> None:
    text = f"{RATINGS}\n{RATING}".replace(",", ";") + ";1.234\n"
    found = read(tmp_path, {"ratings_sparse.csv": text})
    (row,) = found.rows("ratings/sparse")
    assert json.loads(row["value"]) == 1.234
    assert found.found("CSV-POINT-UNCLEAR").column == "value"


def test_what_json_cannot_have_written_stays_text() -> None:
    assert cell_value("(1, 2)") == "(1, 2)"


@pytest.mark.parametrize(("characters", "told"), [(32_766, 0), (32_767, 1), (32_768, 0)])
@pytest.mark.parametrize(("header", "column"), [("content", "content"), ("note", "extra")])
def test_a_cell_as_long_as_a_spreadsheet_allows_is_told(
    tmp_path: Path, header: str, column: str, characters: int, told: int
) -> None:
    found = event(tmp_path, header, characters * "ä")
    said = [f for f in found.findings if f.code == "CSV-SPREADSHEET-LIMIT"]
    assert [(f.file, f.column, f.rows) for f in said] == told * [
        ("F001", column, Rows(count=1, first=(1,)))
    ]


def test_a_table_as_long_as_a_spreadsheet_allows_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 2)
    two = f"{EVENTS}\n{EVENT}\n{EVENT.replace('evt_1', 'evt_2')}\n"
    three = two + EVENT.replace("evt_1", "evt_3") + "\n"
    found = read(tmp_path, {"a/events.csv": two, "b/events.csv": three})
    finding = found.found("CSV-SPREADSHEET-LIMIT")
    assert (finding.file, finding.rows) == ("F001", Rows(count=2))
    assert finding.message == (
        "the table, or a cell, is exactly as long as a spreadsheet allows: what came after may be "
        "lost"
    )


@pytest.mark.parametrize("cell", ["1.234,5", "12,5 s", "1,5,0"])
def test_a_number_that_cannot_be_read_is_kept_as_it_was(tmp_path: Path, cell: str) -> None:
    text = f"{EVENTS},duration\n{EVENT}".replace(",", ";") + f";{cell}\n"
    found = read(tmp_path, {"events.csv": text})
    (row,) = found.rows("events")
    assert "duration" not in row
    assert json.loads(row["extra"]) == {"duration": cell}
    assert found.found("VALUE-NOT-A-NUMBER").column == "duration"


@pytest.mark.parametrize("cell", ["45585.60", "4.5E4", "45585.604"])
def test_a_time_that_cannot_be_read_is_kept_as_it_was(tmp_path: Path, cell: str) -> None:
    (row,) = event(tmp_path, "clientTimestamp", cell).rows("events")
    kept = json.loads(row["extra"])["clientTimestamp"]
    assert str(kept) == cell


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ('{"value": "ye', True),
        ("{'value': Timestamp(1)}", True),
        ("[1,", True),
        ('{"value": 1}', False),
        ("{'value': None}", False),
        ("yes {really}", False),
        ("[object Object]", False),
    ],
)
def test_a_nested_value_that_is_none_is_told_and_kept_as_text(
    cell: str, told: bool, tmp_path: Path
) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    rows = f"id,eventType,roomId,response,futureField\ne1,x,r,{quoted},{quoted}\ne2,x,r,7,8\n"
    got = read(tmp_path, {"events.csv": rows})
    found = [f for f in got.findings if f.code == "VALUE-UNPARSED"]
    assert [(f.column, f.rows) for f in found] == (
        [("response", Rows(count=1, first=(1,)))] if told else []
    )
    if told:
        assert json.loads(got.rows("events")[0]["response"]) == cell


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"value": 1}', True),
        ("{'value': None}", True),
        ("[1, 2]", True),
        ("[laughs]", False),
        ('{"value": "ye', False),
    ],
)
@pytest.mark.parametrize("name", ["events.json", "events.ndjson"])
def test_a_nested_value_that_stands_in_a_text_is_told(
    text: str, told: bool, name: str, tmp_path: Path
) -> None:
    """As programs write it that read a CSV before."""
    rows = [{"id": f"e{row}", "eventType": "x", "roomId": "r", "response": 7} for row in range(3)]
    rows[1]["response"] = text
    written = json.dumps(rows) if name == "events.json" else "\n".join(map(json.dumps, rows))
    got = read(tmp_path, {name: written})
    found = [f for f in got.findings if f.code == "VALUE-UNPARSED"]
    assert [(f.column, f.rows) for f in found] == (
        [("response", Rows(count=1, first=(2,)))] if told else []
    )
    assert json.loads(got.rows("events")[1]["response"]) == text


@pytest.mark.parametrize(
    ("cell", "recipients"),
    [
        ("user_2,user_3", ["user_2", "user_3"]),
        ("12,13", ["12", "13"]),
        ("user_2", "user_2"),
        ("all", "all"),
        ('["user_2","user_3"]', ["user_2", "user_3"]),
        ("['user_2', 'user_3']", ["user_2", "user_3"]),
        ('["user_2","us', '["user_2","us'),
    ],
)
def test_recipients_may_be_joined_by_commas(
    tmp_path: Path, cell: str, recipients: list[str] | str
) -> None:
    quoted = cell.replace('"', '""')
    header = "messageId,roomId,senderId,content,timestamp,recipientIds"
    row = f'm1,room_a,user_1,hello,2024-10-20T14:30:45.123Z,"{quoted}"'
    found = read(tmp_path, {"chat.csv": f"{header}\n{row}\n"})
    (message,) = found.rows("chat")
    assert json.loads(message["recipientIds"]) == recipients
