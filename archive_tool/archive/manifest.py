"""``data/archive.json``: one byte form, read back strictly; and ``info``, which needs no more."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from archive_tool.archive import layout
from archive_tool.errors import FormatError, IntegrityError
from archive_tool.model.archive import ARCHIVE_FORMAT, ArchiveInfo, ArchiveManifest
from archive_tool.model.files import read_file
from archive_tool.model.parsed import parsed
from archive_tool.model.paths import as_path

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.errors import ArchiveToolError
    from archive_tool.model.paths import AnyPath
    from archive_tool.model.policy import Policy


class _Stamp(msgspec.Struct):
    """What every version of the manifest says."""

    format: str


def encode(manifest: ArchiveManifest) -> bytes:
    """Write the manifest: sorted keys, two spaces, one line feed at the end."""
    line = msgspec.json.encode(manifest, order="sorted")
    return msgspec.json.format(line, indent=2) + b"\n"


def decode(content: bytes) -> ArchiveManifest:
    """Read it: FormatError for a version this release does not know, else IntegrityError."""
    stamp = parsed(content, _Stamp)
    if stamp is not None and stamp.format != ARCHIVE_FORMAT:
        raise FormatError(
            "an archive of a version this release does not know",
            where=layout.ARCHIVE_JSON,
            expected=ARCHIVE_FORMAT,
            hint="use the release that made it, or a newer one",
        )
    manifest = parsed(content, ArchiveManifest)
    if manifest is None:
        raise IntegrityError("was changed: it cannot be read", where=layout.ARCHIVE_JSON)
    return manifest


def refuse_newer(folder: Path) -> None:
    """FormatError (15) for an archive with fields of a newer release.

    It can be read; written again by this release it would lose them.
    """
    content = read_file(folder / layout.ARCHIVE_JSON)
    if _loses(msgspec.json.decode(content), msgspec.to_builtins(decode(content))):
        raise FormatError(
            "says something that this release does not know and would not keep",
            where=layout.ARCHIVE_JSON,
            hint="change it with the release that wrote it, or a newer one",
        )


def _loses(stated: object, kept: object) -> bool:
    """Tell whether a document has a key that what was read of it has not."""
    if isinstance(stated, dict):
        return not isinstance(kept, dict) or any(
            name not in kept or _loses(value, kept[name]) for name, value in stated.items()
        )
    return False


def read(folder: Path) -> ArchiveManifest:
    """Read the manifest of an archive; nothing is verified."""
    return decode(read_file(folder / layout.ARCHIVE_JSON))


def info(path: AnyPath) -> tuple[ArchiveInfo, ...]:
    """Say what is in an archive, or in every archive of a store, oldest first. Needs no key.

    Nothing is verified. FormatError (15) when the path is neither; an empty store gives ``()``.
    Of an archive that cannot be read, FormatError or IntegrityError (16);
    :func:`listing` gives the others too.
    """
    found, wrong = listing(path)
    if wrong:
        raise wrong[0]
    return found


def listing(path: AnyPath) -> tuple[tuple[ArchiveInfo, ...], tuple[ArchiveToolError, ...]]:
    """Say what is in the archives that can be read, and what is wrong with the others."""
    path = as_path(path, "archive")
    found: list[ArchiveInfo] = []
    wrong: list[ArchiveToolError] = []
    for folder in layout.archives_at(path):
        try:
            with layout.reading(folder):
                found.append(info_of(folder))
        except (FormatError, IntegrityError) as error:
            if folder != path and not error.where.startswith(folder.name):
                error.where = f"{folder.name}/{error.where}"
            wrong.append(error)
    found.sort(key=lambda item: (item.manifest.created, item.manifest.archive_id))
    return tuple(found), tuple(wrong)


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """Archives of a store that a new one should be told of, oldest first."""

    same_bundle: tuple[str, ...]
    """Made of the same bundle."""
    same_policy: tuple[str, ...]
    """Of these, made under the same policy too."""
    other_policy: tuple[str, ...]
    """Made under a policy of the same name and version, which had another text."""


def neighbours(store: Path, bundle: str, policy: Policy) -> Neighbours:
    """Look at the archives of a store, for one made of a bundle (its digest) under a policy.

    Those that cannot be read are passed over: that is for ``verify`` to say.
    """
    named, same, again, other = (policy.name, policy.version), [], [], []
    for folder in layout.archives_at(store):
        with suppress(FormatError, IntegrityError), layout.reading(folder):
            stated = _stated(folder)
            entry = (stated.created, stated.archive_id)
            if stated.bundle_digest == bundle:
                same.append(entry)
            told = stated.policy
            if stated.bundle_digest == bundle and told.digest == policy.digest:
                again.append(entry)
            if (told.name, told.version) == named and told.digest != policy.digest:
                other.append(entry)
    return Neighbours(
        same_bundle=tuple(archive_id for _, archive_id in sorted(same)),
        same_policy=tuple(archive_id for _, archive_id in sorted(again)),
        other_policy=tuple(archive_id for _, archive_id in sorted(other)),
    )


def _stated(folder: Path) -> ArchiveManifest:
    file = folder / layout.ARCHIVE_JSON
    if file.is_file():
        return decode(read_file(file))
    if layout.is_archive(folder):
        raise IntegrityError("is missing", where=layout.ARCHIVE_JSON)
    raise layout.not_an_archive(folder)


def info_of(folder: Path) -> ArchiveInfo:
    """Say what is in one archive; nothing is verified."""
    manifest = _stated(folder)
    below = layout.files_below(folder)
    payload = [name for name in below if name.startswith("data/") and not name.endswith("/")]
    size = sum((folder / name).stat().st_size for name in payload)
    return ArchiveInfo(path=folder, manifest=manifest, bytes=size, files=len(payload))
