"""docs/aggregates.md: its example is a policy, and its table of rules names the defaults."""

import re
from pathlib import Path

from archive_tool.disclose.protection.rules import Rule
from archive_tool.model.aggregates import Aggregate
from archive_tool.policy import decide, load_policy, parse

TEXT = (Path(__file__).parents[2] / "docs" / "aggregates.md").read_text(encoding="utf-8")


def test_the_example_is_read_as_it_says():
    example, _ = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    policy = parse(load_policy("aggregate-only").text + "\n" + example, where="aggregates.md")
    (table,) = decide(policy).policy.aggregate.tables
    assert (table.name, table.cap, table.totals, table.signed) == ("mood_course", 600, "none", True)
    assert [dimension.name for dimension in table.dimensions] == ["role", "second"]


def test_the_example_with_noise_is_read_as_it_says():
    _, example = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    budget, table = example.split("\n\n", maxsplit=1)
    text = load_policy("aggregate-only").text.replace("[aggregate]", budget) + "\n" + table
    asked = decide(parse(text, where="aggregates.md")).policy.aggregate
    (spec,) = asked.noisy
    assert (asked.budget, spec.epsilon, spec.rows, spec.figure) == (2.0, 0.5, 60, "mean")
    assert spec.levels == (("film_a", "film_b"),)


def test_every_rule_is_named_with_its_default():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ")]
    named = ", ".join(row.split("|")[1].strip() for row in rows)
    assert set(Rule) <= set(named.split(", "))
    default = Aggregate()
    for words in (
        f"fewer than {default.people} people",
        f"fewer than {default.rooms} rooms",
        f"two people give {default.dominance:.0%}".replace("%", " %"),
        f"less than {default.ratio:.0%}".replace("%", " %"),
        f"fewer than {default.degrees} degrees",
    ):
        assert words in TEXT
