"""What pandera finds: required fields, ranges, lengths, known words."""

from __future__ import annotations

import pyarrow as pa
import pytest

from archive_tool.errors import UsageError
from archive_tool.model.datatypes import WITH_SCHEMA
from archive_tool.model.findings import Finding, FindingLog, Rows, Severity
from archive_tool.model.tables import Batch
from archive_tool.validation import Checks
from tests.support.canonical import batch, part
from tests.support.checking import AS_OF, Log, codes, findings_of, row


@pytest.mark.parametrize("data_type", [data_type.name for data_type in WITH_SCHEMA])
def test_a_good_row_has_no_finding(data_type):
    assert findings_of(data_type, row(data_type)) == []


def test_a_missing_required_field_is_an_error_with_its_rows():
    good, bad = row("events"), row("events", timestamp=None)
    assert findings_of("events", good, bad, bad) == [
        Finding(
            code="FIELD-MISSING",
            severity=Severity.ERROR,
            message="a required field has no value",
            hint="if the column has another name here, give it back the one of the data "
            "dictionary; else download the table again as JSON: mixed precision blanks timestamps "
            "in files of the SDK",
            data_type="events",
            file="F001",
            column="timestamp",
            check="timestamp is not empty",
            rows=Rows(count=2, of=3, first=(2, 3)),
        )
    ]


@pytest.mark.parametrize(
    ("data_type", "column"),
    [
        ("events", "id"),
        ("chat", "senderId"),
        ("ratings/continuous", "participantId"),
        ("sync", "metricId"),
        ("components", "componentId"),
    ],
)
def test_required_fields_by_type(data_type, column):
    assert codes(findings_of(data_type, row(data_type, **{column: None}))) == [
        ("FIELD-MISSING", column)
    ]


def test_a_row_without_a_room_is_left_to_ingest():
    assert findings_of("ratings/sparse", row("ratings/sparse", roomId=None)) == []


def test_system_events_need_nobody():
    assert findings_of("events", row("events", participantId=None)) == []


@pytest.mark.parametrize(
    ("data_type", "column", "value", "check"),
    [
        ("sync", "syncQuality", 95, "0 <= syncQuality <= 1"),
        ("sync", "latency", -1, "0 <= latency"),
        ("ratings/continuous", "normalizedValue", 1.5, "0 <= normalizedValue <= 1"),
        ("events", "duration", -0.5, "0 <= duration"),
        ("recordings", "fileSize", -1, "0 <= fileSize"),
        ("ratings/sparse", "responseTime", -3, "0 <= responseTime"),
    ],
)
def test_numbers_outside_their_range_are_errors(data_type, column, value, check):
    found = findings_of(data_type, row(data_type), row(data_type, **{column: value}))
    assert [(f.code, f.severity, f.column, f.check, f.rows) for f in found] == [
        ("VALUE-OUT-OF-RANGE", Severity.ERROR, column, check, Rows(count=1, of=2, first=(2,)))
    ]


@pytest.mark.parametrize("value", [0, 1, None, float("nan")])
def test_the_ends_of_a_range_and_no_value_are_inside(value):
    assert findings_of("sync", row("sync", syncQuality=value)) == []


@pytest.mark.parametrize(
    ("column", "value"), [("id", "x" * 201), ("id", ""), ("roomId", "r" * 201)]
)
def test_ids_have_a_length(column, value):
    found = findings_of("events", row("events"), row("events", **{column: value}))
    assert [(f.code, f.column, f.check, f.rows) for f in found] == [
        ("TEXT-LENGTH", column, "1 to 200 characters", Rows(count=1, of=2, first=(2,)))
    ]


def test_an_unknown_word_is_a_warning():
    found = findings_of("events", row("events", category="media"), row("events", category="new"))
    assert [(f.code, f.severity, f.column, f.message, f.rows) for f in found] == [
        (
            "LABEL-UNKNOWN",
            Severity.WARNING,
            "category",
            "a label is none of the known words",
            Rows(count=1, of=2, first=(2,)),
        )
    ]


@pytest.mark.parametrize(
    "word", ["ShowVideo", "showvideo", "multiple_choice", "vas_rating", "unknown"]
)
def test_spellings_of_a_component_type_are_one_word(word):
    assert findings_of("events", row("events", componentType=word)) == []


def test_a_table_without_a_required_column_is_an_error_of_all_rows():
    whole = batch("sync", [row("sync"), row("sync")])
    cut = Batch(data_type="sync", table=whole.table.drop_columns("metricId"))
    log = Log()
    checks = Checks(log, as_of=AS_OF)
    checks.add(cut)
    checks.finish(_Nothing(), [], [part("sync", 2)])
    assert [(f.code, f.column, f.message, f.rows) for f in log] == [
        (
            "COLUMN-TYPE",
            "metricId",
            "the column does not have the type of the schema",
            Rows(count=2, of=2, first=(1, 2)),
        )
    ]


def test_a_column_of_another_type_is_an_error_of_all_rows():
    whole = batch("sync", [row("sync", latency=1)])
    place = whole.table.schema.get_field_index("bufferHealth")
    table = whole.table.set_column(place, "bufferHealth", pa.array(["a-secret"]))
    log = Log()
    checks = Checks(log, as_of=AS_OF)
    checks.add(Batch(data_type="sync", table=table))
    checks.finish(_Nothing(), [], [part("sync", 1)])
    assert [(f.code, f.column, f.check) for f in log] == [
        ("COLUMN-TYPE", "bufferHealth", "number column")
    ]


def test_many_failing_rows_are_one_finding():
    rows = [row("sync", latency=-1)] * 3000
    (found,) = findings_of("sync", *rows)
    assert found.rows == Rows(count=3000, of=3000, first=(1, 2, 3, 4, 5))


def test_rows_are_counted_over_batches_and_by_file():
    log = Log()
    checks = Checks(log, as_of=AS_OF)
    bad = row("sync", latency=-1)
    parts = [part("sync", 4), part("sync", 1, order=1, label="F002")]
    checks.add(batch("sync", [row("sync"), bad]))
    checks.add(batch("sync", [bad, row("sync")], start=2))
    checks.add(batch("sync", [bad], order=1))
    checks.finish(_Nothing(), [], parts)
    assert [(f.file, f.rows) for f in log] == [
        ("F001", Rows(count=2, of=4, first=(2, 3))),
        ("F002", Rows(count=1, of=1, first=(1,))),
    ]


def test_a_batch_of_several_parts_tells_them_apart():
    one, two = (
        batch("sync", [row("sync", latency=-1)]),
        batch("sync", [row("sync", latency=-2)], order=1),
    )
    both = pa.concat_tables([one.table, two.table]).unify_dictionaries().combine_chunks()
    log = Log()
    checks = Checks(log, as_of=AS_OF)
    parts = [part("sync", 1), part("sync", 1, order=1, label="F002")]
    checks.add(Batch(data_type="sync", table=both))
    checks.finish(_Nothing(), [], parts)
    assert [f.file for f in log] == ["F001", "F002"]


def test_the_date_needs_a_zone():
    with pytest.raises(UsageError) as caught:
        Checks(FindingLog(), as_of=AS_OF.replace(tzinfo=None))
    assert str(caught.value) == "as_of: the date has no time zone (expected UTC)"


class _Nothing:
    types = ()

    def of(self, data_type: str):
        raise KeyError(data_type)
