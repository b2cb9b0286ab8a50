"""What is left of a total beyond a cell further below it, past totals that nobody knows."""

import pytest

from tests.support.disclosing import at, cells, declared, people_in, tables_of

TABLE = 'name = "cross"\ntype = "ratings/continuous"\ndimensions = ["stateId", "componentId"]\n'


def shared():
    """Thirteen people in one cell, one of whom is in two others too; beside them six more."""
    return [
        *people_in(at("a", "z"), range(12), each=2),
        *people_in(at("a", "z"), [99], each=20),
        *people_in(at("a", "x"), [99], each=2),
        *people_in(at("b", "z"), [99], each=2),
        *people_in(at("a", "x"), range(20, 26)),
    ]


@pytest.mark.parametrize("prefer", ["cells", "totals"])
def test_a_total_less_one_cell_is_not_a_few_people(prefer):
    """Ten rows are left, of seven people: rows enough for every equation, but not people."""
    table = declared(TABLE + f'prefer = "{prefer}"\n')
    found = cells(tables_of(shared(), table)["cross"], "stateId", "componentId")
    assert found["x", "a"]["rows"] is None
    published = {cell for cell in (("(all)", "(all)"), ("z", "a")) if found[cell]["rows"]}
    assert len(published) == 1
