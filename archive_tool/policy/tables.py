"""``[[aggregate.table]]``: the summary tables that a policy declares, checked strictly."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from archive_tool.model.aggregates import DATE, LENGTH, Dimension, Filter, Source, TableSpec
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.paths import is_device
from archive_tool.policy.reader import Reader, did_you_mean, key_path
from archive_tool.policy.sources import nature, source_of
from archive_tool.schemas import FIELDS, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def read_tables(entries: object, reader: Reader) -> Iterator[TableSpec]:
    """Read ``[[aggregate.table]]``; what is wrong with one is noted, and it is left out."""
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        reader.problem("aggregate.table", "not a list of tables", "[[aggregate.table]]")
        return
    names: set[str] = set()
    for number, entry in enumerate(entries):
        path = place_of(entry, "table", number)
        spec = read_table(entry, path, reader)
        if spec is None:
            continue
        if spec.name in names:
            reader.problem(f"{path}.name", "used twice", "a name of its own for every table")
        names.add(spec.name)
        yield spec


def place_of(entry: Mapping[str, Any], key: str, number: int) -> str:
    """Say where a table stands: by its name where it has one, as refusals of its rows do."""
    name = entry.get("name")
    named = isinstance(name, str) and _NAME.match(name)
    return f"aggregate table {name}" if named else f"aggregate.{key}[{number}]"


def read_table(entry: Mapping[str, Any], path: str, reader: Reader) -> TableSpec | None:
    """Read one table; None, with the problems noted, for what is none."""
    before = len(reader.problems)
    reader.unknown_keys(entry, TABLE, path)
    name = reader.text(entry, "name", f"{path}.name")
    if name and not _NAME.match(name):
        reader.problem(f"{path}.name", "not a name for a file", "small letters, digits and _")
    if is_device(name):
        reader.problem(f"{path}.name", "the name of a device on Windows", "another name")
    data_type = reader.text(entry, "type", f"{path}.type")
    if data_type not in FIELDS:
        if data_type:
            meant = did_you_mean(data_type, FIELDS)
            reader.problem(f"{path}.type", f"unknown data type{meant}", ", ".join(FIELDS))
        return None
    dimensions = tuple(_dimensions(entry.get("dimensions", []), data_type, path, reader))
    spec = TableSpec(
        name=name,
        data_type=data_type,
        dimensions=dimensions,
        measure=_measure(entry, data_type, path, reader),
        where=tuple(_filters(reader.table(entry, "where", f"{path}.where"), data_type,
                             f"{path}.where", reader)),
        between_people=reader.flag(entry, "between-people", f"{path}.between-people",
                                   default=BY_NAME[data_type].between_people),
        totals=reader.word(entry, "totals", f"{path}.totals", TOTALS, "margins") or "margins",
        prefer=reader.word(entry, "prefer", f"{path}.prefer", PREFER, preferred(len(dimensions)))
        or "cells",
        signed=reader.flag(entry, "signed", f"{path}.signed", default=False),
        cap=reader.integer(entry, "cap", f"{path}.cap", low=1, default=None),
        declared=True,
    )  # fmt: skip
    return spec if len(reader.problems) == before else None


def preferred(dimensions: int) -> str:
    """Say what is worth more: a single total is soon given up, many of them are not."""
    return "cells" if dimensions < 2 else "totals"


def _dimensions(entries: object, data_type: str, path: str, reader: Reader) -> Iterator[Dimension]:
    if not isinstance(entries, list):
        reader.problem(f"{path}.dimensions", "not a list", "columns, or tables with column and bin")
        return
    if len(entries) > MOST_DIMENSIONS:
        reader.problem(f"{path}.dimensions", "too many", f"at most {MOST_DIMENSIONS}")
    names: set[str] = set()
    for number, entry in enumerate(entries):
        place = f"{path}.dimensions[{number}]"
        options = {"column": entry} if isinstance(entry, str) else entry
        if not isinstance(options, dict):
            reader.problem(place, "not a column", 'a name, or {column = "onset", bin = 1000}')
            continue
        dimension = _dimension(options, data_type, place, reader)
        if dimension is None:
            continue
        if dimension.name in names or dimension.name in _OUT:
            reader.problem(f"{place}.name", "used already", "a name of its own for every column")
        names.add(dimension.name)
        yield dimension


def _dimension(
    options: Mapping[str, Any], data_type: str, place: str, reader: Reader
) -> Dimension | None:
    reader.unknown_keys(options, DIMENSION, place)
    source = source_of(options, data_type, place, reader)
    if source is None:
        return None
    width = reader.number(options, "bin", f"{place}.bin", low=1e-9, default=None)
    edges = _edges(options.get("edges"), f"{place}.edges", reader)
    sensitivity, kind = nature(source, data_type)
    binned = "bin" in options or "edges" in options  # what is wrong with them was said already
    if source.form not in (LENGTH, DATE) and sensitivity in _NEVER:
        reader.problem(place, f"{sensitivity} columns make no cells", "a column about many people")
    elif binned and source.form == "" and kind not in (Kind.NUMBER, Kind.JSON):
        reader.problem(place, "bin and edges are for numbers", "a number column")
    elif binned and source.form == DATE:
        reader.problem(place, "bin and edges are for numbers", "the precision of aggregate.dates")
    elif not binned and (kind is Kind.NUMBER or source.form not in ("", DATE)):
        reader.problem(place, "a number makes no cells by itself", "bin or edges")
    elif width is not None and edges:
        reader.problem(place, "has both bin and edges", "one of them")
    named = DATE if source.form == DATE else str(source)
    name = reader.text(options, "name", f"{place}.name", default=named)
    return Dimension(
        name=name,
        source=source,
        bin=width,
        edges=edges,
        design=sensitivity is Sensitivity.HARMLESS,
        outcome=sensitivity in _OUTCOME,
    )


def _measure(entry: Mapping[str, Any], data_type: str, path: str, reader: Reader) -> Source | None:
    value = entry.get("measure")
    if value is None:
        return None
    place = f"{path}.measure"
    options = {"column": value} if isinstance(value, str) else value
    if not isinstance(options, dict):
        reader.problem(place, "not a column", 'a name, or {column = "content", as = "length"}')
        return None
    reader.unknown_keys(options, ("column", "as"), place)
    source = source_of(options, data_type, place, reader)
    if source is None:
        return None
    sensitivity, kind = nature(source, data_type)
    identifies = sensitivity in _NEVER - {Sensitivity.TEXT}
    if source.form in ("", DATE) and (kind not in _NUMBERS or identifies):
        reader.problem(place, "not numeric", "a number, a flag, or a JSON column with numbers")
    return source


def _filters(
    table: Mapping[str, Any], data_type: str, path: str, reader: Reader
) -> Iterator[Filter]:
    for column, wanted in table.items():
        place = f"{path}.{key_path(column)}"
        source = source_of({"column": column}, data_type, place, reader)
        if source is None:
            continue
        sensitivity, kind = nature(source, data_type)
        if sensitivity in _NEVER:
            reader.problem(place, f"{sensitivity} columns select nobody", "another column")
        elif isinstance(wanted, dict) and not wanted.keys().isdisjoint(("from", "to")):
            reader.unknown_keys(wanted, ("from", "to"), place)
            if kind not in (Kind.NUMBER, Kind.JSON):
                reader.problem(place, "from and to are for numbers", "a number column")
            low = reader.number(wanted, "from", f"{place}.from", low=-1e15, default=None)
            high = reader.number(wanted, "to", f"{place}.to", low=-1e15, default=None)
            yield Filter(source=source, low=low, high=high)
        elif wanted == {"present": True}:
            yield Filter(source=source, present=True)
        elif (words := [wanted] if isinstance(wanted, str) else wanted) and _are_words(words):
            yield Filter(source=source, words=tuple(words))
        else:
            what = "a word, a list of words, {from, to} or {present = true}"
            reader.problem(place, "not a selection", what)
            if reader.lenient:
                yield Filter(source=source)


def _are_words(given: object) -> bool:
    return isinstance(given, list) and all(isinstance(word, str) for word in given)


def _edges(value: object, place: str, reader: Reader) -> tuple[float, ...]:
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
        reader.problem(place, "not rising numbers", "[0, 20, 40]")
        return ()
    if not 2 <= len(numbers) <= MOST_EDGES:
        reader.problem(place, "too few or too many edges", f"2 to {MOST_EDGES}")
        return ()
    return tuple(numbers)
