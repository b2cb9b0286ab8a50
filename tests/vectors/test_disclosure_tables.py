"""What stands in summary tables, and which are refused: worked cases with known answers."""

import pyarrow as pa
import pytest

from archive_tool.disclose.aggregate import Aggregation
from archive_tool.errors import DisclosureError
from archive_tool.schemas import arrow_schema
from tests.support.disclosing import (
    ONE,
    RATINGS,
    answers,
    at,
    cells,
    declared,
    own,
    people_in,
    statuses,
    tables_of,
)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [('["director"]', 15), ('["director", "actor"]', 25), ("{present = true}", 25)],
)
def test_a_filter_by_what_is_known_of_the_person_counts_their_rows_only(condition, rows):
    """Of 30 people 15 are directors, 10 are actors, and of 5 no role is known."""
    made = Aggregation(
        decisions=declared(
            ONE + f'measure = "value"\n[aggregate.table.where]\nrole = {condition}\n'
        )
    )
    events = [
        {"participantId": f"u{n}", "roomId": f"r{n}", "eventType": "x",
         "participantRole": "director" if n < 15 else "actor"}
        for n in range(25)
    ]  # fmt: skip
    for data_type, table in (("events", events), (RATINGS, people_in(at("a"), range(30)))):
        made.add(data_type, pa.Table.from_pylist(table, schema=arrow_schema(data_type)))
    (one,) = made.tables()
    row = cells(one, "componentId")["a",]
    assert (row["rows"], row["people"], row["status"]) == (rows, rows, "ok")
    assert row["mean"] == pytest.approx(1.0 + (rows - 1) / 200)


def test_words_of_few_people_are_not_named():
    rows = answers("c", range(30), "yes") + answers("c", range(30, 60), "no")
    rows += answers("c", range(60, 63), "my name is Nobody")
    decisions = declared(
        'name = "answers"\ntype = "events"\ndimensions = ["response.value"]\ntotals = "none"\n'
    )
    table = tables_of(rows, decisions, data_type="events")["answers"]
    assert statuses(table, "response.value") == {
        ("no",): "ok", ("yes",): "ok", ("(other)",): "suppressed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rounding", "published"), [("base-5", (25, 12 - 2, 5)), ("midpoint-6", (21, 9, 3))]
)
def test_rounding_of_counts(rounding, published):
    """24 rows of 12 people in 6 rooms; base 5: 25, 10, 5; midpoint 6: 21, 9, 3."""
    decisions = declared(ONE, aggregate=f'rounding = "{rounding}"\n')
    table = tables_of(people_in(at("a"), range(12), each=2), decisions)["one"]
    row = cells(table, "componentId")["a",]
    assert (row["rows"], row["people"], row["rooms"]) == published


def test_beside_rounded_counts_means_have_three_digits():
    decisions = declared(ONE + 'measure = "value"\n', aggregate='rounding = "base-5"\n')
    rows = people_in(at("a"), range(12), value=lambda n, _: 1 + n / 1000)
    row = cells(tables_of(rows, decisions)["one"], "componentId")["a",]
    assert row["mean"] == 1.01  # of 1.0055


def test_shares_are_those_of_the_rounded_counts():
    """33 of 65 answered yes: 35 of 65 in the table, and none of the other figures says otherwise."""
    rows = answers("c", range(33), "yes") + answers("c", range(33, 66), "no")
    decisions = declared(
        'name = "answers"\ntype = "events"\ndimensions = ["response.value"]\ntotals = "grand"\n',
        aggregate='rounding = "base-5"\n',
    )
    row = cells(tables_of(rows, decisions, data_type="events")["answers"], "response.value")
    assert (row["yes",]["rows"], row["(all)",]["rows"]) == (35, 65)
    assert row["yes",]["share"] == 0.538  # 35 of 65; 33 of 66 are 0.5, 35 of 66 are 0.53


def test_a_cap_lets_nobody_weigh_more():
    rows = people_in(at("a"), range(12), value=lambda n, _: float(n))
    rows += people_in(at("a"), range(1), each=99, value=lambda n, _: 12.0)
    capped = declared(ONE + 'measure = "value"\ncap = 1\n')
    row = cells(tables_of(rows, capped)["one"], "componentId")["a",]
    assert row["rows"] == 12
    # the first person's mean is (0 + 99 * 12) / 100 = 11.88, of weight one
    assert row["mean"] == pytest.approx((11.88 + sum(range(1, 12))) / 12, rel=1e-5)


