"""Where things lie in an archive and in a store, and what may be called an archive."""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive_tool.errors import FormatError, IntegrityError, UsageError
from archive_tool.keys.derive import AGGREGATES_SCOPE, MEDIA_SCOPE
from archive_tool.model import archive
from archive_tool.model.datatypes import BY_NAME, MEDIA
from archive_tool.model.paths import as_argument, same_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive_tool.model.archive import FileEntry

ARCHIVES: Final = "archives"
STAGING_PREFIX: Final = ".staging-"
REPLACED: Final = ".replaced"
"""Holds the older revision of an archive for the moment in which the newer one takes its place."""
REKEYED: Final = ".rekeyed"
"""Holds the archives that are written again under new keys, until the vault has those."""
STORE_LOCK: Final = archive.STORE_LOCK

BAGIT: Final = archive.BAGIT
BAG_INFO: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
SIGNATURE: Final = "tagmanifest-sha256.txt.sig"
TAG_FILES: Final = (BAGIT, BAG_INFO, MANIFEST)
"""What the tag manifest lists."""

ARCHIVE_JSON: Final = archive.ARCHIVE_JSON
INDEX: Final = "data/index.parquet"
INDEX_ID: Final = "index"
"""Stands for the file id in the derivation of the index's key."""
POLICY: Final = archive.POLICY
DOWNGRADE: Final = "data/downgrade.toml"
"""The policy under which an archive that tells less is made of this one; where one was named."""
CRATE: Final = "data/ro-crate-metadata.json"
TABLES: Final = "data/tables/"
RECORDINGS: Final = "data/media/"

_FAILING: Final = frozenset({errno.EIO, errno.ENXIO, errno.ESTALE, errno.ETIMEDOUT})
"""What systems say, without a name, of a file that they have opened and cannot read."""

AGGREGATE_PREFIX: Final = "aggregates/"

ARCHIVE_ID: Final = re.compile(r"[0-9]{8}-[a-z0-9]+")
"""Day and random letters (:func:`archive_tool.pipeline.second_pass.leaving.new_archive_id`)."""

SAFE_PATH: Final = re.compile(r"data(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")
"""Payload paths: nothing hidden, nothing that leads outside, nothing a shell would read."""


def table_path(data_type: str, file_id: str) -> str:
    """Return where a table file or a sealed recording lies, from the folder of the archive."""
    if data_type == MEDIA:
        return f"{RECORDINGS}{file_id}.sealed"
    folder = AGGREGATES_SCOPE if is_aggregate(data_type) else data_type.replace("/", "_")
    return f"{TABLES}{folder}/{file_id}.parquet"


def path_of(entry: FileEntry) -> str:
    """Return where the file of an index row lies."""
    return table_path(entry.data_type, entry.file_id)


def is_aggregate(data_type: str) -> bool:
    """Tell whether it is a summary table, and no data type."""
    return data_type.startswith(AGGREGATE_PREFIX)


def stems(types: Iterable[str]) -> dict[str, str]:
    """Name the file of each type: data types first, and no table takes the name of one of these."""
    named: dict[str, str] = {}
    for name in sorted(types, key=is_aggregate):
        stem = name.removeprefix(AGGREGATE_PREFIX).replace("/", "_")
        named[name] = stem if stem not in named.values() else name.replace("/", "-")
    return named


def type_meant(name: str, types: Iterable[str]) -> str:
    """Give the type that somebody means by its own name or that of its file; "" for none."""
    named = stems(types).items()
    meant = (t for t, stem in named if name in (t, stem, t.removeprefix(AGGREGATE_PREFIX)))
    return next(meant, "")


def scope_of(data_type: str) -> str:
    """Return the key scope of a data type, an aggregate table or the sealed recordings."""
    if data_type == MEDIA:
        return MEDIA_SCOPE
    if is_aggregate(data_type):
        return AGGREGATES_SCOPE
    return BY_NAME[data_type].scope


def is_archive(path: Path) -> bool:
    """Tell whether a folder is meant to be one of our archives, whole or damaged."""
    return (path / TAG_MANIFEST).is_file() or (path / ARCHIVE_JSON).is_file()


