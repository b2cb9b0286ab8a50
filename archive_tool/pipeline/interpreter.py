"""Settings of the process for a run with several threads and many short-lived objects."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SWITCH: Final = 0.000_5
"""Seconds. A thread that comes back from Arrow asks for the interpreter; at the usual 5 ms the
other threads spend half of their time waiting while one runs Python code."""

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
"""Numbers of glibc's malloc.h."""
KEPT: Final = 256 * 2**20
"""Bytes of memory in a row, given back by us, that are kept for the next column."""
LARGE: Final = 32 * 2**20
"""Bytes from which memory comes from the system and goes back to it at once; glibc's highest."""


def ours_alone() -> None:
    """Settings of a process that nobody shares with us; before numpy is loaded.

    A new page of memory costs as much as the work on it, and many columns are as short-lived as
    they are large: both allocators keep them for a while, and none takes huge pages, which are
    cleared as a whole. OpenBLAS starts threads that wait by spinning, and nothing here asks for
    them.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "1000")  # ms; Arrow's allocator
    os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library than glibc
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_MMAP_THRESHOLD, LARGE)
            libc.mallopt(_M_TRIM_THRESHOLD, KEPT)


@contextmanager
def many_threads() -> Iterator[None]:
    """Switch threads quickly and hold the garbage collector: the data makes no cycles."""
    interval, collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(SWITCH)
    gc.disable()
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if collecting:
            gc.enable()
