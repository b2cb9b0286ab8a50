"""What applying a policy needs beside the rows: small, frozen, picklable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive_tool.anonymize.codes import PseudonymKeys
from archive_tool.anonymize.plan import Plan
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import Action

if TYPE_CHECKING:
    from archive_tool.anonymize.known.identifiers import KnownIdentifiers
    from archive_tool.anonymize.plan import Scrub
    from archive_tool.anonymize.recognize import Recognizer
    from archive_tool.anonymize.texts.lookup import Lookup
    from archive_tool.policy.decisions import Decisions


@dataclass(frozen=True, kw_only=True, eq=False)
class Context:
    """The same for all rows of a run; a worker may get a copy."""

    decisions: Decisions
    keys: PseudonymKeys
    known: KnownIdentifiers
    excluded: frozenset[str] = field(default=frozenset(), repr=False)
    """Ids of people who are left out: their rows, their place among recipients, their mentions."""
    recognize: Recognizer | None = field(default=None, repr=False)
    """Guesses names that nobody listed in text that is scrubbed; None looks for none."""
    _plans: dict[str, Plan] = field(default_factory=dict, init=False, repr=False)
    _lookups: dict[object, Lookup] = field(default_factory=dict, init=False, repr=False)

    @property
    def travels(self) -> bool:
        """Whether a copy in another process gives the same: random codes are given out here."""
        return self.recognize is None and type(self.keys) is PseudonymKeys

    def plan(self, data_type: str) -> Plan:
        """Everything that can be prepared once per data type; kept, and made anew in a worker."""
        plan = self._plans.get(data_type)
        if plan is None:
            plan = Plan(
                data_type=data_type,
                decisions=self.decisions,
                keys=self.keys.within(data_type),
                known=self.known,
                excluded=self.excluded,
                recognize=self.recognize,
                lookups=self._lookups,
            )
            self._plans[data_type] = plan
        return plan

    def level_text(self) -> Scrub | None:
        """Give what takes identifiers out of levels of summary tables; None where they may stay."""
        hidden = [name for name in BY_NAME if self.decisions.hides_people(name)]
        if hidden:
            return self.plan(hidden[0]).masking()
        return self.plan(next(iter(BY_NAME))).kept_text

    def subject_code(self, data_type: str, subject: str) -> str:
        """What a person is called in the rows of a data type that leave."""
        decision = self.decisions.of(data_type, BY_NAME[data_type].subject)
        coded = decision.action is Action.PSEUDONYMIZE
        return self.plan(data_type).person(subject) if coded else subject

    def __getstate__(self) -> dict[str, Any]:
        """Plans hold functions, which do not travel."""
        return {**self.__dict__, "_plans": {}, "_lookups": {}}
