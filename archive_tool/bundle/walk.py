"""The files under a folder, without following links."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.bundle.files import Stamp
from archive_tool.bundle.ignored import LINK, OURS, why_ignored_folder
from archive_tool.errors import BundleError
from archive_tool.model.archive import ARCHIVE_JSON, BAGIT, STORE_LOCK
from archive_tool.model.texts import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive_tool.bundle.limits import Limits


_JUNCTION: Final = 0xA0000003
"""``IO_REPARSE_TAG_MOUNT_POINT`` of Windows."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing under a folder."""

    names: tuple[str, ...]
    """Folders below the root, then its own name."""
    path: str
    size: int
    """Bytes; 0 for what is left alone."""
    stamp: Stamp | None = None
    """Of a file; None for what is left alone."""
    ignored: str = ""
    """Why it is left alone without a look; empty for a file."""


def natural(names: tuple[str, ...]) -> tuple[object, ...]:
    """Sort key that puts page 2 before page 10."""
    # the split alternates text and digits, so that text is only compared with text
    parts = tuple(
        tuple(int(t) if i % 2 else t for i, t in enumerate(re.split(r"([0-9]+)", name)))
        for name in names
    )
    return parts, names


def walk(root: Path, limits: Limits) -> list[Found]:
    """Everything under ``root`` in natural order; folders that are no data as one entry.

    Raises :class:`BundleError` when a folder cannot be read or a limit is passed.
    """
    found: list[Found] = []
    for thing in _below(str(root), root.name, (), limits):
        found.append(thing)
        if len(found) > limits.files:
            raise BundleError(
                "too many files", where=printable(root.name), expected=f"at most {limits.files}"
            )
    return sorted(found, key=lambda thing: natural(thing.names))


def _below(folder: str, root: str, above: tuple[str, ...], limits: Limits) -> Iterator[Found]:
    where = printable("/".join((root, *above)))
    if len(above) > limits.folder_depth:
        raise BundleError(
            "too many folders", where=where, expected=f"at most {limits.folder_depth}"
        )
    entries = _entries(folder, where)
    if above and _is_ours(folder, {entry.name for entry in entries}):
        yield Found(names=(*above[:-1], above[-1] + "/"), path=folder, size=0, ignored=OURS)
        return
    for entry in entries:
        names = (*above, entry.name)
        path = entry.path
        if entry.is_symlink() or _is_junction(entry):
            yield Found(names=names, path=path, size=0, ignored=LINK)
        elif entry.is_dir(follow_symlinks=False):
            reason = why_ignored_folder(entry.name)
            if reason is None:
                yield from _below(path, root, names, limits)
            else:
                yield Found(names=(*above, entry.name + "/"), path=path, size=0, ignored=reason)
        elif entry.is_file(follow_symlinks=False):
            stamp = Stamp.of(entry.stat(follow_symlinks=False))
            yield Found(names=names, path=path, size=stamp.size, stamp=stamp)
        else:
            yield Found(names=names, path=path, size=0, ignored="not a file")


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Tell whether a folder of Windows is another one; Python 3.11 does not call it a link."""
    if sys.platform != "win32":
        return False
    return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == _JUNCTION


def _is_ours(folder: str, names: set[str]) -> bool:
    """Whether a folder is a store or an archive of this tool, which many keep beside their data."""
    if STORE_LOCK in names:
        return True
    return BAGIT in names and os.path.isfile(os.path.join(folder, ARCHIVE_JSON))


def _entries(folder: str, where: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        pass
    raise BundleError("a folder that cannot be read", where=where, expected="read permission")
