"""Every archive of a store that belongs to a vault, opened in turn; those nobody can look at are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from archive_tool.archive import layout
from archive_tool.archive.opening import open_archive
from archive_tool.archive.refusals import REFUSALS
from archive_tool.lifecycle import catalogue, whole
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.lifecycle.catalogue import Overview

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Looked(Generic[T]):
    """What was seen in the archives of a store that belong to one vault."""

    overview: Overview
    seen: tuple[T, ...]
    """Sorted by archive id."""
    unreadable: tuple[Unreadable, ...]
    """Archives that were not looked at, or not to the end, and those that are gone."""


def left_out(
    store: Path, vault: Vault, overview: Overview, records: Sequence[Record]
) -> list[Unreadable]:
    """Name the archives nobody can look at: damaged ones, and those that are gone; whoever asks is told.

    ``records`` are the lines of the store's audit log.
    """
    return [*overview.unreadable, *whole.unseen(store, records, vault)]


def look(store: Path, vault: Vault, ask: Callable[[Archive], T]) -> Looked[T]:
    """Open every archive of a store that belongs to the vault and was not destroyed.

    IntegrityError (16) for an audit log that changed: it says what there has to be.
    """
    overview = catalogue.load(store, vault)
    seen: list[T] = []
    unreadable = left_out(store, vault, overview, audit.read(store))
    for entry in overview.entries:
        if vault.is_destroyed(entry.archive_id):
            continue
        try:
            folder = layout.stored(store, entry.archive_id)
            with layout.reading(folder):
                seen.append(ask(open_archive(folder, vault=vault)))
        except REFUSALS as error:
            unreadable.append(Unreadable.because(entry.archive_id, error))
    return Looked(overview=overview, seen=tuple(seen), unreadable=tuple(unreadable))
