"""Which column of the schema each key or header of an export belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.roster import fields_of
from archive_tool.model.datatypes import RECORDINGS
from archive_tool.schemas import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNIT: Final = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_UNITS_OF_TIME: Final = {
    word: unit
    for unit, words in {
        "us": "us \u00b5s \u03bcs usec microsecond microseconds",
        "ms": "ms msec msecs millis millisecond milliseconds",
        "s": "s sec secs second seconds",
        "min": "min mins minute minutes",
        "h": "h hr hrs hour hours",
    }.items()
    for word in words.split()
}
"""What headers call a unit, without case."""
_SEPARATORS: Final = re.compile(r"[\s_\-\ufeff]+")
"""With the byte-order mark, of which a file that was saved again and again has several."""

_INDEX: Final = re.compile(r"|Unnamed: \d+(?:\.\d+)?|\.\.\.1")
"""First headers of a frame that was saved with its index, once or again and again (trap E20)."""

DERIVED: Final[Mapping[str, str]] = {
    "onset_sec": "onset",
    "response_value": "response",
    "response_time": "response",
}
"""Columns that the guides and the SDK compute, and the column they were computed from."""

LOCAL: Final = frozenset({"local_path", "download_status"})
"""What the SDK's download adds to recordings: paths on the researcher's machine."""

SCALE_ENDS: Final[Mapping[str, str]] = {"scale.min": "scaleMin", "scale.max": "scaleMax"}
"""Flattened keys of a scale ``{min, max}``."""

FLATTENED: Final = ("metadata", "sparseRatingData")
"""Nested fields that the SDK copies into ``<field>_<key>`` columns, keeping the original."""


@dataclass(frozen=True, kw_only=True)
class ColumnPlan:
    """Where each key of a table goes; every key is in exactly one place."""

    columns: Mapping[str, tuple[str, ...]]
    """Column of the schema → the keys that hold it, the one to prefer first."""
    unknown: tuple[str, ...] = ()
    """Keys that the schema does not know: they are collected in ``extra``."""
    other_unit: Mapping[str, str] = field(default_factory=dict)
    """Headers among ``unknown`` that state another unit than their field has → that field."""
    derived: tuple[str, ...] = ()
    """Keys that repeat or compute from others: dropped."""
    nested: Mapping[str, Mapping[str, str]]
    """JSON column → path inside it → the flattened key to rebuild it from, where the column is empty."""
    scale: str | None = None
    """Key that holds ``{min, max}``."""

    @property
    def renamed(self) -> tuple[str, ...]:
        """Columns that are filled from a key of another name."""
        folded = [name for name, keys in self.columns.items() if keys != (name,)]
        return tuple(folded + (["scaleMin", "scaleMax"] if self.scale else []))


@lru_cache(maxsize=4096)
def simple(name: str) -> str:
    """Give a header without unit, case, spaces and underscores: ``Onset (ms)`` → ``onset``."""
    return _SEPARATORS.sub("", _UNIT.sub("", name.strip())).casefold()


@lru_cache(maxsize=512)
def plan_columns(data_type: str, keys: tuple[str, ...], *, headers: bool) -> ColumnPlan:
    """Plan a table with these keys; ``headers`` when they are CSV headers, which vary in form."""
    fields = {field.name: field for field in fields_of(data_type)}
    exact, loose = _names(tuple(fields.values()))
    columns: dict[str, list[str]] = {}
    unknown, derived, other_unit = [], [], {}
    nested: dict[str, dict[str, str]] = {}
    scale = _scale_of(keys, headers=headers) if "scaleMin" in fields else None
    for place, key in enumerate(keys):
        if key == scale:
            continue
        name = exact.get(key, SCALE_ENDS.get(key) if "scaleMin" in fields else None)
        if name is None and _is_derived(data_type, key, place, keys, headers=headers):
            derived.append(key)
            continue
        if name is None and (spot := _nested_spot(key, fields)):
            column, path = spot
            if column in keys and key != f"{column}.{path}":
                derived.append(key)
            elif path in nested.get(column, ()):
                unknown.append(key)
            else:
                nested.setdefault(column, {})[path] = key
            continue
        if name is None and headers:
            name = loose.get(simple(key))
        if name is None:
            unknown.append(key)
        elif headers and _states_other_unit(key, fields[name].unit):
            unknown.append(key)
            other_unit[key] = name
        else:
            columns.setdefault(name, []).append(key)
    ordered = {
        name: tuple(sorted(found, key=lambda key: key != name)) for name, found in columns.items()
    }
    return ColumnPlan(
        columns=ordered, unknown=tuple(unknown), other_unit=other_unit,
        derived=tuple(derived), nested=nested, scale=scale,
    )  # fmt: skip


def _scale_of(keys: Sequence[str], *, headers: bool) -> str | None:
    """Give the key that holds ``{min, max}``: ``scale``, or a header such as ``Scale``."""
    if "scale" in keys:
        return "scale"
    return next((key for key in keys if simple(key) == "scale"), None) if headers else None


def _states_other_unit(header: str, unit: str) -> bool:
    """Whether ``Onset (s)`` stands where the field is in ``ms``: thousandfold numbers of another."""
    stated = _UNIT.search(header)
    found = _UNITS_OF_TIME.get(stated[1].strip().casefold()) if stated else None
    return found is not None and unit in _UNITS_OF_TIME and found != unit


@lru_cache(maxsize=32)
def _names(fields: tuple[Field, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Exact names and simplified headers, each with the column they mean; names beat aliases."""
    exact = {alias: field.name for field in fields for alias in field.aliases}
    exact |= {field.name: field.name for field in fields}
    loose = {simple(alias): name for alias, name in exact.items()}
    return exact, loose | {simple(field.name): field.name for field in fields}


def _is_derived(
    data_type: str, key: str, place: int, keys: Sequence[str], *, headers: bool
) -> bool:
    if headers and all(_INDEX.fullmatch(before) for before in keys[: place + 1]):
        return True
    if data_type == RECORDINGS.name and key in LOCAL:
        return True
    source = DERIVED.get(key)
    return source is not None and source in keys


def _nested_spot(key: str, fields: Mapping[str, Field]) -> tuple[str, str] | None:
    """Give the JSON column and the path inside it that a flattened key stands for."""
    column, dot, path = key.partition(".")
    if dot and path and column in fields and fields[column].kind is Kind.JSON:
        return column, path
    for column in FLATTENED:
        if key.startswith(f"{column}_") and column in fields and len(key) > len(column) + 1:
            return column, key[len(column) + 1 :]
    return None
