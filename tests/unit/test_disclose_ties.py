"""Cells of one table that add up to cells of another: by the design, by bins, by a filter."""

import pyarrow as pa
import pytest

from archive_tool.disclose.aggregate import Aggregation
from archive_tool.disclose.protection.rests import Rests
from archive_tool.disclose.protection.ties import crossings, pairs
from archive_tool.disclose.releases.ledger import Ledger
from archive_tool.disclose.releases.past import Past
from archive_tool.errors import DisclosureError
from archive_tool.policy import decide
from archive_tool.schemas import arrow_schema
from tests.support.disclosing import POLICY, RATINGS, cells, declared, people_in, tables_of
from tests.support.pipelines import lab


def table(name, *dimensions, more=""):
    return (
        f'name = "{name}"\ntype = "ratings/continuous"\ndimensions = [{", ".join(dimensions)}]\n'
        f'totals = "none"\n{more}'
    )


COMPONENT, STATE = table("components", '"componentId"'), table("states", '"stateId"')
CROSS = table("cross", '"componentId"', '"stateId"')
NARROW = table("narrow", '{column = "onset", bin = 10, name = "ten"}')
WIDE = table("wide", '{column = "onset", bin = 20, name = "twenty"}')


def at(component, state, onset=0.0):
    return {"componentId": component, "stateId": state, "onset": onset}


NESTED = [
    *people_in(at("a", "x"), range(30)),
    *people_in(at("b", "x", 10.0), range(30, 33)),
    *people_in(at("c", "y", 20.0), range(40, 60)),
    *people_in(at("d", "y", 40.0), range(60, 85)),
]


def shown(tables, name, *dimensions):
    return {levels: row["rows"] for levels, row in cells(tables[name], *dimensions).items()}


def test_a_component_is_not_what_a_state_has_more_than_the_others():
    tables = tables_of(NESTED, declared(COMPONENT, STATE))
    assert shown(tables, "components", "componentId") == {
        ("a",): None, ("b",): None, ("c",): 20, ("d",): 25,
    }  # fmt: skip
    assert shown(tables, "states", "stateId") == {("x",): 33, ("y",): 45}


def test_a_component_is_not_what_a_role_has_more_than_the_others():
    """Hosts saw a and b, guests c and d; roles lie with the person, not in the rows."""
    roles = [
        {"participantId": f"u{n}", "participantRole": "host" if n < 40 else "guest"}
        for n in range(90)
    ]
    made = Aggregation(decisions=declared(COMPONENT, table("roles", '"role"')))
    for data_type, rows in ((RATINGS, NESTED), ("events", roles)):
        made.add(data_type, pa.Table.from_pylist(rows, schema=arrow_schema(data_type)))
    tables = {one.name: one for one in made.tables()}
    assert shown(tables, "components", "componentId") == {
        ("a",): None, ("b",): None, ("c",): 20, ("d",): 25,
    }  # fmt: skip
    assert shown(tables, "roles", "role") == {("guest",): 45, ("host",): 33}


PLACE = '{column = "value", as = "position", edges = [0, 0.5, 1], name = "place"}'
SCALE = {"scaleMin": 0.0, "scaleMax": 10.0}


def rated(cell, people, value):
    return people_in({**cell, **SCALE, "value": value}, people, value=lambda *_: value)


def test_bins_of_a_rating_and_of_its_position_lie_over_each_other():
    """Twenty people said 1; that seventeen of them did so in one state would tell of the others."""
    rows = [
        *rated(at("a", "x"), range(17), 1.0),
        *rated(at("a", "y"), range(20, 23), 1.0),
        *rated(at("a", "x"), range(30, 45), 9.0),
        *rated(at("a", "y"), range(50, 65), 9.0),
    ]
    value = '{column = "value", edges = [0, 5, 10], name = "value"}'
    tables = tables_of(rows, declared(table("values", '"stateId"', value), table("places", PLACE)))
    values = shown(tables, "values", "stateId", "value")
    assert values["y", "[0, 5)"] is None
    assert values["x", "[0, 5)"] is None or not shown(tables, "places", "place")["[0, 0.5)",]


def test_all_answers_together_have_one_sum_also_where_nobody_gave_some():
    """A state is two components, one of them of four people; the upper half of the scale is empty."""
    rows = [
        *rated(at("a", "x"), range(12), 1.0),
        *rated(at("b", "x"), range(20, 24), 1.0),
        *rated(at("c", "y"), range(30, 41), 1.0),
    ]
    tables = tables_of(
        rows,
        declared(
            *(
                table(name, f'"{column}"', PLACE).replace('"none"', '"margins"')
                for name, column in (("components", "componentId"), ("states", "stateId"))
            )
        ),
    )
    components = shown(tables, "components", "componentId", "place")
    states = shown(tables, "states", "stateId", "place")
    assert components["b", "(all)"] is None
    assert None in (components["a", "(all)"], states["x", "(all)"])


