"""Work on several tables at a time: the sums of NumPy and Arrow run outside the interpreter's lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from archive_tool.model.processors import threads_worth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Made = TypeVar("Made")


def each(work: Callable[[Item], Made], items: Sequence[Item]) -> list[Made]:
    """Do the same with every item, on several processors; results in their order, or the first failure.

    What the items share must only be read. Sums of somebody's 1e308 pass in silence: what is
    beyond numbers compares as too large, and its cell is hidden.
    """
    import numpy as np

    def quietly(item: Item) -> Made:
        with np.errstate(over="ignore", invalid="ignore"):
            return work(item)

    if len(items) < 2:
        return [quietly(item) for item in items]
    with ThreadPoolExecutor(min(len(items), threads_worth(2))) as pool:
        return list(pool.map(quietly, items))
