"""Where stores lie that are copied for every operation that may fail."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_MEMORY: Final = Path("/dev/shm")
ROOM: Final = 1 << 30


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is room: thousands of copies need not go to a disk."""
    if not IN_MEMORY.is_dir() or shutil.disk_usage(IN_MEMORY).free < ROOM:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="archive-tool-", dir=IN_MEMORY) as folder:
        yield Path(folder)
