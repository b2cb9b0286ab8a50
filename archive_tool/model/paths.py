"""Paths as people give them, and as they are told."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AnyPath = str | os.PathLike[str]
Inputs = AnyPath | Sequence[AnyPath]
"""One path or many."""


def as_argument(path: Path) -> str:
    """Give a path as it is typed after a command, with quotes where it needs them."""
    if sys.platform == "win32":
        return f'"{path}"' if " " in str(path) else str(path)
    return shlex.quote(str(path))
