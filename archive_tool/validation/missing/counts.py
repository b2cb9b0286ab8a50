"""What validation needs to know of a census: the shape of it, not the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Container, Set
    from datetime import datetime


class TypeCounts(Protocol):
    """What a bundle holds of one data type."""

    @property
    def rows(self) -> int:
        """Rows of all files, overlaps included."""

    @property
    def people(self) -> frozenset[str]:
        """Subjects of the rows."""

    @property
    def rooms(self) -> frozenset[str]:
        """Rooms of the rows."""

    @property
    def first(self) -> datetime | None:
        """Earliest time."""

    @property
    def last(self) -> datetime | None:
        """Latest time."""


class Counts(Protocol):
    """What a bundle holds of all data types."""

    @property
    def types(self) -> Container[str]:
        """Types that have rows."""

    def of(self, data_type: str) -> TypeCounts:
        """Give one type."""


class Evidence(Protocol):
    """Who agreed and who declined; of all others nothing is known."""

    @property
    def accepted(self) -> Set[str]:
        """People with evidence of consent."""

    @property
    def declined(self) -> Set[str]:
        """People with evidence of a refusal."""


def counts_of(census: Counts, data_type: str) -> TypeCounts | None:
    """Give one type, or None where the bundle has no rows of it."""
    if data_type not in census.types:
        return None
    found = census.of(data_type)
    return found if found.rows else None
