"""Where rows wait between the two passes: in memory, and beyond a budget sealed on disk.

Small bundles are one bucket and never leave memory. Large ones are split by subject into buckets,
so that the second pass holds one bucket at a time. What does not fit into memory is written to an
unnamed file, encrypted under a key that lives only in this object: nothing readable is left behind
when the process dies.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from archive_tool.keys import primitives
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.people import canonical_person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import pyarrow as pa

MEMORY_BYTES: Final = 288 * 2**20
"""Arrow bytes that may wait in memory."""

BUCKET_BYTES: Final = 64 * 2**20
"""Aim for one bucket: the second pass holds a few of them at a time."""


@dataclass(frozen=True, kw_only=True)
class _Sealed:
    """One run of rows on disk."""

    offset: int
    length: int
    number: int
    """Counter that makes the nonce; never used twice under one key."""


@dataclass(kw_only=True)
class Parking:
    """Rows of all types, by type and bucket of subjects."""

    folder: Path | None
    """Where the unnamed file is made: a folder on the store's own disk; None for where the system
    keeps such files, which is asked for only when one is needed."""
    expected_bytes: int
    """Size of what will come; decides the number of buckets."""
    memory_bytes: int = MEMORY_BYTES
    _held: dict[tuple[str, int], list[pa.Table]] = field(default_factory=dict)
    _sealed: dict[tuple[str, int], list[_Sealed]] = field(default_factory=dict)
    _bytes: int = 0
    _count: int = 0
    _key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    _file: IO[bytes] | None = None

    @property
    def buckets(self) -> int:
        """How many buckets each type is split into."""
        if self.expected_bytes <= self.memory_bytes:
            return 1
        return -(-self.expected_bytes // BUCKET_BYTES)

    def add(self, data_type: str, table: pa.Table) -> None:
        """Park rows; seals everything held so far when the budget is used up."""
        for bucket, rows in self._split(data_type, table):
            self._held.setdefault((data_type, bucket), []).append(rows)
            self._bytes += rows.nbytes
        if self._bytes > self.memory_bytes:
            self._seal_all()

    def types(self) -> list[str]:
        """The types that have rows, in the order of their names."""
        return sorted({data_type for data_type, _ in (*self._held, *self._sealed)})

    def take(self, data_type: str) -> Iterator[pa.Table]:
        """The buckets of a type, one table each; a bucket is given out once and then forgotten."""
        import pyarrow as pa

        for bucket in range(self.buckets):
            place = (data_type, bucket)
            tables = [self._open(sealed) for sealed in self._sealed.pop(place, ())]
            held = self._held.pop(place, [])
            self._bytes -= sum(table.nbytes for table in held)
            tables.extend(held)
            if tables:
                yield pa.concat_tables(tables).unify_dictionaries()

    def close(self) -> None:
        """Forget everything, and the key with it."""
        self._held.clear()
        self._sealed.clear()
        self._key = b""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _split(self, data_type: str, table: pa.Table) -> Iterator[tuple[int, pa.Table]]:
        if self.buckets == 1:
            yield 0, table
            return
        import numpy as np
        import pyarrow as pa

        buckets = _bucket_of_rows(table, BY_NAME[data_type].subject, self.buckets)
        order = np.argsort(buckets, kind="stable")
        rows = table.take(pa.array(order))
        found, starts = np.unique(buckets[order], return_index=True)
        ends = [*starts[1:], len(order)]
        for bucket, start, end in zip(found.tolist(), starts.tolist(), ends, strict=True):
            yield bucket, rows.slice(start, end - start)

    def _seal_all(self) -> None:
        for place, tables in self._held.items():
            self._sealed.setdefault(place, []).append(self._seal(tables))
        self._held.clear()
        self._bytes = 0

    def _seal(self, tables: list[pa.Table]) -> _Sealed:
        import pyarrow as pa

        table = pa.concat_tables(tables).unify_dictionaries().combine_chunks()
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
            writer.write_table(table)
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self.folder, prefix=".parked-")  # noqa: SIM115
        self._count += 1
        sealed = primitives.seal_numbered(self._key, self._count, sink.getvalue())
        offset = self._file.seek(0, os.SEEK_END)
        self._file.write(sealed)
        return _Sealed(offset=offset, length=len(sealed), number=self._count)

    def _open(self, sealed: _Sealed) -> pa.Table:
        import pyarrow as pa

        if self._file is None:
            raise RuntimeError("nothing was sealed")
        self._file.seek(sealed.offset)
        body = self._file.read(sealed.length)
        plain = primitives.open_numbered(self._key, sealed.number, body)
        with pa.ipc.open_stream(pa.BufferReader(plain)) as reader:
            return reader.read_all()


def _bucket_of_rows(table: pa.Table, subject: str, buckets: int) -> np.ndarray:
    """Bucket number per row; a subject is always in the same bucket within one run."""
    import numpy as np

    column = table.column(subject).combine_chunks()
    names = [canonical_person(name or "") for name in column.dictionary.to_pylist()]
    of_code = np.fromiter((hash(name) % buckets for name in names), np.int64, len(names))
    codes = column.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
    buckets_of_rows: np.ndarray = np.append(of_code, 0)[codes]
    return buckets_of_rows
