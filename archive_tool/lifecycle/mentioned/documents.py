"""People taken out of JSON documents: keys, texts and numbers, and what is left is JSON still.

A word that is replaced in the text of a document would leave ``{"value":[erased]}`` where an id of
digits stood as a number.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.anonymize.nested.leaf_changes import numeral
from archive_tool.anonymize.texts.phrases import SHORTEST_NUMBER
from archive_tool.model.tables import EXTRA
from archive_tool.schemas import FIELDS, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Container

COLUMNS: Final = frozenset(
    {EXTRA, *(f.name for fields in FIELDS.values() for f in fields if f.kind is Kind.JSON)}
)
"""Columns that hold documents, in tables of any type."""

_OF_PEOPLE: Final = frozenset(
    leaf.path
    for fields in FIELDS.values()
    for field in fields
    for leaf in field.leaves
    if leaf.sensitivity is Sensitivity.PERSON and leaf.path.isidentifier()
)
"""Keys that say who somebody is."""

Change = Callable[[str], str]


def without(text: str, change: Change, of_people: Change | None = None) -> str:
    """Change all keys and texts of a document, and numbers of at least as many digits as an id has.

    ``of_people`` is for what stands under a key that says who somebody is. The very text when nothing
    changes; one that is no JSON is changed as a text.
    """
    try:
        document = msgspec.json.decode(text)
        changed = _walk(document, change, of_people or change)
        same = changed is document
        return text if same else msgspec.json.encode(changed).decode()
    except (msgspec.MsgspecError, RecursionError, OverflowError, UnicodeError):
        return change(text)


def _walk(value: object, change: Change, of_people: Change) -> object:
    """Give the changed value: the very same object when nothing in it changes."""
    if isinstance(value, dict):
        new: dict[str, object] = {}
        for key, item in value.items():
            here = of_people if key in _OF_PEOPLE else change
            name = change(key)
            name = key if name == key else _free(name, value.keys() | new.keys())
            new[name] = _walk(item, here, of_people)
        same = list(new) == list(value) and all(new[key] is value[key] for key in value)
        return value if same else new
    if isinstance(value, list):
        items = [_walk(item, change, of_people) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    text = value if isinstance(value, str) else numeral(value)
    if text is not value and len(text) < SHORTEST_NUMBER:
        return value
    changed = change(text)
    return value if changed == text else changed


def _free(name: str, taken: Container[str]) -> str:
    """Two people have one name when they are taken out: what is said of each of them stays."""
    numbered = (f"{name} {number}" for number in count(2))
    return name if name not in taken else next(one for one in numbered if one not in taken)
