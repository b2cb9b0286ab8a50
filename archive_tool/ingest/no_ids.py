"""Ids that are none: words that programs write where they have no id, and blanks.

Taken for an id, such a word is one person, room or record that the rows of many belong to: counted,
coded and erased as one. It goes before anything else looks at the column, so that a second name of
the field, the page or the folder fills the gap, as where nothing is written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.ingest.arrow import as_mask
from archive_tool.ingest.cells.values import json_text
from archive_tool.model.findings import Code, Severity
from archive_tool.model.people import PROLIFIC
from archive_tool.schemas import Field, Kind, Sensitivity

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Mask
    from archive_tool.ingest.sources import Column

NO_ID: Final = Code(
    name="IDS-UNDEFINED",
    severity=Severity.WARNING,
    message="an id says 'undefined', 'None' or 'NA', as programs write where there is none; it is read "
    "as missing",
    meaning="JavaScript writes `undefined` or `null` where it has no id, Python `None` or `nan`, R `NA`. As an id "
    "such a word would be one person or room that the rows of many belong to. Looked for in ids of people, rooms and "
    "records, in lists of recipients, and where a page or folder names the room; parts of a design may have such names.",
    hint="find out at the source whose rows these are, or which room they belong to; another export of "
    "the table may still say it",
)

_WORDS: Final = (
    *("undefined", "null", "NaN", "[object Object]"),  # JavaScript
    *("None", "nan", "<NA>", "NA", "NULL"),  # Python, R, databases
    *("N/A", "n/a", "#N/A", "none", "Null"),  # spreadsheets, people
)
_NO_IDS: Final = tuple(start + word for start in ("", PROLIFIC, "room_") for word in _WORDS)
_LONGEST: Final = max(map(len, _NO_IDS))
_IN_A_LIST: Final = rf'"\s*(?:{"|".join(map(re.escape, _NO_IDS))})?\s*"'
"""RE2: a JSON text without a match has no such word, and no blank, in the place of an id."""
IDS: Final = (Sensitivity.PERSON, Sensitivity.ROOM, Sensitivity.RECORD)
"""Ids that the platform makes. Those of a design are words of people: a component may be called ``NA``."""


def an_id(text: str | None) -> str | None:
    """Give an id that a page, a folder or a nested value names; None where it is none."""
    return None if text is None or text.strip() in ("", *_NO_IDS) else text


def only_ids(column: Column, field: Field) -> tuple[Column, Mask | None]:
    """Give a column without ids that are none, and the rows that had a word in the place of one."""
    if field.lists_people:
        return _only_ids_in_lists(column)
    if field.kind not in (Kind.ID, Kind.RECORD) or field.sensitivity not in IDS:
        return column, None
    import pyarrow as pa
    import pyarrow.compute as pc

    is_coded = pa.types.is_dictionary(column.array.type)
    texts = column.array.dictionary if is_coded else column.array
    if (pc.min(pc.binary_length(texts)).as_py() or 0) > _LONGEST:
        return column, None
    trimmed = pc.utf8_trim_whitespace(texts)
    words = pc.is_in(trimmed, pa.array(_NO_IDS, pa.string()))
    none = pc.or_(words, pc.fill_null(pc.equal(pc.binary_length(trimmed), 0), False))
    if not pc.any(none).as_py():
        return column, None
    kept = pc.if_else(none, pa.scalar(None, pa.string()), texts)
    if is_coded:
        kept, words = (one.take(column.array.indices) for one in (kept, words))
    return replace(column, array=kept), as_mask(words)


def _only_ids_in_lists(column: Column) -> tuple[Column, Mask | None]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    words = as_mask(pc.match_substring_regex(column.array, _IN_A_LIST))
    if not words.any():
        return column, None
    texts = column.array.to_pylist()
    for row in np.flatnonzero(words).tolist():
        texts[row], words[row] = _only_ids_of(texts[row])
    return replace(column, array=pa.array(texts, pa.string())), words


def _only_ids_of(text: str) -> tuple[str | None, bool]:
    """Give a list of ids, as JSON, without those that are none, and whether one of them was a word."""
    value = msgspec.json.decode(text)
    listed = value if isinstance(value, list) else [value]
    none = [item for item in listed if isinstance(item, str) and an_id(item) is None]
    kept = [item for item in listed if item not in none]
    told = any(item.strip() for item in none)
    if isinstance(value, list):
        return json_text(kept), told
    return (text if kept else None), told
