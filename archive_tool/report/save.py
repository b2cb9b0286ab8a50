"""Reports on disk: never over a file by accident, never half a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.errors import UsageError
from archive_tool.keys import disk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def refuse_existing(paths: Iterable[Path | None], *, replace: bool) -> None:
    """Raise UsageError for the first file that is there already; call it before long work."""
    for path in paths:
        if path is not None and path.exists() and not replace:
            raise UsageError(
                "exists already", where=str(path), hint="name another file, or give --replace"
            )


def refuse_homeless(paths: Iterable[Path | None]) -> None:
    """Raise UsageError for the first file whose folder is missing; call it before long work."""
    for path in paths:
        if path is not None and not path.parent.is_dir():
            raise UsageError("no such folder", where=str(path.parent), hint="make it first")


def save(path: Path, content: bytes) -> None:
    """Write a file beside its place, then rename it there: it is whole or it is not there."""
    disk.replace(path, content, mode=disk.USUAL)
