"""What each copy says beside the one of its record that stays: the same, more or less exactly, or another thing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.ingest.arrow import one_array
from archive_tool.ingest.fingerprint import NULL
from archive_tool.ingest.overlaps.documents import of_documents
from archive_tool.ingest.overlaps.duplicates import as_cells
from archive_tool.ingest.overlaps.exactness import (
    LESS,
    MORE,
    OTHER,
    SAME,
    Numbers,
    numbers,
    of_moments,
    of_numbers,
)
from archive_tool.model.tables import EXTRA, NULLS
from archive_tool.schemas import FIELDS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archive_tool.ingest.arrow import Ints, Mask
    from archive_tool.ingest.overlaps.copies import Copies
    from archive_tool.ingest.overlaps.exactness import Relation
    from archive_tool.model.tables import Batch


@dataclass(frozen=True, kw_only=True)
class Beside:
    """All copies, each compared with the one that stays for it; what is per row has their length."""

    copies: Copies
    winner: Ints
    """Position of the copy that each is compared with."""
    relations: Mapping[str, Relation]
    """Column → what the copy says there; where one of the two says nothing, they say the same."""

    @cached_property
    def more(self) -> Ints:
        """Number of columns where the copy is more exact."""
        found = np.zeros(len(self.winner), np.int64)
        for relation in self.relations.values():
            found += relation == MORE
        return found

    @cached_property
    def less(self) -> Mask:
        """Some column is less exact."""
        return self._any(LESS)

    @cached_property
    def other(self) -> Mask:
        """Some column says another thing."""
        return self._any(OTHER)

    @cached_property
    def changed(self) -> Mask:
        """The copy that stays says another thing, or more or less."""
        return self.other | self.thinner | self.fuller | (self.more > 0)

    @cached_property
    def thinner(self) -> Mask:
        """Some column has no value, and the one that stays has one."""
        return self._lacking(of_winner=False)

    @cached_property
    def fuller(self) -> Mask:
        """Some column has a value, and the one that stays has none."""
        return self._lacking(of_winner=True)

    def _lacking(self, *, of_winner: bool) -> Mask:
        found = np.zeros(len(self.winner), np.bool_)
        for name in self.relations:
            empty = self.copies.values[name] == NULL
            kept = empty[self.winner]
            found |= kept & ~empty if of_winner else empty & ~kept
        return found

    def _any(self, word: int) -> Mask:
        found = np.zeros(len(self.winner), np.bool_)
        for relation in self.relations.values():
            found |= relation == word
        return found


def beside(batches: Sequence[Batch], copies: Copies, winner: Ints, data_type: str) -> Beside:
    """Compare all copies; values are looked at only where fingerprints differ."""
    kinds = {field.name: field.kind for field in FIELDS[data_type]} | {EXTRA: Kind.JSON}
    relations: dict[str, Relation] = {}
    for name, found in copies.values.items():
        if name == NULLS:
            continue
        kept = found[winner]
        relation = np.full(len(winner), SAME, np.int8)
        rows = np.flatnonzero((found != kept) & (found != NULL) & (kept != NULL))
        if len(rows):
            parts = copies.part[rows], copies.part[winner[rows]]
            one, other = _values(batches, name, rows), _values(batches, name, winner[rows])
            relation[rows] = _compared(kinds.get(name), one, other, parts, within=name == EXTRA)
        relations[name] = relation
    return Beside(copies=copies, winner=winner, relations=relations)


def _values(batches: Sequence[Batch], name: str, rows: Ints) -> pa.Array[Any]:
    column = pa.chunked_array([one_array(batch.table[name]) for batch in batches])
    return one_array(column.take(pa.array(rows)))


def _compared(
    kind: Kind | None,
    one: pa.Array[Any],
    other: pa.Array[Any],
    parts: tuple[Ints, Ints],
    *,
    within: bool,
) -> Relation:
    if kind is Kind.NUMBER:
        left, right = (numbers(pc.cast(values, pa.string())) for values in (one, other))
        return of_numbers(left, right, _shown(left, parts[0]), _shown(right, parts[1]))
    if kind is Kind.TIME:
        return of_moments(_micros(one), _micros(other))
    if kind is Kind.JSON:
        left_texts, right_texts = (as_cells(texts, within=within) for texts in (one, other))
        return of_documents(left_texts.to_pylist(), right_texts.to_pylist())
    return np.full(len(one), OTHER, np.int8)


def _shown(found: Numbers, part: Ints) -> Ints:
    """Give the most decimals that the numbers of each one's table show."""
    most = np.zeros(int(part.max()) + 1, np.int64)
    np.maximum.at(most, part, found.decimals)
    return most[part]


def _micros(moments: pa.Array[Any]) -> Ints:
    found: Ints = moments.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    return found
