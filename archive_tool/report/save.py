"""Reports on disk: never half a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.keys import disk

if TYPE_CHECKING:
    from pathlib import Path


def save(path: Path, content: bytes) -> None:
    """Write a file beside its place, then rename it there: it is whole or it is not there."""
    disk.replace(path, content, mode=disk.USUAL)
