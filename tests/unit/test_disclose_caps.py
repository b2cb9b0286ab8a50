"""``cap``: what one person's rows count for in a cell at most."""

import statistics

import pytest

from tests.support.disclosing import cells, declared, people_in, tables_of

BY_COMPONENT = 'name = "one"\ntype = "ratings/continuous"\ndimensions = ["componentId"]\n'


def capped(rows, cap):
    table = tables_of(rows, declared(BY_COMPONENT + f'measure = "value"\ncap = {cap}\n'))["one"]
    return cells(table, "componentId")


def test_a_person_with_more_rows_weighs_as_much_as_the_cap():
    rows = people_in({"componentId": "a"}, range(20), 3, lambda person, _: float(person))
    rows += people_in({"componentId": "a"}, [19], 597, lambda *_: 19.0)
    rows += people_in({"componentId": "b"}, range(20), 5, lambda person, row: float(person + row))
    found = capped(rows, 3)
    first, second, whole = (found[level,] for level in ("a", "b", "(all)"))
    assert (first["rows"], first["mean"]) == (60, 9.5)  # three rows of each, the 600 too
    assert first["sd"] == pytest.approx(statistics.stdev([*range(20)] * 3), rel=1e-5)
    assert (second["rows"], second["mean"]) == (60, 11.5)  # over all five rows of each
    assert (whole["rows"], whole["people"], whole["mean"]) == (120, 20, 10.5)


@pytest.mark.parametrize("cap", [1, 2, 5, 19])
def test_a_measure_that_few_rows_have_counts_those(cap):
    def value(person, row):
        return None if row else float(person % 7)

    rows = people_in({"componentId": "a"}, range(16), 20, value)
    (cell,) = (one for level, one in capped(rows, cap).items() if level == ("a",))
    values = [float(person % 7) for person in range(16)]
    assert cell["rows"] == 16 * cap
    assert cell["mean"] == pytest.approx(statistics.fmean(values), rel=1e-5)
    assert cell["sd"] == pytest.approx(statistics.stdev(values), rel=1e-5)
