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
from itertools import cycle
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from archive_tool.ingest.assemble import assemble
from archive_tool.ingest.cells.values import ABSENT, NOT_JSON
from archive_tool.ingest.columns import plan_columns
from archive_tool.ingest.json_files.decode import OBJECT
from archive_tool.ingest.json_files.keys import KEY_TWICE, with_a_key_twice
from archive_tool.ingest.json_files.pieces import next_pieces
from archive_tool.ingest.json_files.runs import Chunk, Run
from archive_tool.ingest.json_files.structs import MOST_KEYS, Fast, decoded, fast_way
from archive_tool.ingest.remarks import Remarks, TableRows
from archive_tool.ingest.sources import Column, JsonValues, Source
from archive_tool.model.findings import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    import pyarrow as pa

    from archive_tool.ingest.arrow import Positions
    from archive_tool.ingest.inherit import Heritage
    from archive_tool.ingest.json_files.pieces import JsonText, Piece

GROUP: Final = 16
"""Pieces that a helper decodes at once."""
LOOK_EVERY: Final = 8
"""Of so many pieces of pages one is looked at row by row."""
SPARSE: Final = 16
"""Places for one value from which a table of many columns is made of fewer rows."""

ROWS_NOT_OBJECTS: Final = Code(
    name="ROWS-NOT-OBJECTS",
    severity=Severity.ERROR,
    message="rows of the table are not JSON objects; they cannot be read",
    meaning="Rows of a JSON table are objects.",
    advice="download the table again",
)
TEXT_DAMAGED: Final = Code(
    name="TEXT-DAMAGED",
    severity=Severity.WARNING,
    message="rows hold characters that are no valid Unicode, or numbers that JSON does not have; "
    "they are read as far as possible",
    meaning="Text is valid Unicode.",
    hint="download the data again, or save the file as UTF-8",
)


Loose = tuple["pa.Table", "Heritage"]
"""A loose table, and what its rows inherit."""

Helper = Callable[[str, tuple[str, ...], list[bytes]], "Future[list[Column] | None]"]
"""Does what :func:`decoded` does, elsewhere."""


