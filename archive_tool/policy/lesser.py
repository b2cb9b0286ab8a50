"""A policy for rows that another policy has been applied to: it can tell less, never more.

What was kept may be changed, summarised or dropped; ids must have been kept. What was changed
already is never changed a second time (a manifest that calls scrubbed text kept would lie): it may
be summarised where its values still are what they were, or dropped. What is gone stays gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.errors import PolicyError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import INDIVIDUAL, Action, Decision
from archive_tool.policy.decide import Decisions
from archive_tool.policy.sources import refuse_dropped
from archive_tool.schemas import Kind, field_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

GONE: Final = Decision(
    action=Action.DROP, because="the archive it comes from changed or dropped it"
)
_ROOM: Final = "roomId"
_STRICTER: Final = ("any", "not-declined", "accepted")


@dataclass(frozen=True, kw_only=True)
class Lesser(Decisions):
    """The decisions of a policy over rows that ``before`` was applied to.

    What would be summarised and is no longer what it was counts as dropped: summary tables that
    need it are not made.
    """

    before: Decisions = field(repr=False)

    def leaf(self, data_type: str, column: str, path: str | tuple[str, ...]) -> Decision:
        """Decide one place inside a JSON column."""
        decision = super().leaf(data_type, column, path)
        was = self.before.leaf(data_type, column, path)
        spent = decision.action is Action.AGGREGATE and not _is_value(was.action)
        return GONE if spent else decision


def lesser(decisions: Decisions, before: Decisions, types: Collection[str]) -> Decisions:
    """Give the decisions to apply to an archive that ``before`` made and that holds ``types``.

    Raises PolicyError (13), naming every field and rule: for what would tell more than the archive
    does, for what was changed already and would be changed again, for ids that are codes, and for
    a declared summary table of what is gone.
    """
    problems = [
        *_nobody(before, types),
        *_again(decisions, before, types),
        *_consent(decisions, before),
    ]
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise PolicyError(
            f"cannot be applied to an archive made under policy {before.policy.name}{lines}",
            where=f"policy {decisions.policy.name}",
            expected="a policy that only drops or summarises what was changed already",
            hint="make the archive from its bundle, or from an archive that keeps ids",
        )
    columns = {
        (data_type, column): GONE
        if decision.action is Action.AGGREGATE and _is_spent(before, data_type, column)
        else decision
        for (data_type, column), decision in decisions.columns.items()
    }
    both = Lesser(policy=decisions.policy, columns=columns, before=before)
    refuse_dropped(decisions.policy, both)
    return both


def _again(decisions: Decisions, before: Decisions, types: Collection[str]) -> Iterator[str]:
    """Fields of which single values would leave that are not what they were."""
    was = {(c.data_type, c.column, c.leaf): c for c in before.coverage()}
    for line in decisions.coverage():
        action = Action(line.action)
        if line.data_type not in types or action not in INDIVIDUAL or action is Action.BY_LEAF:
            continue
        old = was[line.data_type, line.column, line.leaf]
        if old.action not in (Action.KEEP, Action.BY_LEAF):
            place = f"{line.column}.{line.leaf or '(value)'}" if line.leaf is not None else ""
            yield (
                f"{line.data_type}.{place or line.column}: {action} ({line.because}), "
                f"it was {old.action} before"
            )


def _nobody(before: Decisions, types: Collection[str]) -> Iterator[str]:
    """Ids that are not ids any more.

    Files stand under the key of a person's id, and the release ledger knows people and records by
    theirs: under codes an erasure would not reach them, and a difference to an earlier release
    would not be seen.
    """
    for data_type in types:
        known = BY_NAME[data_type]
        for column in (known.subject, _ROOM, known.record_id):
            if column and (action := before.of(data_type, column).action) is not Action.KEEP:
                yield f"{data_type}.{column}: an id is needed, it was {action} before"


def _consent(decisions: Decisions, before: Decisions) -> Iterator[str]:
    """Who was left out stays left out."""
    new, old = decisions.policy.consent, before.policy.consent
    if _STRICTER.index(new) < _STRICTER.index(old):
        yield f'consent: "{new}", it was "{old}" before'


def _is_value(action: Action) -> bool:
    """Whether a value may still be counted and averaged: numbers are not touched by scrubbing."""
    return action in (Action.KEEP, Action.PSEUDONYMIZE, Action.SCRUB, Action.BY_LEAF)


def _is_spent(before: Decisions, data_type: str, column: str) -> bool:
    action = before.of(data_type, column).action
    known = column not in ("extra", "nulls")
    if known and field_of(data_type, column).kind is Kind.TEXT:
        return action is not Action.KEEP  # even the length of a scrubbed text is another
    return not _is_value(action)


__all__ = ["Lesser", "lesser"]
