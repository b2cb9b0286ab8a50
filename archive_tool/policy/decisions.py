"""What a policy decides for every column and every leaf."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import CLOCKS, INDIVIDUAL, Action, Decision, Policy
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.policy import winning
from archive_tool.policy.paths import tokens, written
from archive_tool.schemas import FIELDS, Field, Kind, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNDECIDED: Final = Decision(action=Action.DROP, because="undecided")
_HAPPENED: Final = ("timestamp", "startTime")
"""Columns that say when a row happened; recordings have the second."""
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
    """The line of the policy that decided, and the reason that stands in it, if any."""

    @classmethod
    def of(cls, decision: Decision, data_type: str, column: str, leaf: str | None) -> Coverage:
        """Write down one decision."""
        return cls(data_type, column, leaf, decision.action.value, decision.because)


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """What a policy says about every field; made by :func:`archive_tool.policy.decide`."""

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
            decision = winning.leaf(self.policy, data_type, field_of(data_type, column), parts)
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

    @property
    def hides_clocks(self) -> bool:
        """Whether no point in time leaves by itself, wherever it stands."""
        time = self.policy.time
        return time is not None and CLOCKS[time] not in INDIVIDUAL

    @property
    def tells_days(self) -> bool:
        """Whether all rows leave with the very time at which they happened."""
        return self.policy.time == "keep" and all(
            self.of(data_type, column.name).action is Action.KEEP
            for data_type, fields in FIELDS.items()
            if self.leaves_to_someone(data_type)
            for column in fields
            if column.name in _HAPPENED
        )

    def coverage(self) -> Iterator[Coverage]:
        """Every column, every leaf that a schema or a rule names, and one line for all other leaves."""
        for data_type, fields in FIELDS.items():
            for column in fields:
                yield self.covered(data_type, column.name, None)
                for leaf in self._named_leaves(data_type, column):
                    yield self.covered(data_type, column.name, leaf)
            for name in (EXTRA, NULLS):
                yield self.covered(data_type, name, None)

    def covered(self, data_type: str, column: str, leaf: str | None) -> Coverage:
        """One line of the coverage, by its place."""
        if leaf is None:
            decision = self.of(data_type, column)
        elif leaf == UNKNOWN:
            decision = winning.unknown_leaf(self.policy, data_type, column) or UNDECIDED
        else:
            decision = self.leaf(data_type, column, leaf)
        return Coverage.of(decision, data_type, column, leaf)

    def _named_leaves(self, data_type: str, column: Field) -> Iterator[str]:
        if column.kind is not Kind.JSON:
            return
        rules = winning.leaf_rules(self.policy, data_type, column.name)
        named = [leaf.path for leaf in column.leaves]
        yield from dict.fromkeys([*named, *(written(rule.path or ()) for rule in reversed(rules))])
        yield UNKNOWN
