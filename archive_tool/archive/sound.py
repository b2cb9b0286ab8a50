"""Whether what an archive says of itself can be so.

A signature only says who signed. A stranger's archive that comes with a grant of theirs opens, and so
does one of a newer release: neither may be taken for what this release writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout
from archive_tool.errors import FormatError, IntegrityError
from archive_tool.model.datatypes import MEDIA, WITH_SCHEMA
from archive_tool.schemas import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from archive_tool.model.archive import ArchiveManifest, FileEntry

_WITH_ROWS: Final = frozenset(data_type.name for data_type in WITH_SCHEMA)
_AGGREGATE: Final = re.compile(rf"{layout.AGGREGATE_PREFIX}[a-z][a-z0-9_]{{0,79}}")
"""Names of summary tables are names of files when they are extracted."""
_FILE_ID: Final = re.compile(r"[0-9a-f]{32}")


def check_manifest(manifest: ArchiveManifest) -> None:
    """FormatError (15) for data types and columns that this release has never heard of."""
    for name in manifest.types:
        columns = manifest.columns.get(name, [])
        known = name == MEDIA or _AGGREGATE.fullmatch(name) is not None
        if name in _WITH_ROWS:
            known = name in manifest.columns and set(columns) <= set(arrow_schema(name).names)
        if not known or len(set(columns)) != len(columns):
            raise FormatError(
                "names a data type or a column that this release does not know",
                where=layout.ARCHIVE_JSON,
                hint="use the release that made it, or a newer one",
            )


def check_index(manifest: ArchiveManifest, entries: Sequence[FileEntry]) -> None:
    """IntegrityError (16) for an index that is not one of this manifest."""
    types = {entry.data_type for entry in entries}
    stated = set(manifest.types)
    summaries = {name for name in stated if _AGGREGATE.fullmatch(name)}
    filled = {(entry.data_type, entry.filled) for entry in entries if entry.data_type in _WITH_ROWS}
    if not (
        summaries <= types <= stated
        and all(_FILE_ID.fullmatch(entry.file_id) for entry in entries)
        and all(_columns_of(names) <= {*manifest.columns.get(name, ())} for name, names in filled)
    ):
        raise IntegrityError("does not fit what the manifest says", where=layout.INDEX)


def check_table(
    table: pa.Table,
    entry: FileEntry,
    shape: pa.Schema | None,
    columns: Sequence[str] | None = None,
    *,
    where: str,
) -> None:
    """IntegrityError (16) for rows that are not those that the index tells of.

    ``shape``: the columns of the file; None for a summary table, which has its own. ``columns``: those
    that were asked for; of these the table has what the file has.
    """
    if table.num_columns and table.num_rows != entry.rows:
        raise IntegrityError("has another number of rows than the index says", where=where)
    if shape is None or (columns is None and table.schema.equals(shape)):
        return
    wanted = {field.name: field.type for field in shape if columns is None or field.name in columns}
    found = {field.name: field.type for field in table.schema}
    if found != wanted or table.num_columns != len(found):
        raise IntegrityError("has other columns than the index says", where=where)


def _columns_of(filled: str) -> set[str]:
    return {name for name in filled.split(",") if name}