def test_the_default_tables_do_not_solve_each_other():
    tables = tables_of(NESTED, decide(POLICY))
    components = shown(tables, "ratings_continuous_by_component", "componentId")
    states = shown(tables, "ratings_continuous_by_state", "stateId")
    assert components["b",] is None
    assert None in (components["a",], states["x",])


def test_a_filter_takes_no_sum_of_the_cells_of_another_table():
    rows = [
        *NESTED,
        *people_in(at("b", "z"), range(90, 105)),
        *people_in(at("c", "x"), range(110, 125)),
    ]
    filtered = table("early", more='where = {stateId = "x"}\n')
    tables = tables_of(rows, declared(CROSS, filtered, STATE.replace("states", "all")))
    cross = shown(tables, "cross", "componentId", "stateId")
    assert cross["b", "x"] is None
    total = shown(tables, "early")[()]
    assert total is None or None in (cross["a", "x"], cross["c", "x"])


@pytest.mark.parametrize("order", [(NARROW, WIDE), (WIDE, NARROW)])
def test_a_wide_bin_of_another_release_solves_no_narrow_one(tmp_path, order):
    ledger = Ledger.open(lab(tmp_path).vault)
    seen = {}
    for number, text in enumerate(order):
        decisions = declared(text, table("rest", '"stateId"'))
        seen |= tables_of(NESTED, decisions, ledger=ledger, name=f"R{number}")
    narrow, wide = shown(seen, "narrow", "ten"), shown(seen, "wide", "twenty")
    assert narrow["40",] == wide["40",] == 25
    assert ("10",) not in narrow or narrow["10",] is None
    assert None in (narrow.get(("0",)), wide.get(("0",)))


def test_a_dimension_of_another_name_is_the_same():
    renamed = table("again", '{column = "onset", bin = 20, name = "other"}')
    one, two = (declared(text).policy.aggregate.tables[0] for text in (WIDE, renamed))
    assert pairs([one, two]) == []


def test_levels_that_cross_freely_tie_nothing():
    rows = [
        row
        for number, component in enumerate("abc")
        for state in "xy"
        for row in people_in(at(component, state), range(20 * number, 20 * number + 12))
    ]
    tables = tables_of(rows, declared(COMPONENT, STATE))
    assert set(shown(tables, "components", "componentId").values()) == {24}
    assert set(shown(tables, "states", "stateId").values()) == {36}


def test_a_withdrawal_shows_in_no_table_of_other_dimensions(tmp_path):
    """State y is component c: by states before, by components after one person of c went."""
    ledger = Ledger.open(lab(tmp_path).vault)
    rows = [*people_in(at("a", "x"), range(30)), *people_in(at("c", "y"), range(40, 60))]
    tables_of(rows, declared(STATE), ledger=ledger, name="R1")
    with pytest.raises(DisclosureError) as caught:
        tables_of(rows[:-1], declared(COMPONENT), ledger=ledger)
    assert str(caught.value) == (
        "aggregate table components: blocked by cells of components and the tables beside it that "
        "add up to states row 2 of release R1: they differ by one person; 4 more like it "
        "(expected cells that differ by nobody or by at least 10 people)"
    )
    assert tables_of(rows, declared(COMPONENT), ledger=ledger)
    assert tables_of(rows[:-10], declared(COMPONENT), ledger=ledger)


def test_a_withdrawal_shows_in_no_sum_of_cells(tmp_path):
    ledger = Ledger.open(lab(tmp_path).vault)
    rows = [*people_in(at("a", "x"), range(30)), *people_in(at("c", "y"), range(40, 60))]
    tables_of(rows, declared(table("all")), ledger=ledger, name="R1")
    with pytest.raises(DisclosureError, match="add up to all row 1 of release R1: they differ by"):
        tables_of(rows[:-1], declared(COMPONENT), ledger=ledger)


