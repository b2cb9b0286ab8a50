"""The data dictionary, generated from the declarations: for the docs and for every archive."""

from __future__ import annotations

import csv
import io
from functools import cache
from typing import Final, NamedTuple

import msgspec

from archive_tool.model.datatypes import WITH_SCHEMA
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas.common import ANSWER_LEAVES
from archive_tool.schemas.fields import LETTERS, Field, Kind, Leaf, Sensitivity
from archive_tool.schemas.registry import FIELDS
from archive_tool.schemas.sources import SOURCES

ARROW: Final = {
    Kind.ID: "dictionary<int32, string>",
    Kind.RECORD: "string",
    Kind.LABEL: "dictionary<int32, string>",
    Kind.TEXT: "string",
    Kind.NUMBER: "double",
    Kind.TIME: "timestamp[us, UTC]",
    Kind.FLAG: "bool",
    Kind.JSON: "string (canonical JSON)",
}
"""Kind → Arrow type, in words."""


class Row(NamedTuple):
    """One line of the dictionary: a column, or a known place inside a JSON column."""

    data_type: str
    field: str
    """Column name; for a place inside it ``column:path``, where the path may be empty."""
    kind: str
    """A word of :class:`Kind`; ``leaf`` for places inside a column, ``rest`` for the last two."""
    type: str = ""
    """Arrow type; empty for places inside a column."""
    required: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    """Known words; others are allowed and reported."""
    length: int | None = None
    """Longest text in characters."""
    sensitivity: str = ""
    letters: str = ""
    """D direct identifier, Q quasi-identifier, F free text, S sensitive, H harmless."""
    aliases: tuple[str, ...] = ()
    since: str = ""
    source: str = ""
    description: str = ""


def rows(data_type: str) -> list[Row]:
    """List the columns of a data type, each followed by the known places inside it.

    The two columns that every table ends with come last.
    """
    found: list[Row] = []
    for field in FIELDS[data_type]:
        found.append(_of_field(data_type, field))
        found.extend(_of_leaf(data_type, field, leaf) for leaf in field.leaves)
    return [*found, *(_of_rest(data_type, name) for name in _REST)]


@cache
def csv_text() -> str:
    """Give the whole dictionary as RFC 4180 CSV; lists are joined by ``|``."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(Row._fields)
    for row in _all():
        writer.writerow(["|".join(v) if isinstance(v, tuple) else v for v in row])
    return out.getvalue()


@cache
def json_text() -> str:
    """Give the whole dictionary as JSON: sources, and the lines by data type."""
    types = {dt.name: [row._asdict() for row in rows(dt.name)] for dt in WITH_SCHEMA}
    document = {"schema": "archive-tool/dictionary/1", "sources": SOURCES, "types": types}
    text: bytes = msgspec.json.format(msgspec.json.encode(document), indent=1)
    return text.decode() + "\n"


def markdown() -> str:
    """Give the whole dictionary as Markdown, always the same text for the same declarations."""
    parts = [_HEAD]
    for dt in WITH_SCHEMA:
        parts.append(f"## {dt.name}\n\nRead scope `{dt.scope}`. A row belongs to `{dt.subject}`.\n")
        parts.append(_field_table(FIELDS[dt.name]))
        for field in FIELDS[dt.name]:
            if field.leaves == ANSWER_LEAVES:
                parts.append(f"`{field.name}` has the places of [an answer](#answers).\n")
            elif field.leaves:
                parts.append(f"Known places inside `{field.name}`:\n\n{_leaf_table(field.leaves)}")
    parts.append(f"## Answers\n\nWhat an answer may look like:\n\n{_leaf_table(ANSWER_LEAVES)}")
    keys = _table(("key", "document"), [(f"`{key}`", text) for key, text in SOURCES.items()])
    parts.append(f"## Sources\n\n{keys}")
    return "\n".join(parts)


_UNKNOWN: Final = "unknown"
"""The sensitivity of what no declaration names."""

_REST: Final = {
    EXTRA: (
        ARROW[Kind.JSON],
        "Fields that no declaration names, as one JSON object per row; also typed values that "
        "could not be read, under their column's name",
    ),
    NULLS: (
        ARROW[Kind.LABEL],
        "Names of the columns whose value was an explicit null, joined by commas; other missing "
        "values were absent",
    ),
}
"""The last two columns of every table: type and description."""

_HEAD: Final = """# Data dictionary

