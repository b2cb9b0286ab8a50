"""64-bit fingerprints of values, computed on the Arrow buffers without a Python object per row.

Every step is a bijection of 64 bits, so that two texts of one length that differ in one word of
eight bytes never collide, and others do by chance (2**-64), as texts of many kilobytes do. It is
no cryptographic hash: it finds equal values among our own rows and is never stored.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from archive_tool.ingest.arrow import one_array, words_and_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archive_tool.ingest.arrow import Array

    Fingerprints = NDArray[np.uint64]

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_WORD: Final = 8
_LONGEST: Final = 4096
"""Bytes of a text that is taken in word by word: a longer one would have all rows wait for it."""
NULL: Final = np.uint64(0)
"""The fingerprint of an Arrow null, and of nothing else."""


def of_column(column: Array) -> Fingerprints:
    """Fingerprints of a column of any type that a canonical table has; nulls give :data:`NULL`.

    The same value has the same fingerprint whether the column is dictionary-encoded or not.
    """
    values = one_array(column)
    if values.null_count == len(values):
        return np.zeros(len(values), np.uint64)
    if pa.types.is_dictionary(values.type):
        words, codes = words_and_codes(values)
        return np.append(of_column(words), NULL)[codes]
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        found = _of_texts(values)
    else:
        found = of_bits(_bits(values))
    found[found == NULL] = _STEP
    if values.null_count:
        found[values.is_null().to_numpy(zero_copy_only=False)] = NULL
    return found


def of_bits(words: Fingerprints) -> Fingerprints:
    """Fingerprints of numbers by their 64 bits; 0 has one too."""
    return mixed(words + _STEP)


def of_rows(table: pa.Table, columns: list[str]) -> Fingerprints:
    """One fingerprint per row over the named columns, in their order."""
    found = np.full(table.num_rows, _STEP)
    for name in columns:
        found = combined(found, of_column(table[name]))
    return found


def combined(left: Fingerprints, right: Fingerprints) -> Fingerprints:
    """Fingerprint of pairs; the order matters."""
    return mixed((left * _MIX_1 + _STEP) ^ right)


def mixed(words: Fingerprints) -> Fingerprints:
    """Mix as SplitMix64 does at its end: a bijection, every bit of it hangs on all bits."""
    words = (words ^ (words >> np.uint64(30))) * _MIX_1
    words = (words ^ (words >> np.uint64(27))) * _MIX_2
    return words ^ (words >> np.uint64(31))


def _of_texts(texts: Array) -> Fingerprints:
    """Chain a text's words of eight bytes, all rows at once, word by word."""
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, offset_buffer, data = texts.buffers()
    offsets = np.frombuffer(offset_buffer, width)[texts.offset : texts.offset + len(texts) + 1]
    starts = offsets[:-1].astype(np.int64) - int(offsets[0])
    lengths = np.diff(offsets).astype(np.int64)
    text_bytes = int(offsets[-1] - offsets[0])
    padded = np.zeros(text_bytes + _WORD, np.uint8)
    if text_bytes:
        padded[:-_WORD] = np.frombuffer(data, np.uint8, text_bytes, int(offsets[0]))
    # every place of the buffer as the start of a word: an overlapping view, not a copy
    words = np.ndarray((text_bytes + 1,), "<u8", padded.data, strides=(1,))
    found = of_bits(lengths.astype(np.uint64))
    for row in np.flatnonzero(lengths > _LONGEST).tolist():
        found[row] = _of_long(padded[starts[row] : starts[row] + lengths[row]])
        lengths[row] = 0
    longest = int(lengths.max())
    shortest = int(lengths.min())
    for place in range(0, longest, _WORD):
        if shortest == longest:
            beyond_all = np.uint64(8 * max(place + _WORD - longest, 0))
            column = np.ndarray((len(texts),), "<u8", padded.data, place, (longest,))
            _chain(found, (column << beyond_all) >> beyond_all)
            continue
        rows = np.flatnonzero(lengths > place)
        beyond = np.maximum(place + _WORD - lengths[rows], 0).astype(np.uint64)
        # little-endian: bytes of the next text are the high ones, shifted out and zeros in
        shift = beyond * np.uint64(8)
        word = (words[starts[rows] + place] << shift) >> shift
        some = found[rows]
        _chain(some, word)
        found[rows] = some
    return mixed(found)


def _of_long(text: NDArray[np.uint8]) -> int:
    return int.from_bytes(hashlib.blake2b(text.data, digest_size=_WORD).digest(), "little")


def _chain(found: Fingerprints, word: Fingerprints) -> None:
    """Take in one word, in place."""
    found ^= word
    found *= _MIX_1
    found ^= found >> np.uint64(32)


def _bits(column: Array) -> Fingerprints:
    """Numbers, times and flags as 64 bits; -0.0 is 0.0."""
    if pa.types.is_floating(column.type):
        floats = column.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False) + 0.0
        return np.ascontiguousarray(floats).view(np.uint64)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", "UTC"))
    whole = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return np.ascontiguousarray(whole).view(np.uint64)
