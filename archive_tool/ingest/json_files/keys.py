"""Keys that a JSON object has twice with different values: the last one is read, the other is lost.

The fast decoder does not tell, and one that does takes longer than all the rest of reading. A program
that writes a key twice does so in row after row, so one row in :data:`EVERY` is looked at, and all rows
of a table where one has such a key. A single row that somebody edited may pass.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from archive_tool.model.findings import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.ingest.json_files.pieces import JsonText

EVERY: Final = 500
"""Rows of a table of which the first one is looked at."""

KEY_TWICE: Final = Code(
    name="JSON-KEY-TWICE",
    severity=Severity.WARNING,
    message="an object has a key twice, with different values; the last one is read",
    meaning="Every key of an object is there once, or says the same each time. One row in 500 is looked at, of "
    "pages one in 4,000, since more would cost more than the rest of reading, and every row that follows one with such a key: "
    "a program that does so does it all the time; a single row that somebody edited may pass.",
    hint="find out what wrote the file, and use it as it was downloaded",
)


def with_a_key_twice(rows: Sequence[JsonText]) -> list[int]:
    """Places of the rows of a table, given as JSON text, that say two things under one key."""
    if not any(map(_says_two_things, rows[::EVERY])):
        return []
    return [place for place, text in enumerate(rows) if _says_two_things(text)]


def _says_two_things(text: JsonText) -> bool:
    told = False

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal told
        last = dict(pairs)
        told = told or (len(last) < len(pairs) and any(last[key] != one for key, one in pairs))
        return last

    try:
        json.loads(bytes(text), object_pairs_hook=look)
    except (ValueError, RecursionError):
        return False  # what is no JSON is told elsewhere
    return told
