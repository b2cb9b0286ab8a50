"""A decision for every field of a policy; one that leaves any undecided, or tells by mistake, is refused."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from archive_tool.errors import PolicyError
from archive_tool.model.policy import INDIVIDUAL, Action, Decision, Policy
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.policy import winning
from archive_tool.policy.decisions import UNDECIDED, UNKNOWN, Decisions
from archive_tool.policy.paths import tokens
from archive_tool.policy.reader import key_path
from archive_tool.policy.recordings import refuse_alone
from archive_tool.policy.sources import refuse_dropped
from archive_tool.policy.telling import refuse_telling
from archive_tool.schemas import FIELDS, Field, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NULLS: Final = Decision(
    action=Action.KEEP, because="names of columns, reduced to those that leave"
)
_NO_NULLS: Final = Decision(action=Action.DROP, because="no column leaves")


def decide(policy: Policy, *, stored: bool = False) -> Decisions:
    """Decide every column and leaf.

    Raises :class:`PolicyError` when something is undecided, with every place and the lines to add
    (always the strictest choice); when a declared summary table needs a field that the policy
    drops; when recordings would leave beside nothing but summaries; when one place of a row tells
    what another hides. Nothing of that where it is ``stored``, of an archive that was made with it:
    what it leaves undecided counts as dropped.
    """
    undecided: dict[str, list[str]] = {}
    columns: dict[tuple[str, str], Decision] = {}
    for data_type, fields in FIELDS.items():
        own = {field.name: _column(policy, data_type, field, undecided) for field in fields}
        extra = winning.word(policy.extra, "extra")
        if extra is None:
            undecided.setdefault('extra = "drop"', []).append(key_path(data_type, EXTRA))
        own[EXTRA] = extra or UNDECIDED
        leaves = any(decision.action in INDIVIDUAL for decision in own.values())
        own[NULLS] = _NULLS if leaves else _NO_NULLS
        columns |= {(data_type, name): decision for name, decision in own.items()}
    if undecided and not stored:
        raise _undecided(policy, undecided)
    decisions = Decisions(policy=policy, columns=columns)
    if not stored:
        refuse_dropped(policy, decisions)
        refuse_alone(decisions)
        refuse_telling(decisions)
    return decisions


def _column(
    policy: Policy, data_type: str, column: Field, undecided: dict[str, list[str]]
) -> Decision:
    rule = winning.column_rule(policy, data_type, column.name)
    if column.kind is not Kind.JSON:
        decision = rule or winning.default(policy, column.sensitivity)
        if decision is None:
            _note(undecided, column.sensitivity, key_path(data_type, column.name))
        return decision or UNDECIDED
    leaves = [winning.leaf(policy, data_type, column, tokens(leaf.path)) for leaf in column.leaves]
    for leaf, decision in zip(column.leaves, leaves, strict=True):
        if decision is None:
            _note(undecided, leaf.sensitivity, f"{key_path(data_type, column.name)}.{leaf.path}")
    unknown = winning.unknown_leaf(policy, data_type, column.name)
    if unknown is None:
        place = f"{key_path(data_type, column.name)}.{UNKNOWN}"
        undecided.setdefault('unknown-leaves = "drop"', []).append(place)
    ruled = [rule.decision for rule in winning.leaf_rules(policy, data_type, column.name)]
    return _summary([*leaves, unknown, *ruled], rule)


def _summary(inside: Sequence[Decision | None], rule: Decision | None) -> Decision:
    """One decision for a JSON column: that of its leaves where they all agree."""
    actions = {decision.action if decision else Action.DROP for decision in inside}
    first = next((decision for decision in inside if decision), UNDECIDED)
    if len(actions) == 1 and actions <= {Action.KEEP, Action.DROP, Action.AGGREGATE}:
        if rule is not None and rule.action is first.action:  # rules for all leaves may undo it
            return rule
        return Decision(action=first.action, because=first.because)
    if actions <= winning.WHOLE:
        return Decision(action=Action.AGGREGATE, because="every leaf dropped or aggregated")
    return Decision(action=Action.BY_LEAF, because="see its leaves")


def _note(undecided: dict[str, list[str]], sensitivity: Sensitivity, place: str) -> None:
    line = 'time = "relative"' if sensitivity is Sensitivity.TIME else f'"{sensitivity}" = "drop"'
    undecided.setdefault(line, []).append(place.rstrip("."))


def _undecided(policy: Policy, undecided: Mapping[str, list[str]]) -> PolicyError:
    """List every undecided place, and the lines that decide them all."""
    places = "".join(
        f"\n{_in_lines(line.split(' = ', maxsplit=1)[0].strip(chr(34)), where)}"
        for line, where in undecided.items()
    )
    total = sum(len(where) for where in undecided.values())
    top = [line for line in undecided if not line.startswith('"')]
    defaults = [line for line in undecided if line.startswith('"')]
    lines = top + (["[defaults]", *defaults] if defaults else [])
    return PolicyError(
        f"{total} fields and leaves are undecided{places}",
        where=f"policy {policy.name}",
        hint="add these lines, or other actions in their place, above the first [table] of the "
        "policy, and those of [defaults] to the one that is there:" + "\n  ".join(["", *lines]),
    )


def _in_lines(word: str, places: Sequence[str]) -> str:
    """Hundreds of places, as lines that a terminal does not break within a name."""
    return textwrap.fill(
        f"{word}: {', '.join(places)}",
        width=100,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def explain(decisions: Decisions, data_type: str, column: str) -> list[str]:
    """Where the decisions of one column come from, one line each, for people."""
    lines = []
    for row in decisions.coverage():
        if (row.data_type, row.column) == (data_type, column):
            place = row.column if row.leaf is None else f"{row.column}.{row.leaf or '(value)'}"
            lines.append(f"{place}: {row.action}, because of {row.because}")
    return lines
