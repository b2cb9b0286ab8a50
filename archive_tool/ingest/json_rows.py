"""Rows of one data type as JSON texts → loose columns.

The fast way decodes a chunk of rows into a struct made for exactly the keys seen so far; a chunk
with another key, or a value of another type, goes the general way, row by row, and teaches the
fast way its keys. Both give the same columns (a property test holds that).
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.ingest.assemble import assemble
from archive_tool.ingest.columns import plan_columns
from archive_tool.ingest.json_keys import KEY_TWICE, with_a_key_twice
from archive_tool.ingest.json_pages import WholePage, read_whole
from archive_tool.ingest.json_runs import Chunk, Run
from archive_tool.ingest.json_structs import Fast, decoded, fast_way
from archive_tool.ingest.remarks import Remark, Remarks
from archive_tool.ingest.sources import Column, JsonValues, Source
from archive_tool.ingest.values import ABSENT
from archive_tool.model.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    import pyarrow as pa

    from archive_tool.ingest.arrow import Positions
    from archive_tool.ingest.inherit import Heritage

    JsonText = bytes | bytearray | memoryview | msgspec.Raw

CHUNK: Final = 1_000
"""Rows decoded at once: few enough that their objects stay in the processor's cache."""
CHUNK_BYTES: Final = 16 << 20
"""A chunk with large cells is decoded in smaller ones."""
GROUP: Final = 16
"""Chunks that a helper decodes at once."""
ROWS_EVERY: Final = 8
"""Of so many pages in a row one is read by the texts of its rows."""

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


Loose = tuple["pa.Table", "Heritage"]
"""A loose table, and what its rows inherit."""

Helper = Callable[[str, tuple[str, ...], list[bytes]], "Future[list[Column] | None]"]
"""Does what :func:`decoded` does, elsewhere."""


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Chunks of rows one after the other, and who decodes them."""

    pieces: list[_Piece]
    keys: tuple[str, ...]
    asked: Future[list[Column] | None] | None
    """None for those that are decoded here."""


@dataclass(kw_only=True)
class JsonRows:
    """Reads rows of one data type, whatever files they come from; learns their keys.

    What a table costs is paid once for many pages: rows wait until there are enough of them, or
    until other ones come that do not go together with them. Ask for the :meth:`rest` at the end.
    """

    data_type: str
    remarks: Remarks
    helpers: Sequence[Helper] = ()
    """They decode groups of chunks in turns with this process, which holds one lock for all Python."""
    large: int = CHUNK_BYTES
    """Bytes of a chunk from which it does not wait: its table may be refused, with the file it is in."""
    _keys: tuple[str, ...] = ()
    _run: Run | None = None
    _pages: int = 0

    def tables(
        self, rows: Sequence[JsonText], at: Positions, heritage: Heritage
    ) -> Iterator[Loose]:
        """Take rows and give what is ready; ``at`` are their positions (int64 numpy array)."""
        if twice := with_a_key_twice(rows):
            self.remarks.at(KEY_TWICE, at[twice], data_type=self.data_type)
        for pieces, fast, columns in self._decoded(rows):
            places = at[pieces[0].first : pieces[-1].end]
            if fast is None or columns is None:
                yield from self.rest()
                if (table := self._general(pieces[0].rows, places)) is not None:
                    yield table, heritage
                continue
            sizes = [len(piece.text) for piece in pieces]
            chunk = Chunk(fast=fast, columns=columns, at=places, size=sum(sizes))
            yield from self._add(chunk, heritage, alone=max(sizes) > self.large)

    def whole_page(self, text: memoryview) -> WholePage | None:
        """Decode a page in one pass; None when its rows are not like those before.

        Every few pages it is not done: what only the texts of rows show is looked for there.
        """
        self._pages += 1
        return read_whole(self.data_type, self._keys, text) if self._pages % ROWS_EVERY else None

    def page_tables(self, page: WholePage, at: Positions, heritage: Heritage) -> Iterator[Loose]:
        """Take the rows of such a page, as :meth:`tables` does."""
        chunk = Chunk(fast=page.fast, columns=page.columns, at=at, size=page.size)
        yield from self._add(chunk, heritage, alone=page.size > self.large)

    def _add(self, chunk: Chunk, heritage: Heritage, *, alone: bool) -> Iterator[Loose]:
        run = self._run
        if run is None or run.fast is not chunk.fast or run.heritage != heritage or alone:
            yield from self.rest()
        self._run = run = self._run or Run(fast=chunk.fast, heritage=heritage)
        run.add(chunk)
        if alone or run.is_full:
            yield from self.rest()

    def rest(self) -> Iterator[Loose]:
        """Give the rows that wait."""
        run, self._run = self._run, None
        if run is not None:
            yield run.table(self.data_type, self.remarks), run.heritage

    def _decoded(
        self, rows: Sequence[JsonText]
    ) -> Iterator[tuple[list[_Piece], Fast | None, list[Column] | None]]:
        """Decode all rows in their order; a piece that does not fit comes alone, without columns."""
        for group in self._lined_up(_all_pieces(rows)):
            columns = None if group.asked is None else group.asked.result()
            if columns is not None:
                yield group.pieces, fast_way(self.data_type, group.keys), columns
                continue
            for piece in group.pieces:
                yield [piece], *self._decode(piece)

    def _lined_up(self, pieces: Iterator[_Piece]) -> Iterator[_Group]:
        """Ask the helpers for what comes later, before what comes next is decoded here."""
        turns = cycle((None, *self.helpers, *self.helpers))
        lined: deque[_Group] = deque()
        while several := _several(pieces, GROUP if self.helpers else 1):
            if not self._keys:
                self._keys = _keys_of(several[0].rows[0])
            helper = next(turns)
            asked = helper and helper(self.data_type, self._keys, [one.text for one in several])
            lined.append(_Group(pieces=several, keys=self._keys, asked=asked))
            if len(lined) > 3 * len(self.helpers):
                yield lined.popleft()
        yield from lined

    def _decode(self, piece: _Piece) -> tuple[Fast | None, list[Column] | None]:
        """Give the fast way, or nothing when a row does not fit the struct."""
        if not self._keys:
            self._keys = _keys_of(piece.rows[0])
        columns = decoded(self.data_type, self._keys, [piece.text])
        return fast_way(self.data_type, self._keys), columns

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


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """Rows that are decoded at once."""

    rows: Sequence[JsonText]
    text: bytes
    """All of them as one array."""
    first: int

    @property
    def end(self) -> int:
        return self.first + len(self.rows)


def _several(pieces: Iterator[_Piece], most: int) -> list[_Piece]:
    """Give the next pieces, fewer where they are large; none at the end."""
    found, size = [], 0
    for piece in islice(pieces, most):
        found.append(piece)
        size += len(piece.text)
        if size >= CHUNK_BYTES:
            break
    return found


def _all_pieces(rows: Sequence[JsonText]) -> Iterator[_Piece]:
    for start in range(0, len(rows), CHUNK):
        yield from _pieces(rows[start : start + CHUNK], start)


def _pieces(chunk: Sequence[JsonText], start: int) -> Iterator[_Piece]:
    """Give a chunk; halved while its text is too large."""
    text = b"[" + b",".join(chunk) + b"]"
    if len(chunk) > 1 and len(text) > CHUNK_BYTES:
        del text
        half = len(chunk) // 2
        yield from _pieces(chunk[:half], start)
        yield from _pieces(chunk[half:], start + half)
    else:
        yield _Piece(rows=chunk, text=text, first=start)


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
