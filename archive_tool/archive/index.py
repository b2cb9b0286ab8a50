"""The index: which file holds whom. Encrypted, because who has how many rows is personal."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from archive_tool.archive import layout, parquet
from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys.derive import INDEX_SCOPE, NO_SUBJECT, ArchiveSecrets, key_check
from archive_tool.model.archive import FileEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from archive_tool.keys.vault import Vault


def file_key(entry: FileEntry, secrets: ArchiveSecrets, vault: Vault) -> bytes:
    """Derive the key of the file of a row; VaultError when its subject was erased."""
    secret = vault.secret_of_key(entry.subject) if entry.subject else NO_SUBJECT
    return secrets.file_key(layout.scope_of(entry.data_type), secret, entry.file_id)


def index_key(secrets: ArchiveSecrets) -> bytes:
    """Return the key of ``data/index.parquet``."""
    return secrets.file_key(INDEX_SCOPE, NO_SUBJECT, layout.INDEX_ID)


def encode(entries: Iterable[FileEntry], secrets: ArchiveSecrets) -> bytes:
    """Write the index, by type and person, these by chance; every row names the archive."""
    import pyarrow as pa

    ordered = _by_chance(sorted(entries, key=lambda entry: entry.part))
    columns: dict[str, list[object]] = {"archive_id": [secrets.archive_id] * len(ordered)}
    for field in fields(FileEntry):
        columns[field.name] = [getattr(entry, field.name) for entry in ordered]
    table = pa.table(columns, schema=_schema())
    return bytes(parquet.encode(table, index_key(secrets)))


def decode(content: bytes, secrets: ArchiveSecrets, expected_check: str) -> tuple[FileEntry, ...]:
    """Read the index: VaultError for a wrong key, IntegrityError when changed or of another one."""
    key = index_key(secrets)
    if key_check(key) != expected_check:
        raise VaultError(
            "the vault's key does not fit this archive",
            where=layout.INDEX,
            hint="use the vault that the archive was made with",
        )
    table = parquet.decode(content, key, where=layout.INDEX)
    if not table.schema.equals(_schema()):
        raise IntegrityError("has other columns than an index", where=layout.INDEX)
    if any(column.null_count for column in table.itercolumns()):
        raise IntegrityError("has cells without a value", where=layout.INDEX)
    rows = table.to_pylist()
    if any(row.pop("archive_id") != secrets.archive_id for row in rows):
        raise IntegrityError("belongs to another archive", where=layout.INDEX)
    return tuple(FileEntry(**row) for row in rows)


def _by_chance(entries: Sequence[FileEntry]) -> list[FileEntry]:
    """Order files, which come by part, by type, and people by the random name of their first file.

    Subject keys are the same in all types and archives of a study: rows that are read in their
    order could be joined by it, whatever codes stand in them.
    """
    first: dict[tuple[str, str], str] = {}
    for entry in entries:
        first.setdefault((entry.data_type, entry.subject), entry.file_id)
    return sorted(entries, key=lambda e: (e.data_type, first[e.data_type, e.subject]))


def _schema() -> pa.Schema:
    import pyarrow as pa

    types = {"part": pa.int64(), "rows": pa.int64()}
    names = ("archive_id", *(field.name for field in fields(FileEntry)))
    return pa.schema([pa.field(name, types.get(name, pa.string())) for name in names])
