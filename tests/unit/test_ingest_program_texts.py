"""What programs leave in the place of texts and values is told, whatever form the file has."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Final

import pytest

from archive_tool.model.findings import Rows
from tests.support.ingesting import Read, read

if TYPE_CHECKING:
    from pathlib import Path

ROWS: Final = {"chat": {"messageId": "m", "roomId": "r"}, "events": {"id": "e", "roomId": "r"}}


def as_csv(row: dict[str, object]) -> str:
    text = io.StringIO()
    cells = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in row.items()
    }
    lines = csv.DictWriter(text, list(cells), lineterminator="\n")
    lines.writeheader()
    lines.writerow(cells)
    return text.getvalue()


def both(tmp_path: Path, data_type: str, **values: object) -> tuple[Read, Read]:
    """One sound row and one with these values, as CSV and as JSON."""
    row = ROWS[data_type] | values
    return (
        read(tmp_path / "csv", {f"{data_type}.csv": as_csv(row)}),
        read(tmp_path / "json", {f"{data_type}.json": json.dumps([ROWS[data_type], row])}),
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("M\u00c3\u00bcller", "TEXT-MOJIBAKE"),
        ("Stra\u00c3\u0178e", "TEXT-MOJIBAKE"),
        ("\u00c3\u201epfel", "TEXT-MOJIBAKE"),
        ("so \u00e2\u20ac\u201c so", "TEXT-MOJIBAKE"),
        ("\u00f0\u0178\u02dc\u20ac", "TEXT-MOJIBAKE"),
        ("[object Object]", "VALUE-DESTROYED"),
        ("[object Object],[object Object]", "VALUE-DESTROYED"),
        ("undefined", "VALUE-UNDEFINED"),
        (" NaN ", "VALUE-UNDEFINED"),
        ("#NAME?", "VALUE-FORMULA-ERROR"),
        ("#BEZUG!", "VALUE-FORMULA-ERROR"),
        ("#DIV/0!", "VALUE-FORMULA-ERROR"),
        ("Err:509", "VALUE-FORMULA-ERROR"),
    ],
)
def test_a_text_that_a_program_made_is_told_and_kept(tmp_path: Path, text: str, code: str) -> None:
    for got, place in zip(both(tmp_path, "chat", content=text), (1, 2), strict=True):
        found = got.found(code)
        assert (found.column, found.rows) == ("content", Rows(count=1, first=(place,)))
        assert got.rows("chat")[-1]["content"] == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"text": "M\u00c3\u00bcller"}, "TEXT-MOJIBAKE"),
        ({"choices": ["a", "[object Object]"]}, "VALUE-DESTROYED"),
        ({"text": "undefined"}, "VALUE-UNDEFINED"),
        ("NaN", "VALUE-UNDEFINED"),
        ({"text": "#NAME?"}, "VALUE-FORMULA-ERROR"),
        ("#VALUE!", "VALUE-FORMULA-ERROR"),
    ],
)
def test_a_nested_value_that_a_program_made_is_told_and_kept(
    tmp_path: Path, value: object, code: str
) -> None:
    for got, place in zip(both(tmp_path, "events", response=value), (1, 2), strict=True):
        found = got.found(code)
        assert (found.column, found.rows) == ("response", Rows(count=1, first=(place,)))
        assert json.loads(got.rows("events")[-1]["response"]) == value


@pytest.mark.parametrize(
    "text",
    [
        "undefined behaviour",
        "what is NaN?",
        "#hashtag",
        "see #REF! there",
        "NA",
        "None",
        "null",
        "it says [object Object] here",
        "caf\u00e9 \u2013 na\u00efve \u00c3o",
        "\U0001f600",
    ],
)
def test_what_people_type_is_left_alone(tmp_path: Path, text: str) -> None:
    for got in both(tmp_path, "chat", content=text):
        assert got.codes() == set()
        assert got.rows("chat")[-1]["content"] == text


def test_a_destroyed_value_is_none_in_json_too(tmp_path: Path) -> None:
    for got, place in zip(
        both(tmp_path, "events", response="[object Object]"), (1, 2), strict=True
    ):
        assert "response" not in got.rows("events")[-1]
        assert json.loads(got.rows("events")[-1]["extra"]) == {"response": "[object Object]"}
        assert got.found("VALUE-DESTROYED").rows == Rows(count=1, first=(place,))
        assert got.codes() == {"VALUE-DESTROYED"}


def test_a_number_that_is_none_is_missing_in_both_forms(tmp_path: Path) -> None:
    for got in both(tmp_path, "events", onset="NaN"):
        assert got.codes() == set()
        assert "onset" not in got.rows("events")[-1]
