"""People taken out of JSON documents: keys, texts and numbers, and what is left is JSON still.

A word that is replaced in the text of a document would leave ``{"value":[erased]}`` where an id of
digits stood as a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.anonymize.leaf_changes import numeral
from archive_tool.anonymize.phrases import SHORTEST_NUMBER
from archive_tool.model.tables import EXTRA
from archive_tool.schemas import FIELDS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS: Final = frozenset(
    {EXTRA, *(f.name for fields in FIELDS.values() for f in fields if f.kind is Kind.JSON)}
)
"""Columns that hold documents, in tables of any type."""


def without(text: str, change: Callable[[str], str]) -> str:
    """Change all keys and texts of a document, and numbers of at least as many digits as an id has.

    The very text when nothing changes; one that is no JSON is changed as a text.
    """
    try:
        document = msgspec.json.decode(text)
        changed = _walk(document, change)
        same = changed is document
        return text if same else msgspec.json.encode(changed).decode()
    except (msgspec.MsgspecError, RecursionError, OverflowError, UnicodeError):
        return change(text)


def _walk(value: object, change: Callable[[str], str]) -> object:
    """Give the changed value: the very same object when nothing in it changes."""
    if isinstance(value, dict):
        new = {change(key): _walk(item, change) for key, item in value.items()}
        same = list(new) == list(value) and all(new[key] is value[key] for key in value)
        return value if same else new
    if isinstance(value, list):
        items = [_walk(item, change) for item in value]
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    text = value if isinstance(value, str) else numeral(value)
    if text is not value and len(text) < SHORTEST_NUMBER:
        return value
    changed = change(text)
    return value if changed == text else changed
