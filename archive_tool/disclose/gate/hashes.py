"""64-bit hashes of whole columns, for sums that do not care about the order of the rows."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pyarrow as pa


def mixed(bits: np.ndarray) -> np.ndarray:
    """Spread unsigned 64-bit numbers over their whole range (finalizer of SplitMix64)."""
    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits


def hashed_words(column: pa.ChunkedArray) -> np.ndarray:
    """Hash texts of which there are few different ones; nulls give anything."""
    coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    words = coded.dictionary.to_pylist()
    hashes = [int.from_bytes(blake2b(w.encode(), digest_size=8).digest()) for w in words]
    table = np.array([*hashes, 0], np.uint64)
    found: np.ndarray = table[coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]
    return found


def hashed_ids(column: pa.ChunkedArray) -> np.ndarray:
    """Hash ids that are nearly all different, eight bytes at a time, those of one length at once.

    Against chance, not against somebody. Nulls are hashed as empty.
    """
    texts = column.cast(pa.string()).combine_chunks().fill_null("")
    offsets = np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1, 4 * texts.offset)
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    hashes = np.zeros(len(texts), np.uint64)
    order = np.argsort(lengths, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        width = int(lengths[rows[0]]) if len(rows) else 0
        if len(rows) == len(texts):  # as codes are: no copy
            return _hashed_bytes(data.reshape(len(rows), width))
        hashes[rows] = _hashed_bytes(data[starts[rows][:, None] + np.arange(width)])
    return hashes


def _hashed_bytes(letters: np.ndarray) -> np.ndarray:
    """Hash rows of bytes; the width counts too."""
    rows, width = letters.shape
    padded = np.zeros((rows, -(-width // 8) * 8), np.uint8)
    padded[:, :width] = letters
    hashes = np.full(rows, width, np.uint64)
    for part in padded.view(np.uint64).T:
        hashes = mixed(hashes ^ part)
    return hashes
