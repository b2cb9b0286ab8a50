"""Paths as people give them, and as they are told."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from archive_tool.errors import UsageError

AnyPath = str | os.PathLike[str]
Inputs = AnyPath | Sequence[AnyPath]
"""One path or many."""


_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.I)
"""Names of devices on Windows, whatever stands behind a dot (Microsoft, "Naming Files")."""


def is_device(name: str) -> bool:
    """Tell whether a file of this name could not be made on Windows."""
    return _RESERVED.fullmatch(name) is not None


def same_place(one: AnyPath, other: AnyPath) -> bool:
    """Tell whether two paths lead to one file or folder.

    The system is asked where it can be: ``Store`` and ``store`` are one folder on macOS and Windows.
    """
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def is_inside(path: AnyPath, folder: AnyPath) -> bool:
    """Tell whether a path lies in a folder, links followed, or is that folder."""
    real = Path(os.path.realpath(path))
    return any(same_place(place, folder) for place in (real, *real.parents))


def as_path(path: AnyPath, where: str) -> Path:
    """Give the path that a caller named, one below the home folder for a text like ``~/keys``.

    UsageError (2) for what is no path: an empty text would mean the working folder.
    """
    text = path if isinstance(path, str) else str(path) if isinstance(path, os.PathLike) else ""
    if not text:
        empty = isinstance(path, str)
        raise UsageError(
            "an empty path" if empty else "is no path", where=where, expected="a text or a Path"
        )
    return at_home(Path(text)) if isinstance(path, str) else Path(path)


def at_home(path: Path) -> Path:
    """Give a path that begins with ``~/`` below the home folder: in ``--store=~/x`` no shell does."""
    if path.parts[:1] == ("~",):
        with suppress(RuntimeError):  # a user without a home
            return path.expanduser()
    return path


def is_address(text: str) -> bool:
    """Tell whether somebody gave an address of a net, or of a file (``file:///x``), for a path."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", text) is not None


def as_argument(path: Path) -> str:
    """Give a path as it is typed after a command: with quotes where it needs them, and no option."""
    text = str(path)
    if text.startswith("-"):
        text = os.path.join(os.curdir, text)
    if sys.platform == "win32":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text)
