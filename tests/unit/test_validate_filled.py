"""Fields that the documented examples fill in every row."""

from __future__ import annotations

import pyarrow as pa
import pytest

from archive_tool.model.findings import FindingLog, Rows, Severity
from archive_tool.model.tables import Batch
from archive_tool.schemas import FIELDS
from archive_tool.validation import Checks
from archive_tool.validation.one_type.filled import USUAL
from tests.support.canonical import batch, census, part
from tests.support.checking import AS_OF, findings, row

MESSAGE = "rows lack a value that the documented examples have in every row"


def lacking(data_type, *rows):
    """Columns in which rows lack a value, and the rows."""
    told = findings({data_type: rows}, log=FindingLog())
    found = [f for f in told if f.code == "FIELD-EMPTY"]
    assert {(f.severity, f.message, f.check) for f in found} <= {
        (Severity.NOTE, MESSAGE, "in every row")
    }
    return [(f.column, f.rows) for f in found]


def test_fields_are_of_the_schema_and_not_required():
    assert all(USUAL.values()), "of every type something is usual"
    for data_type, names in USUAL.items():
        required = {field.name: field.required for field in FIELDS[data_type]}
        assert not any(required[name] for name in names)


@pytest.mark.parametrize(("data_type", "column"), [(t, c) for t, cs in USUAL.items() for c in cs])
def test_a_row_without_such_a_value_is_told(data_type, column):
    whole = row(data_type) | {
        name: row(data_type).get(name, _value(name)) for name in USUAL[data_type]
    }
    assert lacking(data_type, whole) == []
    assert lacking(data_type, whole, whole | {column: None}) == [
        (column, Rows(count=1, of=2, first=(2,)))
    ]


def test_a_value_that_was_not_read_is_told_elsewhere():
    samples = [row("ratings/continuous", onset=n, componentId="c") for n in range(3)]
    told = batch("ratings/continuous", samples)
    place = told.table.column_names.index("extra")
    texts = pa.array(['{"value":"x"}', '{"other":1}', None])
    whole = Batch(data_type=told.data_type, table=told.table.set_column(place, "extra", texts))
    log, parts = FindingLog(), [part("ratings/continuous", 3)]
    checks = Checks(log, as_of=AS_OF)
    checks.add(whole)
    checks.finish(census({"ratings/continuous": samples}), [], parts)
    (found,) = [one for one in log if one.code == "FIELD-EMPTY"]
    assert (found.column, found.rows) == ("value", Rows(count=2, of=3, first=(2, 3)))


def test_a_message_that_its_sender_deleted_has_no_text():
    assert lacking("chat", row("chat", onset=1, content=None, deleted=True)) == []


def _value(name):
    if name in ("startTime", "endTime"):
        return row("sync")["timestamp"]
    return 1.0 if name in ("onset", "duration", "value", "timeDrift") else "word"
