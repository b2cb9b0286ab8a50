"""Laws that hold for every action on every kind of column, those that are added later too."""

import json
from datetime import UTC, datetime
from functools import cache
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.schemas import Kind, arrow_schema
from tests.support.actions import CHANGES, COLUMNS, after, context

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=20)
VALUES = {
    Kind.ID: texts,
    Kind.RECORD: texts,
    Kind.LABEL: texts,
    Kind.TEXT: texts,
    Kind.NUMBER: numbers,
    Kind.TIME: st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    Kind.FLAG: st.booleans(),
    Kind.JSON: st.dictionaries(st.sampled_from(["value", "label"]), numbers | texts).map(
        json.dumps
    ),
}
LAWS = settings(deadline=None, max_examples=40)
decided = cache(context)


@pytest.mark.parametrize(("kind", "action"), CHANGES)
@LAWS
@given(st.data())
def test_rows_are_cut_as_one_likes_and_cells_without_a_value_stay_so(kind, action, data):
    cells = data.draw(st.lists(st.none() | VALUES[kind], min_size=1, max_size=6))
    cut = data.draw(st.integers(0, len(cells)))
    made = decided(kind, action)
    whole = after(kind, cells, made)
    data_type, column, _ = COLUMNS[kind]
    assert whole.type == arrow_schema(data_type).field(column).type
    pieces = [after(kind, part, made).to_pylist() for part in (cells[:cut], cells[cut:]) if part]
    assert whole.to_pylist() == [cell for piece in pieces for cell in piece]
    absent = [new for old, new in zip(cells, whole.to_pylist(), strict=True) if old is None]
    assert set(absent) <= {None}


@pytest.mark.parametrize("action", [action for kind, action in CHANGES if kind is Kind.NUMBER])
@LAWS
@given(st.lists(numbers, min_size=1, max_size=6))
def test_a_number_stays_a_number(action, values):
    changed = after(Kind.NUMBER, values, decided(Kind.NUMBER, action)).to_pylist()
    assert all(new is not None and isfinite(new) for new in changed)
