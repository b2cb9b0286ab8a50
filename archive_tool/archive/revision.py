"""A folder in which the next revision of an archive grows, beside the one that it follows."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from archive_tool.archive import bag, crate, index, layout, manifest, media, parquet
from archive_tool.archive.cutting import prepare
from archive_tool.archive.table_files import random_file_id
from archive_tool.errors import IntegrityError
from archive_tool.keys import disk
from archive_tool.keys.derive import key_check
from archive_tool.keys.shared import make_folder, share
from archive_tool.model.files import open_in_place, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
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
        self._digests: dict[str, str] = {}
        self._bytes = 0
        self._folders: set[str] = set()

    def link(self, *, leave: set[str]) -> None:
        """Link every payload file that stays as it is."""
        made_anew = {layout.INDEX, layout.ARCHIVE_JSON, layout.CRATE}
        source, target = f"{self.archive.path}{os.sep}", f"{self.folder}{os.sep}"
        for path, digest in self.archive.seal.digests.items():
            if path in leave or path in made_anew:
                continue
            self._make_folder(path)
            with suppress(OSError):  # a disk that knows no links, a file of somebody else's
                os.link(source + path, target + path, follow_symlinks=False)
            if not os.path.lexists(target + path):
                self._copy(path, digest)
            self._digests[path] = digest
            self._bytes += os.lstat(target + path).st_size

    def write_table(self, entry: FileEntry, rows: pa.Table) -> FileEntry:
        """Write the rows of a file again, under a new name and so under a new key."""
        fresh, path, key = self._renamed(entry)
        table = prepare(rows, keep_empty=not entry.subject)
        self.write(path, bytes(parquet.encode(table, key)))
        back = parquet.decode(
            self._read(path),
            key,
            where=path,
            dictionaries=parquet.dictionary_columns(table.schema),
        )
        if not parquet.same_content(table, back):
            raise IntegrityError("did not read back as it was written", where=path)
        return replace(
            fresh,
            rows=rows.num_rows,
            sha256=self._digests[path],
            key_check=key_check(key),
            filled=",".join(table.column_names),
        )

    def write_recording(self, entry: FileEntry, parts: Iterable[bytes]) -> FileEntry:
        """Seal a recording again, under a new name and so under a new key."""
        fresh, path, key = self._renamed(entry)
        self._make_folder(path)
        written = media.write(
            parts,
            key,
            put=partial(self._put_parts, path),
            path=self.folder / path,
            where=path,
        )
        self._digests[path] = written.sha256
        self._bytes += written.bytes
        return replace(fresh, sha256=written.sha256, key_check=key_check(key))

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
            self._put(name, content)
        self._sync()
        bag.check_complete(self.folder, bag.read_seal(self.folder))

    def write(self, path: str, content: bytes) -> None:
        """Write one payload file."""
        self._make_folder(path)
        self._put(path, content)
        self._digests[path] = hashlib.sha256(content).hexdigest()
        self._bytes += len(content)

    def _renamed(self, entry: FileEntry) -> tuple[FileEntry, str, bytes]:
        """Give a file a new id: the entry with it, its path and its key."""
        fresh = replace(entry, file_id=random_file_id())
        secrets = self._vault.archive_secrets(self.archive.archive_id)
        return fresh, layout.path_of(fresh), index.file_key(fresh, secrets, self._vault)

    def _copy(self, path: str, digest: str) -> None:
        """Copy what cannot be linked, and nothing else that a link leads to: a group may read it here."""
        with open(open_in_place(self.archive.path / path, os.O_RDONLY), "rb") as source:
            if media.Sum().drain(media.pieces(source)).sha256 != digest:
                raise IntegrityError("was changed: its sum does not fit", where=path)
            source.seek(0)
            self._put_parts(path, media.pieces(source))

    def _put_parts(self, path: str, parts: Iterable[bytes]) -> None:
        with open(self.folder / path, "xb") as file:
            share(file.fileno(), self.folder / path)
            for part in parts:
                file.write(part)
            file.flush()
            disk.flush(file.fileno())

    def _put(self, path: str, content: bytes) -> None:
        self._put_parts(path, (content,))
        if self._read(path) != content:
            raise IntegrityError("did not read back as it was written", where=path)

    def _read(self, path: str) -> bytes:
        return read_file(self.folder / path, most=parquet.LARGEST)

    def _make_folder(self, path: str) -> None:
        parent = path.rpartition("/")[0]
        if parent not in self._folders:
            make_folder(self.folder / parent, mode=0o777)
            self._folders.add(parent)

    def _sync(self) -> None:
        for folder, _, _ in os.walk(self.folder):
            disk.sync_folder(folder)


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
