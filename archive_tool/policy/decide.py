"""From the lines of a policy to a decision for every column and every leaf.

Which line wins, most specific first:

1. a rule for the leaf, by its exact path before patterns; of two patterns the one with more
   literal keys; a rule of the data type before a rule of ``[fields."*"]``;
2. a rule for the whole column (same order of types);
3. for what the schema lists: ``time`` for clocks, ``[defaults]`` by sensitivity for the rest;
4. for what the schema does not list: ``unknown-leaves`` inside a JSON column, ``extra`` beside it.

A column rule that drops or aggregates takes everything inside along; any other column rule speaks
for the listed leaves only, so that ``response = "keep"`` does not let unknown leaves through.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from archive_tool.errors import PolicyError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import (
    CLOCKS,
    INDIVIDUAL,
    WILDCARD_TYPE,
    Action,
    Decision,
    Policy,
    Rule,
)
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.policy.listed import listed
from archive_tool.policy.paths import matches, rank, tokens
from archive_tool.policy.reader import key_path
from archive_tool.policy.recordings import refuse_alone
from archive_tool.policy.sources import refuse_dropped
from archive_tool.policy.telling import refuse_telling
from archive_tool.schemas import FIELDS, Field, Kind, Sensitivity, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WHOLE: Final = frozenset({Action.DROP, Action.AGGREGATE})
UNDECIDED: Final = Decision(action=Action.DROP, because="undecided")
_NULLS: Final = Decision(
    action=Action.KEEP, because="names of columns, reduced to those that leave"
)
_NO_NULLS: Final = Decision(action=Action.DROP, because="no column leaves")
UNKNOWN: Final = "(unknown)"
"""How the coverage names the leaves that no schema lists."""


class Coverage(NamedTuple):
    """One line of the coverage: a column, or a leaf inside it."""

    data_type: str
    column: str
    leaf: str | None
    """Path of the leaf; empty for a JSON value that is no object; None for a whole column."""
    action: str
    because: str
    """The line of the policy that decided."""

    @classmethod
    def of(cls, decision: Decision, data_type: str, column: str, leaf: str | None) -> Coverage:
        """Write down one decision."""
        return cls(data_type, column, leaf, decision.action.value, decision.because)


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """What a policy says about every field; made by :func:`decide`."""

    policy: Policy
    columns: Mapping[tuple[str, str], Decision]
    """By data type and column, ``extra`` and ``nulls`` included."""
    _leaves: dict[tuple[str, str, tuple[str, ...]], Decision] = field(
        default_factory=dict, repr=False, compare=False
    )

    def of(self, data_type: str, column: str) -> Decision:
        """Decide a column; a JSON column may be decided ``by-leaf``."""
        return self.columns[data_type, column]

    def leaf(self, data_type: str, column: str, path: str | tuple[str, ...]) -> Decision:
        """Decide one place inside a JSON column, known to the schema or not."""
        parts = tokens(path) if isinstance(path, str) else path
        key = (data_type, column, parts)
        if key not in self._leaves:
            decision = _leaf(self.policy, data_type, field_of(data_type, column), parts)
            self._leaves[key] = decision or UNDECIDED
        return self._leaves[key]

    def leaves_to_someone(self, data_type: str) -> bool:
        """Whether any single value of a data type leaves."""
        return any(
            decision.action in INDIVIDUAL
            for (name, column), decision in self.columns.items()
            if name == data_type and column != NULLS
        )

    def aggregates(self, data_type: str) -> bool:
        """Whether the policy asks for summary tables of a data type.

        Declared tables are all there are; without any, what is aggregate-only gets the defaults.
        """
        asked = self.policy.aggregate
        if asked.tables or asked.noisy:
            declared = (*asked.tables, *(one.table for one in asked.noisy))
            return any(spec.data_type == data_type for spec in declared)
        return any(
            decision.action is Action.AGGREGATE
            for (name, _), decision in self.columns.items()
            if name == data_type
        )

    def has(self, _data_type: str, _column: str, _path: str, /, *, in_words: bool) -> bool:
        """Whether the rows still have the words, or the numbers, of a column or of a leaf in it."""
        return True

    def hides_people(self, data_type: str) -> bool:
        """Whether ids of people leave changed or not at all: then no text may hold them either."""
        subject = BY_NAME[data_type].subject
        return self.of(data_type, subject).action is not Action.KEEP

    def coverage(self) -> Iterator[Coverage]:
        """Every column and listed leaf with its decision, and one line for unknown leaves."""
        for data_type, fields in FIELDS.items():
            for column in fields:
                yield Coverage.of(self.of(data_type, column.name), data_type, column.name, None)
                if column.kind is Kind.JSON:
                    yield from self._coverage_of_leaves(data_type, column)
            for name in (EXTRA, NULLS):
                yield Coverage.of(self.of(data_type, name), data_type, name, None)

    def _coverage_of_leaves(self, data_type: str, column: Field) -> Iterator[Coverage]:
        for leaf in column.leaves:
            decision = self.leaf(data_type, column.name, leaf.path)
            yield Coverage.of(decision, data_type, column.name, leaf.path)
        decision = unknown_leaf(self.policy, data_type, column.name) or UNDECIDED
        yield Coverage.of(decision, data_type, column.name, UNKNOWN)


def decide(policy: Policy, *, stored: bool = False) -> Decisions:
    """Decide every column and leaf.

    Raises :class:`PolicyError` when something is undecided, with every place and the lines to add
    (always the strictest choice); when a declared summary table needs a field that the policy
    drops; when recordings would leave beside nothing but summaries; when one place of a row tells
    what another hides, unless it is ``stored``: of an archive that was made with it.
    """
    undecided: dict[str, list[str]] = {}
    columns: dict[tuple[str, str], Decision] = {}
    for data_type, fields in FIELDS.items():
        own = {field.name: _column(policy, data_type, field, undecided) for field in fields}
        extra = _word(policy.extra, "extra")
        if extra is None:
            undecided.setdefault('extra = "drop"', []).append(key_path(data_type, EXTRA))
        own[EXTRA] = extra or UNDECIDED
        leaves = any(decision.action in INDIVIDUAL for decision in own.values())
        own[NULLS] = _NULLS if leaves else _NO_NULLS
        columns |= {(data_type, name): decision for name, decision in own.items()}
    if undecided:
        raise _undecided(policy, undecided)
    decisions = Decisions(policy=policy, columns=columns)
    refuse_dropped(policy, decisions)
    refuse_alone(decisions)
    if not stored:
        refuse_telling(decisions)
    return decisions


def _column(
    policy: Policy, data_type: str, column: Field, undecided: dict[str, list[str]]
) -> Decision:
    rule = _column_rule(policy, data_type, column.name)
    if column.kind is not Kind.JSON:
        decision = rule or _default(policy, column.sensitivity)
        if decision is None:
            _note(undecided, column.sensitivity, key_path(data_type, column.name))
        return decision or UNDECIDED
    leaves = [_leaf(policy, data_type, column, tokens(leaf.path)) for leaf in column.leaves]
    for leaf, decision in zip(column.leaves, leaves, strict=True):
        if decision is None:
            _note(undecided, leaf.sensitivity, f"{key_path(data_type, column.name)}.{leaf.path}")
    unknown = unknown_leaf(policy, data_type, column.name)
    if unknown is None:
        place = f"{key_path(data_type, column.name)}.{UNKNOWN}"
        undecided.setdefault('unknown-leaves = "drop"', []).append(place)
    ruled = [rule.decision for rule in _leaf_rules(policy, data_type, column.name)]
    return _summary([*leaves, unknown, *ruled], rule)


def _summary(inside: Sequence[Decision | None], rule: Decision | None) -> Decision:
    """One decision for a JSON column: that of its leaves where they all agree."""
    actions = {decision.action if decision else Action.DROP for decision in inside}
    first = next((decision for decision in inside if decision), UNDECIDED)
    if len(actions) == 1 and actions <= {Action.KEEP, Action.DROP, Action.AGGREGATE}:
        return rule or Decision(action=first.action, because=first.because)
    if actions <= _WHOLE:
        return Decision(action=Action.AGGREGATE, because="every leaf dropped or aggregated")
    return Decision(action=Action.BY_LEAF, because="see its leaves")


def _leaf(policy: Policy, data_type: str, column: Field, path: tuple[str, ...]) -> Decision | None:
    """Decide one place; None when nothing decides it."""
    for rule in _leaf_rules(policy, data_type, column.name):
        if rule.path is not None and matches(rule.path, path):
            return rule.decision
    sensitivity = listed(column, path)
    if sensitivity is None:
        return unknown_leaf(policy, data_type, column.name)
    return _column_rule(policy, data_type, column.name) or _default(policy, sensitivity)


def unknown_leaf(policy: Policy, data_type: str, column: str) -> Decision | None:
    """Decide leaves that no schema lists and no rule names."""
    whole = _column_rule(policy, data_type, column)
    if whole is not None and whole.action in _WHOLE:
        return whole
    return _word(policy.unknown_leaves, "unknown-leaves")


def _leaf_rules(policy: Policy, data_type: str, column: str) -> list[Rule]:
    rules = [
        rule
        for rule in policy.rules
        if rule.path is not None and rule.column == column and _covers(rule, data_type)
    ]
    return sorted(
        rules, key=lambda rule: (*rank(rule.path or ()), rule.data_type == data_type), reverse=True
    )


def _column_rule(policy: Policy, data_type: str, column: str) -> Decision | None:
    rules = [
        rule
        for rule in policy.rules
        if rule.path is None and rule.column == column and _covers(rule, data_type)
    ]
    rules.sort(key=lambda rule: rule.data_type == data_type)
    return rules[-1].decision if rules else None


def _covers(rule: Rule, data_type: str) -> bool:
    return rule.data_type in (data_type, WILDCARD_TYPE)


def _default(policy: Policy, sensitivity: Sensitivity) -> Decision | None:
    if sensitivity is Sensitivity.TIME:
        return None if policy.time is None else Decision(action=CLOCKS[policy.time], because="time")
    return policy.defaults.get(sensitivity)


def _word(word: str | None, key: str) -> Decision | None:
    return None if word is None else Decision(action=Action(word), because=key)


def _note(undecided: dict[str, list[str]], sensitivity: Sensitivity, place: str) -> None:
    line = 'time = "relative"' if sensitivity is Sensitivity.TIME else f'"{sensitivity}" = "drop"'
    undecided.setdefault(line, []).append(place.rstrip("."))


def _undecided(policy: Policy, undecided: Mapping[str, list[str]]) -> PolicyError:
    """List every undecided place, and the lines that decide them all."""
    places = [
        f"\n  {line.split(' = ', maxsplit=1)[0].strip(chr(34))}: {', '.join(where)}"
        for line, where in undecided.items()
    ]
    total = sum(len(where) for where in undecided.values())
    top = [line for line in undecided if not line.startswith('"')]
    defaults = [line for line in undecided if line.startswith('"')]
    lines = top + (["[defaults]", *defaults] if defaults else [])
    return PolicyError(
        f"{total} fields and leaves are undecided{''.join(places)}",
        where=f"policy {policy.name}",
        hint="add these lines, or other actions in their place, above the first [table] of the "
        "policy, and those of [defaults] to the one that is there:" + "\n  ".join(["", *lines]),
    )


def explain(decisions: Decisions, data_type: str, column: str) -> list[str]:
    """Where the decisions of one column come from, one line each, for people."""
    lines = []
    for row in decisions.coverage():
        if (row.data_type, row.column) == (data_type, column):
            place = row.column if row.leaf is None else f"{row.column}.{row.leaf or '(value)'}"
            lines.append(f"{place}: {row.action}, because of {row.because}")
    return lines
