"""Laws of tables with noise: what one person changes, and what a study spends."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_tool.disclose.noise import budget
from archive_tool.errors import DisclosureError
from tests.support.noise import asked, bare, policy

NOW = datetime(2026, 11, 20, tzinfo=UTC)
few = settings(max_examples=60, deadline=None)
row = st.fixed_dictionaries(
    {
        "participantId": st.sampled_from(["u0", "u1", "u2", "prolific_u0"]),
        "roomId": st.sampled_from(["r1", "r2"]),
        "componentId": st.sampled_from(["a", "b", "elsewhere"]),
        "value": st.one_of(st.none(), st.floats(-1e12, 1e12), st.floats(0, 5)),
    }
)
rows = st.lists(st.tuples(row, st.integers(1, 12)), min_size=1, max_size=30).map(
    lambda drawn: [row for row, times in drawn for _ in range(times)]
)
tables = st.builds(
    asked, st.sampled_from(["people", "rows", "sum", "mean"]), rows=st.integers(1, 8)
)


def without(one, drawn):
    return [row for row in drawn if not row["participantId"].endswith(one)]


@given(rows, tables, st.sampled_from(["u0", "u1"]), st.integers(0, 60), st.integers(0, 60))
@few
def test_one_person_changes_no_more_than_the_bound(drawn, table, one, cut, other_cut):
    """However the rows came in: exactly, in whole steps, over all cells together."""
    decisions = policy(table)
    less = without(one, drawn)
    all_parts = bare(decisions, drawn[:cut], drawn[cut:])
    for whole, rest in zip(all_parts, bare(decisions, less[other_cut:], less[:other_cut]),
                           strict=True):  # fmt: skip
        assert int(np.abs(whole.values - rest.values).sum()) <= whole.sensitivity
        assert whole.step == rest.step


@given(rows, tables, st.permutations(range(3)))
@few
def test_the_order_of_the_rows_changes_nothing(drawn, table, order):
    decisions = policy(table)
    pieces = [drawn[n::3] for n in order]
    for one, other in zip(bare(decisions, drawn), bare(decisions, *pieces), strict=True):
        assert one.values.tolist() == other.values.tolist()


@given(rows)
@few
def test_sums_are_exact(drawn):
    """Where nobody reaches the bound, the sum in steps is the sum of everybody's whole steps."""
    (part,) = bare(policy(asked("sum", rows=1000)), drawn)
    for place, name in enumerate("ab"):
        values = [r["value"] for r in drawn if r["componentId"] == name and r["value"] is not None]
        steps = [int(min(max(value, 0.0), 5.0) / part.step) for value in values]
        assert int(part.values[place]) == sum(steps)


epsilons = st.decimals("0.1", "1.5", places=1).map(float)
releases = st.lists(st.tuples(st.lists(epsilons, min_size=1, max_size=3), epsilons), max_size=8)


@given(releases)
@few
def test_no_release_overspends_the_budget(drawn):
    """Whatever later policies declare, the smallest budget of the study holds; nothing is lost."""
    spent = []
    smallest = Decimal("1e9")
    for number, (wanted, whole) in enumerate(drawn):
        tables_of = [
            asked(name=f"t{n}", epsilon=epsilon) for n, epsilon in enumerate(wanted)
        ]  # fmt: skip
        aggregate = policy(*tables_of, budget=whole).policy.aggregate
        fits = sum(map(_exact, [*wanted, *(s.epsilon for s in spent)])) <= min(
            smallest, _exact(whole)
        )
        try:
            budget.refuse(aggregate, spent)
        except DisclosureError:
            assert not fits
            continue
        assert fits
        spent += budget.spends(aggregate, release=f"R{number}", made=NOW)
        smallest = min(smallest, _exact(whole))
        assert sum(_exact(s.epsilon) for s in spent) <= smallest


def _exact(number):
    return Decimal(repr(number))
