"""Where a store keeps what is not an archive, and how those small files are written."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.archive import layout, swap
from archive_tool.errors import FormatError
from archive_tool.keys import disk
from archive_tool.keys.lock import FileLock
from archive_tool.keys.shared import make_folder
from archive_tool.model.files import LARGEST_PAPER, read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive_tool.keys import Vault

AUDIT: Final = "audit"
STATE: Final = "state"
LOG: Final = "log.jsonl"
HEAD: Final = "head.json"
HOLDS: Final = "holds.json"
CATALOGUE: Final = "catalogue.json"
CERTIFICATES: Final = "certificates"
TOMBSTONES: Final = "tombstones"
PENDING: Final = "pending"
DEFERRED: Final = "deferred"


def canonical(value: object) -> bytes:
    """Return the one byte form of a JSON value: sorted keys, no spaces."""
    return msgspec.json.encode(value, order="sorted")


def digest(value: object) -> str:
    """SHA-256 of the one byte form of a JSON value, hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def pretty(value: object) -> bytes:
    """Return the same for people: two spaces, one line feed at the end."""
    return msgspec.json.format(canonical(value), indent=2) + b"\n"


def read(path: Path, *, most: int = LARGEST_PAPER) -> bytes | None:
    """Return the content of a file, or None when there is none; errors of :func:`read_file`."""
    with suppress(FileNotFoundError):
        return read_file(path, most=most)
    return None


def write(path: Path, content: bytes) -> None:
    """Put a file of a store in place in one step, on the disk: it is the old one or the new one."""
    make_folder(path.parent)
    disk.replace(path, content, shared=True)


def require_store(store: Path) -> None:
    """FormatError (15) when a path is no store: what is swept must not be nothing by mistake."""
    begun = any((store / name).is_dir() for name in (layout.ARCHIVES, AUDIT, STATE))
    new = store.is_dir() and all(entry.name.startswith(".") for entry in store.iterdir())
    if layout.is_archive(store) or not (begun or new):
        raise FormatError("not a store", where=store.name, expected="the folder of a store")


def archives_of(store: Path) -> tuple[Path, ...]:
    """Return the archives of a store; FormatError (15) for a folder that is none."""
    require_store(store)
    return layout.archives_at(store) if (store / layout.ARCHIVES).is_dir() else ()


def known_in(store: Path, vault: Vault) -> tuple[str, ...]:
    """Return the ids of the archives of a store that a vault can open."""
    known = frozenset(vault.archives)
    return tuple(path.name for path in archives_of(store) if path.name in known)


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the store for a change (LockError when it is in use), whole swaps first."""
    require_store(store)
    with FileLock(store / layout.STORE_LOCK, what="store"):
        swap.settle(store)
        yield
