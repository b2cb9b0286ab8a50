"""Policy inside JSON columns: each document is walked beside a tree of decisions.

A place of the tree knows what happens to a scalar found there. Known keys have a place of their
own; all other keys of a level share one, named ``*``, so that neither a message nor a count ever
holds a key that a person made up.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from archive_tool.anonymize.nested.leaf_changes import GONE, Changes
from archive_tool.ingest.columns import simple
from archive_tool.model.policy import Action
from archive_tool.model.tables import EXTRA
from archive_tool.policy.paths import ANY, ITEM, tokens, written

if TYPE_CHECKING:
    from archive_tool.anonymize.plan import Plan
    from archive_tool.policy.decisions import Decisions
    from archive_tool.schemas import Field

DEEPEST: Final = 64
"""Levels of a document; what lies deeper is dropped as unknown."""


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
        hidden = None if self.path else self._rewriter.hidden.get(simple(key))
        if hidden:
            return self.keys.setdefault(hidden, Place(self._rewriter, (hidden,)))
        if self.other is None:
            self.other = Place(self._rewriter, (*self.path, ANY))
        return self.other

    def item(self) -> Place:
        """Give the place of the elements of an array."""
        if self.items is None:
            self.items = Place(self._rewriter, (*self.path, ITEM))
        return self.items


class Leaves(Changes):
    """Rewrites the documents of one JSON column. Not shared between threads: it counts."""

    def __init__(self, plan: Plan, field: Field | None, *, clocks: bool) -> None:
        """Prepare the tree; see :class:`Changes`."""
        super().__init__(plan, field, clocks=clocks)
        self.literals = literals_of(plan.decisions, field)
        self.hidden = {} if field else plan.hidden
        self._too_deep = 0
        self.unreadable = 0
        """Rows whose document is no JSON."""
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
        column = self._field.name if self._field else EXTRA
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
        while unique in taken:
            unique = f"{new} {number}"
            number += 1
        return unique


def literals_of(decisions: Decisions, field: Field | None) -> frozenset[str]:
    """Keys that the schema or a rule names."""
    if field is None:
        return frozenset()
    names = {token for leaf in field.leaves for token in tokens(leaf.path)}
    for rule in decisions.policy.rules:
        if rule.column == field.name:
            names.update(rule.path or ())
    return frozenset(names - {ANY, ITEM})
