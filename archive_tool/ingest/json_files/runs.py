"""Rows of JSON that were decoded chunk by chunk, put together at once, whatever pages they are of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.ingest.assemble import assemble
from archive_tool.ingest.cells.values import ABSENT
from archive_tool.ingest.json_files.structs import joined
from archive_tool.ingest.remarks import TableRows
from archive_tool.ingest.sources import Column, JsonValues
from archive_tool.schemas import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from archive_tool.ingest.arrow import Positions
    from archive_tool.ingest.inherit import Heritage
    from archive_tool.ingest.json_files.structs import Fast
    from archive_tool.ingest.remarks import Remarks
    from archive_tool.ingest.sources import Source

MOST_ROWS: Final = 64_000
MOST_BYTES: Final = 64 << 20
"""Rows, and bytes of their texts, from which a run takes no more."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Rows that went the fast way."""

    fast: Fast
    columns: Sequence[Column]
    at: Positions
    size: int
    """Bytes of their text."""


@dataclass(kw_only=True)
class Run:
    """Chunks in a row that went the fast way with the same keys, and inherit the same."""

    fast: Fast
    heritage: Heritage
    _chunks: list[Chunk] = field(default_factory=list)
    _rows: int = 0
    _bytes: int = 0

    @property
    def is_full(self) -> bool:
        """Whether it is to be put together before more comes."""
        return self._rows >= MOST_ROWS or self._bytes >= MOST_BYTES

    def add(self, chunk: Chunk) -> None:
        """Take the rows that come next."""
        self._chunks.append(chunk)
        self._rows += len(chunk.at)
        self._bytes += chunk.size

    def table(self, data_type: str, remarks: Remarks) -> pa.Table:
        """Give all of them as a loose table."""
        import numpy as np

        sources: dict[str, Source] = {
            key: _Known(chunks=[chunk.columns[index] for chunk in self._chunks], kind=kind)
            for index, (key, kind, _) in enumerate(self.fast.kinds)
        }
        at = np.concatenate([chunk.at for chunk in self._chunks])
        rows = TableRows(data_type=data_type, at=at, remarks=remarks)
        return assemble(self.fast.plan, sources, rows)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A column that was read chunk by chunk."""

    chunks: Sequence[Column]
    kind: Kind

    def column(self, kind: Kind) -> Column:
        if kind is not self.kind:
            return JsonValues(items=self.values()).column(kind)
        return joined(self.chunks)

    def unknown(self) -> Column:
        return self.column(Kind.JSON)

    def values(self) -> list[object]:
        column = self.column(self.kind)
        texts = column.array.to_pylist()
        nulls = [False] * len(texts) if column.null is None else column.null.to_pylist()
        decode = msgspec.json.decode if self.kind is Kind.JSON else _same
        return [
            (None if null else ABSENT) if text is None else decode(text)
            for text, null in zip(texts, nulls, strict=True)
        ]


def _same(value: object) -> object:
    return value
