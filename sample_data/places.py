"""Which rows a table has, and the columns that follow from their places alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sample_data.cast import HEX, Cast
from sample_data.draws import hashes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

BLOCK_ROWS: Final = 1_000_000
"""Most rows in one table; bigger bundles are made block by block, cut between people."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Places:
    """Which rows exist: one entry per row, ordered by room, then by time, then by person."""

    cast: Cast
    person: Ints
    """Index of the person."""
    nth: Ints
    """Counted from 0 within the person."""
    last: NDArray[np.bool_]
    """The person's last row."""
    serial: Ints
    """Counted from 0 over the whole data type; the seed of everything random in the row."""

    def is_kind(self, kind: str) -> NDArray[np.bool_]:
        """Which rows belong to people of this kind."""
        found: NDArray[np.bool_] = np.array([p.kind == kind for p in self.cast.people])[self.person]
        return found

    @property
    def room(self) -> Ints:
        """Index of the room of every row."""
        return np.array([p.room for p in self.cast.people], dtype=np.int64)[self.person]


def spread(cast: Cast, counts: Ints) -> Iterator[Places]:
    """Rows for ``counts[i]`` rows of person ``i``, in blocks of whole rooms."""
    room_of = np.array([p.room for p in cast.people])
    begins = np.concatenate(([0], np.cumsum(counts)))
    first = 0
    while first < len(counts):
        end = first + 1
        while end < len(counts) and (
            room_of[end] == room_of[end - 1] or begins[end + 1] - begins[first] <= BLOCK_ROWS
        ):
            end += 1
        some = counts[first:end]
        person = np.repeat(np.arange(first, end), some)
        nth = np.arange(some.sum()) - np.repeat(begins[first:end] - begins[first], some)
        order = np.lexsort((person, nth, room_of[person]))
        person, nth = person[order], nth[order]
        yield Places(
            cast=cast,
            person=person,
            nth=nth,
            last=nth == counts[person] - 1,
            serial=begins[person] + nth,
        )
        first = end


def even(cast: Cast, rows: int, kinds: frozenset[str] = frozenset({"person"})) -> Ints:
    """``rows`` rows shared evenly among the people of these kinds."""
    takes_part = np.array([p.kind in kinds for p in cast.people])
    counts = np.zeros(len(cast.people), dtype=np.int64)
    share, rest = divmod(rows, int(takes_part.sum()))
    counts[takes_part] = share
    counts[np.flatnonzero(takes_part)[:rest]] += 1
    return counts


def hex_ids(prefix: str, stream: str, serial: Ints) -> pa.Array:
    """Distinct ids like ``rating_91d2…`` (16 hex digits)."""
    raw = hashes(stream, serial).astype(">u8").view(np.uint8).reshape(-1, 8)
    digits = np.frombuffer(HEX.encode(), dtype=np.uint8)
    text = np.empty((len(serial), len(prefix) + 16), dtype=np.uint8)
    text[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    text[:, len(prefix) :: 2] = digits[raw >> 4]
    text[:, len(prefix) + 1 :: 2] = digits[raw & 15]
    width = pa.binary(len(prefix) + 16)
    fixed = pa.Array.from_buffers(width, len(serial), [None, pa.py_buffer(text.tobytes())])
    return fixed.cast(pa.binary()).cast(pa.string())


def texts(values: Sequence[str | None], index: Ints) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(index))


def iso(instant: datetime) -> str:
    """As the platform writes it: UTC with milliseconds and ``Z``."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def iso_column(places: Places, onset: Ints) -> pa.Array:
    zeros = np.array([int(r.zero.timestamp() * 1000) for r in places.cast.rooms], dtype=np.int64)
    stamps = pa.array(zeros[places.room] + onset).cast(pa.timestamp("ms", "UTC"))
    spaced = stamps.cast(pa.string())
    return pc.binary_replace_slice(spaced, 10, 11, "T")
