"""What a person leaves behind that research needs unchanged: one number per person and trace.

Onsets, response times, ratings and lengths of messages are as good as a fingerprint for somebody
who holds the original export. Of each trace a person keeps one 64-bit sum of hashes: equal sums
mean equal values, almost surely, in whatever order the rows come. So a million rows become a few
numbers per person, and parts of a bundle can be looked at one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.ingest.arrow import pairs
from archive_tool.ingest.fingerprint import of_bits, of_column
from archive_tool.model.datatypes import BY_NAME, CHAT, CONTINUOUS, EVENTS, SPARSE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from archive_tool.disclose.gate.quasi import Place


@dataclass(frozen=True, kw_only=True)
class Trace:
    """One way of telling people apart."""

    data_type: str
    column: str
    name: str
    """What a reader would call it."""
    steps: tuple[float, ...]
    """Widths of the bins that a worse memory leaves, finest first; 0 is exact."""
    unit: str = "ms"
    words: bool = False
    """Whether the values are compared as they are written, not as numbers."""
    answers_at: float | None = None
    """Step at which it is what somebody answered, the sensitive attribute of l-diversity."""

    def rounding(self, step: float) -> str:
        """Say a step in words."""
        return f"to {step:g} {self.unit}".rstrip() if step else "exact"


_TIMES: Final = (0.0, 100.0, 1000.0)
LENGTHS: Final = Trace(
    data_type=CHAT.name, column="content", name="lengths of messages", steps=(0.0, 10.0),
    unit="characters",
)  # fmt: skip
TRACES: Final = (
    Trace(data_type=EVENTS.name, column="onset", name="onsets of events", steps=_TIMES),
    Trace(data_type=EVENTS.name, column="duration", name="durations of events", steps=_TIMES),
    Trace(data_type=CHAT.name, column="onset", name="onsets of messages", steps=_TIMES),
    LENGTHS,
    Trace(data_type=CONTINUOUS.name, column="onset", name="onsets of ratings", steps=_TIMES),
    Trace(
        data_type=CONTINUOUS.name, column="value", name="rating curves", steps=(0.0, 0.1, 10.0),
        unit="", answers_at=0.1,
    ),
    Trace(data_type=SPARSE.name, column="onset", name="onsets of questions", steps=_TIMES),
    Trace(
        data_type=SPARSE.name, column="value", name="answers to questions", steps=(0.0,),
        words=True, answers_at=0.0,
    ),
    Trace(data_type=SPARSE.name, column="responseTime", name="response times", steps=_TIMES),
)  # fmt: skip

BIN: Final = 5
BINS: Final = 64
"""Characters to a bin, and bins, of lengths of messages; the last one holds all longer ones."""

Sums = dict[str, int]
"""Person, as the table writes them -> sum of hashes."""
Values = dict[str, set[str]]
"""Person -> everything that stands in the rows about them; nobody is here without a value."""


class Traces:
    """Collects the traces of tables; mergeable, and small."""

    def __init__(
        self,
        columns: Collection[tuple[str, str]] | None = None,
        *,
        quasi: Sequence[Place] = (),
    ) -> None:
        """``columns``: data types and columns to look at, None for all; ``quasi``: descriptions."""
        self._columns = columns
        self._quasi = quasi
        self.sums: dict[tuple[Trace, float], Sums] = defaultdict(dict)
        self.lengths: dict[str, np.ndarray] = {}
        """Person -> number of messages by length, in bins of :data:`BIN` characters. Scrubbing
        changes some of them, so that the nearest is looked for, not the same."""
        self.descriptions: dict[Place, Values] = defaultdict(partial(defaultdict, set))
        """Quasi-identifier -> person -> values."""
        self.people: dict[str, set[str]] = defaultdict(set)
        """By data type: where nothing may be linked, codes differ between types."""

    def add(self, data_type: str, table: pa.Table) -> None:
        """Look at rows of one type; rows about nobody are nobody's."""
        subject = BY_NAME[data_type].subject
        chosen = [trace for trace in TRACES if self._looks(trace, data_type, table)]
        if subject not in table.column_names or not table.num_rows:
            return
        quasi = [one for one in self._quasi if one.data_type == data_type]
        if not chosen and not quasi and self._columns is not None:
            return
        runs = _Runs.of(table.select([subject]).unify_dictionaries().column(0).combine_chunks())
        self.people[data_type].update(name for name in runs.names if name)
        for trace in chosen:
            self._add_trace(trace, table.column(trace.column), runs)
        for one in quasi:
            if one.column in table.column_names:
                self._add_description(one, pairs(table, subject, one.column))

    def without(self, names: Collection[str]) -> Traces:
        """Give the traces of everybody else."""
        left = Traces(self._columns, quasi=self._quasi)
        for trace, sums in self.sums.items():
            left.sums[trace] = {name: total for name, total in sums.items() if name not in names}
        left.lengths = {name: bins for name, bins in self.lengths.items() if name not in names}
        for quasi, by_person in self.descriptions.items():
            others = {name: values for name, values in by_person.items() if name not in names}
            left.descriptions[quasi].update(others)
        for data_type, people in self.people.items():
            left.people[data_type] = people.difference(names)
        return left

    def merge(self, other: Traces) -> None:
        """Take over what was collected of other rows."""
        for place, sums in other.sums.items():
            self._merge_sums(place, sums)
        for person, lengths in other.lengths.items():
            self.lengths[person] = self.lengths.get(person, 0) + lengths
        for quasi, by_person in other.descriptions.items():
            for person, values in by_person.items():
                self.descriptions[quasi][person] |= values
        for data_type, people in other.people.items():
            self.people[data_type] |= people

    def _looks(self, trace: Trace, data_type: str, table: pa.Table) -> bool:
        wanted = self._columns is None or (data_type, trace.column) in self._columns
        return wanted and trace.data_type == data_type and trace.column in table.column_names

    def _add_trace(self, trace: Trace, column: pa.ChunkedArray, runs: _Runs) -> None:
        there = column.is_valid().to_numpy() if column.null_count else None
        if trace.words:
            self._merge_sums((trace, 0.0), runs.sums(of_column(column), there))
            return
        if pa.types.is_string(column.type):
            column = pc.utf8_length(column)
            self._add_lengths(column.fill_null(0).to_numpy(), runs)
        numbers = column.cast(pa.float64()).fill_null(0.0).to_numpy()
        for step in trace.steps:
            self._merge_sums((trace, step), runs.sums(_hashed(numbers, step), there))

    def _add_lengths(self, lengths: np.ndarray, runs: _Runs) -> None:
        bins = np.minimum(-(-lengths // BIN), BINS - 1).astype(np.int64)
        who = runs.who(len(bins))
        counts = np.bincount(who * BINS + bins, minlength=(len(runs.names) + 1) * BINS)
        for name, row in zip(runs.names, counts.reshape(-1, BINS), strict=False):
            row[0] = 0  # no text
            if name and row.any():
                self.lengths[name] = self.lengths.get(name, 0) + row

    def _add_description(self, quasi: Place, said: Iterable[tuple[str | None, str | None]]) -> None:
        values = self.descriptions[quasi]
        for person, text in said:
            value = quasi.value(text)
            if person and value is not None:
                values[person].add(value)

    def _merge_sums(self, place: tuple[Trace, float], sums: Sums) -> None:
        mine = self.sums[place]
        for person, total in sums.items():
            mine[person] = (mine.get(person, 0) + total) % 2**64


@dataclass(frozen=True, kw_only=True)
class _Runs:
    """Rows of a table by person: they mostly lie together."""

    names: list[str]
    order: np.ndarray | None
    """Puts the rows of a person together; None where they lie so."""
    starts: np.ndarray
    owners: np.ndarray
    """Whose each run is; the last number is nobody's."""

    @classmethod
    def of(cls, people: pa.DictionaryArray) -> _Runs:
        names = people.dictionary.to_pylist()
        codes = people.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
        order = None
        starts = np.flatnonzero(np.diff(codes, prepend=-1))
        if len(starts) > 4 * (len(names) + 1):
            order = np.argsort(codes, kind="stable")
            codes = codes[order]
            starts = np.flatnonzero(np.diff(codes, prepend=-1))
        return cls(names=names, order=order, starts=starts, owners=codes[starts])

    def who(self, rows: int) -> np.ndarray:
        """Give the number of the person of each row."""
        who = np.repeat(self.owners, np.diff([*self.starts, rows])).astype(np.int64)
        if self.order is None:
            return who
        back = np.empty_like(who)
        back[self.order] = who
        return back

    def sums(self, hashes: np.ndarray, there: np.ndarray | None) -> Sums:
        """Add up the hashes of each person; rows without a value do not count."""
        if there is not None:
            hashes = np.where(there, hashes, np.uint64(0))
        if self.order is not None:
            hashes = hashes[self.order]
        found: Sums = {}
        totals = np.add.reduceat(hashes, self.starts).tolist()
        for owner, total in zip(self.owners.tolist(), totals, strict=True):
            if owner < len(self.names) and self.names[owner] and total:
                name = self.names[owner]
                found[name] = (found.get(name, 0) + total) % 2**64
        return found


def _hashed(numbers: np.ndarray, step: float) -> np.ndarray:
    """Hash the lower edges of the bins, as 64-bit floats."""
    binned = np.floor(numbers / step) if step else numbers + 0.0  # no negative zero
    return of_bits(binned.view(np.uint64))
