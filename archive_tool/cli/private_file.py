"""Files with keys: whether others may read them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from archive_tool.cli.streams import say
from archive_tool.keys.shared import is_meant
from archive_tool.model.paths import as_argument

if TYPE_CHECKING:
    from pathlib import Path

NO_MODES: Final = "do not keep it on a drive without file modes, such as most USB sticks"


def warn_of_readers(*paths: Path, shared: bool = False) -> None:
    """Say on stderr which of one's own files others may read, as ssh does of its keys.

    ``shared``: a group that shares their folder may. It is no reason to refuse: on some drives
    every file looks so, and nobody can change it.
    """
    if sys.platform == "win32":
        return  # the mode says nothing there
    for path in paths:
        if not path.is_file():
            continue
        status = path.stat()
        if shared and is_meant(path, status):
            continue
        if status.st_uid == os.getuid() and status.st_mode & 0o077:
            say(f"warning: {path}: its mode lets others read it (expected 600)")
            say(f"hint: chmod 600 {as_argument(path)}; {NO_MODES}")
