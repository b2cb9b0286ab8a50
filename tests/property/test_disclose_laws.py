"""Laws of disclosure control, over generated tables."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from archive_tool.disclose import aggregate
from archive_tool.policy import decide, load_policy
from archive_tool.schemas import arrow_schema

DECISIONS = decide(load_policy("aggregate-only"))
row = st.tuples(
    st.integers(0, 14), st.sampled_from("abc"), st.floats(-1e6, 1e6), st.integers(1, 30)
)
tables = st.lists(row, min_size=1, max_size=60)


def rows_of(drawn):
    return [
        {
            "participantId": f"u{person}",
            "roomId": f"r{person}",
            "componentId": component,
            "value": value,
        }
        for person, component, value, times in drawn
        for _ in range(times)
    ]


def protected(*pieces):
    schema = arrow_schema("ratings/continuous")
    made = aggregate(
        "ratings/continuous", [pa.Table.from_pylist(p, schema=schema) for p in pieces], DECISIONS
    )
    return made[0].table.to_pylist()


@given(tables)
def test_every_cell_has_enough_people(drawn):
    rows = rows_of(drawn)
    for cell in protected(rows):
        behind = [r for r in rows if cell["componentId"] in (r["componentId"], "(all)")]
        if cell["status"] == "suppressed":
            assert {v for k, v in cell.items() if k not in ("componentId", "status")} == {None}
        else:
            assert cell["rows"] == len(behind)
            assert cell["people"] == len({r["participantId"] for r in behind}) >= 10


@given(tables)
def test_no_margin_solves_a_hidden_cell(drawn):
    rows = rows_of(drawn)
    *cells, margin = protected(rows)
    hidden = [c["componentId"] for c in cells if c["status"] == "suppressed"]
    if margin["rows"] is not None and hidden:
        assert len(hidden) >= 2
        assert len({r["participantId"] for r in rows if r["componentId"] in hidden}) >= 10


@given(tables, st.integers(0, 200))
def test_pieces_make_the_same_table_as_the_whole(drawn, cut):
    rows = rows_of(drawn)
    whole, pieces = protected(rows), protected(rows[:cut], rows[cut:])
    for one, other in zip(whole, pieces, strict=True):
        assert one.keys() == other.keys()
        for key, value in one.items():
            if isinstance(value, float):
                assert abs(value - other[key]) <= 1e-3 + 1e-5 * max(abs(value), 1e3)
            else:
                assert value == other[key]
