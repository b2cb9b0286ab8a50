"""Quasi-identifiers: what describes people without naming them, and singles them out together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from archive_tool.policy.paths import tokens
from archive_tool.schemas import FIELDS, Kind, Sensitivity

if TYPE_CHECKING:
    from archive_tool.policy import Decisions


@dataclass(frozen=True, kw_only=True)
class Place:
    """One quasi-identifier in the tables of one data type."""

    data_type: str
    column: str
    path: tuple[str, ...] = ()
    """Keys inside a JSON column; empty for the whole value."""

    @property
    def name(self) -> str:
        """What the policy calls it: the same in all data types."""
        return ".".join((self.column, *self.path))

    def value(self, text: str | None) -> str | None:
        """Give what stands here in a cell, as text; None where nothing does."""
        if not self.path or text is None:
            return text
        try:
            found: Any = msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError):
            return None
        for key in self.path:
            found = found.get(key) if isinstance(found, dict) else None
        return None if found is None else msgspec.json.encode(found, order="sorted").decode()


def quasi_identifiers(decisions: Decisions) -> tuple[Place, ...]:
    """Those of the policy; without any, the columns of words that the schema calls so."""
    declared = decisions.policy.quasi_identifiers
    if not declared:
        return tuple(
            Place(data_type=data_type, column=one.name)
            for data_type, fields in FIELDS.items()
            for one in fields
            if one.sensitivity is Sensitivity.QUASI and one.kind is Kind.LABEL
        )
    return tuple(
        Place(data_type=data_type, column=column, path=tokens(inside))
        for column, _, inside in (name.partition(".") for name in declared)
        for data_type, fields in FIELDS.items()
        if any(one.name == column for one in fields)
    )
