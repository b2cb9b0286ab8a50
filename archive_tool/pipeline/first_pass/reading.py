"""JSON, read by this process and its workers in turns: the same batches.

Decoding JSON holds the interpreter's lock. Of a bundle of many pages the files are cut into blocks,
in their order; every block is read by itself, and what was found of it is put behind what was found
before. Of large files the rows are decoded in turns.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from archive_tool.ingest import Ingest
from archive_tool.ingest.json_files.structs import decoded
from archive_tool.ingest.pages import find_gaps
from archive_tool.ingest.remarks import Remarks
from archive_tool.model.bundle import FileKind
from archive_tool.model.findings import FindingLog
from archive_tool.model.tables import AT, Batch, position

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from archive_tool.bundle import Bundle
    from archive_tool.ingest.json_files.rows import Helper
    from archive_tool.ingest.sources import Column
    from archive_tool.ingest.told import Telling
    from archive_tool.model.bundle import Gap, Part, SourceFile
    from archive_tool.model.progress import Progress
    from archive_tool.pipeline.processes.worker import Hired, Worker

MANY_PAGES: Final = 64
"""JSON files from which reading them together is worth it."""

BLOCK_FILES: Final = 2_000
BLOCK_BYTES: Final = 24 * 2**20
"""Files of a block, and bytes from which it has no further one: rows are batched within a block, and
small batches cost nearly as much as large ones."""

LARGE_JSON: Final = 24 * 2**20
"""Bytes of a JSON file from which decoding its rows together is worth it."""

AHEAD: Final = 2
"""Blocks that lie with one worker: bounds the memory."""

Block = tuple[int, int]
"""First file of a block and the one after its last, counted from 0."""


@dataclass(frozen=True, kw_only=True)
class BlockRead:
    """What was found in a block, by itself."""

    batches: list[Batch]
    parts: list[Part]
    log: FindingLog
    unreadable: list[tuple[SourceFile, str]]
    untyped: list[SourceFile]
    told: set[Telling]


class BlocksThere:
    """The bundle as a worker reads it."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def read(self, block: Block) -> BlockRead:
        """Read one block."""
        log = FindingLog()
        ingest = Ingest(self._bundle, log, files=self._bundle.files[slice(*block)])
        batches = list(ingest.batches())
        return BlockRead(
            batches=batches,
            parts=ingest.parts,
            log=log,
            unreadable=ingest.unreadable,
            untyped=ingest.untyped,
            told=ingest.told,
        )


class ReadTogether:
    """Reads a bundle once, like :class:`Ingest`."""

    def __init__(
        self,
        bundle: Bundle,
        log: FindingLog,
        workers: Sequence[Worker],
        *,
        progress: Progress | None = None,
    ) -> None:
        self.parts: list[Part] = []
        self.unreadable: list[tuple[SourceFile, str]] = []
        self.untyped: list[SourceFile] = []
        self.told: set[Telling] = set()
        self._bundle = bundle
        self._log = log
        self._there = [worker.hire(BlocksThere, bundle) for worker in workers]
        self._progress = progress
        self._rows = 0
        self._bytes = 0

    def batches(self) -> Iterator[Batch]:
        """Rows of all tables in the order of the files, batched by type over the files of a block."""
        blocks = list(_blocks(self._bundle.files))
        readers: list[Hired | None] = [None, *self._there]
        turns = [readers[place % len(readers)] for place in range(len(blocks))]
        asked: deque[Future[BlockRead]] = deque()
        sent = 0
        for place, (block, turn) in enumerate(zip(blocks, turns, strict=True)):
            most = min(len(blocks), place + 1 + AHEAD * len(readers))
            for number in range(max(sent, place), most):
                there = turns[number]
                if there is not None:
                    asked.append(there.submit("read", blocks[number]))
            sent = most
            if turn is None:
                yield from self._here(block)
            else:
                yield from self._taken(asked.popleft().result())
            self._bytes += sum(file.size for file in self._bundle.files[slice(*block)])
            self._tell(self._rows, self._bytes)

    def gaps(self) -> list[Gap]:
        """Rows that exist on the platform and are in no page; after the iteration."""
        return find_gaps(self.parts, Remarks(log=self._log, parts=self.parts))

    def _here(self, block: Block) -> Iterator[Batch]:
        def tell(rows: int, size: int) -> None:
            self._tell(self._rows + rows, self._bytes + size)

        ingest = Ingest(
            self._bundle, self._log, progress=tell, files=self._bundle.files[slice(*block)]
        )
        offset, rows = len(self.parts), 0
        for batch in ingest.batches():
            rows += batch.table.num_rows
            yield _behind(batch, offset)
        self._rows += rows
        self._add(ingest)

    def _taken(self, read: BlockRead) -> Iterator[Batch]:
        offset = len(self.parts)
        self._log.extend(read.log)
        self._add(read)
        for batch in read.batches:
            self._rows += batch.table.num_rows
            yield _behind(batch, offset)

    def _add(self, found: Ingest | BlockRead) -> None:
        offset = len(self.parts)
        self.parts.extend(replace(part, order=offset + part.order) for part in found.parts)
        self.unreadable.extend(found.unreadable)
        self.untyped.extend(found.untyped)
        self.told |= found.told

    def _tell(self, rows: int, size: int) -> None:
        if self._progress is not None:
            self._progress(rows, size)


class RowsThere:
    """Rows of JSON tables, decoded in a worker."""

    def decode(
        self, data_type: str, keys: tuple[str, ...], texts: list[bytes]
    ) -> list[Column] | None:
        """As :func:`archive_tool.ingest.json_files.structs.decoded`."""
        return decoded(data_type, keys, texts)


def helpers_for(bundle: Bundle, workers: Sequence[Worker]) -> list[Helper]:
    """Let workers decode rows too, where a file is large enough."""
    sizes = (file.size for file in bundle.files if file.kind is FileKind.JSON)
    if max(sizes, default=0) < LARGE_JSON:
        return []
    return [partial(worker.hire(RowsThere).submit, "decode") for worker in workers]


def has_many_pages(bundle: Bundle) -> bool:
    """Whether reading a bundle together is worth it."""
    return sum(file.kind is FileKind.JSON for file in bundle.files) >= MANY_PAGES


def _blocks(files: Sequence[SourceFile]) -> Iterator[Block]:
    """Cut the files into blocks of neighbours."""
    first, size = 0, 0
    for place, file in enumerate(files):
        size += file.size
        if place + 1 - first >= BLOCK_FILES or size >= BLOCK_BYTES:
            yield first, place + 1
            first, size = place + 1, 0
    if first < len(files):
        yield first, len(files)


def _behind(batch: Batch, offset: int) -> Batch:
    """Give a batch whose parts come after so many others."""
    import pyarrow.compute as pc

    if not offset:
        return batch
    table = batch.table
    at = pc.add(table[AT], position(offset, 0))
    return replace(batch, table=table.set_column(table.column_names.index(AT), AT, at))
