"""``[[aggregate.table]]``: the summary tables that a policy declares, checked strictly."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from archive_tool.model.aggregates import DATE, LENGTH, Dimension, Filter, Source, TableSpec
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.paths import is_device
from archive_tool.policy.reader import Section, did_you_mean
from archive_tool.policy.sources import nature, source_of
from archive_tool.schemas import FIELDS, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE: Final = (
    "name", "type", "dimensions", "measure", "where", "between-people", "totals", "prefer",
    "signed", "cap",
)  # fmt: skip
DIMENSION: Final = ("name", "column", "as", "bin", "edges")
TOTALS: Final = ("margins", "grand", "none")
PREFER: Final = ("cells", "totals")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_OUT: Final = ("rows", "people", "rooms", "mean", "sd", "median", "q1", "q3", "share", "status")
"""Columns that every table has: no dimension may be called so."""
_NEVER: Final = frozenset(
    {
        Sensitivity.PERSON, Sensitivity.ROOM, Sensitivity.RECORD, Sensitivity.NAME,
        Sensitivity.LOCATOR, Sensitivity.TEXT, Sensitivity.TIME,
    }
)  # fmt: skip
"""A level of these would be a person, a room, a record, a moment or somebody's own words."""
_OUTCOME: Final = frozenset({Sensitivity.ANSWER, Sensitivity.MEASURE, Sensitivity.TEXT})
MOST_DIMENSIONS: Final = 4
_NUMBERS: Final = frozenset({Kind.NUMBER, Kind.JSON, Kind.FLAG})
MOST_EDGES: Final = 1000


def read_tables(parent: Section) -> Iterator[TableSpec]:
    """Read ``[[aggregate.table]]``; what is wrong with one is noted, and it is left out."""
    names: set[str] = set()
    for section in sections_of(parent, "table"):
        spec = read_table(section)
        if spec is None:
            continue
        if spec.name in names:
            section.problem("name", "used twice", "a name of its own for every table")
        names.add(spec.name)
        yield spec


def sections_of(parent: Section, key: str) -> list[Section]:
    """Take the tables of a list, each by its name where it has one, as refusals of its rows do."""
    entries = parent.values.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        parent.problem(key, "not a list of tables", f"[[{parent.at(key)}]]")
        return []
    found = []
    for number, entry in enumerate(entries):
        name = entry.get("name")
        named = isinstance(name, str) and _NAME.match(name)
        path = f"aggregate table {name}" if named else f"{parent.at(key)}[{number}]"
        found.append(parent.part(entry, path))
    return found


def read_table(section: Section) -> TableSpec | None:
    """Read one table; None, with the problems noted, for what is none."""
    before = len(section.problems.lines)
    section.unknown_keys(TABLE)
    name = section.text("name")
    if name and not _NAME.match(name):
        section.problem("name", "not a name for a file", "small letters, digits and _")
    if is_device(name):
        section.problem("name", "the name of a device on Windows", "another name")
    data_type = section.text("type")
    if data_type not in FIELDS:
        if data_type:
            meant = did_you_mean(data_type, FIELDS)
            section.problem("type", f"unknown data type{meant}", ", ".join(FIELDS))
        return None
    dimensions = tuple(_dimensions(section, data_type))
    spec = TableSpec(
        name=name,
        data_type=data_type,
        dimensions=dimensions,
        measure=_measure(section, data_type),
        where=tuple(_filters(section.section("where"), data_type)),
        between_people=section.flag("between-people", default=BY_NAME[data_type].between_people),
        totals=section.word("totals", TOTALS, "margins"),
        prefer=section.word("prefer", PREFER, preferred(len(dimensions))),
        signed=section.flag("signed", default=False),
        cap=section.integer("cap", low=1),
        declared=True,
    )
    return spec if len(section.problems.lines) == before else None


def preferred(dimensions: int) -> str:
    """Say what is worth more: a single total is soon given up, many of them are not."""
    return "cells" if dimensions < 2 else "totals"


def _dimensions(table: Section, data_type: str) -> Iterator[Dimension]:
    entries = table.values.get("dimensions", [])
    if not isinstance(entries, list):
        table.problem("dimensions", "not a list", "columns, or tables with column and bin")
        return
    if len(entries) > MOST_DIMENSIONS:
        table.problem("dimensions", "too many", f"at most {MOST_DIMENSIONS}")
    names: set[str] = set()
    for number, entry in enumerate(entries):
        section = _column_of(entry, table, f"dimensions[{number}]", 'column = "onset", bin = 1000')
        dimension = None if section is None else _dimension(section, data_type)
        if section is None or dimension is None:
            continue
        if dimension.name in names or dimension.name in _OUT:
            section.problem("name", "used already", "a name of its own for every column")
        names.add(dimension.name)
        yield dimension