def test_a_withdrawal_shows_in_no_filter_that_takes_a_whole_total(tmp_path):
    """Everybody up to ten in both states, by a total before and by a filter now; one has withdrawn."""
    phase = '{column = "onset", edges = [0, 10, 30], name = "phase"}'
    before = declared(table("phases", '"stateId"', phase).replace('"none"', '"margins"'))
    now = declared(NARROW + "where = {onset = {from = 0, to = 10}}\n")
    rows = [
        *people_in(at("a", "x"), range(13)),
        *people_in(at("a", "y"), range(20, 33)),
        *people_in(at("a", "x", 20.0), range(40, 60)),
        *people_in(at("a", "y", 20.0), range(60, 80)),
    ]
    ledger = Ledger.open(lab(tmp_path).vault)
    tables_of(rows, before, ledger=ledger, name="R1")
    with pytest.raises(DisclosureError, match="they differ by one person"):
        tables_of(rows[1:], now, ledger=ledger)


def test_what_a_component_has_beyond_the_states_in_it_is_hidden_where_it_is_few():
    """Component a less state x is two people of component a, whom no cell tells of."""
    rows = [
        *people_in(at("a", "x"), range(30)),
        *people_in(at("a", "y"), range(30, 32)),
        *people_in(at("b", "y"), range(40, 60)),
    ]
    tables = tables_of(rows, declared(COMPONENT, STATE))
    seen = (
        *shown(tables, "components", "componentId").values(),
        *shown(tables, "states", "stateId").values(),
    )
    assert None in seen
    assert (seen[0], seen[2]) != (32, 30)
    assert (seen[1], seen[3]) != (20, 22)


def video(people, state, each=5):
    """Rows of a component type, beyond every type of event that it has."""
    cell = {"componentType": "video", "stateName": state, "value": None}
    return [
        row
        for kind in ("start", "end")
        for row in people_in(cell | {"eventType": kind}, people, each)
    ]


def test_what_a_total_has_beyond_the_states_in_it_is_hidden_where_it_is_few():
    """Film is within video, and within no type of event; of 20 people two were elsewhere with it."""
    rows = [*video(range(18), "Film"), *video(range(18, 20), "Mixed", each=7)]
    for state, people in (("Mixed", range(20, 60)), ("Third", range(60, 90))):
        rows += [row | {"componentType": "text"} for row in video(people, state)]
    tables = tables_of(rows, decide(POLICY), data_type="events")
    types = shown(tables, "events_by_type", "eventType", "componentType")
    states = shown(tables, "events_by_state", "stateName")
    assert None in (types["(all)", "video"], states["Film",])
    enough = rows + video(range(90, 100), "Mixed")
    tables = tables_of(enough, decide(POLICY), data_type="events")
    types = shown(tables, "events_by_type", "eventType", "componentType")
    states = shown(tables, "events_by_state", "stateName")
    assert (types["(all)", "video"], states["Film",]) == (308, 180)


def test_what_is_left_may_be_told_where_it_is_enough():
    rows = [
        *people_in(at("a", "x"), range(30)),
        *people_in(at("a", "y"), range(30, 42)),
        *people_in(at("b", "y"), range(50, 70)),
    ]
    tables = tables_of(rows, declared(COMPONENT, STATE))
    assert shown(tables, "components", "componentId") == {("a",): 42, ("b",): 20}
    assert shown(tables, "states", "stateId") == {("x",): 30, ("y",): 32}


def test_crossings_are_counted_once():
    specs = declared(COMPONENT, STATE, NARROW, CROSS).policy.aggregate.tables
    assert [one.name for one in crossings(specs)] == [
        "components and states", "components and narrow", "states and narrow", "narrow and cross",
    ]  # fmt: skip


def test_rests_of_several_totals_are_cells_of_their_own(monkeypatch):
    """Of video two people are left beyond film, and of the ends of events two others."""
    seen = []
    remembered = Past.remember
    monkeypatch.setattr(
        Past, "remember", lambda past, sheet, *rest, **more: (
            seen.append(sheet), remembered(past, sheet, *rest, **more)
        )
    )  # fmt: skip
    rows = [*video(range(18), "Film"), *video(range(18, 20), "Mixed", each=7)]
    rows += [row | {"componentType": "text"} for row in video(range(20, 60), "Mixed")]
    rows += [row | {"componentType": "text"} for row in video(range(60, 90), "Third")]
    rows += [
        row | {"componentType": kind, "eventType": "late"}
        for kind, people, state in (
            ("text", range(12), "Late"), ("video", range(18, 20), "Late"), ("text", range(90, 93), "Third"),
        )
        for row in people_in({"stateName": state, "value": None}, people)
    ]  # fmt: skip
    tables_of(rows, decide(POLICY), data_type="events")
    rests = [sheet for sheet in seen if isinstance(sheet.lattice.spec, Rests)]
    sources = [sheet.lattice.spec.dimensions[0].source for sheet in rests]
    assert len(sources) > 1
    assert len(set(sources)) == len(sources)
