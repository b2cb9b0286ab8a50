"""A policy for rows that another policy has been applied to: it can tell less, never more.

What was kept may be changed, summarised or dropped; ids must have been kept, unless they became
codes and nothing but summaries leaves now. What was changed already is never changed a second time
(a manifest that calls scrubbed text kept would lie): it may be summarised where its values still
are what they were, or dropped. What is gone stays gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.errors import PolicyError
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import CONSENT, INDIVIDUAL, Action, Decision
from archive_tool.policy.decisions import Decisions
from archive_tool.policy.sources import refuse_dropped
from archive_tool.schemas import Kind, field_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

GONE: Final = Decision(
    action=Action.DROP, because="the archive it comes from changed or dropped it"
)
_ROOM: Final = "roomId"
_CODE: Final = (Action.KEEP, Action.PSEUDONYMIZE)


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

    def has(self, data_type: str, column: str, path: str, /, *, in_words: bool) -> bool:
        """Whether values are what they were; scrubbing leaves the numbers among them alone."""
        was = self.before.of(data_type, column)
        if field_of(data_type, column).kind is Kind.JSON:
            was = self.before.leaf(data_type, column, path)
        if in_words:
            return was.action is Action.KEEP
        return _is_value(was.action) and not _is_spent(self.before, data_type, column)


def lesser(decisions: Decisions, before: Decisions, types: Collection[str]) -> Decisions:
    """Give the decisions to apply to an archive that ``before`` made and that holds ``types``.

    Raises PolicyError (13), naming every field and rule: for what would tell more than the archive
    does, for what was changed already and would be changed again, for ids that are codes where
    single rows leave, and for a declared summary table of what is gone.
    """
    codes, rows = has_codes(before, types), any(map(decisions.leaves_to_someone, types))
    is_coded = codes and not rows
    problems = [*_nobody(before, types, is_coded=is_coded)]
    if not (codes and rows):  # no rule would help there, so none is named
        problems += _again(decisions, before, types)
        problems += _consent(decisions, before, is_coded=is_coded)
    if problems:
        why = ", which has codes: only summaries can be made of it" if codes and rows else ""
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise PolicyError(
            f"cannot be applied to an archive made under policy {before.policy.name}{why}{lines}",
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


def has_codes(before: Decisions, types: Collection[str]) -> bool:
    """Whether people have codes, and nowhere their ids, in an archive that holds ``types``."""
    coded = {before.of(name, BY_NAME[name].subject).action for name in types}
    return coded == {Action.PSEUDONYMIZE}


def _again(decisions: Decisions, before: Decisions, types: Collection[str]) -> Iterator[str]:
    """Fields of which single values would leave that are not what they were."""
    both = (*decisions.coverage(), *before.coverage())  # each may name leaves that no schema lists
    for place in dict.fromkeys((one.data_type, one.column, one.leaf) for one in both):
        line, old = decisions.covered(*place), before.covered(*place)
        action = Action(line.action)
        if line.data_type not in types or action not in INDIVIDUAL or action is Action.BY_LEAF:
            continue
        if old.action not in (Action.KEEP, Action.BY_LEAF):
            leaf = "" if line.leaf is None else f".{line.leaf or '(value)'}"
            yield (
                f"{line.data_type}.{line.column}{leaf}: {action} ({line.because}), "
                f"it was {old.action} before"
            )


def _nobody(before: Decisions, types: Collection[str], *, is_coded: bool) -> Iterator[str]:
    """Ids that are not ids any more.

    Files stand under the key of a person's id: under codes an erasure would not reach them.
    Summaries stand under nobody's. Who a row is of says the subject key of its file, by which the
    release ledger knows people too; rooms are only counted, and codes of them serve for that.
    """
    for data_type in types:
        known = BY_NAME[data_type]
        needed = (known.subject, _ROOM) if is_coded else (known.subject, _ROOM, known.record_id)
        enough = _CODE if is_coded else (Action.KEEP,)
        for column in needed:
            if column and (action := before.of(data_type, column).action) not in enough:
                yield f"{data_type}.{column}: an id is needed, it was {action} before"


def _consent(decisions: Decisions, before: Decisions, *, is_coded: bool) -> Iterator[str]:
    """Who was left out stays left out; beside codes it is not known of whom else to say so."""
    new, old = decisions.policy.consent, before.policy.consent
    if CONSENT.index(new) < CONSENT.index(old) or (is_coded and new != old):
        yield f'consent: "{new}", it was "{old}" before'


def _is_value(action: Action) -> bool:
    """Whether a value may still be counted and averaged: numbers are not touched by scrubbing.

    A code is not: a cell that is named after it could not be compared with earlier releases.
    """
    match action:
        case Action.KEEP | Action.SCRUB | Action.BY_LEAF:
            return True
        case Action.PSEUDONYMIZE | Action.GENERALIZE | Action.SHIFT:
            return False
        case Action.DROP | Action.AGGREGATE:
            return False  # it is not there any more


def _is_spent(before: Decisions, data_type: str, column: str) -> bool:
    action = before.of(data_type, column).action
    known = column not in ("extra", "nulls")
    if known and field_of(data_type, column).kind is Kind.TEXT:
        # even the length of a scrubbed text is another, and beside codes kept texts lose ids
        return action is not Action.KEEP or before.hides_people(data_type)
    return not _is_value(action)


__all__ = ["Lesser", "has_codes", "lesser"]
