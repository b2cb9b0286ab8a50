"""Settings of the process for a run with several threads and many short-lived objects."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import FrameType, ModuleType

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
COLLECTED: Final = 50_000
"""New objects after which the garbage collector looks for cycles, instead of 700: modules make a
hundred thousand objects and no garbage."""


class _PandasLater:
    """Keeps Arrow from loading pandas, which it does at its first conversion to see what it got.

    That takes as long as Arrow itself, and most commands never make a data frame. Where one is
    made, pandas is there: others than us and Arrow load it, and Arrow asks again for ``to_pandas``.
    """

    FRAMES: Final = ("archive_tool.schemas.frames", "archive_tool.archive.extraction.sav.rows")

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Refuse what Arrow looks for while our own code is calling it."""
        if name == "pandas":
            asks = _who_asks()
            if asks.startswith(("archive_tool.", "pyarrow.")) and asks not in cls.FRAMES:
                raise ImportError(name)
        return None


def _who_asks() -> str:
    """Name of the module whose code led to an import; compiled code has no name of its own."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and "importlib" in frame.f_code.co_filename:
        frame = frame.f_back
    return "" if frame is None else str(frame.f_globals.get("__name__", ""))


def ours_alone() -> None:
    """Settings of a process that nobody shares with us; before numpy is loaded.

    A new page of memory costs as much as the work on it, and many columns are as short-lived as
    they are large: both allocators keep them for a while, and none takes huge pages, which are
    cleared as a whole. OpenBLAS starts threads that wait by spinning, and nothing here asks for
    them.
    """
    sys.meta_path.insert(0, _PandasLater)
    gc.set_threshold(COLLECTED)
    _leave_no_core()
    # somebody's 1e308 is a finding, or hidden; what NumPy says of it is nothing for a terminal
    warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"archive_tool\.")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "1000")  # ms; Arrow's allocator
    os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library than glibc
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_MMAP_THRESHOLD, LARGE)
            libc.mallopt(_M_TRIM_THRESHOLD, KEPT)


def _leave_no_core() -> None:
    """A process that crashes leaves no image of its memory on the disk: rows and keys are in it."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))


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
            gc.freeze()  # what was made meanwhile is old: nobody waits for a look at all of it
            gc.unfreeze()
            gc.enable()