class Places(Protocol):
    """Positions of the rows of a table, which are handed out as the rows are read."""

    def take(self, rows: int) -> Positions:
        """``_at`` of the rows that come next (int64 numpy array)."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Pieces of rows one after the other, and who decodes them."""

    pieces: list[Piece]
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
    large: int = 1 << 20
    """Bytes of a piece from which it does not wait: its table may be refused, with the file it is in."""
    _keys: tuple[str, ...] = ()
    _run: Run | None = None
    _looked: int = 0
    _twice: bool = False
    """A row said two things under one key: all that come are looked at."""

    def tables(
        self, pieces: Iterator[Piece], places: Places, heritage: Heritage
    ) -> Generator[Loose, None, Piece | None]:
        """Take rows and give what is ready.

        Ends before a piece that holds no whole rows, and gives that.
        """
        for several, fast, columns in self._decoded(pieces):
            if fast is not None and columns is not None:
                at = places.take(len(columns[0].array))
                sizes = [len(piece.text) for piece in several]
                chunk = Chunk(fast=fast, columns=columns, at=at, size=sum(sizes))
                yield from self._add(chunk, heritage, alone=max(sizes) > self.large)
            else:
                rows = several[0].rows()
                if rows is None:
                    return several[0]
                yield from self.rest()
                at = places.take(len(rows))
                for table in self._general(rows, at):
                    yield table, heritage
            self._look(several, at)
        return None

    def _look(self, pieces: Sequence[Piece], at: Positions) -> None:
        """Look for what only the texts of rows show, here and there in pages."""
        self._looked += 1
        if pieces[0].given is None and not self._twice and self._looked % LOOK_EVERY != 1:
            return
        rows = [row for piece in pieces for row in piece.rows() or ()]
        if twice := with_a_key_twice(rows):
            self._twice = True
            self._rows_at(at).remark(KEY_TWICE, twice)

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
        self, pieces: Iterator[Piece]
    ) -> Iterator[tuple[list[Piece], Fast | None, list[Column] | None]]:
        """Decode all rows in their order; a piece that does not fit comes alone, without columns."""
        for group in self._lined_up(pieces):
            columns = None if group.asked is None else group.asked.result()
            if columns is not None:
                yield group.pieces, fast_way(self.data_type, group.keys), columns
                continue
            for piece in group.pieces:
                yield [piece], *self._decode(piece)

    def _lined_up(self, pieces: Iterator[Piece]) -> Iterator[_Group]:
        """Ask the helpers for what comes later, before what comes next is decoded here."""
        turns = cycle((None, *self.helpers, *self.helpers))
        lined: deque[_Group] = deque()
        while several := next_pieces(pieces, GROUP if self.helpers else 1):
            if not self._keys:
                self._keys = _keys_of(several[0])
            helper = next(turns)
            asked = helper and helper(self.data_type, self._keys, [one.text for one in several])
            lined.append(_Group(pieces=several, keys=self._keys, asked=asked))
            if len(lined) > 3 * len(self.helpers):
                yield lined.popleft()
        yield from lined

    def _decode(self, piece: Piece) -> tuple[Fast | None, list[Column] | None]:
        """Give the fast way, or nothing when a row does not fit the struct."""
        if not self._keys:
            self._keys = _keys_of(piece)
        columns = decoded(self.data_type, self._keys, [piece.text])
        return fast_way(self.data_type, self._keys), columns

    def _general(self, piece: Sequence[JsonText], at: Positions) -> Iterator[pa.Table]:
        """Row by row: any key, any type of value."""
        import numpy as np

        decoded = [decode_row(text) for text in piece]
        objects = np.array([isinstance(row, dict) for row, _ in decoded])
        table_rows = self._rows_at(at)
        table_rows.remark(TEXT_DAMAGED, np.array([damaged for _, damaged in decoded]))
        table_rows.remark(ROWS_NOT_OBJECTS, ~objects)
        rows = [row for row, _ in decoded if isinstance(row, dict)]
        for some, places, keys in _parted(rows, at[objects]):
            if len(self._keys) <= MOST_KEYS:  # with more there is no fast way to learn them for
                self._keys = tuple(dict.fromkeys((*self._keys, *keys)))
            plan = plan_columns(self.data_type, keys, headers=False)
            sources: dict[str, Source] = {
                key: JsonValues(items=[row.get(key, ABSENT) for row in some]) for key in keys
            }
            yield assemble(plan, sources, self._rows_at(places))

    def _rows_at(self, at: Positions) -> TableRows:
        return TableRows(data_type=self.data_type, at=at, remarks=self.remarks)


def _parted(
    rows: Sequence[Mapping[str, object]], at: Positions
) -> Iterator[tuple[Sequence[Mapping[str, object]], Positions, tuple[str, ...]]]:
    """Give rows with their positions and keys: few at once where most of their columns are empty.

    A column is made for each key, with a place for each row: of rows that have keys of their own
    each, a thousand would fill a table of millions of places.
    """
    keys = tuple(dict.fromkeys(key for row in rows for key in row))
    places = len(keys) * len(rows)
    if len(keys) > MOST_KEYS and places > SPARSE * sum(map(len, rows)) and len(rows) > 1:
        half = len(rows) // 2
        yield from _parted(rows[:half], at[:half])
        yield from _parted(rows[half:], at[half:])
    elif rows:
        yield rows, at, keys


def _keys_of(piece: Piece) -> tuple[str, ...]:
    """Keys of its first row; none where that is none."""
    return next((row_keys(text) for text in piece.rows() or ()), ())


def row_keys(text: JsonText) -> tuple[str, ...]:
    """Give the keys of a row and leave its values alone: what is no row of ours may be a large map."""
    try:
        return tuple(OBJECT.decode(text))
    except NOT_JSON:
        row, _ = decode_row(text)
    return tuple(row) if isinstance(row, dict) else ()


def decode_row(text: JsonText) -> tuple[object, bool]:
    """Give a row as Python values, and whether something in it was damaged."""
    try:
        return msgspec.json.decode(text), False
    except NOT_JSON:
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
