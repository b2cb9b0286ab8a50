"""What happens to one scalar inside a JSON column: every action of a policy, counted."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from archive_tool.anonymize.bins import lower_edge
from archive_tool.anonymize.clocks import NOWHERE, is_epoch, shift_value
from archive_tool.ingest.no_ids import IDS, an_id
from archive_tool.model.policy import Action, Decision
from archive_tool.model.tables import EXTRA
from archive_tool.policy.listed import listed
from archive_tool.policy.paths import ANY, ITEM
from archive_tool.schemas import Field, Sensitivity

if TYPE_CHECKING:
    from archive_tool.anonymize.plan import Plan
    from archive_tool.policy.decisions import Decisions

QUANTITIES: Final = frozenset({Sensitivity.MEASURE, Sensitivity.HARMLESS, Sensitivity.TIME})
"""What numbers are measured or counted: one that equals somebody's id does so by chance."""

GONE: Final = object()
"""What a leaf becomes that does not leave."""

LARGEST_NUMERAL: Final = 10**40
"""Beyond, a number is nobody's id: writing it out would only cost time."""

Change = Callable[[Any], Any]


class Changes:
    """Makes the changes of the places of one column. Not shared between threads: it counts."""

    def __init__(self, plan: Plan, field: Field | None, *, clocks: bool) -> None:
        """``field`` None stands for ``extra``: a JSON object of which nothing is known.

        ``clocks``: some number of the column may be a point in time.
        """
        self._plan = plan
        self._field = field
        self._decisions: Decisions = plan.decisions
        self._touched: Counter[str] = Counter()
        self.weight = 1
        """Rows that hold the document at hand."""
        self.room = ""
        """Room of the document at hand, where its texts are treated like no others."""
        self.days = 0
        """Days by which the clocks of the document at hand move, or ``NOWHERE``."""
        self.clocks = (plan.drops_clocks or plan.moves_clocks) and clocks
        """Whether epoch numbers go, or move, wherever they stand."""

    def changes(
        self, path: tuple[str, ...]
    ) -> tuple[bool, tuple[Change | None, Change | None] | None]:
        """Whether a place is known, and what happens there to texts and to other scalars.

        A change of None leaves them alone; None in place of both drops whatever is there.
        """
        sensitivity = listed(self._field, path) if self._field else None
        if self._field is None and path and path[0] not in (ANY, ITEM):
            return False, None  # what stands there for a column goes with it
        if self._field is None:
            decision = self._decisions.of(self._plan.data_type, EXTRA)
        else:
            decision = self._decisions.leaf(self._plan.data_type, self._field.name, path)
        return sensitivity is not None, self._change(decision, sensitivity)

    def _change(
        self, decision: Decision, sensitivity: Sensitivity | None
    ) -> tuple[Change | None, Change | None] | None:
        match decision.action:
            case Action.DROP | Action.AGGREGATE:
                return None
            case Action.SHIFT:
                return self._shift, self._shift
            case Action.GENERALIZE:
                return self._not_a_number, self._generalize(decision)
            case Action.PSEUDONYMIZE:
                code = self._code(sensitivity)
                return code, code
            case Action.KEEP | Action.SCRUB | Action.BY_LEAF:
                return self._kept(sensitivity, is_kept=decision.action is Action.KEEP)

    def _kept(
        self, sensitivity: Sensitivity | None, *, is_kept: bool
    ) -> tuple[Change | None, Change | None]:
        """What texts and numbers that stay lose: everything known, more where they are scrubbed."""
        text: Callable[..., str] | None = self._plan.scrub_text
        hides = self._decisions.hides_people(self._plan.data_type)
        if is_kept and not (hides and sensitivity is Sensitivity.MEASURE):
            text = self._plan.kept_text
        number: Change | None = self._clock if self.clocks else None
        if text and self._plan.numerals and sensitivity not in QUANTITIES:
            number = self._numeral(text, number)
        word = self._text(text) if text else None
        if sensitivity is Sensitivity.PERSON and self._plan.excluded:
            return self._without_excluded(word), self._without_excluded(number)
        return word, number

    def _not_a_number(self, _: str) -> object:
        self._touched[Action.DROP.value] += self.weight
        return GONE

    def _text(self, change: Callable[..., str]) -> Change:
        def scrub(text: str) -> str:
            new = change(text, self.room)
            if new is not text:
                self._touched["scrub"] += self.weight
            return new

        return scrub

    def _numeral(self, change: Callable[..., str], otherwise: Change | None) -> Change:
        """Take a number for the text that it is where somebody's id is written that way."""
        scrub = self._text(change)

        def number(value: object) -> object:
            digits = numeral(value)
            if digits in self._plan.numerals:
                return scrub(digits)
            return value if otherwise is None else otherwise(value)

        return number

    def _code(self, sensitivity: Sensitivity | None) -> Change:
        code = self._plan.code_of(sensitivity)
        of_platform = sensitivity in IDS

        def pseudonymize(value: object) -> object:
            if value is None or value == "":
                return value
            if of_platform and isinstance(value, str) and an_id(value) is None:
                self._touched[Action.DROP.value] += self.weight
                return None  # as missing as in a column
            new = code(value if isinstance(value, str) else str(value))
            if new is None:
                self._touched["excluded"] += self.weight
                return GONE
            self._touched["pseudonymize"] += self.weight
            return new

        return pseudonymize

    def _without_excluded(self, otherwise: Change | None) -> Change:
        def without(value: object) -> object:
            who = value if isinstance(value, str) else numeral(value)  # a number, sometimes
            if who and self._plan.is_excluded(who):
                self._touched["excluded"] += self.weight
                return GONE
            return value if otherwise is None else otherwise(value)

        return without

    def _clock(self, value: object) -> object:
        """Drop a number that is a point in time, in ms, us or ns since 1970, or move it."""
        if is_epoch(value):
            if self._plan.moves_clocks:
                return self._shift(value)
            self._touched[Action.DROP.value] += self.weight
            return GONE
        return value

    def _generalize(self, decision: Decision) -> Change:
        def generalize(value: object) -> object:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return value if value is None else GONE
            if abs(value) > sys.float_info.max:
                return self._not_a_number("")
            self._touched["generalize"] += self.weight
            if decision.digits is not None:
                return _plain(round(float(value), decision.digits))
            return _plain(lower_edge(float(value), decision.bin or 1.0))

        return generalize

    def _shift(self, value: object) -> object:
        if value is None:
            return None
        self._touched["shift"] += self.weight
        new = None if self.days == NOWHERE else shift_value(value, self.days)
        if new is None:
            self._touched["drop"] += self.weight
            return GONE
        return new


def _plain(number: float) -> float:
    """Give a whole number without a fraction, as canonical JSON has it; the largest as they are."""
    return int(number) if number.is_integer() and abs(number) < 2**63 else number


def numeral(value: object) -> str:
    """Give the digits of a whole number; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    whole = isinstance(value, int) or value.is_integer()
    return str(int(value)) if whole and abs(value) < LARGEST_NUMERAL else ""
