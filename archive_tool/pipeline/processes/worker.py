"""A second process that works beside this one: no interpreter lock between the two.

Data and keys reach it through its own pipes: no file, no environment variable and no argument
carries them. It does one thing after the other, in the order it was asked. It ends when this
process closes the pipe or dies.
"""

from __future__ import annotations

import errno
import threading
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final

from archive_tool.model.pipes import may_be_unread
from archive_tool.pipeline.processes import frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive_tool.pipeline.processes.process import Process


PATIENCE: Final = 20
"""Seconds for a first sign of life; Python takes a twentieth of one."""


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

    def __init__(self, process: Process) -> None:
        self._process = process
        self._asked: deque[Future[Any]] = deque()
        self._sending = threading.Lock()
        self._lost = False
        self._rooms = 0
        self._sign: Future[Any] = Future()
        self._listener = threading.Thread(target=self._listen, name="worker", daemon=True)

    def __enter__(self) -> Worker:
        """Begin to listen, and ask for a first sign of life."""
        self._listener.start()
        try:
            self._sign = self._ask((0, dict, ()))
        except WorkerLostError as lost:
            self._sign.set_exception(lost)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._listener.join()
        for pipe in (self._process.to, self._process.back):
            with may_be_unread():
                pipe.close()

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.end()

    def dismiss(self) -> None:
        """Let the process end by itself; nothing more may be asked of it.

        What it holds goes back to the system while this process goes on.
        """
        with self._sending, may_be_unread():
            self._lost = True
            self._process.to.close()

    def is_up(self) -> bool:
        """Whether it answers: what is said to be Python may be something else (embedded Python)."""
        try:
            self._sign.result(timeout=PATIENCE)
        except (WorkerLostError, TimeoutError):
            return False
        return True

    def hire(self, make: Callable[..., object], *args: object) -> Hired:
        """Make something in the worker, whose methods can be called from then on."""
        self._rooms += 1
        self._ask((self._rooms, make, args))
        return Hired(self, self._rooms)

    def _ask(self, question: tuple[int, object, tuple[object, ...]]) -> Future[Any]:
        future: Future[Any] = Future()
        packed = frames.pack(question)
        with self._sending:
            if self._lost:
                raise WorkerLostError()
            self._asked.append(future)
            with may_be_unread():  # the thread that listens says it to all who wait
                frames.send(self._process.to, packed)
        return future

    def _listen(self) -> None:
        """Hand every answer to who waits for it; at the end tell the others that none will come."""
        try:
            while (answer := frames.receive(self._process.back)) is not None:
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
