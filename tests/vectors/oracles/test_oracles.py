"""Two other tools beside this one: the same answers where theirs are right.

ACRO and pyCANON count rows. Where every person has one row, a row is a person, and they are right;
one person with 50 rows is where they are not. ``make_oracles.py`` asked them.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from archive_tool.disclose.protection.rules import Rule, count_people, measure_unsafe
from archive_tool.model.aggregates import Aggregate
from tests.support.disclosing import cells, declared, people_in, tables_of

HERE = Path(__file__).parent
ACRO = json.loads((HERE / "acro.json").read_text(encoding="utf-8"))
PYCANON = json.loads((HERE / "pycanon.json").read_text(encoding="utf-8"))
ONE = 'name = "one"\ntype = "ratings/continuous"\ndimensions = ["componentId"]\ntotals = "none"\n'
TWO = ONE.replace('["componentId"]', '["componentId", "stateId"]')
ASKED = (Rule.THRESHOLD, Rule.NK, Rule.P)
"""Rules that ACRO has for a sum."""
PLACES = (("host", "x"), ("host", "y"), ("guest", "x"), ("guest", "y"))


@pytest.fixture(scope="module")
def table():
    rows = []
    for number, (name, one) in enumerate(ACRO["cells"].items()):
        given = dict(enumerate(one["people"], 100 * number))
        rows += people_in({"componentId": name}, given, value=lambda n, _, g=given: g[n])
    return tables_of(rows, declared(ONE + 'measure = "value"\n'))["one"]


def test_acro_and_we_find_the_same_rules_broken(table):
    lattice = table.sheet.lattice
    finest = lattice.groups[0,]
    broken = measure_unsafe(table.spec, finest, Aggregate(), np.zeros(len(finest), bool))
    names = [lattice.names[0][row[0]] for row in finest.levels.tolist()]
    ours = {
        name: sorted(rule for rule in ASKED if broken[rule][place])
        for place, name in enumerate(names)
    }
    assert ours == {name: one["broken"] for name, one in ACRO["cells"].items()}
    assert {rule for found in ours.values() for rule in found} == set(ASKED)
    assert [] in ours.values()


def test_what_acro_would_hide_is_hidden(table):
    for (name,), row in cells(table, "componentId").items():
        safe = ACRO["cells"][name]["broken"] == []
        assert (row["mean"] is not None) == (row["status"] == "ok") == safe, name


def grouped(shape, *, each=1):
    rows = []
    for number, ((role, condition), size) in enumerate(zip(PLACES, shape, strict=False)):
        people = range(1000 * number, 1000 * number + size)
        rows += people_in({"componentId": role, "stateId": condition}, people, each=each)
    return rows


@pytest.mark.parametrize("case", PYCANON["shapes"], ids=lambda case: f"k={case['k']}")
def test_the_smallest_published_group_is_the_k_of_pycanon(case):
    k, rows = case["k"], grouped(case["people"])

    def statuses(people):
        table = tables_of(rows, declared(TWO, aggregate=f"people = {people}\n"))["one"]
        assert count_people(table.sheet.lattice.groups[0, 1]).min() == k
        return {row["status"] for row in cells(table, "componentId", "stateId").values()}

    assert statuses(k) == {"ok"}
    assert statuses(k + 1) == {"ok", "suppressed"}


def test_one_person_with_fifty_rows_passes_there_and_is_hidden_here():
    assert ACRO["one person with 50 rows"] == "pass"
    assert PYCANON["one person with 50 rows"] == 50
    table = tables_of(grouped((1, 40), each=50), declared(TWO))["one"]
    found = cells(table, "componentId", "stateId")
    assert found["host", "x"]["status"] == "suppressed"
    assert found["host", "y"]["status"] == "ok"


def test_the_answers_say_which_release_gave_them():
    assert (ACRO["version"], PYCANON["version"]) == ("1.0.2", "1.3.6")
