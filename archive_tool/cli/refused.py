"""What is said when the system says no: a disk that is full, no memory, a path that cannot be."""

from __future__ import annotations

import errno
from typing import Final

from archive_tool.model.texts import printable

_AGAIN: Final = "then run the command again: nothing is half done"

_HINTS: Final = {
    errno.ENOSPC: f"make room on that disk, {_AGAIN}",
    errno.EDQUOT: f"make room within the quota of that disk, {_AGAIN}",
    errno.EFBIG: f"allow larger files (ulimit -f), {_AGAIN}",
    errno.EMFILE: f"allow more open files (ulimit -n 1024), {_AGAIN}",
    errno.ENFILE: f"end other programs, {_AGAIN}",
    errno.EIO: f"see whether the disk, or the connection to it, is sound, {_AGAIN}",
    **dict.fromkeys(
        (errno.ESTALE, errno.ENOTCONN, errno.ECONNABORTED, errno.ECONNRESET, errno.ETIMEDOUT),
        f"see whether the connection to that disk is sound, {_AGAIN}",
    ),
}

_WRONG: Final = frozenset(
    {
        errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM,
        errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP,
    }
)  # fmt: skip
"""What systems say of a path that cannot be what was asked of it."""

NO_MEMORY: Final = (
    "there is not enough memory",
    f"end other programs, allow more, or give --workers 0 to create and validate, {_AGAIN}",
)
NO_THREAD: Final = (
    "no thread can be started",
    f"allow more processes (ulimit -u) or more memory, {_AGAIN}",
)

_UNMAPPED: Final = ("failed to map segment", "annot allocate memory")
"""What the loader says of a library that does not fit into the address space any more."""
_NOT_STARTED: Final = ("can't start new thread", "Failed to launch worker thread")
"""What Python and Arrow say."""


def code_of(error: OSError) -> int:
    """2 for a path that cannot be what was asked of it; 1 for a disk that is full or fails."""
    return 2 if error.errno in _WRONG and error.filename else 1


def said_of(error: OSError) -> tuple[str, str]:
    """Give what went wrong and what to do: the file is the owner's own, the rest the system's."""
    where = f"{printable(str(error.filename))}: " if error.filename else ""
    what = (error.strerror or "input or output failed").lower()
    return f"{where}{what}", _HINTS.get(error.errno or 0, "")


def resource_of(error: Exception) -> tuple[str, str] | None:
    """Give the same for what the machine has too little of; None for anything else."""
    said = str(error)
    if isinstance(error, MemoryError):
        return NO_MEMORY
    if isinstance(error, ImportError) and any(words in said for words in _UNMAPPED):
        return NO_MEMORY
    return NO_THREAD if any(words in said for words in _NOT_STARTED) else None
