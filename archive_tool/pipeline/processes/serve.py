"""The life of a worker process: one thing after the other, in the order it was asked."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from typing import Any

from archive_tool.errors import ArchiveToolError
from archive_tool.pipeline.processes import frames
from archive_tool.pipeline.processes.interpreter import SWITCH, ours_alone


def serve() -> None:
    """Do what is asked until nobody can ask any more; then end the process, whatever it does.

    Questions come through standard input, answers go through standard output.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other process decides
    ours_alone()
    gc.disable()
    sys.setswitchinterval(SWITCH)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    questions = frames.Incoming(sys.stdin.buffer, at_end=lambda: os._exit(0))
    rooms: dict[int, Any] = {}
    while True:
        frames.send(answers, _answer(questions, rooms))


def _answer(questions: frames.Incoming, rooms: dict[int, Any]) -> frames.Packed:
    """Make something in a room, or call a method of what is there; failures are answers too."""
    room = 0
    try:
        room, what, args = questions.next()
        if not isinstance(what, str):
            rooms[room] = what(*args)
            return frames.pack((True, None))
        if isinstance(rooms[room], BaseException):
            raise rooms[room]
        return frames.pack((True, getattr(rooms[room], what)(*args)))
    except BaseException as failure:  # noqa: BLE001  (the other process raises it)
        told = _told(failure)
        rooms.setdefault(room, told)  # what could not be made fails whenever it is called
        return frames.pack((False, told))


def _told(failure: BaseException) -> BaseException:
    """What may be said of a failure: our own errors hold no value, those of others may."""
    if isinstance(failure, ArchiveToolError):
        return failure
    if isinstance(failure, OSError):
        return OSError(failure.errno, os.strerror(failure.errno or 0))
    if isinstance(failure, MemoryError):
        return MemoryError()
    place = failure.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    line = f"{place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else ""
    return RuntimeError(f"{type(failure).__name__} in {line}")


def load(*modules: str) -> None:
    """Load modules before they are needed."""
    for module in modules:
        import_module(module)
