"""Pipes whose reader went away."""

from __future__ import annotations

import errno
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_unread(error: OSError) -> bool:
    """Tell whether an error says that nobody reads the pipe; Windows calls that an invalid argument."""
    on_windows = sys.platform == "win32" and error.errno == errno.EINVAL and not error.filename
    return isinstance(error, BrokenPipeError) or on_windows


@contextmanager
def may_be_unread() -> Iterator[None]:
    """Write to somebody who may have gone, which is found out elsewhere."""
    try:
        yield
    except OSError as error:
        if not is_unread(error):
            raise
