"""A CSV that ends within a quoted cell: it was cut off there, or a quote before was not written twice.

The parser takes all that follows the quote for the cell. Only the last cell of the last row can be such a one: in
another column the row has too few cells.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from archive_tool.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.bundle import Bundle
    from archive_tool.ingest.csv_files.dialect import Dialect
    from archive_tool.model.bundle import SourceFile


def whole_rows(
    batches: Iterator[list[Any]], bundle: Bundle, file: SourceFile, dialect: Dialect
) -> Iterator[list[Any]]:
    """Give all rows of a file; IngestError in the place of a last one whose last cell has no end."""
    last: list[Any] | None = None
    failed: IngestError | None = None
    try:
        for batch in batches:
            if last is not None:
                yield last
            last = batch
    except IngestError as error:
        failed = error
    if last is not None and failed is None and _is_open(last, bundle, file, dialect):
        failed = IngestError("it ends within a quoted cell")
        last = [array.slice(0, len(array) - 1) for array in last]
    if last is not None and len(last[0]):
        yield last
    if failed is not None:
        raise failed


def _is_open(batch: list[Any], bundle: Bundle, file: SourceFile, dialect: Dialect) -> bool:
    """Whether the file ends with the last cell of these rows behind a quote, and nothing after it."""
    cell = batch[-1][-1].as_py()
    if not isinstance(cell, str) or dialect.encoding == "utf-16":
        return False
    written = '"' + cell.replace('"', '""')
    endings = [f"{before}{written}" for before in (dialect.delimiter, "\n", "\r")]
    wanted = tuple(text.encode(dialect.encoding, "replace") for text in endings)
    with bundle.open(file) as stream:
        if not stream.seekable():  # in a ZIP, whose files are whole
            return False
        end = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, end - len(wanted[0])))
        return stream.read().endswith(wanted)