def archives_at(path: Path) -> tuple[Path, ...]:
    """Return the archives of a store, or the archive itself; FormatError when it is neither.

    Folders beside the archives that a server or a desktop made (``@eaDir``, ``lost+found``) are
    none; one that has an archive's name and nothing in it is one that is not whole.
    """
    if is_archive(path):
        return (path,)
    if (path / ARCHIVES).is_dir():
        stored = {
            entry.name: entry
            for entry in (path / ARCHIVES).iterdir()
            if entry.is_dir() and (ARCHIVE_ID.fullmatch(entry.name) or is_archive(entry))
        }
        if (path / REPLACED).is_dir():  # a swap was interrupted: the older revision still counts
            stored = {entry.name: entry for entry in (path / REPLACED).iterdir()} | stored
        return tuple(stored[name] for name in sorted(stored))
    if path.is_dir() and all(entry.name.startswith(".") for entry in path.iterdir()):
        return ()  # a store that nothing was put into yet
    raise not_an_archive(path)


def stored(store: Path, archive_id: str) -> Path:
    """Return the folder of one archive of a store, for readers, who do not settle a swap."""
    place, older = store / ARCHIVES / archive_id, store / REPLACED / archive_id
    return older if not place.exists() and older.is_dir() else place


def one_archive(path: Path) -> Path:
    """Return the archive itself; UsageError for a store, whose archives are opened one by one."""
    found = archives_at(path)
    if found == (path,):
        return path
    some = "1 archive" if len(found) == 1 else f"{len(found)} archives"
    raise UsageError(
        f"is a store with {some}: they are opened one by one",
        where=path.name,
        expected="the folder of one archive",
        hint=f"for example {as_argument(found[-1])}" if found else "",
    )


def refuse_inside_a_store(store: Path) -> None:
    """UsageError for a new store among the archives of another, where nobody would look for it."""
    real = Path(os.path.realpath(store))
    for place in (real, *real.parents):
        if place.name == ARCHIVES and (place.parent / STORE_LOCK).exists():
            raise UsageError(
                "lies among the archives of another store",
                where=real.name,
                expected="the folder of a store",
                hint=f"that store is --store {as_argument(_as_given(store, place.parent))}",
            )


def _as_given(path: Path, folder: Path) -> Path:
    """Give a folder above a path in the words of that path, where links do not hide it."""
    return next((above for above in path.parents if same_place(above, folder)), folder)


def not_an_archive(path: Path) -> FormatError:
    """Make the error for a path that is no archive."""
    return FormatError(
        "not an archive",
        where=path.name,
        expected="the folder of an archive or of a store",
        hint="an archive is the folder that holds bagit.txt and data; a store is the one that --store "
        "names",
    )


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Make IntegrityError (16) of what the system says of the files of an archive.

    A bad sector, a connection that is lost or a missing permission: the others of its store may be
    whole, and are read all the same.
    """
    problem: IntegrityError | None = None
    try:
        yield
    except OSError as error:
        path = "" if error.filename is None else str(error.filename)
        if not path.startswith(f"{folder}{os.sep}") and (path or error.errno not in _FAILING):
            raise
        problem = IntegrityError(
            f"cannot be read: {(error.strerror or '').lower()}",
            where=f"{folder.name}{path.removeprefix(str(folder))}",
            hint="see whether the disk is sound and the file may be read; else put a whole copy of the "
            "archive in its place",
        )
    if problem is not None:
        raise problem


def files_below(folder: Path) -> set[str]:
    """Return every file's path from the folder, with ``/``; links and devices are refused.

    Of an empty folder the path with a ``/`` behind it: a name alone can tell something too.
    """
    found: set[str] = set()
    stack = [("", str(folder))]
    while stack:
        prefix, place = stack.pop()
        empty = True
        with os.scandir(place) as entries:
            for entry in entries:
                empty = False
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    stack.append((name + "/", entry.path))
                elif entry.is_file(follow_symlinks=False):
                    found.add(name)
                else:
                    raise IntegrityError("a link or device does not belong here", where=name)
        if empty and prefix:
            found.add(prefix)
    return found
