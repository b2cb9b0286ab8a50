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
from typing import TYPE_CHECKING, Any, Final

import click

from archive_tool.errors import UsageError
from archive_tool.model.files import read_file
from archive_tool.model.parsed import parse_toml
from archive_tool.model.paths import at_home
from archive_tool.model.texts import decoded

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME: Final = "archive.toml"

PATHS: Final = ("store", "vault", "identity")
WORDS: Final = ("policy",)
"""Settings are called like the options that they are defaults of, of any command."""


def find(folder: Path) -> Path | None:
    """The nearest settings file at or above a folder."""
    for place in (folder, *folder.parents):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
    return None


def nearest() -> dict[str, str]:
    """What the nearest settings file says; nothing in a folder that was deleted."""
    path = None
    with suppress(FileNotFoundError):
        path = find(Path.cwd())
    return {} if path is None else _read(path)


def default_map(command: click.Command, said: Mapping[str, str]) -> dict[str, Any]:
    """Defaults of a command in the shape that click wants: the settings that it has an option for."""
    if isinstance(command, click.Group):
        return {name: default_map(inner, said) for name, inner in command.commands.items()}
    options = {one.name for one in command.params if isinstance(one, click.Option)}
    return {name: value for name, value in said.items() if name in options}


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
