"""Where shards become files: rows in, the policy applied, one encrypted file per subject out.

A shard is one data type of one subject. Shards are worked on in runs of up to 128k rows: the policy
is applied to a run as a whole, which is the same as applying it to each shard (it works row by
row) and many times cheaper for small shards. A bench stands in this process or in a worker.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import Context, apply
from archive_tool.archive.files import Files
from archive_tool.archive.sealed_files import Owner, SealedFiles, Written
from archive_tool.disclose.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

    from archive_tool.disclose.gate.documents import Window
    from archive_tool.disclose.gate.gate import Seen
    from archive_tool.keys.derive import ArchiveSecrets

RUN_ROWS: Final = 131_072
"""Rows that are worked on at a time."""


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
class ShardRun:
    """Whole shards one after the other, or a piece of one that is longer than a run."""

    data_type: str
    rows: pa.Table
    """Sorted by subject."""
    subjects: np.ndarray
    """Number of the subject of each row."""
    owners: Mapping[int, Owner]
    """Who these subjects are; people who are left out are not among them."""
    part: int = 0
    """Which piece of its shard."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a run."""

    tally: Tally
    files: list[Written]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Makes files of runs. May be called from several threads at once."""

    context: Context
    tables: SealedFiles

    def write(self, run: ShardRun) -> Outcome:
        """Apply the policy to a run, and write a file per subject."""
        import numpy as np

        applied = apply(run.data_type, run.rows, self.context)
        subjects = run.subjects
        if applied.kept is not None:
            subjects = subjects[np.asarray(applied.kept)]
        owners = [(run.owners[subject], start) for subject, start, _ in slices(subjects)]
        files = self.tables.write_pieces(run.data_type, applied.table, owners, part=run.part)
        tally = Tally(
            rows=len(subjects),
            files=len(files),
            left_out=len(run.subjects) - len(subjects),
            touched=Counter(applied.touched),
            dropped_leaves=Counter(applied.dropped_leaves),
        )
        return Outcome(tally=tally, files=files)


class BenchElsewhere:
    """A bench in a worker process, with a gate of its own that sees what is written there."""

    def __init__(
        self, context: Context, secrets: ArchiveSecrets, folder: Path, window: Window | None
    ) -> None:
        self._gate = gate_of(context, window)
        self._files = Files(folder)
        tables = SealedFiles(files=self._files, secrets=secrets, witness=self._gate.see)
        self._bench = Bench(context=context, tables=tables)

    def write(self, run: ShardRun) -> Outcome:
        """As :meth:`Bench.write`."""
        return self._bench.write(run)

    def seen(self) -> Seen:
        """Give what the gate saw; the last files go to the disk meanwhile."""
        self._files.send()
        return self._gate.seen()

    def settle(self) -> None:
        """Wait until all files are on the disk."""
        self._files.settle()


def gate_of(context: Context, window: Window | None) -> Gate:
    """Give a gate that knows what the context knows, and has seen nothing."""
    return Gate(
        decisions=context.decisions,
        known=context.known,
        left_out=context.excluded,
        window=window,
    )


def slices(subjects: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Subject, start and end of each run of equal numbers."""
    import numpy as np

    if not len(subjects):
        return
    starts = np.concatenate(([0], np.flatnonzero(np.diff(subjects)) + 1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(subjects)], strict=True):
        yield int(subjects[start]), start, end
