"""The rows of a batch by room, person and component, found once for all that looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from archive_tool.ingest.arrow import run_starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.ingest.arrow import Mask, Positions

Codes = npt.NDArray[np.int64]
"""Places in a list of words; -1 where there is no value."""
_Number = TypeVar("_Number", np.float64, np.int64, np.bool_)
_SMALL: Final = 1 << 16
"""Keys below this are sorted by radix, many times faster than others."""


class Group(NamedTuple):
    """Whose rows they are; an empty word where the rows do not say."""

    room: str
    person: str
    component: str
    """Only continuous ratings are split by component."""


@dataclass(frozen=True, kw_only=True)
class Groups:
    """Rows with the same room, person and component, in the order of the batch."""

    order: Positions | None
    """Sorts the rows of the batch by group; None where they lie so already."""
    starts: Positions
    ends: Positions
    names: list[Group]

    def sort(self, values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
        """Bring a column of the batch into the order of the groups."""
        return values if self.order is None else values[self.order]

    def __iter__(self) -> Iterator[tuple[Group, int, int]]:
        """Give each group with the place of its rows after sorting."""
        return zip(self.names, self.starts.tolist(), self.ends.tolist(), strict=True)

    @cached_property
    def is_first(self) -> Mask:
        """After sorting: whether a row is the first one of its group."""
        first = np.zeros(int(self.ends[-1]), dtype=np.bool_)
        first[self.starts] = True
        return first

    @cached_property
    def has_person(self) -> Mask:
        """After sorting: whether it is known whose row it is."""
        known = np.array([bool(name.person) for name in self.names])
        return np.repeat(known, self.ends - self.starts)


def groups_of(columns: Sequence[tuple[Codes, list[str]]]) -> Groups:
    """Group rows, of which there are some, by room, person and perhaps component."""
    key = np.zeros(len(columns[0][0]), dtype=np.int64)
    size, parts = 1, []
    for codes, known in columns:
        dense, words = _dense(codes, known)
        key = key * len(words) + dense
        size *= len(words)
        parts.append(words)
    starts = run_starts(key)
    order = None
    if len(np.unique(key[starts])) < len(starts):
        order = np.argsort(key.astype(np.uint16) if size <= _SMALL else key, kind="stable")
        key = key[order]
        starts = run_starts(key)
    return Groups(
        order=order,
        starts=starts,
        ends=np.append(starts[1:], len(key)),
        names=[_name(code, parts) for code in key[starts].tolist()],
    )


def _dense(codes: Codes, words: list[str]) -> tuple[Codes, list[str]]:
    """Number only the words that rows use; rows without a value have the empty word."""
    used = np.flatnonzero(np.bincount(codes + 1, minlength=len(words) + 1))
    place = np.zeros(len(words) + 1, dtype=np.int64)
    place[used] = np.arange(len(used))
    return place[codes + 1], [words[i - 1] if i else "" for i in used.tolist()]


def _name(code: int, parts: list[list[str]]) -> Group:
    found = []
    for words in reversed(parts):
        code, place = divmod(code, len(words))
        found.append(words[place])
    room, person, *component = reversed(found)
    return Group(room, person, component[0] if component else "")
