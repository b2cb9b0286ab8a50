"""How far long work has come: rows and bytes, told as they add up."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the rows and the bytes that are done so far."""


class Done:
    """What is done so far; tells it whenever something is added."""

    def __init__(self, progress: Progress | None) -> None:
        self.rows = 0
        self.bytes = 0
        self._tell = progress

    def add(self, rows: int, size: int, *, halfway: int = 0) -> None:
        """Add rows and bytes; ``halfway`` are bytes of something that is not yet done."""
        self.rows += rows
        self.bytes += size
        if self._tell is not None:
            self._tell(self.rows, self.bytes + halfway)
