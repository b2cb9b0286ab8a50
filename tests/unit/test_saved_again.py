"""A record in the JSON of the platform, and in a CSV that another program saved again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.ingest.census import Census
from archive_tool.ingest.overlaps.fold import fold
from archive_tool.model.findings import Finding, Rows, Severity
from archive_tool.model.tables import AT, ROW_BITS
from sample_data import csv_text
from tests.support.ingesting import page, read

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
OLD, NEW = "20261101_080000", "20261120_080000"


def event(number: int = 1, **more: Any) -> Row:
    """An event as the platform tells it, with all digits."""
    return {
        "id": f"e{number}",
        "timestamp": "2026-03-01T10:00:00.877Z",
        "onset": 1000.1234567890123 + number,
        "roomId": "r1",
        "experimentId": "x",
        "participantId": "u1",
        "eventType": "component.response",
        **more,
    }


def rounded(row: Row, digits: int = 6) -> Row:
    return {
        key: float(f"{value:.{digits}g}") if isinstance(value, float) else value
        for key, value in row.items()
    }


def kept(folder: Path, files: dict[str, str]) -> tuple[list[Row], list[Finding]]:
    """Rows that stay, in the order of their places, and what is said of the others."""
    got = read(folder, files)
    census = Census()
    for batch in got.batches:
        census.add(batch)
    duplicates = census.duplicates("events")
    found = fold([duplicates.filter(batch) for batch in got.batches], got.parts, "events")
    gone = set(found.dropped.tolist())
    rows = [row for batch in got.batches for row in batch.table.to_pylist() if row[AT] not in gone]
    return [row | {"form": got.parts[row[AT] >> ROW_BITS].form} for row in rows], found.findings


def said(findings: list[Finding]) -> list[tuple[str, Severity, str | None, int]]:
    return [
        (one.code, one.severity, one.column, one.rows.count if one.rows else 0) for one in findings
    ]


NOTE, WARNING = Severity.NOTE, Severity.WARNING


@pytest.mark.parametrize("days", [("", ""), (f"_{OLD}", f"_{NEW}"), (f"_{NEW}", f"_{OLD}")])
@pytest.mark.parametrize("digits", [15, 10, 6])
def test_all_digits_stay_whichever_file_is_newer(
    tmp_path: Path, days: tuple[str, str], digits: int
) -> None:
    rows = [event(number, gain=0.1234567890123456 / number) for number in (1, 2)]
    files = {
        f"a/events{days[0]}.json": json.dumps(rows),
        f"b/events{days[1]}.csv": csv_text.api_csv([rounded(row, digits) for row in rows]),
    }
    stay, findings = kept(tmp_path, files)
    assert [row["onset"] for row in stay] == [row["onset"] for row in rows]
    (finding,) = findings
    assert finding == Finding(
        code="RECORDS-ROUNDED",
        severity=NOTE,
        message="rows whose numbers or times have fewer digits than the copy that is kept",
        data_type="events",
        file="F002",
        rows=Rows(count=2, first=(1, 2)),
    )


def test_a_table_with_all_digits_stays_beside_json_that_lost_some(tmp_path: Path) -> None:
    """``toJSON`` of R writes four decimals."""
    rows = [event(number) for number in (1, 2)]
    files = {
        f"a/events_{NEW}.json": json.dumps([rounded(row, 8) for row in rows]),
        f"b/events_{OLD}.csv": csv_text.api_csv(rows),
    }
    stay, findings = kept(tmp_path, files)
    assert [row["onset"] for row in stay] == [row["onset"] for row in rows]
    assert said(findings) == [("RECORDS-ROUNDED", NOTE, None, 2)]


def test_of_two_tables_the_one_with_all_digits_stays_down_to_the_last_bit(tmp_path: Path) -> None:
    """15 digits, as R writes them: the first number is the same but for its last bit, the fourth has no more."""
    numbers = (0.37796883434360806, 0.12345678901234567, 0.9871236540987654, 0.5, 1.25)
    rows = [event(number, onset=onset) for number, onset in enumerate(numbers)]
    files = {
        "a/events.csv": csv_text.gui_csv(rows),
        "b/events.csv": csv_text.api_csv([rounded(row, 15) for row in rows]),
    }
    stay, findings = kept(tmp_path, files)
    assert [row["onset"] for row in stay] == list(numbers)
    assert said(findings) == [
        ("RECORDS-OVERLAP", NOTE, None, 3),
        ("RECORDS-ROUNDED", NOTE, None, 2),
    ]


def test_a_newer_table_stays_where_each_has_more_digits_somewhere(tmp_path: Path) -> None:
    rows = [event(number, onset=onset) for number, onset in enumerate((0.1234567, 0.7654321, 0.3))]
    older = [rounded(rows[0], 3), *rows[1:2], event(2, onset=0.30000000000000004)]
    newer = [rows[0], rounded(rows[1], 3), rows[2]]
    files = {
        f"events_{OLD}.csv": csv_text.api_csv(older),
        f"events_{NEW}.csv": csv_text.api_csv(newer),
    }
    stay, _ = kept(tmp_path, files)
    assert sorted(row["onset"] for row in stay) == [0.1234567, 0.3, 0.7654321]


def test_more_digits_do_not_win_over_a_value_that_a_row_lacks(tmp_path: Path) -> None:
    files = {
        f"events_{OLD}.json": json.dumps([event()]),
        f"events_{NEW}.csv": csv_text.api_csv([rounded(event(content="added"))]),
    }
    (row,), findings = kept(tmp_path, files)
    assert row["content"] == "added"
    assert said(findings) == [
        ("RECORDS-ROUNDED", WARNING, "onset", 1),
        ("RECORDS-REVISED", NOTE, None, 1),
    ]


def test_more_digits_do_not_win_over_a_number_that_has_fewer(tmp_path: Path) -> None:
    whole = event(duration=0.1234567)
    files = {
        f"events_{OLD}.json": json.dumps([whole | {"duration": 0.123}]),
        f"events_{NEW}.json": json.dumps([whole | {"onset": 1001.12}]),
    }
    (row,), _ = kept(tmp_path, files)
    assert (row["onset"], row["duration"]) == (1001.12, 0.1234567)


def test_an_empty_text_that_a_program_wrote_is_no_value(tmp_path: Path) -> None:
    """R writes ``""`` where there was nothing, and nothing where somebody typed ``NA``."""
    row = event(value="NA", response="yes")
    saved = row | {"value": None, "content": "", "componentId": "", "stateId": ""}
    files = {
        "a/events.csv": csv_text.api_csv([row]),
        "b/events.csv": csv_text.r_csv([saved]),
    }
    stay, findings = kept(tmp_path, files)
    assert (stay[0]["value"], stay[0]["content"]) == ('"NA"', None)
    assert said(findings) == [("RECORDS-REVISED", NOTE, None, 1)]


def test_zeros_that_a_program_took_for_no_digits_stay(tmp_path: Path) -> None:
    row = event(onset=5, response="007")
    files = {
        "a/events.csv": csv_text.api_csv([row]),
        "b/events.csv": csv_text.api_csv([row | {"response": 7}]),
    }
    stay, findings = kept(tmp_path, files)
    assert stay[0]["response"] == '"007"'
    assert said(findings) == [("RECORDS-ROUNDED", NOTE, None, 1)]


NESTED = {"value": 3.5, "responseTime": 1200}


def test_a_nested_value_stays_beside_a_text_of_it(tmp_path: Path) -> None:
    """pandas reads a CSV, and saves it as JSON."""
    row = event(onset=5, response=NESTED)
    saved = row | {"response": json.dumps(NESTED)}
    files = {"a/events.csv": csv_text.api_csv([row]), "b/events.json": json.dumps([saved])}
    stay, findings = kept(tmp_path, files)
    assert stay[0]["response"] == '{"responseTime":1200,"value":3.5}'
    assert said(findings) == [("RECORDS-OVERLAP", NOTE, None, 1)]


def test_a_nested_value_stays_beside_one_that_a_program_spoilt(tmp_path: Path) -> None:
    """``fread`` and ``fwrite`` of R leave quotes doubled, and double them again."""
    row = event(onset=5, response=NESTED)
    spoilt = row | {"response": json.dumps(NESTED).replace('"', '""')}
    files = {"a/events.csv": csv_text.api_csv([row]), "b/events.csv": csv_text.api_csv([spoilt])}
    stay, findings = kept(tmp_path, files)
    assert stay[0]["response"] == '{"responseTime":1200,"value":3.5}'
    assert said(findings) == [("RECORDS-CONFLICT", WARNING, "response", 1)]


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_what_a_spreadsheet_saved_is_no_correction(
    tmp_path: Path, form: str, separator: str
) -> None:
    """It calculates: a message that begins like a formula is an error then, whatever else is the same."""
    row = event(onset=5, content="=SUM(A1) lol")
    saved = csv_text.api_csv([row | {"content": "Err:509"}]).replace(",", separator)
    download = json.dumps([row]) if form == "json" else csv_text.api_csv([row])
    files = {f"a/events_{OLD}.{form}": download, f"b/events_{NEW}.csv": saved}
    stay, findings = kept(tmp_path, files)
    assert stay[0]["content"] == "=SUM(A1) lol"
    assert said(findings) == [("RECORDS-CONFLICT", WARNING, "content", 1)]


def test_times_without_fractions_are_less_exact(tmp_path: Path) -> None:
    row = event()
    cut = row | {"timestamp": "2026-03-01T10:00:00Z"}
    files = {"events.json": json.dumps([row]), f"events_{NEW}.csv": csv_text.api_csv([cut])}
    stay, findings = kept(tmp_path, files)
    assert stay[0]["timestamp"].microsecond == 877_000
    assert said(findings) == [("RECORDS-ROUNDED", NOTE, None, 1)]


def test_of_equal_copies_json_stays_since_it_tells_a_typed_7_from_a_number(tmp_path: Path) -> None:
    row = event(response="7")
    files = {"events.json": json.dumps([row]), f"events_{NEW}.csv": csv_text.api_csv([row])}
    stay, findings = kept(tmp_path, files)
    assert (stay[0]["response"], stay[0]["form"]) == ('"7"', "array")
    assert said(findings) == [("RECORDS-OVERLAP", NOTE, None, 1)]


def test_what_else_a_table_with_fewer_digits_says_is_a_conflict_also_where_it_is_newer(
    tmp_path: Path,
) -> None:
    rows = [event(number, content=f"1/{number}") for number in (1, 2, 3)]
    saved = [rounded(row) for row in rows]
    saved[1]["content"] = "2-Jan"
    files = {"events.json": page(rows, dataType="events", timestamp="2026-11-01T08:00:00Z")}
    files |= {f"events_{NEW}.csv": csv_text.api_csv(saved)}
    stay, findings = kept(tmp_path, files)
    assert [row["content"] for row in stay] == ["1/1", "1/2", "1/3"]
    assert said(findings) == [
        ("RECORDS-CONFLICT", WARNING, "content", 1),
        ("RECORDS-ROUNDED", NOTE, None, 3),
    ]


@pytest.mark.parametrize("rows_in_all", [2, 3])
def test_a_correction_wins_where_half_of_the_rows_have_all_digits(
    tmp_path: Path, rows_in_all: int
) -> None:
    rows = [event(number) for number in range(rows_in_all)]
    newer = [dict(row) for row in rows]
    newer[0] |= {"onset": 1000.12, "content": "corrected"}
    older = [row | {"content": "was"} for row in rows[:1]] + rows[1:]
    files = {f"events_{OLD}.json": json.dumps(older), f"events_{NEW}.csv": csv_text.api_csv(newer)}
    stay, findings = kept(tmp_path, files)
    assert "corrected" in [row["content"] for row in stay]
    assert said(findings) == [
        ("RECORDS-OVERLAP", NOTE, None, rows_in_all - 1),
        ("RECORDS-ROUNDED", WARNING, "onset", 1),
        ("RECORDS-REVISED", NOTE, None, 1),
    ]


def test_newer_json_is_a_correction_also_where_it_has_fewer_digits(tmp_path: Path) -> None:
    rows = [event(number, content="was") for number in (1, 2)]
    newer = [rounded(row) | {"content": "corrected"} for row in rows]
    files = {f"events_{OLD}.csv": csv_text.api_csv(rows), f"events_{NEW}.json": json.dumps(newer)}
    stay, _ = kept(tmp_path, files)
    assert [row["content"] for row in stay] == ["corrected", "corrected"]


def test_a_time_that_cannot_be_read_does_not_stay_beside_one_that_can(tmp_path: Path) -> None:
    row = event()
    local = row | {"timestamp": "3/1/2026 10:00"}
    for names in (("a", "b"), ("b", "a")):
        files = {f"{names[0]}/events.json": json.dumps([row])}
        files |= {f"{names[1]}/events.csv": csv_text.api_csv([local])}
        stay, findings = kept(tmp_path / names[0], files)
        assert stay[0]["timestamp"] is not None
        assert said(findings) == [
            ("RECORDS-THINNER", WARNING, "extra", 1),
            ("RECORDS-REVISED", NOTE, None, 1),
        ]
