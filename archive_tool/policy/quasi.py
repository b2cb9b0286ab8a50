"""``[disclosure]``: over which quasi-identifiers small groups of people are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archive_tool.policy.paths import ANY, ITEM
from archive_tool.policy.reader import did_you_mean
from archive_tool.schemas import FIELDS, Kind

if TYPE_CHECKING:
    from archive_tool.policy.reader import Reader

_PATH: Final = "disclosure.quasi_identifiers"


def read_quasi_identifiers(table: dict[str, Any], reader: Reader) -> tuple[str, ...]:
    """Columns of any data type, or ``column.key.key`` inside a JSON column; no patterns."""
    reader.unknown_keys(table, ("quasi_identifiers",), "disclosure")
    names = table.get("quasi_identifiers")
    if names is None:
        return ()
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        reader.problem(_PATH, "not a list of fields", '["participantRole", …]')
        return ()
    columns = [field for fields in FIELDS.values() for field in fields]
    known = {field.name for field in columns}
    documents = {field.name for field in columns if field.kind is Kind.JSON}
    for number, name in enumerate(names):
        path = f"{_PATH}[{number}]"
        column, _, inside = name.partition(".")
        if column not in known:
            reader.problem(path, f"unknown field{did_you_mean(column, known)}", "a column")
        elif inside and column not in documents:
            reader.problem(path, "nothing lies inside this column", column)
        elif ANY in inside or ITEM in inside:
            reader.problem(path, "a pattern", "one place: column.key.key")
    return tuple(dict.fromkeys(names))
