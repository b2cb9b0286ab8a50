"""Policy inside JSON columns: each document is walked beside a tree of decisions.

A place of the tree knows what happens to a scalar found there. Known keys have a place of their
own; all other keys of a level share one, named ``*``, so that neither a message nor a count ever
holds a key that a person made up.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from archive_tool.anonymize.clocks import is_epoch, shift_value
from archive_tool.model.policy import Action, Decision
from archive_tool.policy.decide import Decisions, listed
from archive_tool.policy.paths import ANY, ITEM, tokens, written
from archive_tool.schemas import Field, Sensitivity

if TYPE_CHECKING:
    from archive_tool.anonymize.plan import Plan

DEEPEST: Final = 64
"""Levels of a document; what lies deeper is dropped as unknown."""

QUANTITIES: Final = frozenset({Sensitivity.MEASURE, Sensitivity.HARMLESS, Sensitivity.TIME})
"""What numbers are measured or counted: one that equals somebody's id does so by chance."""

GONE: Final = object()
"""What a leaf becomes that does not leave."""

LARGEST_NUMERAL: Final = 10**40
"""Beyond, a number is nobody's id: writing it out would only cost time."""

Change = Callable[[Any], Any]


class Place:
    """One place in documents: what happens to scalars, and the places below."""

    __slots__ = (
        "_rewriter", "gone", "items", "keys", "known", "of_other", "of_text", "other", "path",
        "seen",
    )  # fmt: skip

    def __init__(self, rewriter: Leaves, path: tuple[str, ...]) -> None:
        self._rewriter = rewriter
        self.path = path
        self.known, changes = rewriter.changes(path)
        self.gone = changes is None
        """Whether leaves here do not leave."""
        self.seen = 0
        """Leaves that were dropped here."""
        self.of_text, self.of_other = changes or (None, None)
        self.keys: dict[str, Place] = {}
        self.other: Place | None = None
        self.items: Place | None = None

    def below(self, key: str) -> Place:
        """Give the place of a key that was not met before."""
        if key in self._rewriter.literals:
            return self.keys.setdefault(key, Place(self._rewriter, (*self.path, key)))
        if self.other is None:
            self.other = Place(self._rewriter, (*self.path, ANY))
        return self.other

    def item(self) -> Place:
        """Give the place of the elements of an array."""
        if self.items is None:
            self.items = Place(self._rewriter, (*self.path, ITEM))
        return self.items


