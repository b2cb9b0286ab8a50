"""What an outsider must hold possible of a hidden cell, by the rule that it breaks."""

import numpy as np
import pytest

from archive_tool.disclose.protection.rules import Rule
from archive_tool.disclose.protection.sheet import PRIMARY
from archive_tool.disclose.protection.solving.goals import (
    MEASURED,
    PEOPLE,
    ROWS,
    TOTAL,
    Amounts,
    Goals,
    protection_interval,
)
from archive_tool.disclose.protection.solving.possible import Possible
from tests.support.disclosing import ONE, POLICY, declared, people_in, tables_of


def possible(rows, quantity):
    """From, to: of the only cell that is unsafe by itself."""
    sheet = tables_of(rows, declared(ONE))["one"].sheet
    kept = sheet.lattice.base.kept
    (cell,) = np.flatnonzero(sheet.status[kept] == PRIMARY).tolist()
    low, high = protection_interval(Amounts(quantity, {}, [sheet]), sheet, kept, POLICY.aggregate)
    return low[cell], high[cell]


@pytest.mark.parametrize("quantity", [ROWS, PEOPLE])
def test_a_small_cell_may_be_as_large_as_the_threshold(quantity):
    rows = people_in({"componentId": "a"}, range(40)) + people_in({"componentId": "b"}, range(3))
    assert possible(rows, quantity) == (2.0, 10.0)


def test_a_dominated_cell_leaves_the_largest_as_uncertain_as_the_rule_asks():
    """989 of 1,000 rows are of one of 12 people: (989 + 1) / 0.9 is 100 more than there are."""
    rows = people_in({"componentId": "a"}, range(40))
    rows += people_in({"componentId": "b"}, range(1), each=989)
    rows += people_in({"componentId": "b"}, range(1, 12))
    assert possible(rows, ROWS) == pytest.approx((900.0, 1100.0))
    assert possible(rows, PEOPLE) == (11.0, 13.0)


def cells_that_break(rule, quantity):
    """From, to: of a cell of 12 people, whatever it is hidden for."""
    sheet = tables_of(people_in({"componentId": "a"}, range(12)), declared(ONE))["one"].sheet
    kept = sheet.lattice.base.kept
    sheet.broken[kept] = {rule: np.ones(1, bool)}
    low, high = protection_interval(Amounts(quantity, {}, [sheet]), sheet, kept, POLICY.aggregate)
    return low[0], high[0]


@pytest.mark.parametrize("quantity", [ROWS, PEOPLE])
def test_a_full_cell_may_miss_one_and_another_may_have_one_more_too(quantity):
    assert cells_that_break(Rule.FULL, quantity) == (11.0, 12.0)
    assert cells_that_break(Rule.ROOMS, quantity) == (11.0, 13.0)


def test_a_total_of_a_measure_may_be_a_thousandth_more_or_less():
    rows = [row | {"value": 1.0} for row in people_in({"componentId": "a"}, range(40))]
    rows += [row | {"value": 1.0} for row in people_in({"componentId": "b"}, range(6))]
    sheet = tables_of(rows, declared(ONE + 'measure = "value"\n'))["one"].sheet
    kept = sheet.lattice.base.kept
    (cell,) = np.flatnonzero(sheet.status[kept] == PRIMARY).tolist()
    ends = {
        quantity: [
            float(end[cell])
            for end in protection_interval(
                Amounts(quantity, {}, [sheet]), sheet, kept, POLICY.aggregate
            )
        ]
        for quantity in (TOTAL, MEASURED)
    }
    assert ends == {TOTAL: [pytest.approx(5.994), pytest.approx(6.006)], MEASURED: [5.0, 10.0]}


def test_goals_are_met_where_the_ends_were_found_possible():
    sheet = tables_of(people_in({"componentId": "a"}, range(12)), declared(ONE))["one"].sheet
    kept = sheet.lattice.base.kept
    possible = Possible([sheet])
    goals = Goals(ROWS, 0, kept, *(np.array([n]) for n in (0, 11.0, 13.0, 12.0)))
    assert not possible.meets(goals)
    largest, smallest = possible.unmet(goals)
    assert (largest.largest, largest.bound, smallest.bound) == (True, 13.0, 11.0)
    possible.note(largest, 13.0)
    assert possible.unmet(goals) == [smallest]
    possible.note(smallest, 11.0)
    assert possible.meets(goals)
    assert possible.reached(smallest)
