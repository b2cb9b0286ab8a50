"""A JSON object that is no table of ours: whether it holds rows all the same.

It may be anything, a map of a country say: it is opened one level at a time, and its values are left alone.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.classify import classify
from archive_tool.ingest.json_files.decode import Page, first_byte, opened
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.findings import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import msgspec

    from archive_tool.model.bundle import SourceFile

SAMPLE: Final = 20
"""Members of each object or list that are looked into."""
DEPTH: Final = 3
"""Levels below the first: by room, by person, by number."""

NO_TABLE: Final = Code(
    name="FILE-WITHOUT-TABLE",
    severity=Severity.NOTE,
    message="the file holds no table",
    meaning="A JSON file whose content is no table of the platform: a note, unless "
    "it is named after a data type, or rows of one lie deeper in it, by room or by number.",
)
NO_TABLE_THERE: Final = replace(
    NO_TABLE,
    severity=Severity.WARNING,
    message="the file is named after a data type and holds no table of it",
    hint="save the answer of the platform as it comes, or as a list with one object per row",
)
ROWS_INSIDE: Final = replace(
    NO_TABLE_THERE,
    message="the file holds rows of a data type in a form that is not read; they are left out",
)


def without_table(file: SourceFile, text: msgspec.Raw | None = None) -> Code:
    """Say so of a file, with more weight where rows are then missing."""
    if file.hints.data_type is not None:
        return NO_TABLE_THERE
    return ROWS_INSIDE if text is not None and _hides_rows(text) else NO_TABLE


def holds_rows(text: msgspec.Raw) -> bool:
    """Whether a single object has a list of objects in it: then it may be a table of ours."""
    _, members = _inside(text)
    lists = (_inside(one)[1] for one in members if first_byte(one) == b"[")
    return any(first_byte(item) == b"{" for items in lists for item in items)


def _hides_rows(text: msgspec.Raw, depth: int = DEPTH) -> bool:
    """Whether an object, or what lies in it, is a row of ours."""
    keys, members = _inside(text)
    if classify(keys) in BY_NAME:
        return True
    return depth > 0 and any(_hides_rows(one, depth - 1) for one in islice(members, SAMPLE))


def _inside(text: msgspec.Raw) -> tuple[Sequence[str], Sequence[msgspec.Raw]]:
    """Keys and members of an object, members of a list; nothing of what is neither."""
    value = opened(text)
    if isinstance(value, Page):
        return (), value.data
    if isinstance(value, dict):
        return tuple(value), tuple(value.values())
    return (), value if isinstance(value, list) else ()
