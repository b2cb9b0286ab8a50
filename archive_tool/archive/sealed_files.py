"""A table or a recording becomes one file: encrypted under its own key, read back and compared.

What is needed for it is little and travels: a worker process makes files as the writer does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING, Final, NamedTuple

from archive_tool.archive import layout, media, parquet
from archive_tool.archive.cutting import Pieces
from archive_tool.errors import IntegrityError
from archive_tool.keys import primitives
from archive_tool.keys.derive import key_check
from archive_tool.model.archive import FileEntry
from archive_tool.model.datatypes import MEDIA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pyarrow as pa

    from archive_tool.archive.files import Files
    from archive_tool.keys.derive import ArchiveSecrets

FILE_ID_BYTES: Final = 16


def random_file_id() -> str:
    """Return 128 random bits, hex: a file's name tells nothing about its content."""
    return primitives.random_bytes(FILE_ID_BYTES).hex()


class Owner(NamedTuple):
    """Whose a file is, as the archive knows them."""

    key: str
    """Subject key; empty for files that belong to nobody."""
    secret: bytes
    """The subject's secret."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file that lies on the disk as it should."""

    entry: FileEntry
    path: str
    """From the archive's folder."""
    bytes: int
    columns: list[str]
    """Of the table, those without any value too."""


@dataclass(frozen=True, kw_only=True)
class SealedFiles:
    """Writes the encrypted files of one archive. May be called from several threads at once."""

    files: Files
    secrets: ArchiveSecrets
    witness: Callable[[str, pa.Table], object] | None = None
    """Shown every table as it was read back from the disk with its key; may be called by several
    threads at once. What it raises stops the archive."""
    new_file_id: Callable[[], str] = random_file_id

    def write(self, data_type: str, owner: Owner, table: pa.Table, *, part: int = 0) -> Written:
        """Write one file; as :meth:`write_pieces`."""
        (written,) = self.write_pieces(data_type, table, [(owner, 0)], part=part)
        return written

    def write_pieces(
        self,
        data_type: str,
        table: pa.Table,
        owners: Sequence[tuple[Owner, int]],
        *,
        part: int = 0,
    ) -> list[Written]:
        """Write a file per owner, each of them with the first of their rows; the first has row 0.

        ``part`` counts the files of one owner and type. Raises IntegrityError when a file does not
        read back as it was written.
        """
        pieces = Pieces(table, [start for _, start in owners])
        written: dict[int, Written] = {}
        # by chance: rows are in the order of the sessions, and systems know when a file began
        for number in SystemRandom().sample(range(len(owners)), len(owners)):
            owner, _ = owners[number]
            written[number] = self._write(
                data_type,
                owner,
                pieces.table(number, keep_empty=not owner.key),
                part=part,
                columns=table.column_names,
            )
        return [written[number] for number in range(len(owners))]

    def write_recording(
        self, owner: Owner, name: str, parts: Iterable[bytes], *, part: int
    ) -> Written:
        """Seal a recording that comes in parts; memory stays at a few MiB.

        ``name`` is what it will be called when it is extracted. Raises IntegrityError when the
        file does not read back as it was written.
        """
        file_id = self.new_file_id()
        path = layout.table_path(MEDIA, file_id)
        key = self.secrets.file_key(layout.scope_of(MEDIA), owner.secret, file_id)
        put = partial(self.files.write_parts, path)
        sealed = media.write(parts, key, put=put, path=self.files.folder / path, where=path)
        entry = FileEntry(
            data_type=MEDIA,
            subject=owner.key,
            part=part,
            file_id=file_id,
            rows=0,
            sha256=sealed.sha256,
            key_check=key_check(key),
            filled=name,
        )
        return Written(entry=entry, path=path, bytes=sealed.bytes, columns=[])

    def _write(
        self, data_type: str, owner: Owner, rows: pa.Table, *, part: int, columns: list[str]
    ) -> Written:
        """Write one file, read it back and compare."""
        file_id = self.new_file_id()
        path = layout.table_path(data_type, file_id)
        key = self.secrets.file_key(layout.scope_of(data_type), owner.secret, file_id)
        content = memoryview(parquet.encode(rows, key))
        self.files.write(path, content)
        on_disk = self.files.read(path)
        dictionaries = parquet.dictionary_columns(rows.schema)
        back = parquet.decode(on_disk, key, where=path, dictionaries=dictionaries)
        if not parquet.same_content(rows, back):
            raise IntegrityError("did not read back as it was written", where=path)
        if self.witness is not None:
            self.witness(data_type, back)
        entry = FileEntry(
            data_type=data_type,
            subject=owner.key,
            part=part,
            file_id=file_id,
            rows=rows.num_rows,
            sha256=hashlib.sha256(content).hexdigest(),
            key_check=key_check(key),
            filled=",".join(rows.column_names),
        )
        return Written(entry=entry, path=path, bytes=len(content), columns=columns)
