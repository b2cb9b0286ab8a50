"""A second process that works beside this one: no interpreter lock between the two.

The worker is the same Python with the same path, and knows nothing but what it is sent through its
own pipes: no file, no environment variable, no argument carries data or a key. It does one thing
after the other, in the order it was asked. It ends when this process closes the pipe or dies.
Nothing is ever imported from the script that calls the library.
"""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final, cast

from archive_tool.errors import ArchiveToolError
from archive_tool.pipeline import frames

if TYPE_CHECKING:
    from collections.abc import Callable

_START: Final = (
    "import sys, pickle; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from archive_tool.pipeline.worker import serve; serve()"
)


class WorkerLostError(OSError):
    """The worker ended before its work was done: killed, or out of memory."""

    def __init__(self) -> None:
        super().__init__(
            errno.ECHILD,
            "a worker process ended before its work was done: perhaps there was too little memory; "
            "--workers 0 works without",
        )


class Worker:
    """The process, seen from here; a context manager."""

    def __init__(self) -> None:
        """Start the process; it gets ready while this one goes on."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback might quote data
        )
        self._to = cast("IO[bytes]", self._process.stdin)
        self._back = cast("IO[bytes]", self._process.stdout)
        frames.widen(self._to, self._back)
        self._asked: deque[Future[Any]] = deque()
        self._sending = threading.Lock()
        self._lost = False
        self._rooms = 0
        with suppress(BrokenPipeError):
            self._to.write(pickle.dumps([os.path.abspath(place) for place in sys.path]))
            self._to.flush()
        threading.Thread(target=self._listen, name="worker", daemon=True).start()

    def __enter__(self) -> Worker:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()

    def hire(self, make: Callable[..., object], *args: object) -> Hired:
        """Make something in the worker, whose methods can be called from then on."""
        self._rooms += 1
        self._ask((self._rooms, make, args))
        return Hired(self, self._rooms)

    def _ask(self, question: tuple[int, object, tuple[object, ...]]) -> Future[Any]:
        future: Future[Any] = Future()
        with self._sending:
            if self._lost:
                raise WorkerLostError()
            self._asked.append(future)
            with suppress(BrokenPipeError):  # the thread that listens says it to all who wait
                frames.send(self._to, question)
        return future

    def _listen(self) -> None:
        """Hand every answer to who waits for it; at the end tell the others that none will come."""
        try:
            while (answer := frames.receive(self._back)) is not None:
                worked, value = answer
                future = self._asked.popleft()
                if worked:
                    future.set_result(value)
                else:
                    future.set_exception(value)
        finally:
            with self._sending:
                self._lost = True
            for future in self._asked:
                future.set_exception(WorkerLostError())


class Hired:
    """Something that was made in the worker."""

    def __init__(self, worker: Worker, room: int) -> None:
        self._worker = worker
        self._room = room

    def submit(self, method: str, *args: object) -> Future[Any]:
        """Call a method there, after all that was asked before."""
        return self._worker._ask((self._room, method, args))


def serve() -> None:
    """Do what is asked until nobody asks any more: the whole life of the worker."""
    import gc
    import signal

    from archive_tool.pipeline.interpreter import SWITCH

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process decides
    gc.disable()
    sys.setswitchinterval(SWITCH)
    asked = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    questions = frames.Incoming(asked, at_end=lambda: os._exit(0))
    rooms: dict[int, Any] = {}
    while True:
        try:
            room, what, args = questions.next()
            if isinstance(what, str):
                answer = True, getattr(rooms[room], what)(*args)
            else:
                rooms[room] = what(*args)
                answer = True, None
            frames.send(answers, answer)
        except BaseException as failure:  # noqa: BLE001  (the other process raises it)
            frames.send(answers, (False, _told(failure)))


def _told(failure: BaseException) -> BaseException:
    """What may be said of a failure: our own errors hold no value, those of others may."""
    if isinstance(failure, ArchiveToolError):
        return failure
    if isinstance(failure, OSError):
        return OSError(failure.errno, os.strerror(failure.errno or 0))
    place = failure.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    line = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else ""
    return RuntimeError(f"{type(failure).__name__} in {line}")
