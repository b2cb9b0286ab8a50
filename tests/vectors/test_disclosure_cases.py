"""Worked cases of disclosure control with known answers, by hand and from the literature."""

import pytest

from archive_tool.disclose.protection.sheet import PRIMARY
from tests.support.disclosing import ONE, answers, at, declared, own, people_in, statuses, tables_of

TWO = 'name = "two"\ntype = "ratings/continuous"\ndimensions = ["componentId", "stateId"]\n'


def test_a_total_that_reveals_a_hidden_cell_is_hidden_with_it():
    """The nursery table: 12,958 published, N is 12,960, so the hidden cell is 2."""
    rows = people_in(at("a"), range(40)) + people_in(at("b"), range(40, 42))
    table = tables_of(rows, declared(ONE))["one"]
    assert statuses(table, "componentId") == {
        ("a",): "ok", ("b",): "suppressed", ("(all)",): "suppressed",
    }  # fmt: skip


def test_a_total_that_is_preferred_costs_a_second_cell():
    rows = (
        people_in(at("a"), range(40))
        + people_in(at("b"), range(40, 42))
        + people_in(at("c"), range(50, 62))
    )
    table = tables_of(rows, declared(ONE + 'prefer = "totals"\n'))["one"]
    assert statuses(table, "componentId") == {
        ("a",): "ok", ("b",): "suppressed", ("c",): "suppressed", ("(all)",): "ok",
    }  # fmt: skip


def test_a_cross_that_stays_solvable_after_two_more_cells_are_hidden():
    """3 x 3, one small cell at (1, 1).

    Hiding (1, 2) and (2, 1) for the sake of its row and its column leaves it solvable: both stand
    alone in their other line. It takes a fourth, which closes the rectangle.
    """
    sizes = {("c1", "s1"): 3, ("c1", "s2"): 12, ("c2", "s1"): 12, ("c2", "s2"): 14}
    rows = []
    for number, (component, state) in enumerate(
        (f"c{i}", f"s{j}") for i in (1, 2, 3) for j in (1, 2, 3)
    ):
        size = sizes.get((component, state), 30)
        rows += people_in(at(component, state), range(100 * number, 100 * number + size))
    table = tables_of(rows, declared(TWO))["two"]
    hidden = {key for key, status in statuses(table, "componentId", "stateId").items()
              if status == "suppressed"}  # fmt: skip
    assert hidden == {("c1", "s1"), ("c1", "s2"), ("c2", "s1"), ("c2", "s2")}


def test_a_total_of_a_measure_may_not_be_known_too_closely_either():
    """One of the 12 people of (1, 1) gives 1,000 of its 1,011.

    The rectangle of hidden cells that leaves the number of rows open is not enough: what (2, 2)
    adds up to is so little that the total of (1, 1) would be known to within it.
    """
    special = {
        ("c1", "s1"): (12, lambda n, _: 1000.0 if n % 100 == 0 else 1 + n / 1000),
        ("c1", "s2"): (13, lambda n, _: 20 + n / 100),
        ("c2", "s1"): (13, lambda n, _: 20 + n / 100),
        ("c2", "s2"): (14, lambda n, _: 0.1 + n % 100 / 1000),
    }
    rows = []
    for number, key in enumerate((f"c{i}", f"s{j}") for i in (1, 2, 3) for j in (1, 2, 3)):
        size, value = special.get(key, (30, lambda n, _: 50 + n / 100))
        rows += people_in(at(*key), range(100 * number, 100 * number + size), value=value)
    table = tables_of(rows, declared(TWO + 'measure = "value"\n'))["two"]
    found = statuses(table, "componentId", "stateId")
    assert {key for key, status in found.items() if status == "measure suppressed"} == {
        *special, ("c1", "s3"), ("c2", "s3"),
    }  # fmt: skip


