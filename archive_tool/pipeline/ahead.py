"""A stage in a thread of its own: the next batches are made while this one is looked at."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

AHEAD: Final = 3
"""Items that may wait: bounds the memory."""
_PAUSE: Final = 0.1
"""Seconds after which a thread that waits looks whether it is still wanted."""


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Give the same items, in the same order; what the iterator raises is raised here.

    The thread ends with the last item, with a failure, or when this generator is closed.
    """
    waiting: queue.Queue[T | None] = queue.Queue(AHEAD)
    unwanted = threading.Event()
    failures: list[BaseException] = []

    def put(item: T | None) -> bool:
        while not unwanted.is_set():
            with suppress(queue.Full):
                waiting.put(item, timeout=_PAUSE)
                return True
        return False

    def run() -> None:
        try:
            for item in items:
                if not put(item):
                    return
        except BaseException as failure:  # noqa: BLE001  (raised again by whoever asks for items)
            failures.append(failure)
        put(None)

    thread = threading.Thread(target=run, name="ahead", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            yield item
    finally:
        unwanted.set()
        thread.join()
    if failures:
        raise failures[0]
