"""What is said of one archive that cannot be read: others of its store may be whole."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout
from archive_tool.errors import FormatError, IntegrityError, LockError, VaultError
from archive_tool.model.files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive_tool.errors import ArchiveToolError

REFUSALS: Final = (FormatError, IntegrityError, VaultError)
"""Whatever else goes wrong stops all."""


@contextmanager
def naming(archive_id: str) -> Iterator[None]:
    """Say which of several archives it is that cannot be read."""
    try:
        yield
    except REFUSALS as error:
        if archive_id not in error.where:
            error.where = f"{archive_id}/{error.where}" if error.where else archive_id
        raise


@contextmanager
def undisturbed(folder: Path, *, listed: bool = False) -> Iterator[None]:
    """Make LockError (21) of what went wrong because another process changed an archive meanwhile.

    Files of the older revision are gone when a newer one takes its place, and nothing is wrong with
    either. ``listed``: whether the archive was seen to be there; else it may never have been.
    """
    before = _revision(folder)
    problem: ArchiveToolError | OSError | None = None
    try:
        yield
    except (*REFUSALS, OSError) as error:
        problem = error
    if problem is None:
        return
    if _revision(folder) == before and (folder.exists() or not listed):
        raise problem
    raise LockError(
        "another process has changed or destroyed it while it was read",
        where=folder.name,
        hint="run the command again",
    )


def _revision(folder: Path) -> bytes | None:
    with suppress(OSError, IntegrityError):
        return read_file(folder / layout.TAG_MANIFEST)
    return None
