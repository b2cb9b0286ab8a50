"""A folder in which the next revision of an archive grows, beside the one that it follows."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import replace
from random import SystemRandom
from typing import TYPE_CHECKING, Self

from archive_tool.archive import bag, crate, index, layout, manifest, media
from archive_tool.archive.files import Files
from archive_tool.archive.parallel import in_order
from archive_tool.archive.sealed_files import Owner, SealedFiles
from archive_tool.errors import IntegrityError
from archive_tool.keys.derive import NO_SUBJECT, key_check
from archive_tool.keys.shared import make_folder
from archive_tool.model.datatypes import MEDIA
from archive_tool.model.files import open_in_place, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
    from archive_tool.archive.sealed_files import Written
    from archive_tool.keys.vault import Vault
    from archive_tool.model.archive import ArchiveManifest, FileEntry


def seal_of(folder: Path) -> str:
    """Return the SHA-256 of the tag manifest: it names one revision of one archive."""
    return hashlib.sha256(read_file(folder / layout.TAG_MANIFEST)).hexdigest()


class Revision:
    """A folder in which the next revision grows."""

    def __init__(self, *, archive: Archive, folder: Path, vault: Vault) -> None:
        manifest.refuse_newer(archive.path)
        self.archive = archive
        self.folder = folder
        self._vault = vault
        self._files = Files(folder)
        self._tables = SealedFiles(
            files=self._files, secrets=vault.archive_secrets(archive.archive_id)
        )
        self._digests: dict[str, str] = {}
        self._bytes = 0
        self._fresh: list[str] = []

    def __enter__(self) -> Self:
        make_folder(self.folder, mode=0o777)
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def link(self, *, leave: set[str]) -> None:
        """Link every payload file that stays as it is."""
        made_anew = {layout.INDEX, layout.ARCHIVE_JSON, layout.CRATE}
        source, target = f"{self.archive.path}{os.sep}", f"{self.folder}{os.sep}"
        for path, digest in self.archive.seal.digests.items():
            if path in leave or path in made_anew:
                continue
            self._files.make_folder(path.rpartition("/")[0])
            with suppress(OSError):  # a disk that knows no links, a file of somebody else's
                os.link(source + path, target + path, follow_symlinks=False)
            if not os.path.lexists(target + path):
                self._copy(path, digest)
            self._note(path, digest, os.lstat(target + path).st_size)

    def write(self, path: str, content: bytes) -> None:
        """Write one payload file."""
        self._files.put(path, content)
        self._note(path, hashlib.sha256(content).hexdigest(), len(content))

    def write_again(
        self,
        entries: Iterable[FileEntry],
        rows: Callable[[FileEntry], pa.Table] | None = None,
    ) -> list[FileEntry]:
        """Write files again, under new names and so under new keys; several at a time.

        ``rows`` gives what a table file holds now; without it what it held before.
        """
        rows = rows or self._rows
        shuffled = list(entries)
        SystemRandom().shuffle(shuffled)  # files come to the disk in no order of people
        written = list(in_order(lambda entry: self._again(entry, rows), shuffled))
        for one in written:
            self._note(one.path, one.entry.sha256, one.bytes)
        self._fresh += [one.path for one in written]
        return [one.entry for one in written]

    def _again(self, entry: FileEntry, rows: Callable[[FileEntry], pa.Table]) -> Written:
        secret = self._vault.secret_of_key(entry.subject) if entry.subject else NO_SUBJECT
        owner = Owner(entry.subject, secret)
        if entry.data_type == MEDIA:
            parts = self.archive.read_recording(entry)
            return self._tables.write_recording(owner, entry.filled, parts, part=entry.part)
        return self._tables.write(entry.data_type, owner, rows(entry), part=entry.part)

    def _rows(self, entry: FileEntry) -> pa.Table:
        """Read the columns that a file has."""
        whole = layout.is_aggregate(entry.data_type)
        return self.archive.read_file(entry, None if whole else entry.filled.split(","))

    def finish(
        self,
        entries: list[FileEntry],
        *,
        drop_types: frozenset[str],
        people_gone: int,
        now: datetime,
    ) -> None:
        """Write index, manifest, crate and the bag's own files, to the disk and checked."""
        secrets = self._vault.archive_secrets(self.archive.archive_id)
        self.write(layout.INDEX, index.encode(entries, secrets))
        stated = replace(
            _restated(self.archive, entries, drop_types, people_gone),
            index_check=key_check(index.index_key(secrets)),
            signer=self._vault.public_key,
        )
        self.write(layout.ARCHIVE_JSON, manifest.encode(stated))
        names = [path.removeprefix("data/") for path in self._digests]
        self.write(layout.CRATE, crate.crate(stated, names))
        tags = bag.tag_files(
            self._digests,
            archive_id=stated.archive_id,
            created=now,
            payload_bytes=self._bytes,
            software=f"archive-tool {stated.tool_version}",
            signing_key=self._vault.signing_key,
        )
        for name, content in tags.items():
            self._files.put(name, content)
        self._files.sync(self._fresh)
        bag.check_complete(self.folder, bag.read_seal(self.folder))

    def _copy(self, path: str, digest: str) -> None:
        """Copy what cannot be linked, and nothing else that a link leads to: a group may read it here."""
        with open(open_in_place(self.archive.path / path, os.O_RDONLY), "rb") as source:
            if media.Sum().drain(media.pieces(source)).sha256 != digest:
                raise IntegrityError("was changed: its sum does not fit", where=path)
            source.seek(0)
            self._files.write_parts(path, media.pieces(source))

    def _note(self, path: str, digest: str, size: int) -> None:
        self._digests[path] = digest
        self._bytes += size


def _restated(
    archive: Archive, entries: list[FileEntry], drop_types: frozenset[str], people_gone: int
) -> ArchiveManifest:
    old = archive.manifest
    types = [name for name in old.types if name not in drop_types]
    of_type = [entry.data_type for entry in entries]
    return replace(
        old,
        retention={n: term for n, term in old.retention.items() if n not in drop_types},
        types=types,
        columns={name: old.columns[name] for name in types},
        files=None if old.files is None else {name: of_type.count(name) for name in types},
        revision=old.revision + 1,
        predecessor=seal_of(archive.path),
        erased=0 if old.aggregate else old.erased + people_gone,
    )
