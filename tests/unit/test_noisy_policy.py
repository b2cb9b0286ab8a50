"""``[[aggregate.noisy]]``: what is read, and what is refused."""

import pytest

from archive_tool.disclose.defaults import specs_for
from archive_tool.errors import PolicyError
from archive_tool.model.aggregates import Dimension, NoisySpec, Source, TableSpec
from tests.support.disclosing import declared
from tests.support.noise import BOUNDS, BY_COMPONENT, asked, policy

PATH = "test.toml: aggregate table noisy"


def refused(table, aggregate="budget = 2.0\n"):
    with pytest.raises(PolicyError) as caught:
        declared(aggregate=aggregate, fields=table)
    assert caught.value.exit_code == 13
    return str(caught.value)


def test_a_declared_table_is_what_it_says():
    aggregate = policy(asked("mean")).policy.aggregate
    assert aggregate.budget == 2.0
    assert aggregate.noisy == (
        NoisySpec(
            table=TableSpec(
                name="noisy",
                data_type="ratings/continuous",
                dimensions=(Dimension(name="componentId", source=Source(column="componentId")),),
                measure=Source(column="value"),
                declared=True,
            ),
            levels=(("a", "b", "none"),),
            figure="mean",
            low=0.0,
            high=5.0,
            rows=10,
            epsilon=0.5,
        ),
    )


def test_tables_with_noise_are_all_there_are():
    decisions = policy(asked())
    assert specs_for("ratings/continuous", decisions) == []
    assert decisions.aggregates("ratings/continuous")
    assert not decisions.aggregates("events")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (asked(dimensions='dimensions = ["componentId"]\n'),
         f"{PATH}.dimensions[0].levels: not a closed list "
         "(expected all levels, or edges: which levels occur is data)"),
        (asked(dimensions='dimensions = [{column = "componentId", levels = ["a", "a"]}]\n'),
         f"{PATH}.dimensions[0].levels: not a closed list "
         "(expected all levels, or edges: which levels occur is data)"),
        (asked(dimensions='dimensions = [{column = "onset", edges = [0, 1], levels = ["a"]}]\n'),
         f"{PATH}.dimensions[0]: has both levels and edges (expected one of them)"),
        (asked(dimensions='dimensions = [{column = "onset", levels = ["a"]}]\n'),
         f"{PATH}.dimensions[0]: a number makes no cells by itself (expected bin or edges)"),
        (asked(dimensions='dimensions = [{column = "roomId", levels = ["a"]}]\n'),
         f"{PATH}.dimensions[0]: room-id columns make no cells "
         "(expected a column about many people)"),
        (asked("rows") + BOUNDS.splitlines()[1],
         f'{PATH}.low: a count has none (expected figure = "sum" or "mean")'),
        (asked("sum").replace("low = 0\n", ""),
         f"{PATH}.low: missing (expected a measure between low and high)"),
        (asked("sum").replace("low = 0", "low = 5"),
         f"{PATH}.high: not above low (expected low < high)"),
        (asked("sum").replace("high = 5", "high = 1e-320"),
         f"{PATH}.high: not above low (expected low < high)"),
        (asked().replace('"rows"', '"kurtosis"'),
         f"{PATH}.figure: unknown word (expected people, rows, sum, mean)"),
        (asked().replace('"rows"', '""'),
         f"{PATH}.figure: unknown word (expected people, rows, sum, mean)"),
        (asked().replace("rows = 10\n", ""),
         f"{PATH}.rows: missing (expected what one person counts for at most)"),
        (asked(rows=2_000_000), f"{PATH}.rows: too many (expected at most 1000000)"),
        (asked().replace("epsilon = 0.5\n", ""),
         f"{PATH}.epsilon: missing (expected a number from 0.001 to 10)"),
        (asked(epsilon=0),
         f"{PATH}.epsilon: not a number in range (expected at least 0.001)"),
        (asked(epsilon=20), f"{PATH}.epsilon: protects nobody (expected at most 10)"),
        (asked() + "cap = 3\n",
         f"{PATH}.cap: unknown key (expected name, type, dimensions, measure, where, figure, low, "
         "high, rows, epsilon)"),
        (asked() + asked(), f"{PATH}.name: used twice "
         "(expected a name of its own for every table)"),
        (asked(dimensions='dimensions = [{column = "onset", edges = [0, %s]}, '
               '{column = "value", edges = [0, %s]}]\n'
               % ((", ".join(map(str, range(1, 300))),) * 2)),
         f"{PATH}.dimensions: too many cells (expected at most 10000)"),
    ],
)  # fmt: skip
def test_what_gives_no_promise_is_refused(table, message):
    assert refused(table) == message


def test_noise_needs_a_budget():
    assert refused(asked(), aggregate="") == (
        "test.toml: aggregate.budget: missing (expected a number from 0.001 to 10)"
    )


def test_a_table_has_one_name_with_and_without_noise():
    with pytest.raises(PolicyError, match="used twice"):
        declared('name = "noisy"\ntype = "chat"\n', aggregate="budget = 1.0\n", fields=asked())


def test_a_field_that_the_policy_drops_is_in_no_table_with_noise():
    dropped = '[fields."ratings/continuous"]\nvalue = "drop"\n' + asked("sum")
    assert "aggregate table noisy: measure value is dropped" in refused(dropped)


def test_levels_stand_in_the_policy_as_they_are_written():
    assert BY_COMPONENT in policy(asked()).policy.text
