"""New files that hold personal data: for their owner's eyes only, never over an old one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from archive_tool.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def refuse_existing(path: Path) -> None:
    """Raise UsageError (2) when the file is there."""
    if path.exists():
        raise UsageError("is there already", where=path.name, expected="the name of a new file")


def write_private(path: Path, content: bytes) -> None:
    """Write a file that nobody else may read; it must not be there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
