"""A mean tells of the numbers it is made of: two answers of yes and no, or the bins of a histogram."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.disclose.releases.ledger import Ledger
from archive_tool.policy import decide
from tests.support.disclosing import POLICY, at, cells, declared, people_in, statuses, tables_of
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

COMPONENTS = "components"
SPARSE = "ratings/sparse"
DEFAULT = decide(POLICY)
HIDDEN = "measure suppressed"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(lab(tmp_path).vault)


def finished(component: str, people: Iterable[int], *, completed: bool) -> list[dict[str, Any]]:
    """Components that people completed, or did not."""
    return [
        {"participantId": f"u{n}", "roomId": f"r{n}", "componentType": component,
         "completed": completed}
        for n in people
    ]  # fmt: skip


def answered(component: str, counts: dict[int, int], first: int = 0) -> list[dict[str, Any]]:
    """Sparse ratings from 1 to 5: so many people for each, everybody with one."""
    points = [point for point, count in counts.items() for _ in range(count)]
    return [
        {"participantId": f"u{n}", "roomId": f"r{n}", "componentId": component,
         "value": str(point), "scaleMin": 1.0, "scaleMax": 5.0}
        for n, point in enumerate(points, first)
    ]  # fmt: skip


def completion(rows: list[dict[str, Any]]) -> dict[tuple[str, ...], str]:
    tables = tables_of(rows, DEFAULT, data_type=COMPONENTS)
    return statuses(tables["components_completed"], "componentType")


def test_few_who_did_not_are_not_told_by_the_share_of_those_who_did() -> None:
    """0.966667 of 60 are all but two."""
    rows = finished("film", range(58), completed=True)
    two = finished("film", range(58, 60), completed=False)
    ten = finished("film", range(60, 70), completed=False)
    assert completion(rows + two) == {("film",): HIDDEN, ("(all)",): HIDDEN}
    assert completion(rows + ten) == {("film",): "ok", ("(all)",): "ok"}


def test_few_who_did_are_not_told_either() -> None:
    rows = finished("film", range(9), completed=True)
    assert completion(rows + finished("film", range(9, 60), completed=False))["film",] == HIDDEN


def test_few_who_did_not_are_not_told_by_what_is_left_of_a_total() -> None:
    """12 in game and 3 in film did not; of all 15, less the 12."""
    rows = finished("film", range(57), completed=True)
    rows += finished("film", range(57, 60), completed=False)
    rows += finished("game", range(100, 148), completed=True)
    rows += finished("game", range(148, 160), completed=False)
    found = completion(rows)
    assert found["film",] == HIDDEN
    assert HIDDEN in (found["game",], found["(all)",])


def histogram_and_mean(rows: list[dict[str, Any]], component: str) -> tuple[dict[int, int], Any]:
    """Rows of every answer that are published, and the published mean."""
    tables = tables_of(rows, DEFAULT, data_type=SPARSE)
    bins = cells(tables["ratings_sparse_histogram"], "componentId", "position")
    mean = cells(tables["ratings_sparse_by_component"], "componentId")[component,]
    names = {1: "[0, 0.1)", 2: "[0.2, 0.3)", 3: "[0.5, 0.6)", 4: "[0.7, 0.8)", 5: "[0.9, 1]"}
    shown = {point: bins[component, name]["rows"] for point, name in names.items()}
    return {point: count for point, count in shown.items() if count is not None}, mean


def solutions(shown: dict[int, int], told: Any) -> Iterator[dict[int, int]]:
    """All answers of so many people that fit what is published: the attacker counts them."""
    missing = [point for point in range(1, 6) if point not in shown]
    rest = told["rows"] - sum(shown.values())
    for some in product(range(rest + 1), repeat=len(missing) - 1):
        if sum(some) > rest:
            continue
        guess = shown | dict(zip(missing, (*some, rest - sum(some)), strict=True))
        total = sum(point * count for point, count in guess.items())
        squares = sum(point * point * count for point, count in guess.items())
        if told["mean"] is None:
            yield guess
        elif round(told["mean"] * told["rows"]) == total:
            deviation = ((squares - total**2 / told["rows"]) / (told["rows"] - 1)) ** 0.5
            if abs(deviation - told["sd"]) < 1e-4:
                yield guess


@pytest.mark.parametrize(
    "counts",
    [
        {1: 3, 2: 12, 3: 15, 4: 14, 5: 16},
        {1: 2, 2: 4, 3: 15, 4: 14, 5: 11},
        {1: 3, 3: 20, 5: 12},
        {2: 30, 4: 5},
    ],
)
def test_mean_and_deviation_do_not_solve_the_bins_of_few(counts: dict[int, int]) -> None:
    shown, told = histogram_and_mean(answered("q", counts), "q")
    assert told["rows"] == sum(counts.values())
    for point, count in counts.items():
        if count < 10:
            possible = {guess[point] for guess in solutions(shown, told)}
            assert count in possible
            assert max(possible) >= 10
            assert min(possible) < count


def test_a_mean_goes_where_more_hidden_bins_would_be_no_use() -> None:
    """Count, sum and squares solve three answers, whichever of them are hidden."""
    shown, told = histogram_and_mean(answered("q", {1: 3, 3: 20, 5: 12}), "q")
    assert shown == {3: 20}
    assert told["status"] == HIDDEN


def test_bins_go_where_that_saves_the_mean() -> None:
    counts = {1: 3, 2: 40, 3: 45, 4: 34, 5: 60}
    shown, told = histogram_and_mean(answered("q", counts), "q")
    assert told["status"] == "ok"
    assert set(shown) == {5}


def test_a_fine_scale_loses_no_more_bins_than_its_small_ones() -> None:
    """Bins of a slider hold many numbers: what they add up to solves none of them."""
    rows = answered("q", {1: 3, 2: 12, 3: 15, 4: 14, 5: 16})
    slider = [row | {"value": str(float(row["value"]) - 0.01 * n)} for n, row in enumerate(rows)]
    bins, means = [], []
    for some in (rows, slider):
        tables = tables_of(some, DEFAULT, data_type=SPARSE)
        bins.append(list(statuses(tables["ratings_sparse_histogram"], "position").values()))
        means.append(statuses(tables["ratings_sparse_by_component"], "componentId")["q",])
    assert bins[0].count("ok") < bins[1].count("ok")
    assert means[1] == "ok"


def test_a_point_that_nobody_chose_here_is_a_point_of_the_scale() -> None:
    """Nobody chose 3 in q, but somebody did in p: it hides no answer of few that is not 3."""
    rows = answered("p", {1: 20, 2: 20, 3: 20, 4: 20, 5: 20})
    rows += answered("q", {1: 2, 2: 12, 4: 25, 5: 30}, first=200)
    shown, told = histogram_and_mean(rows, "q")
    possible = {guess[1] for guess in solutions(shown, told)}
    assert max(possible) >= 10
    assert min(possible) < 2


def test_bins_of_enough_people_stay_beside_their_mean() -> None:
    """One of them is hidden with those that nobody can choose."""
    counts = {1: 11, 2: 12, 3: 13, 4: 14, 5: 15}
    shown, told = histogram_and_mean(answered("q", counts), "q")
    assert (shown, told["status"]) == ({2: 12, 3: 13, 4: 14, 5: 15}, "ok")


BINS = """name = "bins"
type = "ratings/sparse"
dimensions = [
    "componentId", {column = "value", as = "position", edges = [0, 0.2, 0.4, 0.6, 0.8, 1], name = "bin"},
]
"""
MEANS = 'name = "means"\ntype = "ratings/sparse"\ndimensions = ["componentId"]\nmeasure = "value"\n'


def test_no_mean_is_published_beside_bins_that_are_out(ledger: Ledger) -> None:
    """Alone it is fit for publication; beside the histogram of an earlier release it is not."""
    rows = answered("q", {1: 3, 2: 12, 3: 35, 4: 34, 5: 36})
    alone = tables_of(rows, declared(MEANS), data_type=SPARSE)["means"]
    assert statuses(alone, "componentId")["q",] == "ok"
    first = tables_of(rows, declared(BINS), data_type=SPARSE, ledger=ledger, name="R1")["bins"]
    assert list(statuses(first, "bin").values()).count("suppressed") > 1
    second = tables_of(rows, declared(MEANS), data_type=SPARSE, ledger=ledger)["means"]
    assert statuses(second, "componentId")["q",] == HIDDEN


VALUE = (
    'name = "plain"\ntype = "ratings/continuous"\ndimensions = ["componentId"]\nmeasure = "value"\n'
)
PLACE = """name = "place"
type = "ratings/continuous"
dimensions = ["componentId", "stateId"]
measure = {column = "value", as = "position"}
"""


def rated() -> list[dict[str, Any]]:
    """Of a in y five people have a rating, of 30."""
    scale = {"scaleMin": 0.0, "scaleMax": 100.0}
    x, y, z = (at("a", state) | scale for state in "xyz")
    rows = people_in(x, range(30)) + people_in(y, range(40, 45)) + people_in(z, range(70, 100))
    return rows + people_in(y, range(45, 70), value=lambda *_: None)


RAW = PLACE.replace('{column = "value", as = "position"}', '"rawValue"')


@pytest.mark.parametrize("other", [PLACE, RAW], ids=["position", "raw"])
def test_a_rating_and_its_place_on_the_scale_are_one_number(other: str) -> None:
    """Of all in a, less those in x and z, five are left, whatever the means are in."""
    rows = [{**row, "rawValue": row["value"]} for row in rated()]
    found = tables_of(rows, declared(VALUE, other + 'prefer = "cells"\n'))
    plain = statuses(found["plain"], "componentId")
    place = statuses(found["place"], "componentId", "stateId")
    assert place["a", "y"] == HIDDEN
    assert plain["a",] == place["a", "(all)"]
    assert HIDDEN in (plain["a",], place["a", "x"], place["a", "z"])


def test_what_was_hidden_of_a_place_on_the_scale_is_hidden_of_the_rating(ledger: Ledger) -> None:
    first = tables_of(rated(), declared(PLACE), ledger=ledger, name="R1")["place"]
    hidden = {key for key, status in statuses(first, "componentId", "stateId").items()
              if status == HIDDEN and "(all)" not in key}  # fmt: skip
    assert len(hidden) > 1
    plain = PLACE.replace('{column = "value", as = "position"}', '"value"') + 'totals = "none"\n'
    second = statuses(tables_of(rated(), declared(plain), ledger=ledger)["place"],
                      "componentId", "stateId")  # fmt: skip
    assert {key for key, status in second.items() if status == HIDDEN} == hidden


def quantiles(rows: list[dict[str, Any]], *cell: str, table: str = "by_component") -> set[bool]:
    """Whether there are a median and quartiles, of a cell with a mean."""
    name = "componentId" if table == "by_component" else "participantRole"
    row = cells(tables_of(rows, DEFAULT, data_type=SPARSE)[f"ratings_sparse_{table}"], name)[cell]
    assert row["mean"] is not None
    return {row[figure] is not None for figure in ("median", "q1", "q3")}


FEW_ONES = answered("q", {1: 3, 2: 12, 3: 15, 4: 14, 5: 16})
ELSEWHERE = answered("p", {1: 20, 2: 20, 3: 20, 4: 20, 5: 20}, first=100)


def test_no_quartile_counts_the_people_of_a_hidden_bin() -> None:
    """Of 60 the 14th to the 17th have 2.5 on average: 15 said 1 or 2; mean and deviation do the rest."""
    assert quantiles(FEW_ONES, "q") == {False}
    assert quantiles(FEW_ONES, "(all)") == {False}
    enough = answered("q", {1: 11, 2: 12, 3: 13, 4: 14, 5: 15})
    assert quantiles(enough, "q") == {True}
    assert quantiles(FEW_ONES + ELSEWHERE, "p") == {True}


def test_quartiles_stay_where_they_are_of_several_answers() -> None:
    """Means of three answers each lie between the bins."""
    several = [row | {"value": value} for row in FEW_ONES for value in (row["value"], "2", "5")]
    assert quantiles(several, "q") == {True}


def test_no_part_of_a_cell_has_quartiles_that_the_cell_may_not_have() -> None:
    """Whoever counts the ones of every state has counted those of the component."""
    rows = [row | {"stateId": f"s{n % 2}"} for n, row in enumerate(FEW_ONES + ELSEWHERE)]
    means = MEANS.replace('["componentId"]', '["componentId", "stateId"]') + 'totals = "grand"\n'
    decisions = declared(BINS + 'totals = "none"\n', means)
    found = cells(tables_of(rows, decisions, data_type=SPARSE)["means"], "componentId", "stateId")
    assert {row["status"] for row in found.values()} == {"ok"}
    assert {key[0] for key, row in found.items() if row["median"] is None} == {"q", "(all)"}


@pytest.mark.parametrize("totals", ["none", "grand", "margins"])
def test_means_of_all_states_are_a_mean_of_the_component(totals: str) -> None:
    """Three answers in q: count, sum and squares of both states solve them, total or none."""
    rows = answered("q", {1: 3, 3: 30, 5: 22}) + ELSEWHERE
    rows = [row | {"stateId": f"s{n % 2}"} for n, row in enumerate(rows)]
    means = MEANS.replace('["componentId"]', '["componentId", "stateId"]')
    decisions = declared(BINS + 'totals = "none"\n', f'{means}totals = "{totals}"\n')
    found = statuses(
        tables_of(rows, decisions, data_type=SPARSE)["means"], "componentId", "stateId"
    )
    assert HIDDEN in (found["q", "s0"], found["q", "s1"])
    assert totals != "none" or found["p", "s0"] == found["p", "s1"] == "ok"


def test_what_a_total_leaves_of_two_cells_is_not_the_same_for_everybody() -> None:
    """All in a and b said 7; so does the total of four, less c and d."""
    seven = [row for cell, people in (("a", range(12)), ("b", range(12, 26)))
             for row in people_in(at(cell), people, value=lambda *_: 7.0)]  # fmt: skip
    others = people_in(at("c"), range(30, 60)) + people_in(at("d"), range(60, 100))
    decisions = declared(VALUE + 'prefer = "totals"\n')
    found = statuses(tables_of(seven + others, decisions)["plain"], "componentId")
    assert found["a",] == found["b",] == HIDDEN
    assert HIDDEN in (found["c",], found["d",], found["(all)",])
