"""Files that a user names for what comes out: nothing that is there is lost by mistake.

Reports and tables, which can be made again, are written over when ``--replace`` is given, a plan
when it is a plan of the same kind (:mod:`archive_tool.lifecycle.plans`). Keys, grants, sheets,
linkage tables and the copy for a person go into new files only.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive_tool.errors import UsageError

Named = Iterable[Path | None]
"""Outputs that were named, and None for those that were not."""


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


def refuse_shared(paths: Named) -> None:
    """Raise UsageError when two outputs have one name: the later would be all that is left."""
    named = [path.absolute() for path in paths if path is not None]
    for path in named:
        if named.count(path) > 1:
            raise UsageError("is named for two outputs", where=str(path), hint="name two files")
