"""Where rows hold words that somebody typed: nobody can take out of them a name that is not known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.lifecycle.mentioned import mentions
from archive_tool.model.tables import EXTRA
from archive_tool.schemas import FIELDS, Kind, Sensitivity, field_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archive_tool.archive.reader import Archive
    from archive_tool.model.archive import FileEntry

_FREE: Final = frozenset(
    {
        Sensitivity.TEXT,
        Sensitivity.ANSWER,
        Sensitivity.NAME,
        Sensitivity.LOCATOR,
        Sensitivity.PERSON,
    }
)
_LEAVES: Final = tuple(
    leaf for fields in FIELDS.values() for field in fields for leaf in field.leaves
)
_FIXED: Final = {
    leaf.path.rpartition(".")[2] for leaf in _LEAVES if leaf.sensitivity not in _FREE
} - {leaf.path.rpartition(".")[2] for leaf in _LEAVES if leaf.sensitivity in _FREE}
"""Keys inside documents under which the platform writes words of its own, such as ``questionType``."""


def rows_with_words(
    archive: Archive, entries: Iterable[FileEntry]
) -> Mapping[tuple[str, str], int]:
    """Count the rows of some files, by data type and column, that hold words of somebody."""
    found = Counter[tuple[str, str]]()
    for entry in entries:
        columns = [
            name
            for name in mentions.searched(archive, entry.data_type)
            if _is_free(entry.data_type, name)
        ]
        table = archive.read_file(entry, columns)
        for name in table.column_names:
            is_text = name != EXTRA and field_of(entry.data_type, name).kind is Kind.TEXT
            cells = (str(cell) for cell in table.column(name).to_pylist() if cell)
            found[entry.data_type, name] += sum(is_text or _has_words(cell) for cell in cells)
    return {place: rows for place, rows in found.items() if rows}


def _is_free(data_type: str, column: str) -> bool:
    if column == EXTRA:
        return True
    field = field_of(data_type, column)
    return field.kind is Kind.TEXT or (field.kind is Kind.JSON and not field.lists_people)


def _has_words(document: str) -> bool:
    try:
        return _is_said(msgspec.json.decode(document))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return True


def _is_said(value: object) -> bool:
    if isinstance(value, dict):
        return any(_is_said(item) for key, item in value.items() if key not in _FIXED)
    if isinstance(value, list):
        return any(map(_is_said, value))
    return isinstance(value, str) and bool(value.strip())
