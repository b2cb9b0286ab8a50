"""What an outsider must hold possible of a hidden cell, by the rule that it breaks."""

import numpy as np
import pytest

from archive_tool.disclose.protection.goals import PEOPLE, ROWS, Amounts, wanted
from archive_tool.disclose.protection.sheet import PRIMARY, Spot
from tests.support.disclosing import ONE, POLICY, declared, people_in, tables_of


def possible(rows, quantity):
    """From, to: of the only cell that is unsafe by itself."""
    sheet = tables_of(rows, declared(ONE))["one"].sheet
    kept = sheet.lattice.base.kept
    (cell,) = np.flatnonzero(sheet.status[kept] == PRIMARY).tolist()
    return wanted(Amounts(quantity, {}, [sheet]), sheet, Spot(0, kept, cell), POLICY.aggregate)


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
