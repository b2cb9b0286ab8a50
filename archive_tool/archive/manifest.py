"""``data/archive.json``: one byte form, read back strictly; and ``info``, which needs no more."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from archive_tool.archive import layout
from archive_tool.errors import FormatError, IntegrityError
from archive_tool.model.archive import ARCHIVE_FORMAT, ArchiveInfo, ArchiveManifest

if TYPE_CHECKING:
    from archive_tool.model.paths import AnyPath


def encode(manifest: ArchiveManifest) -> bytes:
    """Write the manifest: sorted keys, two spaces, one line feed at the end."""
    line = msgspec.json.encode(manifest, order="sorted")
    return msgspec.json.format(line, indent=2) + b"\n"


def decode(content: bytes) -> ArchiveManifest:
    """Read it: FormatError for a version this release does not know, else IntegrityError."""
    manifest = None
    stamp: object = None
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        stamp = msgspec.json.decode(content, type=dict[str, msgspec.Raw]).get("format")
        stamp = msgspec.json.decode(stamp) if isinstance(stamp, msgspec.Raw) else None
    if isinstance(stamp, str) and stamp != ARCHIVE_FORMAT:
        raise FormatError(
            "an archive of a version this release does not know",
            where=layout.ARCHIVE_JSON,
            expected=ARCHIVE_FORMAT,
            hint="use the release that made it, or a newer one",
        )
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        manifest = msgspec.json.decode(content, type=ArchiveManifest)
    if manifest is None:
        raise IntegrityError("was changed: it cannot be read", where=layout.ARCHIVE_JSON)
    return manifest


def read(folder: Path) -> ArchiveManifest:
    """Read the manifest of an archive; nothing is verified."""
    return decode((folder / layout.ARCHIVE_JSON).read_bytes())


def info(path: AnyPath) -> tuple[ArchiveInfo, ...]:
    """Say what is in an archive, or in every archive of a store, oldest first. Needs no key.

    Nothing is verified. FormatError when the path is neither; an empty store gives ``()``.
    """
    found = [_info(folder) for folder in layout.archives_at(Path(path))]
    return tuple(sorted(found, key=lambda item: (item.manifest.created, item.manifest.archive_id)))


def _info(folder: Path) -> ArchiveInfo:
    file = folder / layout.ARCHIVE_JSON
    if not file.is_file():
        if layout.is_archive(folder):
            raise IntegrityError("is missing", where=layout.ARCHIVE_JSON)
        raise layout.not_an_archive(folder)
    manifest = decode(file.read_bytes())
    payload = [name for name in layout.files_below(folder) if name.startswith("data/")]
    size = sum((folder / name).stat().st_size for name in payload)
    return ArchiveInfo(path=folder, manifest=manifest, bytes=size, files=len(payload))
