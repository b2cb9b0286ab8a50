"""Rows of one data type as JSON texts → loose columns.

The fast way decodes a chunk of rows into a struct made for exactly the keys seen so far; a chunk
with another key, or a value of another type, goes the general way, row by row, and teaches the
fast way its keys. Both give the same columns (a property test holds that).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.ingest.assemble import assemble
from archive_tool.ingest.columns import ColumnPlan, plan_columns
from archive_tool.ingest.remarks import Remark, Remarks
from archive_tool.ingest.roster import fields_of
from archive_tool.ingest.sources import Column, JsonValues, Source
from archive_tool.ingest.values import ABSENT
from archive_tool.model.findings import Severity
from archive_tool.schemas import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from archive_tool.ingest.arrow import Positions

    JsonText = bytes | bytearray | memoryview | msgspec.Raw

CHUNK: Final = 1_000
"""Rows decoded at once: few enough that their objects stay in the processor's cache."""
RUN: Final = 64
"""Chunks that are put together at once."""
CHUNK_BYTES: Final = 16 << 20
"""A chunk with large cells is decoded in smaller ones."""
MOST_KEYS: Final = 250
"""Keys a struct is made for; a table with more of them is read row by row."""

ROWS_NOT_OBJECTS: Final = Remark(
    code="ROWS-NOT-OBJECTS",
    severity=Severity.ERROR,
    message="rows of the table are not JSON objects; they cannot be read",
)
TEXT_DAMAGED: Final = Remark(
    code="TEXT-DAMAGED",
    severity=Severity.WARNING,
    message="rows hold characters that are no valid Unicode, or numbers that JSON does not have; "
    "they are read as far as possible",
    hint="download the data again, or save the file as UTF-8",
)

