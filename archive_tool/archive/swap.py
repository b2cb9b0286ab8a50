"""Puts a newer revision of an archive in the place of the older one, and takes archives away.

A folder cannot be renamed over a full one: the older revision goes to ``.replaced/<archive id>``,
the newer one takes its place, the older one is removed. Killed in between, :func:`settle` finishes
the swap, or undoes it when the newer one had not arrived; until then readers find the older one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.archive import layout
from archive_tool.errors import IntegrityError
from archive_tool.keys import disk, primitives
from archive_tool.keys.shared import make_folder

if TYPE_CHECKING:
    from pathlib import Path


def settle(store: Path) -> None:
    """Finish or undo swaps that were interrupted. The caller holds the store's lock."""
    replaced = store / layout.REPLACED
    if replaced.is_symlink():
        raise IntegrityError(
            "a link does not belong here",
            where=layout.REPLACED,
            hint="remove it: what it leads to would be taken for older revisions",
        )
    if not replaced.is_dir():
        return
    for older in sorted(replaced.iterdir()):
        place = store / layout.ARCHIVES / older.name
        if place.exists():
            disk.remove_tree(older)
        else:
            disk.move(older, place)
    disk.remove_folder(replaced)


def put(store: Path, newer: Path) -> Path:
    """Let a complete folder, named by its archive id, take the place of the older revision."""
    place = store / layout.ARCHIVES / newer.name
    replaced = store / layout.REPLACED
    make_folder(replaced)
    disk.move(place, replaced / newer.name)
    disk.move(newer, place)
    disk.sync_folder(place.parent)
    disk.remove_tree(replaced / newer.name)
    disk.remove_folder(replaced)
    return place


def remove(store: Path, archive_id: str) -> None:
    """Take an archive away; killed in between, the next run removes the rest."""
    place = store / layout.ARCHIVES / archive_id
    if not place.exists():
        return
    gone = staging(store) / archive_id
    disk.move(place, gone)
    disk.sync_folder(place.parent)
    disk.remove_tree(gone.parent)


def staging(store: Path) -> Path:
    """Make a folder of a random name that the next run removes if this one dies."""
    folder = store / f"{layout.STAGING_PREFIX}{primitives.random_bytes(8).hex()}"
    make_folder(folder)
    return folder


def clear_staging(store: Path) -> None:
    """Remove what dead runs left. The caller holds the store's lock."""
    for stale in store.glob(f"{layout.STAGING_PREFIX}*"):
        disk.remove_tree(stale)
