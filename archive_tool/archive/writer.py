"""Writes an archive: every file encrypted, read back and compared, then one rename.

The vault is saved between the last check and the rename: a crash may leave secrets of an archive
that never came to be, which is harmless, but never an archive that nobody can open.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC
from threading import Lock
from typing import TYPE_CHECKING

from archive_tool.archive import bag, crate, index, layout, manifest, media
from archive_tool.archive.howto import HOW_TO_OPEN
from archive_tool.archive.sealed_files import Owner, SealedFiles, random_file_id
from archive_tool.archive.staging import Staging
from archive_tool.errors import FormatError
from archive_tool.keys import primitives, sshsig
from archive_tool.keys.derive import NO_SUBJECT, ArchiveSecrets, key_check
from archive_tool.model.archive import (
    ARCHIVE_FORMAT,
    ArchiveDescription,
    ArchiveManifest,
    FileEntry,
)
from archive_tool.model.datatypes import MEDIA
from archive_tool.model.progress import Done

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    import pyarrow as pa

    from archive_tool.archive.sealed_files import Written
    from archive_tool.model.progress import Progress


@dataclass(kw_only=True)
class ArchiveWriter:
    """Builds one archive; a context manager that leaves nothing behind unless it published.

    :meth:`write_table` may be called from several threads at once.
    """

    store: Path
    archive_id: str
    secrets: ArchiveSecrets
    subject_secret: Callable[[str], bytes]
    """Secret of a subject by id; the shared subject is the empty id."""
    new_file_id: Callable[[], str] = random_file_id
    witness: Callable[[str, pa.Table], object] | None = None
    """Shown every table as it was read back from the disk with its key; may be called by several
    threads at once. What it raises stops the archive."""
    progress: Progress | None = None
    """Told the rows and bytes of the tables and recordings that are in the archive so far."""
    tables: SealedFiles = field(init=False, repr=False)
    """Makes the files; what it wrote is part of the archive after :meth:`adopt`."""
    _staging: Staging = field(init=False, repr=False)
    _entries: list[FileEntry] = field(default_factory=list, repr=False)
    _digests: dict[str, str] = field(default_factory=dict, repr=False)
    _bytes: int = 0
    _columns: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _parts: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    _threads: Lock = field(default_factory=Lock, repr=False)
    _done: Done = field(init=False, repr=False)

    def __enter__(self) -> ArchiveWriter:
        """Lock the store (LockError when it is in use) and make the staging folder."""
        self._staging = Staging(self.store, self.archive_id)
        self.tables = SealedFiles(
            files=self._staging.files,
            secrets=self.secrets,
            witness=self.witness,
            new_file_id=self.new_file_id,
        )
        self._done = Done(self.progress)
        self._staging.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._staging.close()

    @property
    def folder(self) -> Path:
        """Where the archive grows until it is published."""
        return self._staging.folder

    def write_table(self, data_type: str, subject: str, table: pa.Table) -> FileEntry:
        """Write the rows of one subject as one file, read it back and compare.

        All tables of a data type have the same columns. Raises IntegrityError when the file does
        not read back as it was written.
        """
        return self._write(data_type, self.owner(subject), table)

    def write_aggregate(self, name: str, table: pa.Table) -> FileEntry:
        """Write one aggregate table; it belongs to nobody and has the scope ``aggregates``."""
        return self._write(layout.AGGREGATE_PREFIX + name, Owner("", NO_SUBJECT), table)

    def owner(self, subject: str) -> Owner:
        """Return what :attr:`tables` needs to know of a subject, who gets a secret if need be."""
        return Owner(self.secrets.subject_key(subject), self.subject_secret(subject))

    def adopt(self, files: Iterable[Written]) -> None:
        """Take files that were made elsewhere into the archive, the parts of one owner in order."""
        for written in files:
            entry = written.entry
            part = self._claim(entry.data_type, entry.subject, written.columns)
            if part != entry.part:
                raise ValueError(f"a part of {entry.data_type} is missing or there twice")
            self._take(written)

    def write_recording(self, subject: str, name: str, stream: BinaryIO) -> FileEntry:
        """Seal a recording of one subject, read it back and compare; memory stays at a few MiB.

        ``name`` is what it will be called when it is extracted. Raises FormatError for a name that
        is none, IntegrityError when the file does not read back as it was written.
        """
        media.check_name(name)
        owner = self.owner(subject)
        part = self._claim(MEDIA, owner.key, [])
        parts = self._told(media.pieces(stream))
        written = self.tables.write_recording(owner, name, parts, part=part)
        self._take(written)
        return written.entry

    def add_file(self, path: str, content: bytes) -> None:
        """Add a readable file, e.g. ``dictionary/events.md``; ``path`` counts from ``data/``.

        It must hold no id, name or value: it is not encrypted.
        """
        full = f"data/{path}"
        if not layout.SAFE_PATH.fullmatch(full):
            raise FormatError("not a name for a file of an archive", where="data")
        self._staging.files.put(full, content)
        self._note(full, hashlib.sha256(content).hexdigest(), len(content))

    def send(self) -> None:
        """Begin to bring to the disk what was written; :meth:`publish` waits for it."""
        self._staging.files.send()

    def publish(
        self,
        description: ArchiveDescription,
        signing_key: bytes,
        *,
        commit: Callable[[], object],
    ) -> Path:
        """Complete, sign and publish the archive; returns its folder.

        ``commit`` saves the vault: it runs when all is written, checked and on the disk, before
        the rename.
        """
        self.add_file("policy.toml", description.policy_text.encode())
        self.add_file("index.parquet", index.encode(self._entries, self.secrets))
        stated = self._manifest(description, signing_key)
        self.add_file("archive.json", manifest.encode(stated))
        self.add_file("HOW-TO-OPEN.md", HOW_TO_OPEN.encode())
        names = [path.removeprefix("data/") for path in self._digests]
        self.add_file("ro-crate-metadata.json", crate.crate(stated, names))
        tags = bag.tag_files(
            self._digests,
            archive_id=self.archive_id,
            created=description.created,
            payload_bytes=self._bytes,
            software=f"archive-tool {description.tool_version}",
            signing_key=signing_key,
        )
        for name, content in tags.items():
            self._staging.files.put(name, content)
        self._staging.files.sync([layout.path_of(entry) for entry in self._entries])
        bag.check_complete(self._staging.folder, bag.read_seal(self._staging.folder))
        commit()
        return self._staging.publish()

    def _write(self, data_type: str, owner: Owner, table: pa.Table) -> FileEntry:
        part = self._claim(data_type, owner.key, table.column_names)
        written = self.tables.write(data_type, owner, table, part=part)
        self._take(written)
        return written.entry

    def _take(self, written: Written) -> None:
        self._note(written.path, written.entry.sha256, written.bytes)
        with self._threads:
            self._entries.append(written.entry)
            self._done.add(written.entry.rows, written.bytes)

    def _told(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Give the same pieces of a recording, and tell how far it is."""
        sealed = 0
        for piece in pieces:
            yield piece
            sealed += len(piece)
            self._done.add(0, 0, halfway=sealed)

    def _claim(self, data_type: str, owner: str, columns: list[str]) -> int:
        """Take the next part number; all files of a type must have the same columns."""
        with self._threads:
            if self._columns.setdefault(data_type, columns) != columns:
                raise ValueError(f"tables of {data_type} differ in their columns")
            part = self._parts.get((data_type, owner), 0)
            self._parts[data_type, owner] = part + 1
        return part

    def _note(self, path: str, digest: str, size: int) -> None:
        with self._threads:
            self._digests[path] = digest
            self._bytes += size

    def _manifest(self, description: ArchiveDescription, signing_key: bytes) -> ArchiveManifest:
        types = sorted(self._columns)
        of_type = [entry.data_type for entry in self._entries]
        secret = description.aggregate  # then every count might solve a hidden cell
        return ArchiveManifest(
            format=ARCHIVE_FORMAT,
            archive_id=self.archive_id,
            created=description.created.astimezone(UTC),
            tool_version=description.tool_version,
            policy=description.policy,
            bundle_digest=description.bundle_digest,
            retention=dict(description.retention),
            types=types,
            columns={name: self._columns[name] for name in types},
            files=None if secret else {name: of_type.count(name) for name in types},
            findings=None if secret else dict(description.findings),
            accepted=list(description.accepted),
            aggregate=description.aggregate,
            release=description.release,
            index_check=key_check(index.index_key(self.secrets)),
            signer=sshsig.openssh_line(primitives.public_of(signing_key)),
            privacy=description.privacy,
            source=description.source,
            downgrade_to=description.downgrade_to,
        )
