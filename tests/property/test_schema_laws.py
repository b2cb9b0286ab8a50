"""Laws of the schemas."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.model.datatypes import WITH_SCHEMA
from archive_tool.schemas import FIELDS, Field, Kind
from archive_tool.schemas.frames import pandera_schema, to_frame
from archive_tool.schemas.screen import in_doubt
from tests.support.canonical import batch
from tests.support.checking import row

TYPES = [data_type.name for data_type in WITH_SCHEMA]
ROWS = 4


def cells(field: Field) -> st.SearchStrategy[Any]:
    """Cells at the borders of what a field may hold, and beyond."""
    if field.kind is Kind.NUMBER:
        bounds = [bound for bound in (field.low, field.high) if bound is not None]
        near = [bound + step for bound in bounds for step in (-1e-9, 0.0, 1e-9)]
        return st.sampled_from([None, 0.0, float("inf"), float("-inf"), float("nan"), *near])
    if field.kind is Kind.FLAG:
        return st.sampled_from([None, True, False])
    if field.kind is Kind.TIME:
        return st.sampled_from([None, "2026-04-01T10:00:00Z"])
    if field.kind is Kind.JSON:
        return st.sampled_from([None, {"a": 1}])
    most = field.length or 5
    lengths = [letter * size for letter in ("x", "ö") for size in (most - 1, most, most + 1)]
    words = [word.upper() for word in field.enum[:2]] + [f"{word}-" for word in field.enum[:1]]
    return st.sampled_from([None, "", "other", *lengths, *words])


def blamed(data_type: str, table: Any) -> set[str]:
    """Columns of which pandera says something when it is asked about all of them."""
    from pandera.errors import SchemaErrors

    try:
        frame = to_frame(table.select([field.name for field in FIELDS[data_type]]))
        pandera_schema(data_type).validate(frame, lazy=True)
    except SchemaErrors as failed:
        return {str(column) for column in failed.failure_cases["column"]}
    return set()


@pytest.mark.parametrize("data_type", TYPES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_pandera_would_blame_is_in_doubt(data_type: str, data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(FIELDS[data_type]), max_size=4, unique_by=id))
    values = {
        field.name: data.draw(st.lists(cells(field), min_size=ROWS, max_size=ROWS))
        for field in some
    }
    rows = [
        row(data_type, **{name: column[place] for name, column in values.items()})
        for place in range(ROWS)
    ]
    table = batch(data_type, rows).table
    assert blamed(data_type, table) <= set(in_doubt(data_type, table))


def beyond(field: Field, step: float) -> Any:
    """A value a little below (-1) or above (1) what a field may hold; None where nothing is."""
    bound = field.low if step < 0 else field.high
    if bound is not None:
        return bound + step * 1e-9
    if field.length:
        return "ö" * (field.length + 1)
    return "none of them" if field.enum else None


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize("data_type", TYPES)
def test_what_is_just_beyond_a_rule_is_in_doubt(data_type: str, step: float) -> None:
    broken = {field.name: beyond(field, step) for field in FIELDS[data_type]}
    broken = {name: value for name, value in broken.items() if value is not None}
    table = batch(data_type, [row(data_type, **broken)]).table
    assert blamed(data_type, table) == broken.keys() == set(in_doubt(data_type, table))


@pytest.mark.parametrize("data_type", TYPES)
def test_a_sound_row_is_in_no_doubt(data_type: str) -> None:
    assert in_doubt(data_type, batch(data_type, [row(data_type)]).table) == ()
