"""What arrived: files, and the tables found inside them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime


class FileKind(StrEnum):
    """What a file is, as told by its first bytes, then by its name."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    MEDIA = "media"
    EMPTY = "empty"
    """No bytes, or nothing but white space and a byte-order mark."""
    IGNORED = "ignored"
    """Not data: notebooks, keys, partial downloads, desktop litter. Listed, never opened."""
    UNREADABLE = "unreadable"
    """Named like a table, but an error page, HTML, or something unknown."""
    BROKEN = "broken"
    """A ZIP that cannot be opened or is hostile, beside tables that can be looked at."""


TABLE_KINDS: Final = frozenset({FileKind.JSON, FileKind.NDJSON, FileKind.CSV})
SAVED_AGAIN: Final = "csv-saved"
"""Form of a table separated by something else than commas, as no download is."""


class Clock(StrEnum):
    """What a moment of a download was read from: how exactly it is known."""

    PLATFORM = "platform"
    """UTC."""
    LOCAL = "local"
    """The clock of a computer in a zone that nobody knows."""
    DAY = "day"
    """Its date alone."""


@dataclass(frozen=True, kw_only=True)
class NameHints:
    """What a file's name and folders suggest. Content always comes first."""

    data_type: str | None = None
    room_id: str | None = None
    experiment_id: str | None = None
    stamp: datetime | None = None
    """When it was downloaded, from a folder like ``data_ROOM_20241020_143000``, read as UTC."""
    clock: Clock = Clock.LOCAL
    """How exactly that is known."""


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One file of a bundle, inside a folder or a ZIP."""

    label: str
    """``F001``: what findings and reports call it, because names hold ids."""
    path: str
    """Where its owner finds it: ``study/room_1/events.csv``, ``export.zip!/chat.json``."""
    size: int
    """Bytes, unpacked."""
    kind: FileKind
    hints: NameHints = NameHints()
    note: str = ""
    """Why it is ignored or unreadable: a fixed phrase, never content."""
    root: int = 0
    """Which of the given inputs it came from."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """The pagination block of an envelope; every key is optional there."""

    offset: int | None = None
    limit: int | None = None
    returned: int | None = None
    total: int | None = None
    has_more: bool | None = None
    next_offset: int | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """One table found in a file: an API page, an array, a CSV, one key of a dict of types."""

    file: SourceFile
    index: int
    """Which table of its file, counted from 0."""
    order: int
    """Position among all parts of the bundle, counted from 0."""
    data_type: str
    """A type with a schema, or one without (then only inventoried)."""
    form: str
    """``api-page``, ``array``, ``dict-of-types``, ``ndjson``, ``csv``, ``csv-sdk``, ``csv-saved`` …"""
    rows: int
    before: int = 0
    """Rows of its type in earlier tables of the file: positions count on from page to page."""
    scope: str | None = None
    """``experiment``, ``room`` or ``participant``, from the envelope."""
    scope_id: str | None = None
    """Personal when the scope is a participant: never in a message."""
    query_key: str | None = None
    """Digest of the request's filters: pages with the same key belong together."""
    page: Page | None = None
    downloaded_at: datetime | None = None
    """``metadata.timestamp`` of the envelope, else the stamp in the name, read as UTC."""
    clock: Clock = Clock.PLATFORM
    """How exactly that is known."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Rows that the platform says exist and that are in no page of the bundle."""

    data_type: str
    file: str
    """Label of the last file before the gap."""
    first: int
    """First missing row of the listing, counted from 0."""
    end: int | None
    """One past the last missing row; None when the total is unknown."""
