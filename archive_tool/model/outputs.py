"""Files that a user names for what comes out: nothing that is there is lost by mistake.

Reports and tables, which can be made again, are written over when ``--replace`` is given, a plan
when it is a plan of the same kind (:mod:`archive_tool.lifecycle.planning.plans`). Keys, grants, sheets,
linkage tables and the copy for a person go into new files only. Nothing goes over data that is
being read, and nothing into a store or the folder of a vault: it would be copied with them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from archive_tool.errors import UsageError
from archive_tool.model.archive import ARCHIVE_JSON, BAGIT, STORE_LOCK, VAULT_FILE
from archive_tool.model.paths import is_inside, same_place

Named = Iterable[Path | None]
"""Outputs that were named, and None for those that were not."""

_OURS: Final = (
    ((STORE_LOCK,), "lies inside a store"),
    ((BAGIT, ARCHIVE_JSON), "lies inside an archive"),
    ((VAULT_FILE,), "lies in the folder of a vault"),
)
_REPORT: Final = re.compile(rb'\s*(<|%PDF|\{\s*"schema"\s*:\s*"archive-tool/)')
"""How pages and records of ours begin, and no data does."""


def refuse_outputs(paths: Named, *, replace: bool | None = None, read: Iterable[Path] = ()) -> None:
    """Raise UsageError for the first file that must not be written; call it before long work.

    ``replace``: whether the user said that a file may go; None where that cannot be said.
    ``read``: files and folders that the command reads.
    """
    named = [path for path in paths if path is not None]
    refuse_shared(named)
    refuse_homeless(named)
    refuse_ours(named)
    refuse_existing(named, replace=replace)
    given = list(read)
    for path in named:
        if path.exists() and any(_is_data(path, one) for one in given):
            raise UsageError("is what is being read", where=str(path), hint="name another file")


def refuse_ours(paths: Named, *, identity: bool = False) -> None:
    """Raise UsageError for the first file or folder inside a store, an archive or a vault.

    ``identity``: it is the key of a vault, which may lie beside it.
    """
    for path in paths:
        real = Path(os.path.realpath(path)) if path is not None else None
        for folder in (real, *real.parents) if real is not None else ():
            for marks, what in _OURS[:-1] if identity else _OURS:
                if all(os.path.exists(folder / mark) for mark in marks):
                    raise UsageError(what, where=str(path), hint="name a place of its own")


def refuse_planted(folder: Path) -> None:
    """Raise UsageError for a link that somebody else put where a folder for rows is named.

    Where a group writes it could lead anywhere, into one's own files too.
    """
    if sys.platform == "win32" or not folder.is_symlink():
        return
    if folder.lstat().st_uid not in {os.geteuid(), 0}:
        raise UsageError(
            "is a link that somebody else made",
            where=str(folder),
            hint="name the folder that it leads to, if that is the one you mean",
        )


@contextmanager
def folder_for(to: Path) -> Iterator[None]:
    """Make a folder to write into; what was made goes again where nothing came of it."""
    made = [folder for folder in (to, *to.parents) if not folder.exists()]
    to.mkdir(parents=True, exist_ok=True, mode=0o700)  # names of recordings may be ids
    refuse_planted(to)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # what is not empty stays
            for folder in made:
                folder.rmdir()
        raise


def refuse_existing(paths: Named, *, replace: bool | None = None) -> None:
    """Raise UsageError for the first file that is there already; call it before long work.

    ``replace``: whether the user said that it may go; None where that cannot be said.
    """
    hint = "name another file" if replace is None else "name another file, or give --replace"
    for path in paths:
        if path is not None and path.exists() and not replace:
            raise UsageError("exists already", where=str(path), hint=hint)


def refuse_homeless(paths: Named) -> None:
    """Raise UsageError for the first file whose folder is missing; call it before long work."""
    for path in paths:
        if path is not None and not path.parent.is_dir():
            raise UsageError("no such folder", where=str(path.parent), hint="make it first")


def _is_data(path: Path, given: Path) -> bool:
    """Tell whether a file is what a command was given to read, or lies in it and is no report."""
    if same_place(path, given):
        return True
    return is_inside(path, given) and not _is_report(path)


def _is_report(path: Path) -> bool:
    if not path.is_file():
        return False  # a pipe would be waited for
    with path.open("rb") as file:
        return _REPORT.match(file.read(64)) is not None


def refuse_shared(paths: Named) -> None:
    """Raise UsageError when two outputs are one file: the later would be all that is left."""
    named = [path for path in paths if path is not None]
    places = [os.path.realpath(path) for path in named]
    for path, place in zip(named, places, strict=True):
        if places.count(place) > 1:
            raise UsageError("is named for two outputs", where=str(path), hint="name two files")
