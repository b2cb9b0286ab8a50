"""The largest and the smallest value of few people are not told by the names of bins."""

import pytest

from archive_tool.disclose.releases.ledger import Ledger
from archive_tool.errors import DisclosureError
from tests.support.disclosing import cells, declared, people_in, tables_of
from tests.support.pipelines import lab

COURSE = """name = "course"
type = "ratings/continuous"
dimensions = ["componentId", { column = "onset", bin = 1000, name = "second" }]
measure = "value"
totals = "none"
"""
NAMES = ("componentId", "second")


def seconds(component, people, *onsets):
    return [
        row
        for onset in onsets
        for row in people_in({"componentId": component, "onset": float(onset)}, people)
    ]


def course(rows, table=COURSE):
    return tables_of(rows, declared(table))["course"]


@pytest.fixture
def rows():
    """A film of three seconds; a person who stopped late, a person whose clock began early."""
    return [
        *seconds("film", range(20), 0, 1000, 2000),
        *seconds("film", [3], 316_000),
        *seconds("film", [4], -7000),
    ]


def test_hidden_bins_beyond_the_published_ones_are_not_listed(rows):
    table = course(rows)
    assert {level[1] for level in cells(table, *NAMES)} == {"0", "1000", "2000"}
    assert table.hidden == 0


def test_a_hidden_bin_between_published_ones_is_listed(rows):
    table = course([*rows, *seconds("film", [5], 4000), *seconds("film", range(15), 9000)])
    at = cells(table, *NAMES)
    assert at["film", "4000"]["status"] == "suppressed"
    assert at["film", "9000"]["people"] == 15
    assert ("film", "316000") not in at


def test_every_line_ends_where_its_own_published_bins_end(rows):
    table = course([*rows, *seconds("trailer", range(20), 5000, 6000), *seconds("trailer", [6], 0)])
    of_trailer = {second for component, second in cells(table, *NAMES) if component == "trailer"}
    assert of_trailer == {"5000", "6000"}


def test_rows_without_a_number_stay(rows):
    nowhere = [row | {"onset": None} for row in seconds("film", range(3), 0)]
    assert cells(course([*rows, *nowhere]), *NAMES)["film", "(missing)"]["status"] == "suppressed"


def test_bins_between_the_edges_of_a_policy_are_all_listed(rows):
    edges = COURSE.replace("bin = 1000", "edges = [-10000, 0, 3000, 300000, 400000]")
    at = cells(course(rows, edges), *NAMES)
    assert at["film", "[300000, 400000]"]["status"] == "suppressed"
    assert at["film", "[-10000, 0)"]["status"] == "suppressed"


def test_messages_about_other_releases_name_rows_as_the_table_has_them(tmp_path, rows):
    ledger = Ledger(vault=lab(tmp_path).vault, releases=[])
    decisions = declared(COURSE.replace('"none"', '"margins"'))
    rows += seconds("trailer", range(30), 0, 1000, 2000)
    (table,) = tables_of(rows, decisions, ledger=ledger, name="first").values()
    fewer = [row for row in rows if (row["participantId"], row["onset"]) != ("u0", 1000.0)]
    with pytest.raises(DisclosureError) as caught:
        tables_of(fewer, decisions, ledger=ledger, name="second")
    blocked = {(one["row"], one["other_row"]) for one in caught.value.detail["blocked"]}
    lines = [(row["second"], row["status"]) for row in table.table.to_pylist()]
    places = [at for at, line in enumerate(lines, 1) if line in {("1000", "ok"), ("(all)", "ok")}]
    assert len(lines) in places  # the total of all
    assert (len(lines), len(lines)) in blocked
    assert {row for row, _ in blocked} <= set(places)
