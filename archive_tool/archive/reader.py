"""An open archive: its files are decrypted when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive_tool.archive import layout, media, parallel, parquet, sound
from archive_tool.archive.index import file_key
from archive_tool.errors import IntegrityError, SubjectError, UsageError, VaultError
from archive_tool.keys.derive import ArchiveSecrets, key_check
from archive_tool.keys.keyring import SubjectState, subject_erased
from archive_tool.model.datatypes import MEDIA
from archive_tool.model.files import read_file
from archive_tool.model.texts import several
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from archive_tool.archive.bag import Seal
    from archive_tool.keys.vault import Vault
    from archive_tool.model.archive import ArchiveManifest, FileEntry


@dataclass(frozen=True, kw_only=True)
class Archive:
    """An archive whose seal was checked; :func:`archive_tool.open_archive` gives it.

    :meth:`types` says what it holds, ``read("chat")`` gives the rows of one type as an Arrow table,
    and ``read("chat").to_pandas()`` as a data frame; :meth:`batches` reads file by file what is
    too large for the memory. Without a vault only :attr:`manifest` can be read.
    """

    path: Path
    manifest: ArchiveManifest
    seal: Seal
    vault: Vault | None = field(repr=False)
    index: tuple[FileEntry, ...]
    """By type, person, in an order by chance, and part; empty without a vault."""
    _secrets: ArchiveSecrets | None = field(repr=False)
    _shapes: dict[tuple[str, str], pa.Schema] = field(default_factory=dict, repr=False)
    """Columns of files, by data type and which of these are filled: made once."""

    def __repr__(self) -> str:
        """What a notebook shows: no name of a person's file, no value."""
        held = f"{self.manifest.policy.name}, {count(len(self.manifest.types), 'type')}"
        rows = count(sum(entry.rows for entry in self.index), "row")
        return f"<Archive {self.archive_id}: {held}, {rows if self.vault else 'without its vault'}>"

    @property
    def archive_id(self) -> str:
        """Id of the archive, as in its folder's name."""
        return self.manifest.archive_id

    @property
    def erased(self) -> int:
        """How many people of this archive have been erased."""
        if self.vault is None:
            return self.manifest.erased
        subjects = {entry.subject for entry in self.index}
        return self.manifest.erased + sum(map(self.is_subject_erased, subjects))

    def types(self) -> tuple[str, ...]:
        """Return the data types and aggregate tables that the archive holds."""
        return tuple(self.manifest.types)

    def is_erased(self, entry: FileEntry) -> bool:
        """Tell whether the key of a file was destroyed, with its subject or with its scope."""
        if self.vault is None:
            return False
        scope = layout.scope_of(entry.data_type)
        gone = self.vault.is_destroyed(self.archive_id, scope)
        return gone or self.is_subject_erased(entry.subject)

    def is_granted(self, entry: FileEntry) -> bool:
        """Tell whether a file is for whoever opened this: a grant names some scopes only."""
        scope = layout.scope_of(entry.data_type)
        return self._secrets is None or self._secrets.is_granted(scope)

    def is_subject_erased(self, key: str) -> bool:
        """Tell whether the subject behind a subject key was erased."""
        if not key or self.vault is None:
            return False
        return self.vault.state_of_key(key) is SubjectState.ERASED

    def entries(
        self, data_type: str, subjects: Sequence[str] | None = None
    ) -> tuple[FileEntry, ...]:
        """Return the readable files of a type, of all subjects or of some (by their ids).

        People come in the order of the index. Raises UsageError for a type that the archive does
        not hold, VaultError when only erased subjects were asked for, and SubjectError when the
        vault knows none of them.
        """
        self._refuse_type(data_type)
        vault = self._require_vault()
        wanted = (
            None if subjects is None else {vault.subject_key(item) for item in several(subjects)}
        )
        states = {vault.state_of_key(subject) for subject in wanted or ()}
        if states == {SubjectState.ERASED}:
            raise subject_erased()
        if states == {SubjectState.UNKNOWN}:
            raise SubjectError(
                "the vault knows nobody by these",
                where="subjects",
                expected="ids as the platform wrote them",
                hint="for a code, read all rows and filter them",
            )
        return tuple(
            entry
            for entry in self.index
            if entry.data_type == data_type
            and (wanted is None or entry.subject in wanted)
            and not self.is_erased(entry)
        )

    def key_of(self, entry: FileEntry) -> bytes:
        """Derive the key of a file; VaultError when the subject is erased or the key is wrong."""
        vault = self._require_vault()
        secrets = self._secrets or vault.archive_secrets(self.archive_id)
        key = file_key(entry, secrets, vault)
        if key_check(key) != entry.key_check:
            raise VaultError(
                "the vault's key does not fit this file",
                where=layout.path_of(entry),
                hint="use the vault that the archive was made with",
            )
        return key

    def schema(self, data_type: str, columns: Sequence[str] | None = None) -> pa.Schema:
        """Return the columns of a type in this archive, with their types in memory.

        What only the file of a summary table says is read with the vault.

        Raises UsageError for a type or column that the archive does not have.
        """
        import pyarrow as pa

        from archive_tool.schemas import arrow_schema

        self._refuse_rowless(data_type)
        data_type = self._meant(data_type)
        left = self.manifest.columns[data_type]
        columns = None if columns is None else several(columns)
        self._refuse_unknown(data_type, columns)
        if layout.is_aggregate(data_type):
            entries = self.entries(data_type)
            return self.read_file(entries[0], columns).schema if entries else pa.schema([])
        canonical = arrow_schema(data_type)
        return pa.schema([canonical.field(name) for name in (left if columns is None else columns)])

    def dictionary_columns(self, entry: FileEntry) -> list[str]:
        """Return the columns of a file that are dictionary-encoded in memory."""
        shape = self.shape(entry)
        return [] if shape is None else parquet.dictionary_columns(shape)

    def shape(self, entry: FileEntry) -> pa.Schema | None:
        """Return the columns that a file has; None for a summary table, which has its own."""
        if layout.is_aggregate(entry.data_type):
            return None
        kind = entry.data_type, entry.filled
        if kind not in self._shapes:
            filled = [name for name in entry.filled.split(",") if name]
            self._shapes[kind] = self.schema(entry.data_type, filled)
        return self._shapes[kind]

    def read_file(self, entry: FileEntry, columns: Sequence[str] | None = None) -> pa.Table:
        """Decrypt one table file into the archive's columns; those it lacks are null."""
        import pyarrow as pa

        path = layout.path_of(entry)
        content, key = _bytes_of(self.path, path), self.key_of(entry)
        if layout.is_aggregate(entry.data_type):
            return parquet.decode(content, key, where=path, columns=columns)
        schema = self.schema(entry.data_type, columns)
        filled = set(entry.filled.split(","))
        table = parquet.decode(
            content,
            key,
            where=path,
            columns=None if columns is None else [name for name in columns if name in filled],
            dictionaries=self.dictionary_columns(entry),
        )
        sound.check_table(table, entry, self.shape(entry), columns, where=path)
        arrays = [
            table.column(field.name) if field.name in filled else pa.nulls(entry.rows, field.type)
            for field in schema
        ]
        return pa.Table.from_arrays(arrays, schema=schema)

    def read_recording(self, entry: FileEntry) -> Iterator[bytes]:
        """Decrypt a sealed recording, a part at a time; it is whole when the iteration ends."""
        path = layout.path_of(entry)
        return media.unseal(self.path / path, self.key_of(entry), where=path)

    def batches(
        self,
        data_type: str,
        *,
        columns: Sequence[str] | None = None,
        subjects: Sequence[str] | None = None,
    ) -> Iterator[pa.Table]:
        """Read file by file, by subject and part; only a few files are in memory at a time.

        The tables, and what is raised, are those of :meth:`read`.
        """
        self._refuse_rowless(data_type)
        data_type = self._meant(data_type)
        columns = None if columns is None else several(columns)
        entries = self.entries(data_type, subjects)
        self._refuse_unknown(data_type, columns)
        return parallel.in_order(lambda entry: self.read_file(entry, columns), entries)

    def read(
        self,
        data_type: str,
        *,
        columns: Sequence[str] | None = None,
        subjects: Sequence[str] | None = None,
    ) -> pa.Table:
        """Read all rows of a type, or those of some subjects; files of the erased are skipped.

        ``subjects`` are ids of people. The columns are those that the policy left, in the order of
        the data dictionary, which also has their units (onsets and durations are milliseconds):
        ids and labels as dictionaries, times in UTC, nested values as JSON text. Rows come subject
        by subject; tables are those of ``types()``, or named like their files
        (``ratings_continuous``), summaries with a ``status`` per cell.

        Raises UsageError (2) for a type or column that is not in the archive, VaultError (17)
        without a vault, for what was not granted and when only erased subjects were asked for,
        SubjectError (20) when the vault knows none of them (of a code, say), IntegrityError (16)
        for a file that was changed.
        """
        import pyarrow as pa

        tables = list(self.batches(data_type, columns=columns, subjects=subjects))
        if tables:
            return pa.concat_tables(tables).unify_dictionaries()
        if layout.is_aggregate(self._meant(data_type)):
            return pa.table({})
        return self.schema(data_type, columns).empty_table()

    def _refuse_type(self, data_type: str) -> None:
        if data_type not in self.manifest.types:
            raise UsageError(
                "not in this archive", where="type", expected=", ".join(self.manifest.types)
            )

    def _meant(self, name: str) -> str:
        """Give the type that somebody means by its own name or that of its file."""
        meant = layout.type_meant(name, self.manifest.types)
        self._refuse_type(meant)
        return meant

    def _refuse_rowless(self, data_type: str) -> None:
        if data_type == MEDIA:
            raise UsageError(
                "recordings have no rows",
                where=MEDIA,
                expected="one of the other types",
                hint="archive-tool extract --type media writes them",
            )

    def _refuse_unknown(self, data_type: str, columns: Sequence[str] | None) -> None:
        left = self.manifest.columns[data_type]
        if set(columns or ()) - set(left):
            raise UsageError(
                "no such column in this archive", where=data_type, expected=", ".join(left)
            )

    def _require_vault(self) -> Vault:
        if self.vault is None:
            raise VaultError(
                "the archive can be read with its vault only",
                where="vault",
                hint="give --vault DIR, in Python open_archive(path, vault=vault)",
            )
        return self.vault


def _bytes_of(folder: Path, path: str) -> bytes:
    file = folder / path
    if not file.is_file():
        raise IntegrityError("is missing", where=path)
    return read_file(file, most=parquet.LARGEST)
