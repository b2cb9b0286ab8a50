"""One batch as numpy arrays: what the row checks look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.ingest.arrow import one_array
from archive_tool.model.datatypes import BY_NAME, CONTINUOUS
from archive_tool.model.people import canonical_person
from archive_tool.model.tables import AT, Batch
from archive_tool.validation.groups import Codes, Groups, groups_of
from archive_tool.validation.tally import Rule

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Array, Positions
    from archive_tool.model.findings import Code, Severity

Floats = npt.NDArray[np.float64]

EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)
"""Nothing of the platform is older (hyperstudy-traps.md, D2)."""
LEEWAY: Final = timedelta(days=1)
"""A time without a zone may be up to half a day off, a laptop's clock more."""

_PEOPLE: Final = ("participantId", "senderId")
_NUMBER_TEXT: Final = r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"


@dataclass(frozen=True, kw_only=True)
class View:
    """Columns of a batch, converted once and only when asked for."""

    data_type: str
    table: pa.Table
    earliest: float
    latest: float
    """Times outside of these, in ms since 1970, cannot be."""
    now: float
    """ms since 1970."""
    _floats: dict[str, Floats | None] = field(default_factory=dict)
    _codes: dict[str, tuple[Codes, list[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: Batch, *, as_of: datetime) -> View:
        """Look at a batch; ``as_of`` is now, as far as the data is concerned."""
        return cls(
            data_type=batch.data_type,
            table=batch.table,
            earliest=EARLIEST.timestamp() * 1000,
            latest=(as_of + LEEWAY).timestamp() * 1000,
            now=as_of.timestamp() * 1000,
        )

    @cached_property
    def groups(self) -> Groups:
        """Rows by room and person, continuous ratings by component too."""
        columns = ["roomId", BY_NAME[self.data_type].subject]
        if self.data_type == CONTINUOUS.name:
            columns.append("componentId")
        return groups_of([self.codes(column) for column in columns])

    @cached_property
    def at(self) -> Positions:
        """Positions of the rows in their parts."""
        found: Positions = one_array(self.table[AT]).to_numpy(zero_copy_only=False)
        return found

    def rule(self, code: Code, column: str, check: str, severity: Severity | None = None) -> Rule:
        """Say what is asked of the rows of a column; see :class:`Rule`."""
        return Rule(
            code=code, data_type=self.data_type, column=column, check=check, severity=severity
        )

    def has(self, *columns: str) -> bool:
        """Whether each of the columns holds at least one value."""
        return all(
            name in self.table.schema.names and self.table[name].null_count < self.table.num_rows
            for name in columns
        )

    def numbers(self, column: str) -> Floats:
        """Give a number column; NaN where there is no value."""
        return self._float(column, one_array(self.table[column]))

    def millis(self, column: str) -> Floats:
        """Give a time column in ms since 1970; NaN where there is no value."""
        return self._float(column, one_array(self.table[column]).cast(pa.int64()), scale=1000.0)

    def clock(self, column: str) -> Floats:
        """Give a time column in ms since 1970; NaN also where the time cannot be."""
        millis = self.millis(column)
        return np.where((millis >= self.earliest) & (millis <= self.latest), millis, np.nan)

    def json_numbers(self, column: str) -> Floats:
        """Give the bare numbers of a JSON column; NaN where there is anything else."""
        text = one_array(self.table[column])
        number = pc.if_else(pc.match_substring_regex(text, _NUMBER_TEXT), text, None)
        return self._float(column, number.cast(pa.float64()))

    def codes(self, column: str) -> tuple[Codes, list[str]]:
        """Give a dictionary column as codes and words; -1 where there is no value.

        A person who is spelled in several ways is one word.
        """
        if column not in self._codes:
            encoded = one_array(self.table[column])
            indices: Codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            words = [word or "" for word in encoded.dictionary.to_pylist()]
            found = (indices.astype(np.int64), words)
            self._codes[column] = _each_once(*found) if column in _PEOPLE else found
        return self._codes[column]

    def _float(self, column: str, values: Array, *, scale: float = 1.0) -> Floats:
        found = self._floats.get(column)
        if found is None:
            found = values.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
            found = found if scale == 1.0 else found / scale
            self._floats[column] = found
        return found


def _each_once(codes: Codes, ids: list[str]) -> tuple[Codes, list[str]]:
    """Give people their codes, however their ids are written."""
    people = [canonical_person(one) for one in ids]
    place = {person: number for number, person in enumerate(dict.fromkeys(people))}
    if len(place) == len(people):
        return codes, people
    merged = np.array([*(place[person] for person in people), -1], dtype=np.int64)
    return merged[codes], list(place)
