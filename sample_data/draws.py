"""Random draws that are the same on every machine and with every version of numpy.

A draw is a hash (SplitMix64) of its place in a named stream. Places are distinct and the hash is
a bijection, so the hashes of one stream are distinct too: they serve as record ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def hashes(stream: str, places: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One 64-bit hash per place; the same place of the same stream is always the same."""
    base = np.uint64(crc32(stream.encode())) << np.uint64(32)
    mixed = (places.astype(np.uint64) + base) * _GAMMA
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    return mixed ^ (mixed >> np.uint64(31))


def below(stream: str, places: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """Whole numbers from 0 up to, not including, ``end``."""
    scaled: NDArray[np.int64] = (hashes(stream, places) >> np.uint64(33)).astype(np.int64)
    return scaled % end


def one(stream: str, place: int, end: int) -> int:
    """A single whole number below ``end``."""
    return int(below(stream, np.array([place], dtype=np.int64), end)[0])


def word(stream: str, place: int, alphabet: str, length: int) -> str:
    """A random word over an alphabet."""
    places = np.arange(length, dtype=np.int64) + place * length
    return "".join(alphabet[i] for i in below(stream, places, len(alphabet)))
