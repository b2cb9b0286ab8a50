"""Files that are whole or not there, and on the disk for good when the call returns."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_new(path: Path, content: bytes) -> None:
    """Create a file that only its owner may read, in full, or fail and leave none."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def replace(path: Path, content: bytes) -> None:
    """Put a private file in place of another in one step."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    write_new(beside, content)
    beside.replace(path)
    sync_folder(path.parent)


def sync_all(paths: Iterable[str]) -> None:
    """Bring files to the disk for good: all are on their way before the first is waited for.

    The journal then takes many of them at once; one after the other takes three times as long.
    """
    opened: list[int] = []
    try:
        for path in paths:
            opened.append(os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR))
            if sys.platform == "linux":  # starts to write what is new, and waits for nothing
                os.posix_fadvise(opened[-1], 0, 0, os.POSIX_FADV_DONTNEED)
        for descriptor in opened:
            os.fsync(descriptor)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def sync_folder(folder: str | Path) -> None:
    """Bring the names in a folder to the disk."""
    if os.name == "nt":
        return  # Windows has no folder handles to flush
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
