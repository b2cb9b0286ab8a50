"""Laws of what a table with bins says of the outermost values."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.errors import DisclosureError
from tests.support.disclosing import declared, tables_of

COURSE = """name = "course"
type = "ratings/continuous"
dimensions = [{ column = "onset", bin = 10 }, "stateId", { column = "value", bin = 0.5 }]
"""
DECISIONS = declared(COURSE)
CROWD = range(100, 115)

spots = st.tuples(
    st.integers(-5, 25), st.sampled_from("xy"), st.sampled_from([-1.0, 0.0, 0.5, 2.0])
)
crowds = st.lists(spots, min_size=1, max_size=4)
singles = st.lists(st.tuples(st.integers(0, 8), spots), max_size=12)


@given(crowds, singles)
@settings(max_examples=60)
def test_every_listed_bin_lies_between_bins_that_are_published(crowded, alone):
    """Three dimensions, two of them bins: whoever reads the names learns of crowds alone."""
    seats = [*((one, spot) for spot in crowded for one in CROWD), *alone]
    rows = [
        {
            "participantId": f"u{person}",
            "roomId": f"r{person // 2}",
            "onset": 10.0 * onset,
            "stateId": state,
            "value": value,
        }
        for person, (onset, state, value) in seats
    ]
    try:
        (table,) = tables_of(rows, DECISIONS).values()
    except DisclosureError:  # nothing would be left
        return
    lines = table.table.to_pylist()
    for name in ("onset", "value"):
        others = [one for one in ("onset", "stateId", "value") if one != name]
        for row in lines:
            if row[name] == "(all)" or row["status"] == "ok":
                continue
            beside = [
                float(one[name])
                for one in lines
                if one[name] != "(all)"
                and one["status"] == "ok"
                and all(one[other] == row[other] for other in others)
            ]
            assert min(beside) < float(row[name]) < max(beside)
