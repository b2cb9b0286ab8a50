"""Mentions in the rows of many files: read file by file, searched together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.lifecycle.mentioned import mentions
from archive_tool.lifecycle.mentioned.called import ROOM
from archive_tool.lifecycle.mentioned.together import together
from archive_tool.model.datatypes import SHARED_SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
    from archive_tool.keys import Vault
    from archive_tool.lifecycle.mentioned.mentions import Sought
    from archive_tool.model.archive import FileEntry

_AT: Final = ""
"""Column of the rows' numbers; no field is called so."""
_Named = tuple[tuple[str, bool], ...]


def changes(
    vault: Vault, archive: Archive, entries: Sequence[FileEntry], wanted: Sought, by: str
) -> Iterator[tuple[str, dict[int, str]]]:
    """Give the new texts of rows that name somebody, with their column.

    ``entries`` are files of one data type; rows are counted from the first of the first file on.
    """
    for columns, table in together(_tables(vault, archive, entries)):
        for column, named in columns:
            new = mentions.changes(table, column, wanted, by, named=named)
            at = table.column(_AT).take(list(new)).to_pylist() if new else []
            yield column, dict(zip(at, new.values(), strict=True))


def _tables(
    vault: Vault, archive: Archive, entries: Sequence[FileEntry]
) -> Iterator[tuple[_Named, pa.Table]]:
    """Read what is searched: the columns, whether a name in each is a mention, and the rows."""
    import numpy as np
    import pyarrow as pa

    nobody, begin = vault.subject_key(SHARED_SUBJECT), 0
    columns = mentions.searched(archive, entries[0].data_type) if entries else []
    for entry in entries:
        filled = set(entry.filled.split(","))
        looked_at = [name for name in columns if name in filled]
        if looked_at:
            where = {ROOM}.intersection(filled).difference(looked_at)
            table = archive.read_file(entry, [*looked_at, *where])
            at = pa.array(np.arange(begin, begin + entry.rows))
            named = tuple((name, mentions.named_in(name, entry, nobody)) for name in looked_at)
            yield named, table.append_column(_AT, at)
        begin += entry.rows
