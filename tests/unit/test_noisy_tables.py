"""Tables under differential privacy: what is cut, what is added, and what is said about it."""

import math

import numpy as np
import pytest

from archive_tool.disclose.noise.contributions import STEPS, Part
from archive_tool.disclose.noise.mechanism import Noised, laplace
from archive_tool.disclose.noise.tables import noisy_table
from tests.support.disclosing import people_in
from tests.support.noise import asked, bare, counted, policy

A, B = {"componentId": "a"}, {"componentId": "b"}
DRAWS = 20_000
APART = math.sqrt(math.log(2e9) / (2 * DRAWS))
"""Hoeffding: a share of so many draws is further from what is expected with a chance of 1e-9."""


def amounts(part):
    return (part.values * part.step).round(4).tolist()


def silent(part, epsilon):
    """No noise, but the scale of it."""
    scale = part.sensitivity / epsilon
    return Noised(values=part.values * part.step, scale=scale * part.step, step=part.step)


def test_a_person_counts_for_no_more_than_the_bound():
    rows = people_in(A, [1], 30) + people_in(B, [1], 10) + people_in(B, [2], 3)
    (part,) = bare(policy(asked("rows", rows=10)), rows)
    assert amounts(part) == [7.5, 5.5, 0.0]  # ten rows, spread as the forty were, and three
    assert part.sensitivity * part.step == 10


def test_people_are_counted_by_cells():
    rows = people_in(A, range(20), 9) + people_in(B, range(5), 2)
    (part,) = bare(policy(asked("people", rows=2)), rows)
    assert amounts(part) == [20.0, 5.0, 0.0]
    (one,) = bare(policy(asked("people", rows=1)), rows)
    assert amounts(one) == [17.5, 2.5, 0.0]  # five people stand in two cells


def test_values_are_brought_between_the_bounds():
    rows = people_in(A, [1, 2, 3], 1, lambda person, _: {1: -50.0, 2: 3.0, 3: 1e9}[person])
    (part,) = bare(policy(asked("sum")), rows)
    assert amounts(part) == [8.0, 0.0, 0.0]  # 0, 3 and 5
    count, centred = bare(policy(asked("mean")), rows)
    assert (amounts(count), amounts(centred)) == ([3.0, 0.0, 0.0], [0.5, 0.0, 0.0])
    assert centred.sensitivity * centred.step == 10 * 2.5


def test_a_sum_is_made_of_whole_steps_however_many_there_are():
    people = range(1, 80)
    rows = [one for n in people for one in people_in(A, [n], n, lambda person, _: 1.1 + person / 9)]
    (part,) = bare(policy(asked("sum", rows=1000)), rows)
    assert part.values[0] == sum(n * int(min(1.1 + n / 9, 5.0) / part.step) for n in people)


def test_rows_without_a_value_or_a_listed_level_count_nowhere():
    rows = people_in(A, [1], 4, lambda _, row: None if row else 2.0)
    rows += people_in({"componentId": "elsewhere"}, [1], 50, lambda *_: 5.0)
    (part,) = bare(policy(asked("sum", rows=1)), rows)
    assert amounts(part) == [2.0, 0.0, 0.0]


def test_a_table_has_the_cells_of_the_policy_and_no_others():
    bins = 'dimensions = [{column = "onset", edges = [0, 1000, 2000]}]\n'
    decisions = policy(asked(), asked("mean", name="by_time", dimensions=bins))
    for rows in ([], people_in(A | {"onset": 500.0}, range(30))):
        made = counted(decisions, rows) if rows else counted(decisions)
        first, second = made.noisy()
        assert first.table["componentId"].to_pylist() == ["a", "b", "none"]
        assert second.table["onset"].to_pylist() == ["[0, 1000)", "[1000, 2000]"]
        assert set(first.table["status"].to_pylist()) == {"noisy"}


def test_a_table_says_what_was_done_to_it():
    decisions = policy(asked("mean", rows=10, epsilon=0.5))
    rows = people_in(A, range(200), 8, lambda *_: 4.0) + people_in(B, range(40), 2, lambda *_: 1.0)
    (spec,) = decisions.policy.aggregate.noisy
    made = noisy_table(spec, bare(decisions, rows), draw=silent)
    first, second, third = made.table.to_pylist()
    note = (
        "discrete Laplace, epsilon 0.5 for the table; scale 40 of rows, 95 % within 120 and "
        "scale 100 of sum, 95 % within 300"
    )
    assert first == {
        "componentId": "a", "rows": 1600, "mean": 4.0, "low": pytest.approx(3.66, abs=0.01),
        "high": pytest.approx(4.41, abs=0.01), "status": "noisy", "note": note,
    }  # fmt: skip  # 2.5 + (2400 -+ 369) / (1600 +- 148)
    assert (second["mean"], second["low"], second["high"]) == (1.0, 0.0, 5.0)
    assert (third["rows"], third["mean"]) == (0, None)


def test_the_interval_of_a_mean_holds_the_furthest_that_its_parts_allow():
    decisions = policy(asked("mean", rows=1, epsilon=8))
    (spec,) = decisions.policy.aggregate.noisy
    rows = people_in(A, range(40), 1, lambda *_: 2.0)
    count, centred = (silent(part, 4) for part in bare(decisions, rows))
    (row, *_) = noisy_table(spec, bare(decisions, rows), draw=silent).table.to_pylist()
    corners = [
        2.5 + (centred.values[0] + s * centred.within(0.975))
        / (count.values[0] + n * count.within(0.975))
        for s in (-1, 1) for n in (-1, 1)
    ]  # fmt: skip
    assert (row["low"], row["high"]) == (
        pytest.approx(min(corners), rel=1e-5), pytest.approx(max(corners), rel=1e-5),
    )  # fmt: skip


def test_the_noise_has_the_scale_that_is_stated():
    part = Part(values=np.zeros(DRAWS, np.int64), step=3 / STEPS, sensitivity=7 * STEPS)
    drawn = laplace(part, 0.25)
    assert drawn.scale == pytest.approx(7 * 3 / 0.25, rel=1e-5)
    assert drawn.scale >= 7 * 3 / 0.25
    size = np.abs(drawn.values)
    for share in (0.25, 0.5, 0.75, 0.95):
        assert abs((size <= drawn.within(share)).mean() - share) < APART
    assert abs((drawn.values > 0).mean() - 0.5) < APART


def test_the_noise_is_drawn_anew():
    part = Part(values=np.zeros(8, np.int64), step=1 / STEPS, sensitivity=STEPS)
    assert laplace(part, 1.0).values.tolist() != laplace(part, 1.0).values.tolist()
