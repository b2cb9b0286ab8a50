"""A second process of ours, started in one of two ways, and the pipes to it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast

from archive_tool.pipeline import frames

if TYPE_CHECKING:
    from collections.abc import Callable

CAN_FORK: Final = sys.platform == "linux"
"""Elsewhere libraries of the system do not survive it."""

_START: Final = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from archive_tool.pipeline.serve import serve_parent; serve_parent()"
)


@dataclass(frozen=True, kw_only=True)
class Process:
    """What this process holds of the other one."""

    to: IO[bytes]
    back: IO[bytes]
    end: Callable[[], None]
    """Ends it at once, whatever it is doing."""


def spawn() -> Process:
    """Start Python anew: always right, and half a second of loading on another processor.

    Nothing is imported from the script that calls the library.
    """
    other = subprocess.Popen(
        [sys.executable, "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback might quote data
    )
    to, back = cast("IO[bytes]", other.stdin), cast("IO[bytes]", other.stdout)
    with suppress(BrokenPipeError):
        to.write(pickle.dumps([os.path.abspath(place) for place in sys.path]))
        to.flush()

    def end() -> None:
        other.kill()
        other.wait()

    frames.widen(to, back)
    return Process(to=to, back=back, end=end)


def fork(serve: Callable[[IO[bytes], IO[bytes]], None]) -> Process:
    """Split this process, which must have no threads: whatever is loaded need not be loaded again."""
    theirs, ours = os.pipe(), os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads of libraries that can
        pid = os.fork()
    if pid == 0:
        _be_the_other(theirs, ours, serve)
    os.close(theirs[0])
    os.close(ours[1])
    to, back = os.fdopen(theirs[1], "wb"), os.fdopen(ours[0], "rb")
    _held.update((theirs[1], ours[0]))

    def end() -> None:
        if theirs[1] in _held:  # once: the number may be another process's afterwards
            _held.difference_update((theirs[1], ours[0]))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    frames.widen(to, back)
    return Process(to=to, back=back, end=end)


_held: Final[set[int]] = set()
"""Ends of pipes to processes that were forked before: a later one must not keep them open."""


def _be_the_other(
    theirs: tuple[int, int],
    ours: tuple[int, int],
    serve: Callable[[IO[bytes], IO[bytes]], None],
) -> None:
    """Live and die as the forked process; never returns."""
    try:
        for held in (*_held, theirs[1], ours[0]):
            os.close(held)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nothing, stream)
        serve(os.fdopen(theirs[0], "rb"), os.fdopen(ours[1], "wb"))
    finally:
        os._exit(1)
