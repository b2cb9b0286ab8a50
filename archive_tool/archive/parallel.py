"""Work on many files with a few threads, in order, holding only a few results at a time."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")

WORKERS: Final = min(4, os.cpu_count() or 1)
"""Threads: Parquet, AES and SHA-256 run outside the interpreter lock."""

AHEAD: Final = 2 * WORKERS


def in_order(function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Like ``map``, with threads; at most ``AHEAD`` results wait."""
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
