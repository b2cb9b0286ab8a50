"""A CSV that ends within a quoted cell: it was cut off there, or a quote before was not written twice.

The parser takes all that follows the quote for the cell. Only the last cell of the last row can be such a one: in
another column the row has too few cells.
"""

from __future__ import annotations

import codecs
import os
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from archive_tool.errors import IngestError
from archive_tool.ingest.csv_files.rows import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.ingest.csv_files.rows import CsvReader

_NUMBER: Final = 256
"""Bytes at the end of a file that hold the whole of a number or a flag, in any encoding."""
_UTF_16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def whole_rows(reader: CsvReader) -> Iterator[list[Any]]:
    """Give all rows of a file; IngestError in the place of a last one whose last cell has no end."""
    last: list[Any] | None = None
    failed: IngestError | None = None
    try:
        for batch in reader.batches():
            if last is not None:
                yield last
            last = batch
    except IngestError as error:
        failed = error
    if last is not None and failed is None and _is_open(last, reader):
        failed = IngestError("it ends within a quoted cell")
        last = [array.slice(0, len(array) - 1) for array in last]
    if last is not None and len(last[0]):
        yield last
    if failed is not None:
        raise failed


def _is_open(batch: list[Any], reader: CsvReader) -> bool:
    """Whether the file ends with the last cell of these rows behind a quote, and nothing after it."""
    cell, delimiter = batch[-1][-1].as_py(), reader.dialect.delimiter
    with reader.bundle.open(reader.file) as stream:
        encoding = _UTF_16.get(stream.read(2), reader.read_as)
        if not isinstance(cell, str):
            return _is_open_number(
                _last_bytes(stream, _NUMBER).decode(encoding, "replace"), delimiter
            )
        written = '"' + cell.replace('"', '""')
        endings = [f"{before}{written}" for before in (delimiter, "\n", "\r")]
        wanted = tuple(text.encode(encoding, "replace") for text in endings)
        return _last_bytes(stream, len(wanted[0])).endswith(wanted)


def _is_open_number(end: str, delimiter: str) -> bool:
    """Whether the last cell of a file begins with a quote that is its only one."""
    cell = end.rstrip().replace("\r", delimiter).replace("\n", delimiter).rpartition(delimiter)[2]
    return cell.startswith('"') and cell.count('"') == 1


def _last_bytes(stream: BinaryIO, size: int) -> bytes:
    """Give so many bytes of its end; a file in a ZIP is unpacked once more for them."""
    if stream.seekable():
        end = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, end - size))
        return stream.read()
    last = b""
    while block := stream.read(BLOCK):
        last = (last + block)[-size:]
    return last
