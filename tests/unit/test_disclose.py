"""Summary tables under disclosure control: worked cases with known answers."""

import importlib
from dataclasses import replace

import pyarrow as pa
import pytest

from archive_tool.disclose.aggregate import Aggregation, aggregate
from archive_tool.disclose.defaults import DEFAULT, specs_for
from archive_tool.model.aggregates import PERSON_COLUMNS
from archive_tool.policy import decide, load_policy, parse
from archive_tool.policy.sources import uses
from archive_tool.schemas import FIELDS, arrow_schema

POLICY = load_policy("aggregate-only")
DECISIONS = decide(POLICY)


def ratings(*groups):
    """Rows of (component, people, rows per person, value); people are numbered from the first."""
    rows = []
    for component, people, each, value in groups:
        for person in people:
            rows += [
                {"participantId": f"u{person}", "roomId": f"r{person // 2}",
                 "componentId": component,
                 "value": value(person, i) if callable(value) else value}
                for i in range(each)
            ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=arrow_schema("ratings/continuous"))


def named(name, tables):
    return next(table for table in tables if table.name == name)


def table_of(*groups, leave_out=frozenset(), decisions=DECISIONS):
    made = named(
        "ratings_continuous_by_component",
        aggregate("ratings/continuous", [ratings(*groups)], decisions,
                  leave_out=frozenset(leave_out)),
    )  # fmt: skip
    return {row["componentId"]: row for row in made.table.to_pylist()}


def own(person, place):
    """A value that differs from person to person: what is the same for all is never published."""
    return 0.5 + person / 100


HIDDEN = dict.fromkeys(("rows", "people", "rooms", "mean", "sd", "median", "q1", "q3"))


def test_a_cell_of_enough_people_is_published():
    table = table_of(("c", range(12), 3, lambda person, i: person + i))
    assert table["c"] == {
        "componentId": "c", "rows": 36, "people": 12, "rooms": 6, "mean": 6.5,
        "sd": pytest.approx(3.59762, abs=1e-5), "median": 6.5, "q1": 3.5, "q3": 9.5, "status": "ok",
    }  # fmt: skip
    assert table["(all)"] == {**table["c"], "componentId": "(all)"}


@pytest.mark.parametrize(("people", "median"), [(3, None), (4, 4.25)])
def test_a_median_averages_four_people_or_is_not_given(people, median):
    loose = replace(POLICY.aggregate, people=3, rooms=1, degrees=2, because="a pilot")
    values = (1.0, 2.0, 5.0, 9.0)
    table = table_of(
        ("c", range(people), 2, lambda person, _: values[person]),
        decisions=decide(replace(POLICY, aggregate=loose)),
    )
    assert (table["c"]["status"], table["c"]["median"]) == ("ok", median)


def test_rows_are_not_people():
    table = table_of(("c", range(1), 50, 0.5), ("d", range(20), 1, 0.5))
    assert table["c"] == {"componentId": "c", **HIDDEN, "status": "suppressed"}
    assert table_of(("c", range(9), 50, 0.5))["c"]["status"] == "suppressed"


def test_a_margin_beside_one_hidden_cell_would_reveal_it():
    table = table_of(("c", range(9), 1, 0.5), ("d", range(20), 1, 0.5))
    assert table["(all)"] == {"componentId": "(all)", **HIDDEN, "status": "suppressed"}


def test_a_margin_over_few_hidden_people_would_reveal_them():
    table = table_of(("a", range(4), 1, 0.5), ("b", range(4), 1, 0.5), ("d", range(20), 1, 0.5))
    assert table["(all)"]["status"] == "suppressed"


def test_a_margin_over_enough_hidden_people_stays():
    table = table_of(("a", range(9), 1, own), ("b", range(9, 18), 1, own), ("d", range(20), 1, own))
    assert [table[c]["status"] for c in ("a", "b", "d")] == ["suppressed", "suppressed", "ok"]
    assert table["(all)"]["rows"] == 38


def test_twelve_people_of_whom_four_are_agents():
    assert table_of(("c", range(12), 1, 0.5))["c"]["people"] == 12
    table = table_of(("c", range(12), 1, 0.5), leave_out={"u0", "u1", "u2", "u3"})
    assert table["c"]["status"] == "suppressed"


def test_two_people_who_make_up_the_rows_hide_the_cell():
    table = table_of(("c", range(11), 1, 0.5), ("c", range(1), 100, 0.5))
    assert table["c"]["status"] == "suppressed"


def test_two_people_who_make_up_the_total_hide_the_measure():
    table = table_of(("c", range(12), 1, lambda person, i: 1000 if person < 2 else i + 1))
    assert table["c"] == {
        "componentId": "c", **HIDDEN, "rows": 12, "people": 12, "rooms": 6,
        "status": "measure suppressed",
    }  # fmt: skip
    assert table["(all)"]["status"] == "measure suppressed"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("huge", [1e160, 1e200, 1e308])
