"""``archive.toml``: settings of a project, found in the working folder or one above it.

Precedence: flag, environment, nearest ``archive.toml``, default. Paths in the file are relative to
the file, or begin with ``~``. Unknown settings are errors: a typo must not send data to another store.
"""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from archive_tool.errors import UsageError
from archive_tool.model.files import read_file
from archive_tool.model.parsed import parse_toml
from archive_tool.model.paths import at_home
from archive_tool.model.texts import decoded

FILE_NAME: Final = "archive.toml"

PATHS: Final = ("store", "vault", "identity")
WORDS: Final = ("policy",)

_KEYS: Final = ("vault", "identity")
_ALL: Final = ("store", *_KEYS)
_READS: Final = {
    "validate": WORDS,
    "create": (*_ALL, *WORDS),
    "verify": _KEYS,
    "extract": _KEYS,
    "policy review": WORDS,
    "policy sign": _KEYS,
    "key init": ("vault",),
    "key show": _KEYS,
    "key add-recipient": _KEYS,
    "key remove-recipient": _KEYS,
    "key grant": _ALL,
    "key revoke": _KEYS,
    "key rotate": _KEYS,
    "key rekey": _ALL,
    "key linkage": _KEYS,
    "key register-copy": _KEYS,
    "sweep": _ALL,
    "retention extend": _ALL,
    "retention shorten": _ALL,
    "subject ids": _ALL,
    "subject find": _ALL,
    "subject access": _ALL,
    "subject erase": _ALL,
    "hold place": _ALL,
    "hold release": _ALL,
    "hold list": ("store",),
    "audit show": ("store",),
    "audit verify": _ALL,
    "audit acknowledge": _ALL,
}
"""Every command that has such an option: which of them; a test compares."""


def find(folder: Path) -> Path | None:
    """The nearest settings file at or above a folder."""
    for place in (folder, *folder.parents):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
    return None


def default_map() -> dict[str, Any]:
    """Defaults per command, in the shape that click wants; none in a folder that was deleted."""
    path = None
    with suppress(FileNotFoundError):
        path = find(Path.cwd())
    if path is None:
        return {}
    settings = _read(path)
    found: dict[str, Any] = {}
    for called, names in _READS.items():
        command, _, inner = called.partition(" ")
        own = {name: settings[name] for name in names if name in settings}
        if inner:
            found.setdefault(command, {})[inner] = own
        else:
            found[command] = own
    return found


def _refuse_planted(path: Path) -> None:
    """UsageError for a file that anybody could have left above the working folder, as in ``/tmp``.

    It says which vault archives are made for: another one's owner could read them.
    """
    around, status = path.parent.stat(), path.stat()
    foreign = sys.platform != "win32" and status.st_uid not in {os.geteuid(), 0}
    if foreign and (around.st_mode | status.st_mode) & stat.S_IWOTH:
        raise UsageError(
            "is somebody else's, in a place where everybody may write",
            where=str(path),
            hint="remove it, or work in a folder of your own",
        )


def _read(path: Path) -> dict[str, str]:
    _refuse_planted(path)
    content = None
    text = decoded(read_file(path))
    with suppress(tomllib.TOMLDecodeError):
        content = None if text is None else parse_toml(text)
    if content is None:
        hint = "paths with \\ stand in single quotes: store = 'C:\\study\\archives'"
        raise UsageError(
            "cannot be parsed",
            where=str(path),
            expected="TOML",
            hint=hint if "\\" in (text or "") else "",
        )
    for name, value in content.items():
        if name not in (*PATHS, *WORDS):
            known = ", ".join((*PATHS, *WORDS))
            raise UsageError(f"unknown setting {name!r}", where=str(path), expected=known)
        if not isinstance(value, str):
            raise UsageError(f"{name} is not text", where=str(path), expected="a string")
    return {
        name: str((path.parent / at_home(Path(value))).resolve()) if name in PATHS else value
        for name, value in content.items()
    }
