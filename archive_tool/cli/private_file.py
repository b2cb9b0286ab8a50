"""New files that hold personal data: for their owner's eyes only, never over an old one."""

from __future__ import annotations

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
    from archive_tool.keys.disk import write_new

    write_new(path, content)
