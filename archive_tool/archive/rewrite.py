"""The next revision of an archive: fewer files, a new index, a new signed manifest.

Files that stay are linked, never read or written: the work grows with what goes, not with what
stays. The new manifest names the tag manifest of its predecessor.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from archive_tool.archive import bag, crate, index, layout, manifest, media, parquet, swap
from archive_tool.archive.cutting import prepare
from archive_tool.archive.reader import Archive, open_archive
from archive_tool.archive.table_files import random_file_id
from archive_tool.errors import IntegrityError
from archive_tool.keys import by_person, disk
from archive_tool.keys.derive import NO_SUBJECT, key_check
from archive_tool.keys.keyring import SubjectState
from archive_tool.keys.shared import make_folder, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.keys.vault import Vault
    from archive_tool.model.archive import ArchiveManifest, FileEntry, RetentionTerm


@dataclass(frozen=True, kw_only=True)
class Revised:
    """What became of an archive."""

    revision: int
    seal_after: str
    """SHA-256 of the tag manifest that it has now, hex."""
    rewritten: int
    """Table files that were written again with other rows."""


def seal_of(folder: Path) -> str:
    """Return the SHA-256 of the tag manifest: it names one revision of one archive."""
    return hashlib.sha256((folder / layout.TAG_MANIFEST).read_bytes()).hexdigest()


def revise(
    store: Path,
    archive_id: str,
    vault: Vault,
    *,
    drop: Callable[[FileEntry], bool],
    drop_types: frozenset[str] = frozenset(),
    instead: Mapping[str, pa.Table] | None = None,
    retention: Mapping[str, RetentionTerm] | None = None,
    revision: int = 0,
    now: datetime,
) -> Revised | None:
    """Write the next revision of a stored archive without some files; None when nothing changes.

    ``drop_types`` are data types that go altogether, from the manifest too. ``instead`` gives new
    rows for files, by file id; ``retention`` gives other dates; ``revision`` is its number where
    that is not the next. The caller holds the locks of store and vault.
    Raises IntegrityError when the archive was changed, and leaves it as it is.
    """
    folder = store / layout.ARCHIVES / archive_id
    archive = open_archive(folder, vault=vault)
    instead = instead or {}
    gone = tuple(e for e in archive.index if e.data_type in drop_types or drop(e))
    gone_ids = {e.file_id for e in gone}
    stays = [e for e in archive.index if e.file_id not in gone_ids]
    again = tuple(e for e in stays if e.file_id in instead)
    terms = dict(archive.manifest.retention if retention is None else retention)
    same_terms = terms == archive.manifest.retention
    if not gone and not again and same_terms and not drop_types & set(archive.manifest.types):
        return None
    last = max(archive.manifest.revision, revision - 1)
    archive = replace(archive, manifest=replace(archive.manifest, retention=terms, revision=last))
    kept = [e for e in stays if e.file_id not in instead]
    gone_people = {e.subject for e in gone if e.data_type not in drop_types}
    left = gone_people - {e.subject for e in (*kept, *again)}
    lines = _lines_without_erased(archive, vault)
    stage = swap.staging(store)
    try:
        new = Revision(archive=archive, folder=stage / archive_id, vault=vault)
        tables = {layout.table_path(e.data_type, e.file_id) for e in (*gone, *again)}
        new.link(leave={*tables, *lines})
        for path, content in lines.items():
            new.write(path, content)
        fresh = [new.write_table(entry, instead[entry.file_id]) for entry in again]
        new.finish([*kept, *fresh], drop_types=drop_types, people_gone=len(left), now=now)
        swap.put(store, new.folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return Revised(
        revision=archive.manifest.revision + 1,
        seal_after=seal_of(folder),
        rewritten=len(again),
    )


def _lines_without_erased(archive: Archive, vault: Vault) -> dict[str, bytes]:
    """Files with lines of people (:mod:`by_person`), without the erased.

    Whoever's key a hold keeps stays in them: a code leads to what is still to be taken out.
    """

    def is_gone(key: str) -> bool:
        return vault.state_of_key(key) is SubjectState.ERASED

    found: dict[str, bytes] = {}
    for name, whole in by_person.FILES.items():
        path = f"data/{name}"
        closed = vault.is_destroyed(archive.archive_id, by_person.SCOPE)
        if path not in archive.seal.digests or closed:
            continue
        content = bag.read_checked(archive.path, archive.seal, path)
        secrets = vault.archive_secrets(archive.archive_id)
        rest = by_person.without(content, secrets, is_gone, whole=whole, where=path)
        if rest is not None:
            found[path] = rest
    return found


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
            _link(source + path, target + path)
            self._digests[path] = digest
            self._bytes += os.stat(target + path).st_size

    def write_table(self, entry: FileEntry, rows: pa.Table) -> FileEntry:
        """Write the rows of a file again, under a new name and so under a new key."""
        fresh, path, key = self._renamed(entry)
        table = prepare(rows, keep_empty=not entry.subject)
        self.write(path, bytes(parquet.encode(table, key)))
        back = parquet.decode(
            (self.folder / path).read_bytes(),
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
        secret = self._vault.secret_of_key(entry.subject) if entry.subject else NO_SUBJECT
        secrets = self._vault.archive_secrets(self.archive.archive_id)
        key = secrets.file_key(layout.scope_of(entry.data_type), secret, fresh.file_id)
        return fresh, layout.table_path(entry.data_type, fresh.file_id), key

    def _put_parts(self, path: str, parts: Iterable[bytes]) -> None:
        with open(self.folder / path, "xb") as file:
            share(self.folder / path)
            for part in parts:
                file.write(part)
            file.flush()
            disk.flush(file.fileno())

    def _put(self, path: str, content: bytes) -> None:
        self._put_parts(path, (content,))
        if (self.folder / path).read_bytes() != content:
            raise IntegrityError("did not read back as it was written", where=path)

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


def _link(source: str, target: str) -> None:
    """Give a file a second name; where the disk knows no links, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        share(target)
        disk.sync_all([target])
