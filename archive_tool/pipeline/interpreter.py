"""Settings of the interpreter for a run with several threads and many short-lived objects."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

SWITCH: Final = 0.000_5
"""Seconds. A thread that comes back from Arrow asks for the interpreter; at the usual 5 ms the
other threads spend half of their time waiting while one runs Python code."""


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