_TYPES: Final[dict[Kind, Any]] = dict.fromkeys(
    (Kind.ID, Kind.RECORD, Kind.LABEL, Kind.TEXT, Kind.TIME), str | None | msgspec.UnsetType
) | {
    Kind.NUMBER: float | None | msgspec.UnsetType,
    Kind.FLAG: bool | None | msgspec.UnsetType,
    Kind.JSON: Any,
}


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A column that was read chunk by chunk."""

    chunks: Sequence[Column]
    kind: Kind

    def column(self, kind: Kind) -> Column:
        import pyarrow as pa

        if kind is not self.kind:
            return JsonValues(items=self.values()).column(kind)
        if len(self.chunks) == 1:
            return self.chunks[0]
        array = pa.concat_arrays([chunk.array for chunk in self.chunks])
        null = None
        if any(chunk.null is not None for chunk in self.chunks):
            null = pa.concat_arrays(
                [
                    pa.repeat(False, len(chunk.array)) if chunk.null is None else chunk.null
                    for chunk in self.chunks
                ]
            )
        return Column(array=array, null=null)

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


@dataclass(frozen=True, kw_only=True)
class _Fast:
    """How rows with certain keys are decoded at once."""

    plan: ColumnPlan
    decode: Callable[[bytes], Sequence[Any]]
    kinds: tuple[tuple[str, Kind, Callable[[Any], Any]], ...]
    """Key, kind and getter of each column; keys that are dropped are not among them."""


@lru_cache(maxsize=256)
def _fast(data_type: str, keys: tuple[str, ...]) -> _Fast | None:
    plan = plan_columns(data_type, keys, headers=False)
    kind_of = {field.name: field.kind for field in fields_of(data_type)}
    kinds = dict.fromkeys(keys, Kind.JSON)
    for name, found in plan.columns.items():
        kinds.update(dict.fromkeys(found, kind_of[name]))
    names = {f"f{place}": key for place, key in enumerate(keys)}
    fields = [(name, _TYPES[kinds[key]], ABSENT) for name, key in names.items()]
    try:
        row = msgspec.defstruct("Row", fields, rename=names, forbid_unknown_fields=True, gc=False)
        decoder = msgspec.json.Decoder(list[row])  # type: ignore[valid-type]
    except (ValueError, TypeError):
        return None
    kept = [(name, key) for name, key in names.items() if key not in plan.derived]
    return _Fast(
        plan=plan,
        decode=decoder.decode,
        kinds=tuple((key, kinds[key], attrgetter(name)) for name, key in kept),
    )


@dataclass(kw_only=True)
class JsonRows:
    """Reads rows of one data type, whatever files they come from; learns their keys."""

    data_type: str
    remarks: Remarks
    _keys: tuple[str, ...] = ()

    def tables(self, rows: Sequence[JsonText], at: Positions) -> Iterator[pa.Table]:
        """Loose tables of these rows; ``at`` are their positions (int64 numpy array)."""
        run = _Run()
        for start in range(0, len(rows), CHUNK):
            for piece, text, first in _pieces(rows[start : start + CHUNK], start):
                places = at[first : first + len(piece)]
                fast, columns = self._decode(piece, text)
                if fast is None or columns is None:
                    yield from run.table(self.data_type, self.remarks)
                    run = _Run()
                    if (table := self._general(piece, places)) is not None:
                        yield table
                    continue
                if run.fast is not fast or len(run.chunks) >= RUN:
                    yield from run.table(self.data_type, self.remarks)
                    run = _Run(fast=fast)
                run.add(columns, places)
        yield from run.table(self.data_type, self.remarks)

    def _decode(
        self, piece: Sequence[JsonText], text: bytes
    ) -> tuple[_Fast | None, list[Column] | None]:
        """Give the fast way, or nothing when a row does not fit the struct."""
        if not self._keys:
            self._keys = _keys_of(piece[0])
        fast = _fast(self.data_type, self._keys) if 0 < len(self._keys) <= MOST_KEYS else None
        if fast is None or not fast.kinds:
            return None, None
        try:
            decoded = fast.decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return fast, None
        columns = []
        for _, kind, getter in fast.kinds:
            column = JsonValues(items=list(map(getter, decoded)), typed=kind).column(kind)
            if column.odd:
                return fast, None
            columns.append(column)
        return fast, columns

    def _general(self, piece: Sequence[JsonText], at: Positions) -> pa.Table | None:
        """Row by row: any key, any type of value."""
        import numpy as np

        decoded = [decode_row(text) for text in piece]
        damaged = np.array([bad for _, bad in decoded])
        objects = np.array([isinstance(row, dict) for row, _ in decoded])
        if damaged.any():
            self.remarks.at(TEXT_DAMAGED, at[damaged], data_type=self.data_type)
        if not objects.all():
            self.remarks.at(ROWS_NOT_OBJECTS, at[~objects], data_type=self.data_type)
        rows = [row for row, _ in decoded if isinstance(row, dict)]
        if not rows:
            return None
        keys = tuple(dict.fromkeys(key for row in rows for key in row))
        self._keys = tuple(dict.fromkeys((*self._keys, *keys)))
        plan = plan_columns(self.data_type, keys, headers=False)
        sources: dict[str, Source] = {
            key: JsonValues(items=[row.get(key, ABSENT) for row in rows]) for key in keys
        }
        return assemble(self.data_type, plan, sources, at[objects], self.remarks)


@dataclass(kw_only=True)
class _Run:
    """Chunks in a row that went the fast way with the same keys."""

    fast: _Fast | None = None
    chunks: list[list[Column]] = field(default_factory=list)
    places: list[Any] = field(default_factory=list)

    def add(self, columns: list[Column], at: Positions) -> None:
        self.chunks.append(columns)
        self.places.append(at)

    def table(self, data_type: str, remarks: Remarks) -> Iterator[pa.Table]:
        import numpy as np

        if self.fast is None or not self.chunks:
            return
        sources: dict[str, Source] = {
            key: _Known(chunks=[chunk[index] for chunk in self.chunks], kind=kind)
            for index, (key, kind, _) in enumerate(self.fast.kinds)
        }
        at = self.places[0] if len(self.places) == 1 else np.concatenate(self.places)
        yield assemble(data_type, self.fast.plan, sources, at, remarks)


def _pieces(
    chunk: Sequence[JsonText], start: int
) -> Iterator[tuple[Sequence[JsonText], bytes, int]]:
    """Give the chunk, its text as one array, its first row; halved while the text is too large."""
    text = b"[" + b",".join(chunk) + b"]"
    if len(chunk) > 1 and len(text) > CHUNK_BYTES:
        del text
        half = len(chunk) // 2
        yield from _pieces(chunk[:half], start)
        yield from _pieces(chunk[half:], start + half)
    else:
        yield chunk, text, start


def _keys_of(text: JsonText) -> tuple[str, ...]:
    row, _ = decode_row(text)
    return tuple(row) if isinstance(row, dict) else ()


def decode_row(text: JsonText) -> tuple[object, bool]:
    """Give a row as Python values, and whether something in it was damaged."""
    try:
        return msgspec.json.decode(text), False
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    raw = bytes(text)
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            return json.loads(
                raw.decode(encoding), parse_float=_finite, parse_constant=_constant
            ), True
        except UnicodeError:
            continue
        except (ValueError, RecursionError):
            break
    return None, True


def _finite(lexeme: str) -> float | str:
    number = float(lexeme)
    return number if abs(number) < float("inf") else lexeme


def _constant(lexeme: str) -> str | None:
    return None if lexeme == "NaN" else lexeme