@pytest.mark.parametrize(("rooms", "status"), [(4, "measure suppressed"), (5, "ok")])
def test_a_measure_of_people_together_needs_rooms_in_which_somebody_has_it(rooms, status):
    """Six rooms of four people each; values come from the first of them only."""
    rows = [
        {**row, "roomId": f"room{n // 4}"}
        for n, row in enumerate(
            people_in(at("a"), range(24), value=lambda n, r: own(n, r) if n < 4 * rooms else None)
        )
    ]
    rows += [
        {**row, "roomId": f"other{n // 4}"}
        for n, row in enumerate(people_in(at("b"), range(40, 80)))
    ]
    table = tables_of(rows, declared(ONE + 'measure = "value"\nbetween-people = true\n'))["one"]
    found = statuses(table, "componentId")
    assert (found["a",], found["b",]) == (status, "ok")


def test_one_person_with_fifty_rows_is_one_person():
    rows = people_in(at("a"), range(1), each=50) + people_in(at("b"), range(20))
    table = tables_of(rows, declared(ONE))["one"]
    assert statuses(table, "componentId")["a",] == "suppressed"


def test_twelve_people_of_whom_four_are_agents_are_eight():
    rows = people_in(at("a"), range(12)) + people_in(at("b"), range(20, 40))
    table = tables_of(rows, declared(ONE), leave_out=("u0", "u1", "u2", "u3"))["one"]
    assert statuses(table, "componentId")["a",] == "suppressed"
    assert statuses(tables_of(rows, declared(ONE))["one"], "componentId")["a",] == "ok"


def test_both_spellings_of_an_id_are_one_person():
    rows = people_in(at("a"), range(9)) + [
        {**row, "participantId": f"prolific_{row['participantId']}"}
        for row in people_in(at("a"), range(9))
    ]
    rows += people_in(at("b"), range(20, 40))
    assert statuses(tables_of(rows, declared(ONE))["one"], "componentId")["a",] == "suppressed"


@pytest.mark.parametrize(
    ("rows_each", "status"),
    [  # 11 people; the first two weigh w each, the others 1: 2w / (2w + 9) against 0.90
        (40, "ok"),  # 80 / 89 = 0.899
        (41, "suppressed"),  # 82 / 91 = 0.901
    ],
)
def test_nk_two_ninety(rows_each, status):
    rows = people_in(at("a"), range(2), each=rows_each) + people_in(at("a"), range(2, 11))
    rows += people_in(at("b"), range(20, 60))
    assert statuses(tables_of(rows, declared(ONE))["one"], "componentId")["a",] == status


def test_nk_at_exactly_ninety_percent_hides():
    """12 people, two of whom give 45 rows each: 90 of 100."""
    rows = people_in(at("a"), range(2), each=45) + people_in(at("a"), range(2, 12))
    rows += people_in(at("b"), range(20, 60))
    assert statuses(tables_of(rows, declared(ONE))["one"], "componentId")["a",] == "suppressed"


@pytest.mark.parametrize(
    ("measured", "hidden"),
    [  # a and b have few people with a measure each; what the total gives away is both together
        (5, {"a", "b", "(all)"}),  # 5 + 5 people: nine degrees of freedom
        (6, {"a", "b"}),  # 6 + 5 people: ten
    ],
)
def test_hidden_measures_need_their_degrees_of_freedom_together(measured, hidden):
    def only(most):
        return lambda n, row: own(n, row) if n % 20 < most else None

    rows = people_in(at("a"), range(10), value=only(measured))
    rows += people_in(at("b"), range(20, 30), value=only(5))
    rows += people_in(at("c"), range(40, 70))
    table = tables_of(rows, declared(ONE + 'measure = "value"\n'))["one"]
    found = statuses(table, "componentId")
    assert {key for (key,), status in found.items() if status == "measure suppressed"} == hidden


@pytest.mark.parametrize(
    ("largest", "status"),
    [  # the largest against ten others of one row: (total - two largest) / largest = 9 / largest
        (90, "ok"),  # exactly 0.10
        (91, "suppressed"),
    ],
)
def test_p_ten_percent(largest, status):
    rows = people_in(at("a"), range(1), each=largest) + people_in(at("a"), range(1, 11))
    rows += people_in(at("b"), range(20, 80), each=3)
    decisions = declared(ONE, aggregate='dominance = 1.0\nbecause = "to see the p rule alone"\n')
    assert statuses(tables_of(rows, decisions)["one"], "componentId")["a",] == status


