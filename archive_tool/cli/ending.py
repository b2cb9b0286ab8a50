"""Ends in order when the system asks for it: what was begun is taken back before the process goes.

Python does so for Ctrl-C alone. A batch system ends a job with SIGTERM, a connection that drops
with SIGHUP: rows that were being extracted would stay on the disk, half of them.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Final

from archive_tool.cli.streams import say

if TYPE_CHECKING:
    from types import FrameType

_ASKING: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGXCPU")
"""Windows knows the first two; SIGXCPU is the batch system's limit of processor time."""


PATIENCE: Final = 5.0
"""Seconds in which a second signal is one finger too many; after that somebody is tired of waiting
for a disk that does not answer."""


class Ended(KeyboardInterrupt):
    """The system asked the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def end_in_order() -> None:
    """Let signals that ask for the end raise :class:`Ended` in the main thread.

    What is ignored stays ignored: that is what ``nohup`` asks for.
    """
    for number in _numbers():
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end)


def code_of(error: BaseException) -> int | None:
    """Exit code of what was raised, where a signal began it: 128 and its number, as shells count."""
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, KeyboardInterrupt):
        seen = seen.__cause__ or seen.__context__
    if seen is None:
        return None
    return 128 + (seen.number if isinstance(seen, Ended) else signal.SIGINT)


def _numbers() -> list[signal.Signals]:
    return [getattr(signal, name) for name in _ASKING if hasattr(signal, name)]


def _end(number: int, _: FrameType | None) -> None:
    """Raise once: what is being taken back must not be stopped in its turn."""
    begun = time.monotonic()

    def again(number: int, _: FrameType | None) -> None:
        if time.monotonic() - begun > PATIENCE:
            say(
                "error: stopped before all was taken back: what was being written may still be there"
            )
            os._exit(128 + number)

    for other in _numbers():
        if signal.getsignal(other) is not signal.SIG_IGN:
            signal.signal(other, again)
    raise Ended(number)
