"""64-bit hashes of whole columns, for sums that do not care about the order of the rows."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def mixed(bits: np.ndarray) -> np.ndarray:
    """Spread unsigned 64-bit numbers over their whole range (finalizer of SplitMix64)."""
    import numpy as np

    bits = bits + np.uint64(0x9E3779B97F4A7C15)
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits


def hashed_words(column: pa.ChunkedArray) -> np.ndarray:
    """Hash texts of which there are few different ones; nulls give anything."""
    import numpy as np
    import pyarrow as pa

    coded = column.cast(pa.string()).combine_chunks().dictionary_encode()
    words = coded.dictionary.to_pylist()
    hashes = [int.from_bytes(blake2b(w.encode(), digest_size=8).digest()) for w in words]
    table = np.array([*hashes, 0], np.uint64)
    found: np.ndarray = table[coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)]
    return found


def hashed_ids(column: pa.ChunkedArray) -> np.ndarray:
    """Hash ids that are nearly all different, byte by byte; against chance, not against somebody."""
    import numpy as np
    import pyarrow as pa

    texts = column.cast(pa.string()).combine_chunks().fill_null("")
    offsets = np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1, 4 * texts.offset)
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    lengths = np.diff(offsets)
    places = np.arange(len(data)) - np.repeat(offsets[:-1] - offsets[0], lengths)
    parts = mixed(data.astype(np.uint64) << np.uint64(32) | places.astype(np.uint64))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(parts)))
    ends = offsets - offsets[0]
    return mixed(sums[ends[1:]] - sums[ends[:-1]])
