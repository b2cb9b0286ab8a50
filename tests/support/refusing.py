"""What a refusal says, whole."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive_tool.errors import ArchiveToolError


def problem(kind: type[ArchiveToolError], call: Callable[[], object]) -> str:
    """The message of the failure of a call; no other failure, which may quote data, hangs on it."""
    with pytest.raises(kind) as caught:
        call()
    assert caught.value.__context__ is None
    return str(caught.value)


@contextmanager
def impatient() -> Iterator[None]:
    """Whoever waits for a pipe fails, instead of waiting for ever."""

    def tired(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, tired)
    signal.alarm(20)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
