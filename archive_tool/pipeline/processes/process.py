"""A second process of ours, and the pipes to it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast

from archive_tool.model.pipes import may_be_unread
from archive_tool.pipeline.processes import frames

if TYPE_CHECKING:
    from collections.abc import Callable

_START: Final = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from archive_tool.pipeline.processes.serve import serve; serve()"
)


@dataclass(frozen=True, kw_only=True)
class Process:
    """What this process holds of the other one."""

    pid: int
    to: IO[bytes]
    back: IO[bytes]
    end: Callable[[], None]
    """Ends it at once, whatever it is doing."""


def spawn() -> Process:
    """Start Python anew; OSError where no process can be started.

    Nothing is imported from the script that calls the library, and none of its threads, locks and
    open files are there.
    """
    other = subprocess.Popen(
        # without -P a file pickle.py in the working folder, of somebody's bundle say, would be run
        [sys.executable, "-P", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback might quote data
    )
    to, back = cast("IO[bytes]", other.stdin), cast("IO[bytes]", other.stdout)
    with may_be_unread():
        to.write(pickle.dumps([os.path.abspath(place) for place in sys.path]))
        to.flush()

    def end() -> None:
        other.kill()
        other.wait()

    frames.widen(to, back)
    return Process(pid=other.pid, to=to, back=back, end=end)
