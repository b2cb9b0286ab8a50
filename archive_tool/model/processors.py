"""How many processors this process may use, and how many threads are worth having on them."""

from __future__ import annotations

import os
import sys
from typing import Final

MOST_THREADS: Final = 4
"""Half of the work holds the interpreter's lock, and each thread holds rows in memory: 64 threads take
half as much memory and time again."""


def processors() -> int:
    """How many processors this process may use: on a cluster not all that the machine has."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads_worth(least: int = 1) -> int:
    """How many threads are worth having for work that is done outside the interpreter's lock in part."""
    return max(least, min(MOST_THREADS, processors()))
