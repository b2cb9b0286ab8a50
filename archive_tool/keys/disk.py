"""Files that are whole or not there, and on the disk for good when the call returns.

Every file and folder that is put in the place of another, or taken away, goes through here: what
systems do differently stands once.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive_tool.keys.shared import share
from archive_tool.model.files import open_in_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PAUSES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Seconds. So long Windows may refuse what a virus scanner, an index or a sync client has open."""

_IN_USE: Final = frozenset({errno.EACCES, errno.EPERM, errno.ENOTEMPTY})
"""What Windows says of a file that somebody has open, and of a folder with such a file in it."""

_NO_FOLDERS: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})
"""What disks in a network say that can bring no folder to the disk."""


_MANY: Final = 512
"""Files that are open at once where the system does not say how many may be."""

PRIVATE: Final = 0o600
"""For its owner only."""
USUAL: Final = 0o666
"""For whom the user's umask says."""


def write_new(path: Path, content: bytes, *, mode: int = PRIVATE, shared: bool = False) -> None:
    """Create a file in full, or fail and leave none."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if shared:
                share(file.fileno(), path)
            file.write(content)
            file.flush()
            flush(file.fileno())
    except BaseException as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        name_file(error, path)
        raise


def name_file(error: BaseException, path: str | os.PathLike[str]) -> None:
    """Say of an error of the system which file it was: writing and flushing tell no name."""
    if isinstance(error, OSError) and error.errno is not None and error.filename is None:
        error.filename = os.fspath(path)


def replace(path: Path, content: bytes, *, mode: int = PRIVATE, shared: bool = False) -> None:
    """Put a file in place of another in one step: it is the old one or the new one.

    What is ``shared`` is for the group too that shares the folder (:mod:`shared`).
    """
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    write_new(beside, content, mode=mode, shared=shared)
    try:
        move(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Give a file or folder another name; a file that has the name already is replaced."""
    _patiently(lambda: source.replace(target))


def move_new(source: Path, target: Path) -> None:
    """Give a file a name that nobody has: FileExistsError where somebody else was faster.

    On a disk without links that is looked at once, just before.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        move(source, target)
    else:
        source.unlink()


def remove_tree(folder: Path) -> None:
    """Take a folder away with all that is in it; of a link in its place the link alone."""
    is_folder = folder.is_dir() and not folder.is_symlink()
    _patiently(lambda: shutil.rmtree(folder) if is_folder else folder.unlink())


def remove_folder(folder: Path) -> None:
    """Take an empty folder away."""
    _patiently(folder.rmdir)


@contextmanager
def all_or_nothing(folder: Path) -> Iterator[None]:
    """Take back what was written into a new or empty folder when it does not become all.

    Out of that folder, whatever has its name by then: where others may write around it, they could
    put a link to one in its place in which somebody's own files are.
    """
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # names of recordings may be ids
    inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY) if sys.platform != "win32" else None
    try:
        yield
    except BaseException:
        for name in os.listdir(folder if inside is None else inside):
            with suppress(OSError):
                _take_back(folder, name, inside)
        if new:
            with suppress(OSError):
                folder.rmdir()
        raise
    finally:
        if inside is not None:
            os.close(inside)


def _take_back(folder: Path, name: str, inside: int | None) -> None:
    place = os.path.join(folder, name) if inside is None else name
    if stat.S_ISDIR(os.stat(place, dir_fd=inside, follow_symlinks=False).st_mode):
        shutil.rmtree(place, dir_fd=inside)
    else:
        os.unlink(place, dir_fd=inside)


def sync_all(paths: Sequence[str]) -> None:
    """Bring files to the disk for good: all are on their way before the first is waited for.

    The journal then takes many of them at once; one after the other takes three times as long.
    """
    most = _open_at_once()
    for start in range(0, len(paths), most):
        _sync_together(paths[start : start + most])


def _open_at_once() -> int:
    """How many files may be open here: others of this process need some too."""
    if sys.platform == "win32":
        return _MANY
    import resource

    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MANY if allowed == resource.RLIM_INFINITY else max(1, allowed // 4)


def _sync_together(paths: Sequence[str]) -> None:
    opened: list[int] = []
    try:
        for path in paths:
            # Windows flushes what is open for writing
            how = os.O_RDONLY if sys.platform != "win32" else os.O_RDWR
            opened.append(open_in_place(Path(path), how))
            if sys.platform == "linux":  # starts to write what is new, and waits for nothing
                os.posix_fadvise(opened[-1], 0, 0, os.POSIX_FADV_DONTNEED)
        for descriptor in opened[:-1]:
            os.fsync(descriptor)
        for descriptor in opened[-1:]:
            flush(descriptor)
    except OSError as error:
        name_file(error, os.path.dirname(paths[0]))
        raise
    finally:
        for descriptor in opened:
            os.close(descriptor)


def sync_folder(folder: str | Path) -> None:
    """Bring the names in a folder to the disk, where a system can be told to."""
    if sys.platform == "win32":
        return  # Windows has no folder handles to flush
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flush(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDERS:
            raise
    finally:
        os.close(descriptor)


def flush(descriptor: int) -> None:
    """Bring an open file to the disk, and what was sent there before it.

    On macOS ``fsync`` ends when the drive has taken the bytes, not when they would survive a power
    cut (fsync(2) there); disks in a network know no more than that.
    """
    os.fsync(descriptor)
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)


def _patiently(act: Callable[[], object]) -> None:
    """Do something that Windows may refuse for a moment; other systems are not asked twice."""
    for pause in PAUSES if sys.platform == "win32" else ():
        try:
            act()
            return
        except OSError as error:
            if error.errno not in _IN_USE:
                raise
        time.sleep(pause)
    act()