def test_the_time_course_is_mean_and_spread_by_second():
    rows = [
        {"participantId": f"u{n}", "roomId": f"r{n}", "componentId": "c",
         "onset": 1000.0 * second + 10 * n, "value": float(second + n)}
        for n in range(12)
        for second in (0, 1, 2)
    ]  # fmt: skip
    course = declared(
        'name = "course"\ntype = "ratings/continuous"\nmeasure = "value"\ntotals = "none"\n'
        'dimensions = ["componentId", {column = "onset", bin = 1000}]\n'
    )
    table = tables_of(rows, course)["course"]
    figures = [(r["onset"], r["people"], r["mean"], r["sd"]) for r in table.table.to_pylist()]
    spread = pytest.approx(13**0.5, abs=1e-5)  # of 0 … 11: (144 - 1) / 12 * 12 / 11 = 13
    assert figures == [("0", 12, 5.5, spread), ("1000", 12, 6.5, spread), ("2000", 12, 7.5, spread)]


def test_a_histogram_has_the_edges_that_were_declared():
    rows = people_in(at("a"), range(60), value=lambda n, _: float(n % 3) * 10)
    histogram = declared(
        'name = "histogram"\ntype = "ratings/continuous"\ntotals = "grand"\n'
        'dimensions = [{column = "value", edges = [0, 10, 20]}]\n'
    )
    table = tables_of(rows, histogram)["histogram"]
    assert [tuple(row.values())[:3] for row in table.table.to_pylist()] == [
        ("[0, 10)", 20, 20), ("[10, 20]", 40, 40), ("(all)", 60, 60),
    ]  # fmt: skip
    assert [row["share"] for row in table.table.to_pylist()] == [0.333, 0.667, None]


def test_role_and_condition_come_from_the_person():
    import pyarrow as pa

    from archive_tool.disclose.aggregate import Aggregation
    from archive_tool.schemas import arrow_schema

    decisions = declared(
        'name = "roles"\ntype = "chat"\ndimensions = ["role"]\nbetween-people = false\n'
    )
    made = Aggregation(decisions=decisions)
    events = [
        {"id": f"{n}", "participantId": f"u{n}", "participantRole": "a" if n < 20 else "b"}
        for n in range(40)
    ]
    chat = [{"messageId": f"{n}", "senderId": f"u{n}", "roomId": "r"} for n in range(40)]
    made.add("chat", pa.Table.from_pylist(chat, schema=arrow_schema("chat")))
    made.add("events", pa.Table.from_pylist(events, schema=arrow_schema("events")))
    (table,) = made.tables()
    assert [(row["role"], row["people"]) for row in table.table.to_pylist()] == [
        ("a", 20), ("b", 20), ("(all)", 40),
    ]  # fmt: skip


def refused(rows, decisions, data_type="ratings/continuous"):
    with pytest.raises(DisclosureError) as caught:
        tables_of(rows, decisions, data_type=data_type)
    assert caught.value.exit_code == 18
    return str(caught.value)


def test_a_table_of_which_nothing_would_be_left_is_refused():
    rows = people_in(at("a"), range(3)) + people_in(at("b"), range(4))
    assert refused(rows, declared(ONE)) == (
        "aggregate table one: nothing would be left of it, by the rules threshold "
        "(expected a cell with 10 people)"
    )
    assert refused([], declared(ONE)) == (
        "aggregate table one: no row of anybody belongs to it (expected rows of people)"
    )


@pytest.mark.parametrize("nobody", ['role = "host"', "condition = {present = true}"])
def test_a_filter_by_role_or_condition_that_nobody_meets_is_refused(nobody):
    rows = people_in(at("a"), range(20))
    assert refused(rows, declared(f"{ONE}where = {{{nobody}}}\n")) == (
        "aggregate table one: no row of anybody belongs to it (expected rows of people)"
    )


def test_a_dimension_with_a_level_for_every_person_is_refused():
    rows = [{**row, "stateId": f"s{row['participantId']}"} for row in people_in(at("a"), range(20))]
    text = 'name = "t"\ntype = "ratings/continuous"\ndimensions = ["stateId"]\n'
    assert refused(rows, declared(text)) == (
        "aggregate table t: dimension stateId has a level for every person "
        "(expected levels that many people share)"
    )


def test_a_measure_without_a_number_is_refused():
    rows = [{"ratingId": f"{n}", "participantId": f"u{n}", "value": '"word"'} for n in range(20)]
    text = 'name = "t"\ntype = "ratings/sparse"\nmeasure = "value"\n'
    assert refused(rows, declared(text), "ratings/sparse") == (
        "aggregate table t: measure value is not numeric: no row has a number "
        "(expected a number column)"
    )


def test_negative_totals_need_to_be_declared():
    rows = people_in(at("a"), range(20), value=lambda n, _: -own(n, 0))
    assert refused(rows, declared(ONE + 'measure = "value"\n')) == (
        "aggregate table one: the total of a person is negative, and dominance rules (nk, p) are "
        "about shares (expected signed = true, which compares absolute totals)"
    )
    signed = declared(ONE + 'measure = "value"\nsigned = true\n')
    assert cells(tables_of(rows, signed)["one"], "componentId")["a",]["mean"] < 0
