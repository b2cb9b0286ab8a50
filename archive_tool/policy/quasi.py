"""``[disclosure]``: over which quasi-identifiers small groups of people are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.policy.paths import ANY, ITEM
from archive_tool.policy.reader import did_you_mean
from archive_tool.schemas import FIELDS, Kind

if TYPE_CHECKING:
    from archive_tool.policy.reader import Section

_KEY: Final = "quasi_identifiers"


def read_quasi_identifiers(section: Section) -> tuple[str, ...]:
    """Columns of any data type, or ``column.key.key`` inside a JSON column; no patterns."""
    section.unknown_keys((_KEY,))
    names = section.values.get(_KEY)
    if names is None:
        return ()
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        section.problem(_KEY, "not a list of fields", '["participantRole", …]')
        return ()
    columns = [field for fields in FIELDS.values() for field in fields]
    known = {field.name for field in columns}
    documents = {field.name for field in columns if field.kind is Kind.JSON}
    for number, name in enumerate(names):
        path = f"{section.at(_KEY)}[{number}]"
        column, _, inside = name.partition(".")
        if column not in known:
            section.problems.add(path, f"unknown field{did_you_mean(column, known)}", "a column")
        elif inside and column not in documents:
            section.problems.add(path, "nothing lies inside this column", column)
        elif ANY in inside or ITEM in inside:
            section.problems.add(path, "a pattern", "one place: column.key.key")
    return tuple(dict.fromkeys(names))
