"""Stages in threads of their own: one makes the next batches, one looks at those that went by."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


class Beside(Generic[T]):
    """Hands items to a function in a thread of its own; a context manager.

    At its end all items were taken. A failure of the function is raised there, or by the next
    :meth:`give`; items after it are thrown away.
    """

    def __init__(self, take: Callable[[T], object]) -> None:
        """``take`` is called with one item after the other."""
        self._take = take
        self._waiting: queue.Queue[tuple[T] | None] = queue.Queue(AHEAD)
        self._failures: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="beside", daemon=True)

    def __enter__(self) -> Beside[T]:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._waiting.put(None)
        self._thread.join()
        if kind is None:
            self._raise()

    def give(self, item: T) -> None:
        """Hand over an item; waits while too many are waiting."""
        self._raise()
        self._waiting.put((item,))

    def _raise(self) -> None:
        if self._failures:
            raise self._failures[0]

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            if self._failures:
                continue
            try:
                self._take(item[0])
            except BaseException as failure:  # noqa: BLE001  (raised again by whoever gives)
                self._failures.append(failure)
