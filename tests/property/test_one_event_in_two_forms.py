"""One event, downloaded in two forms, is one record: a value is no other for how a form writes it.

Nor for the digits that a program leaves out when it saves a form again.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.ingest.census import Census
from archive_tool.ingest.overlaps.fold import Fold, fold
from archive_tool.model.findings import Finding, Severity
from archive_tool.model.tables import ROW_BITS
from sample_data import csv_text
from tests.support.ingesting import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive_tool.model.bundle import Part


def page(rows: list[dict[str, Any]]) -> str:
    """An answer of the API, letters as they are."""
    told = {"status": "success", "metadata": {"dataType": "events"}, "data": rows}
    return json.dumps(told, ensure_ascii=False)


FORMS: Final[dict[str, Callable[[list[dict[str, Any]]], str]]] = {
    "api.json": json.dumps,
    "page.json": page,
    "api.csv": csv_text.api_csv,
    "gui.csv": csv_text.gui_csv,
    "sdk.csv": csv_text.sdk_csv,
    "r.csv": csv_text.r_csv,
}
ROW: Final = {
    "id": "e1",
    "timestamp": "2026-03-01T10:00:00.000Z",
    "onset": 1000,
    "roomId": "r1",
    "experimentId": "x",
    "participantId": "u1",
    "eventType": "component.response",
}
TYPED: Final = (
    *("7", "7.0", "007", "1.10", "1e5", "-0", "true", "TRUE", "False", "null", "None", "[1,2]"),
    *('{"a":1}', "{'a': 1}", "['a']", "(1, 2)", "it's", 'so "so"', "a\r\nb", "1,5", "2026-03-01"),
)
WORDS: Final = st.sampled_from(TYPED) | st.text("ab7.,\"'{}[]:-\n é😀", min_size=1, max_size=8)
SCALARS: Final = (
    WORDS.filter(str.strip)
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
)
NESTED: Final = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
VALUES: Final = SCALARS | st.lists(NESTED, max_size=3) | st.dictionaries(WORDS, NESTED, max_size=3)


def told(rows: list[dict[str, Any]], forms: tuple[str, ...]) -> list[Finding]:
    """What folding says of rows in several forms."""
    texts = {f"{name.split('.')[0]}/events.{name[-4:].strip('.')}": name for name in forms}
    found, _ = folded({path: FORMS[name](rows) for path, name in texts.items()})
    assert len(found.dropped) == len(rows) * (len(forms) - 1)
    return found.findings


def folded(files: dict[str, str]) -> tuple[Fold, list[Part]]:
    """Read files, and fold what is there several times."""
    with tempfile.TemporaryDirectory() as folder:
        got = read(Path(folder), files)
    census = Census()
    for batch in got.batches:
        census.add(batch)
    duplicates = census.duplicates("events")
    rows = [duplicates.filter(batch) for batch in got.batches]
    return fold(rows, got.parts, "events"), got.parts


@pytest.mark.parametrize("other", ["api.csv", "gui.csv", "sdk.csv", "r.csv"])
@pytest.mark.parametrize("column", ["response", "unknown"])
@given(value=VALUES)
@settings(max_examples=60, deadline=None)
def test_an_event_in_json_and_csv_is_one(column: str, other: str, value: object) -> None:
    codes = {finding.code for finding in told([ROW | {column: value}], ("api.json", other))}
    assert codes == {"RECORDS-OVERLAP"}


@pytest.mark.parametrize("column", ["response", "unknown"])
@given(values=st.lists(VALUES, min_size=2, max_size=6))
@settings(max_examples=60, deadline=None)
def test_events_beside_each_other_are_the_same_in_all_forms(
    column: str, values: list[object]
) -> None:
    """What stands in one row tells nothing of the next one, though they share a column."""
    rows = [ROW | {"id": f"e{n}", column: value} for n, value in enumerate(values)]
    codes = {finding.code for finding in told(rows, ("page.json", "api.csv", "gui.csv"))}
    assert codes == {"RECORDS-OVERLAP"}


def fifteen_digits(value: Any) -> Any:
    """What R and spreadsheets leave of a value, in cells and in what was taken apart into columns."""
    if isinstance(value, list):
        return [fifteen_digits(item) for item in value]
    if isinstance(value, dict):
        return {key: fifteen_digits(item) for key, item in value.items()}
    if isinstance(value, float):
        return float(f"{value:.15g}")
    if isinstance(value, int) and abs(value) > 2**53:
        return int(float(f"{value:.15g}"))
    return value


def as_doubles(value: Any) -> Any:
    """What programs leave of whole numbers that know no others than doubles."""
    is_long = isinstance(value, int) and abs(value) > 2**53
    return int(float(value)) if is_long else value


NUMBERS: Final = st.floats(-1e300, 1e300) | st.integers(-(2**63), 2**63)
MEASURED: Final = NUMBERS | st.lists(NUMBERS, max_size=3) | st.dictionaries(WORDS, NUMBERS)


@pytest.mark.parametrize("saved", ["a/events.csv", "z/events.csv", "events_20991231.csv"])
@pytest.mark.parametrize("left_of", [fifteen_digits, as_doubles])
@pytest.mark.parametrize("column", ["response", "unknown", "onset", "value"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_an_event_that_was_saved_again_with_fewer_digits_is_one_and_keeps_them(
    saved: str, left_of: Callable[[Any], Any], column: str, data: st.DataObject
) -> None:
    value = data.draw(st.floats(-1e300, 1e300) if column == "onset" else MEASURED)
    row, copy = ROW | {column: value}, ROW | {column: left_of(value)}
    found, parts = folded({"m/events.json": page([row]), saved: csv_text.api_csv([copy])})
    assert [parts[at >> ROW_BITS].form for at in found.dropped.tolist()] == ["csv"]
    codes = {(finding.code, finding.severity) for finding in found.findings}
    assert len(codes) == 1
    assert codes <= {("RECORDS-OVERLAP", Severity.NOTE), ("RECORDS-ROUNDED", Severity.NOTE)}


@pytest.mark.parametrize("column", ["response", "unknown"])
def test_another_answer_is_a_conflict_still(column: str) -> None:
    rows = [ROW | {column: value} for value in ("7", 8)]
    with tempfile.TemporaryDirectory() as folder:
        files = {f"{n}/events.json": json.dumps([row]) for n, row in enumerate(rows)}
        got = read(Path(folder), files)
    found = fold(got.batches, got.parts, "events").findings
    assert "RECORDS-CONFLICT" in {finding.code for finding in found}
