"""What a summary table counts and averages, in the words of its caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.model.aggregates import LENGTH
from archive_tool.report.text import in_full
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from archive_tool.model.aggregates import Filter, NoisySpec, Source, TableSpec


def about(spec: TableSpec | None) -> str:
    """Say what a table counts and averages, and which rows of the data type are in it."""
    if spec is None:
        return ""
    parts = [spec.data_type]
    for one in spec.dimensions:
        if one.bin is not None:
            width = in_full(one.bin) + _unit(spec.data_type, one.source)
            parts.append(f"{one.name} in bins of {width}, named by their lower edge")
    if spec.measure is not None:
        unit = _unit(spec.data_type, spec.measure).strip()
        parts.append(f"measure {_source(spec.measure)}" + (f" in {unit}" if unit else ""))
    parts += [f"only {_filter(one)}" for one in spec.where]
    if spec.cap is not None:
        parts.append(f"at most {spec.cap} rows of a person in a cell")
    return "; ".join(parts)


def about_noisy(spec: NoisySpec) -> str:
    """Say what a table with noise counts, and between which bounds."""
    parts = [about(spec.table), spec.figure]
    if spec.table.measure is not None:
        parts.append(f"values brought between {in_full(spec.low)} and {in_full(spec.high)}")
    unit = "cells" if spec.figure == "people" else "rows"
    return "; ".join([*parts, f"one person counts for {spec.rows} {unit} of the table at most"])


def _unit(data_type: str, source: Source) -> str:
    """Give the unit of a number column with a space before it; empty where the schema has none."""
    if source.leaf or source.form:
        return " characters" if source.form == LENGTH else ""
    named = {field.name: field.unit for field in FIELDS[data_type]}
    unit = named.get(source.column)
    return f" {unit}" if unit else ""


def _source(source: Source) -> str:
    return f"{source.form} of {source}" if source.form else str(source)


def _filter(one: Filter) -> str:
    name = _source(one.source)
    if one.words:
        return f"{name} {' or '.join(one.words)}"
    if one.present:
        return f"rows with {name}"
    low = "" if one.low is None else f" from {in_full(one.low)}"
    return f"{name}{low}" + ("" if one.high is None else f" below {in_full(one.high)}")