def test_ten_degrees_of_freedom_need_eleven_people_with_a_measure():
    rows = people_in(at("a"), range(10)) + people_in(at("b"), range(11))
    rows += people_in(at("c"), range(30))
    table = tables_of(rows, declared(ONE + 'measure = "value"\n'))["one"]
    found = statuses(table, "componentId")
    assert (found["a",], found["b",]) == ("measure suppressed", "ok")


def test_a_measure_that_is_the_same_for_all_tells_of_everybody():
    rows = people_in(at("a"), range(20), value=lambda *_: 7.0)
    rows += people_in(at("b"), range(20)) + people_in(at("c"), range(20))
    table = tables_of(rows, declared(ONE + 'measure = "value"\n'))["one"]
    assert statuses(table, "componentId")["a",] == "measure suppressed"


def test_a_measure_counts_the_people_who_have_one():
    """20 people stand in the cell, and five of them gave a value."""
    rows = people_in(at("a"), range(20), value=lambda n, row: own(n, row) if n < 5 else None)
    rows += people_in(at("b"), range(40, 60)) + people_in(at("c"), range(60, 80))
    table = tables_of(rows, declared(ONE + 'measure = "value"\n'))["one"]
    assert statuses(table, "componentId")["a",] == "measure suppressed"


@pytest.mark.parametrize(
    ("measured", "status"),
    [  # 12 people of 50 rows; two have `measured` values, the others one: 2m / (2m + 10)
        (44, "ok"),  # 88 / 98 = 0.898
        (50, "measure suppressed"),  # 100 / 110 = 0.909
    ],
)
def test_nk_of_the_rows_with_a_measure(measured, status):
    """The two give small values, so that they do not dominate the total as well."""

    def value(n, row):
        if n < 2:
            return 0.01 + n / 1000 if row < measured else None
        return 10.0 + n if row == 0 else None

    rows = people_in(at("a"), range(12), each=50, value=value)
    rows += people_in(at("b"), range(20, 60))
    table = tables_of(rows, declared(ONE + 'measure = "value"\n'))["one"]
    assert statuses(table, "componentId")["a",] == status


def test_the_p_rule_of_the_rows_with_a_measure():
    """One of 12 people has 91 of the 101 measured rows, of little value: 9 rows are less than a tenth of 91."""

    def value(n, row):
        if n == 0:
            return 0.01 + row / 1e4 if row < 91 else None
        return 10.0 + n if row == 0 and n < 11 else None

    rows = people_in(at("a"), range(12), each=100, value=value)
    rows += people_in(at("b"), range(20, 60))
    loose = 'dominance = 1.0\nbecause = "to see the p rule alone"\n'
    decisions = declared(ONE + 'measure = "value"\n', aggregate=loose)
    found = statuses(tables_of(rows, decisions)["one"], "componentId")
    assert found["a",] == "measure suppressed"


def test_dominance_of_negative_totals_is_that_of_their_size():
    """One of 20 people has -1,000, all others about -1."""
    rows = people_in(at("a"), range(20), value=lambda n, _: -1000.0 if n == 0 else -own(n, 0))
    rows += people_in(at("b"), range(20, 60), value=lambda n, _: -own(n, 0))
    decisions = declared(ONE + 'measure = "value"\nsigned = true\n')
    found = statuses(tables_of(rows, decisions)["one"], "componentId")
    assert (found["a",], found["b",]) == ("measure suppressed", "ok")


@pytest.mark.parametrize(("zeros", "status"), [(True, "measure suppressed"), (False, "ok")])
def test_what_is_the_same_for_everybody_is_hidden_where_the_policy_says_so(zeros, status):
    loose = "" if zeros else 'zeros = false\nbecause = "the design asks for one answer"\n'
    rows = people_in(at("a"), range(20), value=lambda *_: 7.0) + people_in(at("b"), range(20, 60))
    decisions = declared(ONE + 'measure = "value"\ntotals = "none"\n', aggregate=loose)
    assert statuses(tables_of(rows, decisions)["one"], "componentId")["a",] == status


