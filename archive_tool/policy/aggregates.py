"""``[aggregate]`` and ``[[aggregate.table]]``: thresholds and summary tables, checked strictly."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from archive_tool.errors import PolicyError
from archive_tool.model.aggregates import (
    LENGTH,
    PERSON_COLUMNS,
    POSITION,
    Aggregate,
    Dimension,
    Filter,
    Source,
    TableSpec,
)
from archive_tool.model.datatypes import CHAT, CONTINUOUS, SPARSE, SYNC
from archive_tool.model.policy import Action
from archive_tool.policy.reader import Reader, did_you_mean, key_path
from archive_tool.schemas import FIELDS, Field, Kind, Sensitivity, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive_tool.model.policy import Policy
    from archive_tool.policy.decide import Decisions

KEYS: Final = (
    "people", "rooms", "dominance", "ratio", "degrees", "zeros", "rounding", "study-people",
    "because", "table",
)  # fmt: skip
TABLE: Final = (
    "name", "type", "dimensions", "measure", "where", "between-people", "totals", "prefer",
    "signed", "cap",
)  # fmt: skip
DIMENSION: Final = ("name", "column", "as", "bin", "edges")
ROUNDING: Final = ("none", "base-5", "midpoint-6")
TOTALS: Final = ("margins", "grand", "none")
PREFER: Final = ("cells", "totals")
FORMS: Final = (POSITION, LENGTH)
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
_RATINGS: Final = (CONTINUOUS.name, SPARSE.name)
MOST_EDGES: Final = 1000


def read_aggregate(table: Mapping[str, Any], reader: Reader) -> Aggregate:
    """Read thresholds and declared tables; a threshold looser than the default needs a reason."""
    reader.unknown_keys(table, KEYS, "aggregate")
    default = Aggregate()

    def whole(key: str, low: int, otherwise: int) -> int:
        number = reader.integer(table, key, f"aggregate.{key}", low=low, default=otherwise)
        return otherwise if number is None else number

    def share(key: str, low: float, otherwise: float) -> float:
        number = reader.number(table, key, f"aggregate.{key}", low=low, default=otherwise)
        if number is not None and number > 1:
            reader.problem(f"aggregate.{key}", "not a share", "at most 1")
        return otherwise if number is None else number

    rounding = reader.word(table, "rounding", "aggregate.rounding", ROUNDING, "none")
    thresholds = Aggregate(
        people=whole("people", 2, default.people),
        rooms=whole("rooms", 1, default.rooms),
        dominance=share("dominance", 0.01, default.dominance),
        ratio=share("ratio", 0.0, default.ratio),
        degrees=whole("degrees", 1, default.degrees),
        zeros=_flag(table, "zeros", "aggregate", reader, default=True),
        rounding="" if rounding in (None, "none") else str(rounding),
        study_people=reader.integer(
            table, "study-people", "aggregate.study-people", low=1, default=None
        ),
        because=reader.text(table, "because", "aggregate.because", default=""),
        tables=tuple(_tables(table.get("table", []), reader)),
    )
    if _looser(thresholds, default) and not thresholds.because:
        reader.problem("aggregate.because", "missing: thresholds are looser than the default",
                       "a reason, which is printed in the release")  # fmt: skip
    return thresholds


def _looser(given: Aggregate, default: Aggregate) -> bool:
    return (
        given.people < default.people
        or given.rooms < default.rooms
        or given.dominance > default.dominance
        or given.ratio < default.ratio
        or given.degrees < default.degrees
        or not given.zeros
    )


def _tables(entries: object, reader: Reader) -> Iterator[TableSpec]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        reader.problem("aggregate.table", "not a list of tables", "[[aggregate.table]]")
        return
    names: set[str] = set()
    for number, entry in enumerate(entries):
        path = f"aggregate.table[{number}]"
        spec = _table(entry, path, reader)
        if spec is None:
            continue
        if spec.name in names:
            reader.problem(f"{path}.name", "used twice", "a name of its own for every table")
        names.add(spec.name)
        yield spec


def _table(entry: Mapping[str, Any], path: str, reader: Reader) -> TableSpec | None:
    before = len(reader.problems)
    reader.unknown_keys(entry, TABLE, path)
    name = reader.text(entry, "name", f"{path}.name")
    if name and not _NAME.match(name):
        reader.problem(f"{path}.name", "not a name for a file", "small letters, digits and _")
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
        between_people=_flag(entry, "between-people", path, reader,
                             default=data_type in (CHAT.name, SYNC.name)),
        totals=reader.word(entry, "totals", f"{path}.totals", TOTALS, "margins") or "margins",
        prefer=reader.word(entry, "prefer", f"{path}.prefer", PREFER, preferred(len(dimensions)))
        or "cells",
        signed=_flag(entry, "signed", path, reader, default=False),
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
    source = _source(options, data_type, place, reader)
    if source is None:
        return None
    width = reader.number(options, "bin", f"{place}.bin", low=1e-9, default=None)
    edges = _edges(options.get("edges"), f"{place}.edges", reader)
    sensitivity, kind = _nature(source, data_type)
    binned = width is not None or bool(edges)
    if source.form != LENGTH and sensitivity in _NEVER:
        reader.problem(place, f"{sensitivity} columns make no cells", "a column about many people")
    elif binned and source.form == "" and kind not in (Kind.NUMBER, Kind.JSON):
        reader.problem(place, "bin and edges are for numbers", "a number column")
    elif not binned and (kind is Kind.NUMBER or source.form):
        reader.problem(place, "a number makes no cells by itself", "bin or edges")
    elif width is not None and edges:
        reader.problem(place, "has both bin and edges", "one of them")
    name = reader.text(options, "name", f"{place}.name", default=str(source))
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
    source = _source(options, data_type, place, reader)
    if source is None:
        return None
    sensitivity, kind = _nature(source, data_type)
    identifies = sensitivity in _NEVER - {Sensitivity.TEXT}
    if source.form == "" and (kind not in _NUMBERS or identifies):
        reader.problem(place, "not numeric", "a number, a flag, or a JSON column with numbers")
    return source


def _filters(
    table: Mapping[str, Any], data_type: str, path: str, reader: Reader
) -> Iterator[Filter]:
    for column, wanted in table.items():
        place = f"{path}.{key_path(column)}"
        source = _source({"column": column}, data_type, place, reader)
        if source is None:
            continue
        sensitivity, kind = _nature(source, data_type)
        if sensitivity in _NEVER:
            reader.problem(place, f"{sensitivity} columns select nobody", "another column")
        elif isinstance(wanted, dict):
            reader.unknown_keys(wanted, ("from", "to", "present"), place)
            if _flag(wanted, "present", place, reader, default=False):
                yield Filter(source=source, present=True)
                continue
            if kind not in (Kind.NUMBER, Kind.JSON):
                reader.problem(place, "from and to are for numbers", "a number column")
            low = reader.number(wanted, "from", f"{place}.from", low=-1e15, default=None)
            high = reader.number(wanted, "to", f"{place}.to", low=-1e15, default=None)
            yield Filter(source=source, low=low, high=high)
        else:
            words = [wanted] if isinstance(wanted, str) else wanted
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                reader.problem(
                    place,
                    "not a selection",
                    "a word, a list of words, {from, to} or {present = true}",
                )
                continue
            yield Filter(source=source, words=tuple(words))


def _source(
    options: Mapping[str, Any], data_type: str, place: str, reader: Reader
) -> Source | None:
    written = reader.text(options, "column", f"{place}.column")
    form = reader.word(options, "as", f"{place}.as", FORMS, "") or ""
    column, _, leaf = written.partition(".")
    if not written:
        return None
    known = {field.name: field for field in FIELDS[data_type]}
    if column in PERSON_COLUMNS and column not in known and not leaf and not form:
        return Source(column=column)
    field = known.get(column)
    if field is None:
        meant = did_you_mean(column, (*known, *PERSON_COLUMNS))
        reader.problem(place, f"unknown column{meant}", f"a column of {data_type}")
    elif leaf and field.kind is not Kind.JSON:
        reader.problem(place, "this column has no leaves", "a JSON column")
    elif form == POSITION and (data_type not in _RATINGS or column != "value"):
        reader.problem(place, "has no scale", "the value of a rating")
    elif form == LENGTH and field.kind is not Kind.TEXT:
        reader.problem(place, "has no length", "a text column")
    else:
        return Source(column=column, leaf=leaf, form=form)
    return None


def _nature(source: Source, data_type: str) -> tuple[Sensitivity, Kind]:
    """Say what a source can tell about a person, and of what kind it is."""
    if source.column in PERSON_COLUMNS and not _has(data_type, source.column):
        return Sensitivity.QUASI, Kind.LABEL
    field = field_of(data_type, source.column)
    if source.form == POSITION:
        return field.sensitivity, Kind.NUMBER
    if field.kind is not Kind.JSON:
        return field.sensitivity, field.kind
    return _leaf_sensitivity(field, source.leaf), Kind.JSON


def _has(data_type: str, column: str) -> bool:
    return any(field.name == column for field in FIELDS[data_type])


def _leaf_sensitivity(field: Field, path: str) -> Sensitivity:
    """Give what the schema says of a leaf; of one that it does not list, that of its column."""
    for leaf in field.leaves:
        if leaf.path == path:
            return leaf.sensitivity
    return field.sensitivity


def _edges(value: object, place: str, reader: Reader) -> tuple[float, ...]:
    if value is None:
        return ()
    numbers = (
        [
            float(edge)
            for edge in value
            if isinstance(edge, int | float) and not isinstance(edge, bool) and math.isfinite(edge)
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


def _flag(table: Mapping[str, Any], key: str, path: str, reader: Reader, *, default: bool) -> bool:
    value = table.get(key, default)
    if isinstance(value, bool):
        return value
    reader.problem(f"{path}.{key}", "not a yes or no", "true or false")
    return default


def refuse_dropped(policy: Policy, decisions: Decisions) -> None:
    """PolicyError when a declared table needs a column or a leaf that the policy drops."""
    problems = [
        f"aggregate table {spec.name}: {use} {source} is dropped by this policy"
        for spec in policy.aggregate.tables
        for use, source in uses(spec)
        if is_dropped(decisions, spec.data_type, source)
    ]
    if problems:
        raise PolicyError(
            "; ".join(problems),
            where=f"policy {policy.name}",
            expected="columns that leave at least in summary",
        )


def uses(spec: TableSpec) -> Iterator[tuple[str, Source]]:
    """Everything that a table is made of, and what for."""
    for dimension in spec.dimensions:
        yield "dimension", dimension.source
    if spec.measure is not None:
        yield "measure", spec.measure
    for condition in spec.where:
        yield "filter", condition.source


def is_dropped(decisions: Decisions, data_type: str, source: Source) -> bool:
    """Whether the policy lets nothing of a source leave, not even in summary."""
    column, leaf = source.column, source.leaf
    if not _has(data_type, column):
        home = {"role": ("events", "participantRole", ""),
                "condition": ("components", "variableSnapshot", "condition")}  # fmt: skip
        data_type, column, leaf = home[column]
    if decisions.of(data_type, column).action is Action.DROP:
        return True
    if field_of(data_type, column).kind is not Kind.JSON:
        return False
    return decisions.leaf(data_type, column, leaf).action is Action.DROP
