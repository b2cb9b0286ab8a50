"""Sets of people that can be compared without being listed.

A set of at most ``LISTED`` keyed tags is kept as it is. A larger one becomes an invertible Bloom
lookup table (Goodrich and Mitzenmacher 2011): two of them, one taken from the other, give the tags
that stand in only one of the sets as long as there are few, and otherwise the certainty that there
are many. That is all that differencing needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from archive_tool.ingest import fingerprint

_TAG: Final = 8
"""Bytes of a tag."""
LISTED: Final = 500
"""Largest set that is kept as a list of tags."""
PARTS: Final = 3
WIDTH: Final = 96
"""Places per part: differences up to about 200 tags are listed, larger ones are known as large."""
_SPREAD: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_CHECK: Final = 0xD6E8FEB86659FD93


@dataclass(frozen=True)
class Sketch:
    """A set of 64-bit tags."""

    count: np.ndarray
    keys: np.ndarray
    checks: np.ndarray

    @classmethod
    def of(cls, tags: np.ndarray) -> Sketch:
        """Sketch distinct tags (uint64)."""
        count = np.zeros(PARTS * WIDTH, np.int32)
        keys, checks = (np.zeros(PARTS * WIDTH, np.uint64) for _ in range(2))
        for part in range(PARTS):
            places = _places(tags, part)
            np.add.at(count, places, 1)
            np.bitwise_xor.at(keys, places, tags)
            np.bitwise_xor.at(checks, places, mixed(tags, _CHECK))
        return cls(count, keys, checks)

    def differing(self, other: Sketch) -> set[int] | None:
        """Give the tags of only one of the sets; None when they cannot be listed."""
        count = self.count - other.count
        keys, checks = self.keys ^ other.keys, self.checks ^ other.checks
        found: set[int] = set()
        while True:
            lone = np.flatnonzero((np.abs(count) == 1) & (mixed(keys, _CHECK) == checks))
            if not len(lone):
                break
            place = int(lone[0])
            tag, sign = keys[place], count[place]
            one = np.array([tag], np.uint64)
            for part in range(PARTS):
                at = _places(one, part)[0]
                count[at] -= sign
                keys[at] ^= tag
                checks[at] ^= mixed(one, _CHECK)[0]
            found ^= {int(tag)}
        if not (count.any() or keys.any() or checks.any()):
            return found
        return None

    def at_least(self, other: Sketch) -> int:
        """Fewest tags that can stand in only one of the sets: each fills at most a place a part."""
        apart = (self.count != other.count) | (self.keys != other.keys)
        return -(-int(apart.sum()) // PARTS)

    def to_bytes(self) -> bytes:
        """Write the sketch."""
        return self.count.tobytes() + self.keys.tobytes() + self.checks.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> Sketch:
        """Read a sketch."""
        size = PARTS * WIDTH
        count = np.frombuffer(content, np.int32, size)
        keys = np.frombuffer(content, np.uint64, size, 4 * size)
        return cls(count, keys, np.frombuffer(content, np.uint64, size, 12 * size))


def pack(tags: np.ndarray) -> bytes:
    """Write a set of tags: the list of a small one, the sketch of a large one."""
    tags = np.unique(tags)
    if len(tags) <= LISTED:
        return b"L" + tags.tobytes()
    return b"S" + Sketch.of(tags).to_bytes()


def difference(left: bytes, right: bytes, *, enough: int) -> int:
    """Count the people by whom two packed sets differ; any number from ``enough`` on for many."""
    if left == right:
        return 0
    if left[:1] == right[:1] == b"S":
        many = max(1, _sketch(left).at_least(_sketch(right)) // 2)  # a person has two tags at most
        if many >= enough:
            return many
    if left[:1] == right[:1] == b"L":
        many = abs(len(left) - len(right)) // _TAG  # in one set a person has one tag
        if many >= enough:
            return many
    people = apart(left, right)
    return enough if people is None else len(people)


def apart(left: bytes, right: bytes) -> set[int] | None:
    """Give the people (32 bits) by whom two packed sets differ; None when there are many.

    A tag's upper half is the person: somebody whose rows changed has two tags and counts once.
    """
    if left[:1] == right[:1] == b"L":
        tags = np.setxor1d(_listed(left), _listed(right))
        return set(np.unique(tags >> np.uint64(32)).tolist())
    found = _sketch(left).differing(_sketch(right))
    return None if found is None else {tag >> 32 for tag in found}


def _listed(packed: bytes) -> np.ndarray:
    return np.frombuffer(packed, np.uint64, offset=1)


def _sketch(packed: bytes) -> Sketch:
    return Sketch.of(_listed(packed)) if packed[:1] == b"L" else Sketch.from_bytes(packed[1:])


def _places(tags: np.ndarray, part: int) -> np.ndarray:
    return (mixed(tags, _SPREAD[part]) % np.uint64(WIDTH)).astype(np.int64) + part * WIDTH


def mixed(tags: np.ndarray, salt: int) -> np.ndarray:
    """Mix all bits with a salt; the tags are keyed, so this need not be."""
    return fingerprint.mixed(tags ^ np.uint64(salt))