def test_numbers_beyond_all_measure_hide_theirs_in_silence(huge):
    table = table_of(
        ("c", range(12), 1, lambda person, _: huge if person == 3 else 1.0 + person),
        *((name, range(12 + at, 40 + at), 1, own) for at, name in enumerate("def")),
    )
    assert table["c"]["status"] == "measure suppressed"
    assert table["d"]["status"] == "ok"


def test_a_measure_of_few_people_is_hidden_and_its_margin_too():
    table = table_of(("c", range(12), 1, lambda person, i: 1.0 if person < 5 else None),
                     ("d", range(12), 1, own))  # fmt: skip
    assert table["c"]["status"] == "measure suppressed"
    assert table["d"]["status"] == "ok"
    assert table["(all)"] == {
        "componentId": "(all)", **HIDDEN, "rows": 24, "people": 12, "rooms": 6,
        "status": "measure suppressed",
    }  # fmt: skip


def test_rows_without_a_level_are_people_too():
    assert table_of((None, range(12), 1, 0.5))["(missing)"]["people"] == 12


def test_what_people_do_together_needs_enough_rooms():
    for rooms, status in ((4, "suppressed"), (5, "ok")):
        rows = [
            {"messageId": str(i), "senderId": f"u{i}", "roomId": f"r{i % rooms}", "content": "x"}
            for i in range(20)
        ]
        chat = pa.Table.from_pylist(rows, schema=arrow_schema("chat"))
        made = named("chat_overall", aggregate("chat", [chat], DECISIONS))
        (row,) = made.table.to_pylist()
        assert row["status"] == status
        assert "content" not in made.table.column_names


def test_answers_that_are_numbers_are_averaged():
    rows = [
        {"ratingId": str(i), "participantId": f"u{i}", "componentId": "c", "value": v}
        for i, v in enumerate(["1", "2.5", "null", '"text"', '{"value":9}', *["3"] * 12])
    ]
    sparse = pa.Table.from_pylist(rows, schema=arrow_schema("ratings/sparse"))
    made = named("ratings_sparse_by_component", aggregate("ratings/sparse", [sparse], DECISIONS))
    row = made.table.to_pylist()[0]
    assert (row["rows"], row["mean"]) == (17, pytest.approx(39.5 / 14, abs=1e-5))


def test_events_are_counted_by_two_dimensions():
    rows = [
        {
            "id": f"{p}{e}",
            "participantId": f"u{p}",
            "roomId": "r",
            "eventType": e,
            "componentType": "t",
        }
        for p in range(12)
        for e in ("start", "end")
    ]
    events = pa.Table.from_pylist(rows, schema=arrow_schema("events"))
    made = named("events_by_type", aggregate("events", [events.slice(0, 7), events.slice(7)],
                                             DECISIONS))  # fmt: skip
    assert [tuple(row.values())[:5] for row in made.table.to_pylist()] == [
        ("end", "t", 12, 12, 1),
        ("start", "t", 12, 12, 1),
        ("end", "(all)", 12, 12, 1),
        ("start", "(all)", 12, 12, 1),
        ("(all)", "t", 24, 12, 1),
        ("(all)", "(all)", 24, 12, 1),
    ]
    assert made.hidden == 0


def test_every_type_has_tables_of_columns_that_exist():
    for data_type, fields in FIELDS.items():
        specs = specs_for(data_type, DECISIONS)
        assert specs
        names = {field.name for field in fields} | set(PERSON_COLUMNS)
        assert {source.column for spec in specs for _, source in uses(spec)} <= names
    assert len({spec.name for spec in DEFAULT}) == len(DEFAULT)


def test_a_dropped_column_is_in_no_default_table():
    text = POLICY.text + '\n[fields."ratings/continuous"]\nvalue = "drop"\ncomponentId = "drop"\n'
    specs = specs_for("ratings/continuous", decide(parse(text, where="t")))
    columns = {source.column for spec in specs for _, source in uses(spec)}
    assert columns == {"stateId", "role", "condition"}
    assert specs_for("events", decide(load_policy("pseudonymize"))) == []


def test_no_rows_make_no_table():
    assert aggregate("chat", [], DECISIONS) == []
    assert aggregate("chat", [arrow_schema("chat").empty_table()], DECISIONS) == []


def test_rows_are_counted_in_pieces_where_people_lie_together(monkeypatch):
    together = ratings(*((c, [n], 4, own) for n in range(20) for c in "cd"))
    scattered = together.take([place for n in range(8) for place in range(n, 160, 8)])
    whole = named_rows(together)
    module = importlib.import_module("archive_tool.disclose.aggregate")
    monkeypatch.setattr(module, "PIECE", 16)
    made = Aggregation(decisions=DECISIONS)
    assert len(made._pieces("ratings/continuous", together)) == 10
    assert len(made._pieces("ratings/continuous", scattered)) == 1
    assert named_rows(together) == named_rows(scattered) == whole


def named_rows(table):
    made = aggregate("ratings/continuous", [table], DECISIONS)
    return named("ratings_continuous_by_component", made).table.to_pylist()