def _column_of(entry: object, table: Section, place: str, example: str) -> Section | None:
    """Take a column that is named alone, or with more in a table of its own; None for neither."""
    options = {"column": entry} if isinstance(entry, str) else entry
    path = f"{table.path}.{place}"
    if isinstance(options, dict):
        return table.part(options, path)
    table.problems.add(path, "not a column", f"a name, or {{{example}}}")
    return None


def _dimension(section: Section, data_type: str) -> Dimension | None:
    section.unknown_keys(DIMENSION)
    source = source_of(section, data_type)
    if source is None:
        return None
    width = section.number("bin", low=1e-9)
    edges = _edges(section)
    sensitivity, kind = nature(source, data_type)
    binned = "bin" in section.values or "edges" in section.values  # what is wrong was said already
    if source.form not in (LENGTH, DATE) and sensitivity in _NEVER:
        section.refuse(f"{sensitivity} columns make no cells", "a column about many people")
    elif binned and source.form == "" and kind not in (Kind.NUMBER, Kind.JSON):
        section.refuse("bin and edges are for numbers", "a number column")
    elif binned and source.form == DATE:
        section.refuse("bin and edges are for numbers", "the precision of aggregate.dates")
    elif not binned and (kind is Kind.NUMBER or source.form not in ("", DATE)):
        section.refuse("a number makes no cells by itself", "bin or edges")
    elif width is not None and edges:
        section.refuse("has both bin and edges", "one of them")
    return Dimension(
        name=section.text("name", default=DATE if source.form == DATE else str(source)),
        source=source,
        bin=width,
        edges=edges,
        design=sensitivity is Sensitivity.HARMLESS,
        outcome=sensitivity in _OUTCOME,
    )


def _measure(table: Section, data_type: str) -> Source | None:
    value = table.values.get("measure")
    if value is None:
        return None
    section = _column_of(value, table, "measure", 'column = "content", as = "length"')
    if section is None:
        return None
    section.unknown_keys(("column", "as"))
    source = source_of(section, data_type)
    if source is None:
        return None
    sensitivity, kind = nature(source, data_type)
    identifies = sensitivity in _NEVER - {Sensitivity.TEXT}
    if source.form in ("", DATE) and (kind not in _NUMBERS or identifies):
        section.refuse("not numeric", "a number, a flag, or a JSON column with numbers")
    return source


def _filters(where: Section, data_type: str) -> Iterator[Filter]:
    for column, wanted in where.values.items():
        options = wanted if isinstance(wanted, dict) else {}
        section = where.part(options, where.at(column))
        source = source_of(where.part({"column": column}, section.path), data_type)
        if source is None:
            continue
        sensitivity, kind = nature(source, data_type)
        if sensitivity in _NEVER:
            section.refuse(f"{sensitivity} columns select nobody", "another column")
        elif not options.keys().isdisjoint(("from", "to")):
            section.unknown_keys(("from", "to"))
            if kind not in (Kind.NUMBER, Kind.JSON):
                section.refuse("from and to are for numbers", "a number column")
            low = section.number("from", low=-1e15)
            high = section.number("to", low=-1e15)
            yield Filter(source=source, low=low, high=high)
        elif wanted == {"present": True}:
            yield Filter(source=source, present=True)
        elif (words := [wanted] if isinstance(wanted, str) else wanted) and _are_words(words):
            yield Filter(source=source, words=tuple(words))
        else:
            what = "a word, a list of words, {from, to} or {present = true}"
            section.refuse("not a selection", what)
            if section.problems.lenient:
                yield Filter(source=source)


def _are_words(given: object) -> bool:
    return isinstance(given, list) and all(isinstance(word, str) for word in given)


def _edges(section: Section) -> tuple[float, ...]:
    value = section.values.get("edges")
    if value is None:
        return ()
    numbers = (
        [
            float(edge)
            for edge in value
            if isinstance(edge, int | float) and not isinstance(edge, bool) and abs(edge) < 1e15
        ]
        if isinstance(value, list)
        else []
    )
    rising = all(left < right for left, right in pairwise(numbers))
    if not isinstance(value, list) or len(numbers) != len(value) or not rising:
        section.problem("edges", "not rising numbers", "[0, 20, 40]")
        return ()
    if not 2 <= len(numbers) <= MOST_EDGES:
        section.problem("edges", "too few or too many edges", f"2 to {MOST_EDGES}")
        return ()
    return tuple(numbers)
