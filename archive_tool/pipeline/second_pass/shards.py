"""The second pass: parked rows become one encrypted file per subject and type.

The rows of a data type are cut into runs of whole shards, and a crew takes one after the other.

Rows stay where they are parked until their run is worked on: only a run is ever copied, and
columns without a value never.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import SystemRandom
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.arrow import shared_nulls
from archive_tool.keys.primitives import random_bytes
from archive_tool.model.datatypes import BY_NAME, SHARED_SUBJECT
from archive_tool.model.people import canonical_person
from archive_tool.model.tables import AT
from archive_tool.pipeline.second_pass.bench import RUN_ROWS, ShardRun, slices
from archive_tool.schemas import field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    import pyarrow as pa

    from archive_tool.anonymize import Context
    from archive_tool.archive.sealed_files import Owner
    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.pipeline.second_pass.bench import Outcome, Tally
    from archive_tool.pipeline.second_pass.crew import Crew

LEAST_RUNS: Final = 16
"""Runs that a bucket is cut into, so that all workers have something to do until the end."""

LEAST_ROWS: Final = 16_384
"""Rows below which a run is not worth its own overhead: what is said several times in a run, such
as the content of a trial, is looked at once."""

MOST_SHARDS: Final = 2_048
"""Shards of a run: so many files take seconds, and until a run is done nobody hears of it."""


@dataclass(frozen=True, kw_only=True)
class ShardPass:
    """Writes the shards of a bundle."""

    writer: ArchiveWriter
    context: Context
    crew: Crew
    dropped: Mapping[str, np.ndarray]
    """By type: sorted ``_at`` of rows that a newer copy replaces."""

    def settle(self, data_type: str, bucket: pa.Table, tally: Tally) -> pa.Table:
        """Leave out replaced rows and rows whose room nobody knows."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        folded = self.dropped.get(data_type)
        if folded is not None and len(folded):
            at = bucket.column(AT).to_numpy()
            bucket = bucket.filter(pa.array(~np.isin(at, folded)))
        if field_of(data_type, "roomId").required and bucket.column("roomId").null_count:
            known = bucket.filter(pc.is_valid(bucket.column("roomId")))
            tally.without_room += bucket.num_rows - known.num_rows
            bucket = known
        return bucket

    def write(self, data_type: str, bucket: pa.Table, tally: Tally) -> None:
        """Hand out all shards of a bucket; they are written when the crew was drained."""

        def adopt(outcome: Outcome) -> None:
            tally.add(outcome.tally)
            self.writer.adopt(outcome.files)

        for run in self._runs(data_type, bucket):
            self.crew.give(run, adopt)

    def _runs(self, data_type: str, bucket: pa.Table) -> Iterator[ShardRun]:
        """Cut a bucket into runs; a shard that is longer than one is cut into pieces."""
        import numpy as np

        names, codes = _subjects(bucket, BY_NAME[data_type].subject)
        by = codes.astype(np.uint64) << 32
        if not self.context.decisions.tells_days:
            by |= _rooms_by_chance(bucket)
        order = np.argsort(by, kind="stable")
        most = min(RUN_ROWS, max(LEAST_ROWS, -(-len(codes) // LEAST_RUNS)))
        rows = _Rows.of(bucket, order, most)
        runs = list(_runs(codes[order], most))
        SystemRandom().shuffle(runs)  # or the files of people would be as old as their sessions
        for start, end in runs:
            owners = self._owners(data_type, names, codes[order[start:end]])
            for part, first in enumerate(range(start, end, RUN_ROWS)):
                places = order[first : min(first + RUN_ROWS, end)]
                yield ShardRun(
                    data_type=data_type,
                    rows=rows.at(places),
                    subjects=codes[places],
                    owners=owners,
                    part=part,
                )

    def _owners(self, data_type: str, names: list[str], codes: np.ndarray) -> dict[int, Owner]:
        """Who has rows in a run; nobody who is left out gets a secret."""
        plan = self.context.plan(data_type)
        return {
            code: self.writer.owner(names[code])
            for code, _, _ in slices(codes)
            if not (names[code] and plan.is_excluded(names[code]))
        }


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of a bucket, to be taken out run by run."""

    filled: pa.Table
    """The columns that have a value somewhere."""
    schema: pa.Schema
    """All columns."""

    @classmethod
    def of(cls, bucket: pa.Table, order: np.ndarray, most: int) -> _Rows:
        """Prepare a bucket for runs of at most so many rows in this order."""
        names = [n for n in bucket.column_names if bucket[n].null_count < bucket.num_rows]
        filled = bucket.select(names)
        if _spread(order, most) > 2 * len(order):  # else most chunks would be copied several times
            filled = filled.unify_dictionaries().combine_chunks()
        return cls(filled=filled, schema=bucket.schema)

    def at(self, places: np.ndarray) -> pa.Table:
        """Give the rows at these places, in their order, with all columns."""
        import pyarrow as pa

        first, last = int(places.min()), int(places.max())
        window = self.filled.slice(first, last - first + 1).unify_dictionaries().combine_chunks()
        rows = window if _in_place(places) else window.take(pa.array(places - first))
        columns = [
            rows[field.name]
            if field.name in self.filled.schema.names
            else shared_nulls(field.type, len(places))
            for field in self.schema
        ]
        return pa.Table.from_arrays(columns, schema=self.schema)


def _spread(order: np.ndarray, most: int) -> int:
    """How many rows lie between the first and the last row of all runs, added up."""
    runs = [order[first : first + most] for first in range(0, len(order), most)]
    return sum(int(run.max() - run.min()) + 1 for run in runs)


def _in_place(places: np.ndarray) -> bool:
    """Whether the places are rows one after the other."""
    import numpy as np

    return bool(places[-1] - places[0] + 1 == len(places) and np.all(np.diff(places) == 1))


def _subjects(table: pa.Table, column: str) -> tuple[list[str], np.ndarray]:
    """Names of the subjects and, per row, which of them it belongs to; of one name the last place."""
    import numpy as np

    words, codes = _words(table, column)
    names = [*map(canonical_person, words), SHARED_SUBJECT]
    place = {name: number for number, name in enumerate(names)}
    if len(place) == len(names):
        return names, codes
    return names, np.array([place[name] for name in names])[codes]


def _words(table: pa.Table, column: str) -> tuple[list[str], np.ndarray]:
    """Words of a column and, per row, which of them it has; a row without one has the next number."""
    array = table.select([column]).unify_dictionaries().column(0).combine_chunks()
    words = [word or "" for word in array.dictionary.to_pylist()]
    return words, array.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)


def _rooms_by_chance(table: pa.Table) -> np.ndarray:
    """Give a number (uint32) for the room of each row: where clocks go, no order tells which came first.

    A row without a room has one of its own.
    """
    import numpy as np

    rooms, codes = _words(table, "roomId")
    numbers: np.ndarray = np.frombuffer(random_bytes(4 * len(rooms) + 4), np.uint32)[codes]
    alone = codes == len(rooms)
    numbers[alone] = np.frombuffer(random_bytes(4 * int(alone.sum())), np.uint32)
    return numbers


def _runs(owners: np.ndarray, most: int) -> Iterator[tuple[int, int]]:
    """Cut sorted rows into runs at the borders of shards; only a single long shard exceeds one."""
    first = last = shards = 0
    for _, start, end in slices(owners):
        if (end - first > most or shards == MOST_SHARDS) and first < start:
            yield first, start
            first, shards = start, 0
        last = end
        shards += 1
    if first < last:
        yield first, last