class Leaves:
    """Rewrites the documents of one JSON column. Not shared between threads: it counts."""

    def __init__(
        self, plan: Plan, data_type: str, field: Field | None, *, clocks: bool = False
    ) -> None:
        """``field`` None stands for ``extra``: a JSON object of which nothing is known.

        ``clocks``: some number of the column may be a point in time.
        """
        self._plan = plan
        self._data_type = data_type
        self._field = field
        self._decisions: Decisions = plan.decisions
        self.literals = literals_of(plan.decisions, field)
        self._touched: Counter[str] = Counter()
        self._too_deep = 0
        self.unreadable = 0
        """Rows whose document is no JSON."""
        self.weight = 1
        """Rows that hold the document at hand."""
        self.room = ""
        """Room of the document at hand, where its texts are treated like no others."""
        self.days = 0
        """Days by which the clocks of the document at hand move."""
        self.clocks = (plan.drops_clocks or plan.moves_clocks) and clocks
        """Whether epoch numbers go, or move, wherever they stand."""
        self.root = Place(self, ())

    def rewrite(self, document: object) -> object:
        """Give the document that leaves: the very same when nothing changed, or ``GONE``."""
        return self._value(document, self.root, 0)

    def _value(self, value: object, place: Place, depth: int) -> object:
        if isinstance(value, dict | list) and value:
            if depth > DEEPEST:
                self._too_deep += self.weight
                return GONE
            if isinstance(value, dict):
                return self._object(value, place, depth)
            return self._array(value, place.item(), depth)
        if place.gone and (value or place.path or not isinstance(value, dict | list)):
            place.seen += self.weight
            return GONE
        if isinstance(value, dict | list):  # empty: says no more than that it was there
            return value
        change = place.of_text if isinstance(value, str) else place.of_other
        return value if change is None else change(value)

    def _object(self, value: dict[str, Any], place: Place, depth: int) -> object:
        out: dict[str, Any] = {}
        keys = place.keys
        same = True
        for key, item in value.items():
            child = keys.get(key) or place.below(key)
            kind = type(item)
            if kind is dict or kind is list:
                new = self._value(item, child, depth + 1)
            elif child.gone:
                child.seen += self.weight
                same = False
                continue
            else:
                change = child.of_text if kind is str else child.of_other
                new = item if change is None else change(item)
            if new is not item:
                same = False
                if new is GONE:
                    continue
            if child is place.other:
                made_up = self._key(key, out)
                same = same and made_up is key
                out[made_up] = new
            else:
                out[key] = new
        return value if same else out or GONE

    def _array(self, value: list[Any], child: Place, depth: int) -> object:
        new = [self._value(item, child, depth + 1) for item in value]
        if all(a is b for a, b in zip(new, value, strict=True)):
            return value
        return [item for item in new if item is not GONE] or GONE

    def totals(self) -> tuple[Counter[str], Counter[str]]:
        """Leaves changed or dropped by action, and unknown leaves dropped by path."""
        touched, unknown = Counter(self._touched), Counter[str]()
        column = self._field.name if self._field else "extra"
        places = [self.root]
        while places:
            place = places.pop()
            places += [*place.keys.values(), *filter(None, (place.other, place.items))]
            if place.seen:
                touched[Action.DROP.value] += place.seen
                if not place.known:
                    unknown[written((column, *place.path))] += place.seen
        if self._too_deep:
            unknown[f"{column} (deeper than {DEEPEST} levels)"] = self._too_deep
        if self.unreadable:
            unknown[f"{column} (unreadable)"] = self.unreadable
        return touched, unknown

    def _key(self, key: str, taken: dict[str, Any]) -> str:
        """Scrub a key that people made up: it may hold a name; different keys stay different."""
        change = self._plan.key_text
        new = key if change is None else change(key, self.room)
        number = 2
        unique = new
        while unique in taken and new != key:
            unique = f"{new} {number}"
            number += 1
        return unique

    def changes(
        self, path: tuple[str, ...]
    ) -> tuple[bool, tuple[Change | None, Change | None] | None]:
        """Whether a place is known, and what happens there to texts and to other scalars.

        A change of None leaves them alone; None in place of both drops whatever is there.
        """
        sensitivity = listed(self._field, path) if self._field else None
        if self._field is None:
            decision = self._decisions.of(self._data_type, "extra")
        else:
            decision = self._decisions.leaf(self._data_type, self._field.name, path)
        known = sensitivity is not None
        if decision.action in (Action.DROP, Action.AGGREGATE):
            return known, None
        if decision.action is Action.SHIFT:
            return known, (self._shift, self._shift)
        if decision.action is Action.GENERALIZE:
            return known, (self._not_a_number, self._generalize(decision))
        if decision.action is Action.PSEUDONYMIZE:
            code = self._code(sensitivity)
            return known, (code, code)
        if sensitivity is Sensitivity.PERSON and self._plan.excluded:
            return known, (self._without_excluded, self._without_excluded)
        text: Callable[..., str] | None = self._plan.scrub_text
        if decision.action is Action.KEEP and sensitivity is not Sensitivity.MEASURE:
            text = self._plan.kept_text
        if decision.action is Action.KEEP and self._plan.kept_text is None:
            text = None
        number: Change | None = self._clock if self.clocks else None
        if text and self._plan.numerals and sensitivity not in QUANTITIES:
            number = self._numeral(text, number)
        return known, (self._text(text) if text else None, number)

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

        def pseudonymize(value: object) -> object:
            if value is None or value == "":
                return value
            new = code(value if isinstance(value, str) else str(value))
            if new is None:
                self._touched["excluded"] += self.weight
                return GONE
            self._touched["pseudonymize"] += self.weight
            return new

        return pseudonymize

    def _without_excluded(self, value: object) -> object:
        if isinstance(value, str) and self._plan.is_excluded(value):
            self._touched["excluded"] += self.weight
            return GONE
        return value

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
            self._touched["generalize"] += self.weight
            if decision.digits is not None:
                return round(float(value), decision.digits)
            width = decision.bin or 1.0
            return math.floor(value / width) * width

        return generalize

    def _shift(self, value: object) -> object:
        if value is None:
            return None
        self._touched["shift"] += self.weight
        new = shift_value(value, self.days)
        if new is None:
            self._touched["drop"] += self.weight
            return GONE
        return new


def numeral(value: object) -> str:
    """Give the digits of a whole number; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    whole = isinstance(value, int) or value.is_integer()
    return str(int(value)) if whole and abs(value) < LARGEST_NUMERAL else ""


def literals_of(decisions: Decisions, field: Field | None) -> frozenset[str]:
    """Keys that the schema or a rule names."""
    if field is None:
        return frozenset()
    names = {token for leaf in field.leaves for token in tokens(leaf.path)}
    for rule in decisions.policy.rules:
        if rule.column == field.name:
            names.update(rule.path or ())
    return frozenset(names - {ANY, ITEM})
