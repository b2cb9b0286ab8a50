"""Progress of long work on stderr: rows and bytes, only on a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from archive_tool.report.text import size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EVERY = 0.1
"""Seconds between two lines: often enough to look alive, seldom enough to cost nothing."""


class Progress:
    """One line on stderr that is written over and over."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._last = 0.0
        self._width = 0

    def __call__(self, rows: int, read: int) -> None:
        """Show how far the work has come."""
        now = time.monotonic()
        if now - self._last < _EVERY:
            return
        self._last = now
        line = f"{self.label}: {rows:,} rows" + (f", {size(read)}" if read else "")
        _show("\r" + line.ljust(self._width))
        self._width = len(line)

    def clear(self) -> None:
        """Take the line away again."""
        if self._width:
            _show("\r" + " " * self._width + "\r")

    def then(self, label: str) -> Callable[[int, int], None]:
        """Give what tells of the next part of the work, on the same line."""

        def tell(rows: int, read: int) -> None:
            self.label = label
            self(rows, read)

        return tell


def _show(text: str) -> None:
    """Write to the terminal; when its connection drops the work goes on."""
    with suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Progress | None]:
    """A progress line, or None when nobody is watching."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    line = Progress(label)
    try:
        yield line
    finally:
        line.clear()