@pytest.mark.parametrize(("each", "hidden"), [(1, {"a", "b"}), (500, {"a", "b", "(all)"})])
def test_what_a_total_gives_away_must_not_be_dominated(each, hidden):
    """Two small cells have 16 people together, one of whom may have nearly all of the rows."""
    rows = people_in(at("a"), range(1), each=each) + people_in(at("a"), range(1, 8))
    rows += people_in(at("b"), range(20, 28)) + people_in(at("c"), range(40, 80), each=20)
    found = statuses(tables_of(rows, declared(ONE))["one"], "componentId")
    assert {key for (key,), status in found.items() if status == "suppressed"} == hidden


def test_what_a_total_gives_away_of_people_together_needs_its_rooms():
    """Two cells of 12 people in three rooms each: nobody can say that they make six."""
    rows = []
    for component, first, rooms in (("a", 0, 3), ("b", 20, 3), ("c", 40, 12)):
        rows += [
            {**row, "roomId": f"{component}{number % rooms}"}
            for number, row in enumerate(people_in(at(component), range(first, first + 4 * rooms)))
        ]
    table = tables_of(rows, declared(ONE + "between-people = true\n"))["one"]
    assert statuses(table, "componentId") == {
        ("a",): "suppressed", ("b",): "suppressed", ("c",): "ok", ("(all)",): "suppressed",
    }  # fmt: skip


ANSWERS = (
    'name = "answers"\ntype = "events"\ntotals = "none"\n'
    'dimensions = ["participantRole", "response.value"]\n'
)


def test_an_empty_cell_of_an_outcome_is_hidden_like_a_small_one():
    rows = [
        {**row, "participantRole": role}
        for role, people, answer in (
            ("director", range(30), "yes"), ("director", range(30, 60), "no"),
            ("actor", range(60, 90), "yes"), ("actor", range(90, 120), "no"),
            ("director", range(120, 140), "maybe"),
        )
        for row in answers("c", people, answer)
    ]  # fmt: skip
    table = tables_of(rows, declared(ANSWERS), data_type="events")["answers"]
    found = statuses(table, "participantRole", "response.value")
    assert found["actor", "maybe"] == "suppressed"
    assert found["director", "maybe"] == "ok"


def test_a_full_cell_of_an_outcome_is_hidden():
    rows = [
        {**row, "participantRole": role}
        for role, people, answer in (
            ("director", range(30), "yes"), ("actor", range(60, 90), "yes"),
            ("actor", range(90, 120), "no"),
        )
        for row in answers("c", people, answer)
    ]  # fmt: skip
    table = tables_of(rows, declared(ANSWERS), data_type="events")["answers"]
    found = statuses(table, "participantRole", "response.value")
    assert (found["director", "yes"], found["director", "no"]) == ("suppressed", "suppressed")
    assert found["actor", "yes"] == "ok"


def test_what_is_unsafe_is_marked_so():
    rows = people_in(at("a"), range(40)) + people_in(at("b"), range(40, 42))
    sheet = tables_of(rows, declared(ONE))["one"].sheet
    assert sheet.status[0,].tolist() == [0, PRIMARY]


def test_an_answer_of_too_few_people_loses_its_name_and_no_answer_keeps_it():
    answered = [
        row
        for people, answer in ((range(30), "yes"), (range(30, 40), "no"), (range(40, 49), "maybe"))
        for row in answers("c", people, answer)
    ]
    silent = [{**row, "response": None} for row in answers("c", range(60, 63), "")]
    text = 'name = "answers"\ntype = "events"\ntotals = "none"\ndimensions = ["response.value"]\n'
    table = tables_of(answered + silent, declared(text), data_type="events")["answers"]
    assert [key for (key,) in statuses(table, "response.value")] == [
        "no", "yes", "(missing)", "(other)",
    ]  # fmt: skip