Generated from `archive_tool/schemas` by `python -m archive_tool.schemas`; a test compares.

Columns have the platform's names. *Required* columns have a value in every row. The class says
what a field can tell about a person: D direct identifier, Q quasi-identifier, F free text,
S sensitive content, H harmless. Inside JSON columns `*` stands for any one free-form key, `[]` for
every element of an array, and an empty path for the value itself where it is no object. What is
listed nowhere is unknown, and policies decide it as unknown.

Every table ends with two more columns. `extra` holds, as one JSON object per row, the fields that
are listed nowhere, and typed values that could not be read, under their column's name. `nulls`
names, joined by commas, the columns whose value was an explicit null; other missing values were
absent.
"""


def _all() -> list[Row]:
    return [row for dt in WITH_SCHEMA for row in rows(dt.name)]


def _of_field(data_type: str, field: Field) -> Row:
    return Row(
        data_type=data_type,
        field=field.name,
        kind=str(field.kind),
        type=ARROW[field.kind],
        required=field.required,
        unit=field.unit,
        low=field.low,
        high=field.high,
        words=field.enum,
        length=field.length or None,
        sensitivity=str(field.sensitivity),
        letters=LETTERS[field.sensitivity],
        aliases=field.aliases,
        since=field.since,
        source=field.source,
        description=field.description,
    )


def _of_leaf(data_type: str, field: Field, leaf: Leaf) -> Row:
    return Row(
        data_type=data_type,
        field=f"{field.name}:{leaf.path}",
        kind="leaf",
        sensitivity=str(leaf.sensitivity),
        letters=LETTERS[leaf.sensitivity],
        since=field.since,
        source=field.source,
        description=leaf.description,
    )


def _of_rest(data_type: str, name: str) -> Row:
    arrow, description = _REST[name]
    return Row(
        data_type=data_type,
        field=name,
        kind="rest",
        type=arrow,
        sensitivity=_UNKNOWN if name == EXTRA else str(Sensitivity.HARMLESS),
        letters="" if name == EXTRA else LETTERS[Sensitivity.HARMLESS],
        description=description,
    )


def _field_table(fields: tuple[Field, ...]) -> str:
    head = ("field", "type", "required", "unit and range", "class", "description", "source")
    return _table(
        head,
        [
            (
                f"`{field.name}`",
                str(field.kind),
                "yes" if field.required else "",
                _range(field),
                f"{LETTERS[field.sensitivity]} ({field.sensitivity})",
                _describe(field),
                field.source,
            )
            for field in fields
        ],
    )


def _leaf_table(leaves: tuple[Leaf, ...]) -> str:
    return _table(
        ("place", "class", "description"),
        [
            (
                f"`{leaf.path}`" if leaf.path else "(the value itself)",
                f"{LETTERS[leaf.sensitivity]} ({leaf.sensitivity})",
                leaf.description,
            )
            for leaf in leaves
        ],
    )


def _range(field: Field) -> str:
    low = "" if field.low is None else f"from {field.low:g}"
    high = "" if field.high is None else f"to {field.high:g}"
    length = f"up to {field.length} characters" if field.length else ""
    bounds = " ".join(word for word in (low, high) if word)
    return ", ".join(word for word in (field.unit, bounds, length) if word)


def _describe(field: Field) -> str:
    also = f" Also called {', '.join(f'`{name}`' for name in field.aliases)}." * bool(field.aliases)
    known = f" Known words: {', '.join(field.enum)}." * bool(field.enum)
    since = f" Since {field.since}." * bool(field.since)
    return f"{field.description}.{also}{known}{since}"


def _table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """Lay out a Markdown table; ``|`` in cells is escaped."""
    cells = [head, tuple("---" for _ in head), *lines]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in cells
    )
