"""What is made in a store gets the group bits of the folder around it, where a group shares it.

The owner of a store shares it with the bits of its folder: 2770 for a group that writes too, 2750
for one that reads. The sign is the setgid bit. Only there does a new file belong to the folder's
group; elsewhere group bits speak of whatever group the writer happens to be in, and none is given.
A vault is shared in the same way. Archives and the vault's file are sealed, and state and log hold
no data, so that this opens no secret. For identities, grants, plans and what was extracted nobody
comes here.

Only what was just made is shared. Whoever may write in a folder can give a file of somebody else's
another name there: a name alone would open somebody's identity or extracted rows that were put
under it.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from archive_tool.model.files import open_in_place

if TYPE_CHECKING:
    from pathlib import Path


def share(made: int, path: str | os.PathLike[str]) -> None:
    """Let the group use a file as it may use the folder around it.

    ``made`` is the file, open since it was made. Bits are added, never taken: the umask of whoever
    writes does not lock the others out.
    """
    around = _around(path)
    if around.st_mode & stat.S_ISGID:
        with suppress(PermissionError):  # a disk that keeps no bits
            _give(made, around)


def share_folder(path: str | os.PathLike[str]) -> None:
    """Let the group use a new folder as it may use the folder around it.

    One in which something lies already is not new: it has the bits that its owner gave it.
    """
    around = _around(path)
    if not around.st_mode & stat.S_ISGID:
        return
    with suppress(PermissionError):  # somebody else's
        made = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            if not os.listdir(made):
                _give(made, around)
        finally:
            os.close(made)


def open_shared(path: Path, flags: int) -> int:
    """Open a file to lock it or to write to it, and share it if it is made now."""
    made = -1
    with suppress(FileExistsError):
        made = open_in_place(path, flags | os.O_CREAT | os.O_EXCL)
    if made < 0:
        return open_in_place(path, flags | os.O_CREAT)
    try:
        share(made, path)
    except BaseException:
        os.close(made)
        raise
    return made


def is_meant(path: str | os.PathLike[str], status: os.stat_result) -> bool:
    """Whether all that others may do with a file is what its folder lets the group do."""
    return not status.st_mode & 0o077 & ~_bits(status, _around(path))


def _around(path: str | os.PathLike[str]) -> os.stat_result:
    return os.stat(os.path.dirname(path) or os.curdir)


def _bits(made: os.stat_result, around: os.stat_result) -> int:
    """Give the bits that what is made in a folder has for the group of the folder."""
    if not around.st_mode & stat.S_ISGID or made.st_gid != around.st_gid:
        return 0  # of another group, on a disk that goes its own way: that one was not meant
    bits = around.st_mode & stat.S_IRWXG
    if stat.S_ISDIR(made.st_mode):
        return bits | stat.S_ISGID  # some systems hand it down by themselves, macOS does not
    return bits & ~stat.S_IXGRP


def _give(descriptor: int, around: os.stat_result) -> None:
    made = os.fstat(descriptor)
    bits = _bits(made, around)
    if made.st_mode & bits != bits:
        os.fchmod(descriptor, stat.S_IMODE(made.st_mode) | bits)


def make_folder(folder: Path, *, mode: int = 0o700) -> None:
    """Make a folder of a store, and those around it, where they are not there yet."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode=mode)
    with suppress(FileExistsError):
        folder.mkdir(mode=mode)
    share_folder(folder)
