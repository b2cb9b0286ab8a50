"""Which line of a policy decides a place.

The most specific one wins:

1. a rule for the leaf, by its exact path before patterns; of two patterns the one with more
   literal keys; a rule of the data type before a rule of ``[fields."*"]``;
2. a rule for the whole column (same order of types);
3. for what the schema lists: ``time`` for clocks, ``[defaults]`` by sensitivity for the rest;
4. for what the schema does not list: ``unknown-leaves`` inside a JSON column, ``extra`` beside it.

What drops or aggregates takes everything inside along, inside a column and below a leaf, a default
as much as a rule; any other column rule speaks for the listed leaves only, so that
``response = "keep"`` does not let unknown leaves through.
"""

from __future__ import annotations

from typing import Final

from archive_tool.model.policy import CLOCKS, WILDCARD_TYPE, Action, Decision, Policy, Rule
from archive_tool.policy.listed import listed
from archive_tool.policy.paths import matches, rank
from archive_tool.schemas import Field, Sensitivity

WHOLE: Final = frozenset({Action.DROP, Action.AGGREGATE})
"""Actions on a column, or on a leaf, that take everything inside along."""


def leaf(policy: Policy, data_type: str, column: Field, path: tuple[str, ...]) -> Decision | None:
    """Decide one place; None when nothing decides it."""
    for rule in leaf_rules(policy, data_type, column.name):
        if rule.path is None:
            continue
        is_whole = rule.decision.action in WHOLE
        if matches(rule.path, path[: len(rule.path)] if is_whole else path):
            return rule.decision
    whole = column_rule(policy, data_type, column.name)
    sensitivity = listed(column, path)
    if sensitivity is not None:
        return whole or default(policy, sensitivity)
    above = None if whole else _goes_above(policy, column, path)
    return above or unknown_leaf(policy, data_type, column.name)


def _goes_above(policy: Policy, column: Field, path: tuple[str, ...]) -> Decision | None:
    """Give the default of a listed place above that goes with all that is inside it."""
    for length in range(len(path) - 1, 0, -1):
        sensitivity = listed(column, path[:length])
        decision = None if sensitivity is None else default(policy, sensitivity)
        if decision is not None and decision.action in WHOLE:
            return decision
    return None


def unknown_leaf(policy: Policy, data_type: str, column: str) -> Decision | None:
    """Decide leaves that no schema lists and no rule names."""
    whole = column_rule(policy, data_type, column)
    if whole is not None and whole.action in WHOLE:
        return whole
    return word(policy.unknown_leaves, "unknown-leaves")


def leaf_rules(policy: Policy, data_type: str, column: str) -> list[Rule]:
    """Rules for places inside a column, the most specific first."""
    rules = [
        rule
        for rule in policy.rules
        if rule.path is not None and rule.column == column and _covers(rule, data_type)
    ]
    return sorted(
        rules, key=lambda rule: (*rank(rule.path or ()), rule.data_type == data_type), reverse=True
    )


def column_rule(policy: Policy, data_type: str, column: str) -> Decision | None:
    """Decide a whole column by the rule for it; None without one."""
    rules = [
        rule
        for rule in policy.rules
        if rule.path is None and rule.column == column and _covers(rule, data_type)
    ]
    rules.sort(key=lambda rule: rule.data_type == data_type)
    return rules[-1].decision if rules else None


def _covers(rule: Rule, data_type: str) -> bool:
    return rule.data_type in (data_type, WILDCARD_TYPE)


def default(policy: Policy, sensitivity: Sensitivity) -> Decision | None:
    """Decide what the schema lists by its sensitivity; None where the policy does not."""
    if sensitivity is Sensitivity.TIME:
        return None if policy.time is None else Decision(action=CLOCKS[policy.time], because="time")
    return policy.defaults.get(sensitivity)


def word(given: str | None, key: str) -> Decision | None:
    """Decide by one word of the policy, under a key of its own."""
    return None if given is None else Decision(action=Action(given), because=key)
