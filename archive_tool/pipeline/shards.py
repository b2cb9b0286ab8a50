"""The second pass: parked rows become one encrypted file per subject and type.

A shard is one data type of one subject. Shards are worked on in runs of up to 128k rows: the policy
is applied to a run as a whole, which is the same as applying it to each shard (it works row by
row) and many times cheaper for small shards. Runs go through a thread pool; Arrow, Parquet and AES
work outside the interpreter's lock.

Rows stay where they are parked until their run is worked on: only a run is ever copied, and
columns without a value never.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import Context, apply
from archive_tool.ingest.arrow import shared_nulls
from archive_tool.model.datatypes import BY_NAME, SHARED_SUBJECT
from archive_tool.model.tables import AT
from archive_tool.schemas import field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Executor, Future

    import numpy as np
    import pyarrow as pa

    from archive_tool.archive.writer import ArchiveWriter

RUN_ROWS: Final = 131_072
"""Rows that one worker holds at a time."""

LEAST_RUNS: Final = 16
"""Runs that a bucket is cut into, so that all workers have something to do until the end."""

LEAST_ROWS: Final = 1024
"""Rows below which a run is not worth its own overhead."""

IN_FLIGHT: Final = 4
"""Runs handed to the pool at a time: bounds the memory."""


@dataclass(kw_only=True)
class Tally:
    """What the second pass did to one data type."""

    rows: int = 0
    """Rows written."""
    files: int = 0
    left_out: int = 0
    """Rows of people whom the consent rule leaves out."""
    without_room: int = 0
    """Rows whose room nobody knows: quarantined, in no archive."""
    touched: Counter[str] = field(default_factory=Counter)
    """Cells changed or emptied, by ``column: action``."""
    dropped_leaves: Counter[str] = field(default_factory=Counter)
    """Unknown leaves dropped, by path."""

    def add(self, other: Tally) -> None:
        """Add what another run did."""
        self.rows += other.rows
        self.files += other.files
        self.left_out += other.left_out
        self.touched += other.touched
        self.dropped_leaves += other.dropped_leaves


@dataclass(frozen=True, kw_only=True)
class ShardPass:
    """Writes the shards of a bundle."""

    writer: ArchiveWriter
    context: Context
    pool: Executor
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
        """Write all shards of a bucket; raises the first failure of a worker."""
        import numpy as np

        self.context.plan(data_type)  # once, before the threads
        subjects, codes = _subjects(bucket, BY_NAME[data_type].subject)
        order = np.argsort(codes, kind="stable")
        most = min(RUN_ROWS, max(LEAST_ROWS, -(-len(codes) // LEAST_RUNS)))
        rows = _Rows.of(bucket, order, most)
        waiting: deque[Future[Tally]] = deque()
        for start, end in _runs(codes[order], most):
            places = order[start:end]
            waiting.append(
                self.pool.submit(self._write_run, data_type, rows, subjects, codes, places)
            )
            if len(waiting) >= IN_FLIGHT:
                tally.add(waiting.popleft().result())
        for future in waiting:
            tally.add(future.result())

    def _write_run(
        self,
        data_type: str,
        rows: _Rows,
        subjects: list[str],
        codes: np.ndarray,
        places: np.ndarray,
    ) -> Tally:
        """One run: whole shards, or one shard that is longer than a run, piece by piece."""
        import numpy as np

        tally = Tally()
        for first in range(0, len(places), RUN_ROWS):
            piece = places[first : first + RUN_ROWS]
            applied = apply(data_type, rows.at(piece), self.context)
            owners = codes[piece]
            if applied.kept is not None:
                owners = owners[np.asarray(applied.kept)]
            tally.left_out += len(piece) - len(owners)
            tally.touched.update(applied.touched)
            tally.dropped_leaves.update(applied.dropped_leaves)
            for owner, start, end in _slices(owners):
                self.writer.write_table(
                    data_type, subjects[owner], applied.table.slice(start, end - start)
                )
                tally.files += 1
            tally.rows += len(owners)
        return tally


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
    """Names of the subjects and, per row, which of them it belongs to."""
    array = table.select([column]).unify_dictionaries().column(0).combine_chunks()
    names = [*array.dictionary.to_pylist(), SHARED_SUBJECT]
    return names, array.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)


def _slices(owners: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Owner, start and end of each run of equal owners."""
    import numpy as np

    if not len(owners):
        return
    starts = np.concatenate(([0], np.flatnonzero(np.diff(owners)) + 1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(owners)], strict=True):
        yield int(owners[start]), start, end


def _runs(owners: np.ndarray, most: int) -> Iterator[tuple[int, int]]:
    """Cut sorted rows into runs at the borders of shards; only a single long shard exceeds one."""
    first = last = 0
    for _, start, end in _slices(owners):
        if end - first > most and first < start:
            yield first, start
            first = start
        last = end
    if first < last:
        yield first, last
