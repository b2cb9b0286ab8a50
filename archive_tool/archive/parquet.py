"""Tables to encrypted Parquet and back, in memory: no plaintext ever touches the disk.

One key and one fresh properties object per file: then a file or page of another file, an older
version and a plaintext file in its place are all refused by the decryption itself. Encrypted
footer, AES_GCM_V1, no AAD prefix, v1 pages, one page per column chunk, flat columns, row groups
of at most 20,000 rows: with these polars and DuckDB read the files too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from archive_tool.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

ROW_GROUP: Final = 20_000
"""Rows; DuckDB reads encrypted column chunks of a single page only, and a page ends here."""

ONE_PAGE: Final = 2**30
"""Bytes; far above what a row group holds, so that a column chunk is never split into pages."""

WORTH_A_LOOK: Final = 512
"""Rows that show whether numbers repeat."""

FEW: Final = 128
"""Different numbers among so many rows that are still few."""

LARGEST: Final = 2**32
"""Bytes of a file: it is read whole, and such a person has hundreds of millions of rows."""

MAGIC: Final = b"PARE"
"""First bytes of a Parquet file with an encrypted footer; a plaintext file has ``PAR1``."""


def encode(table: pa.Table, key: bytes) -> pa.Buffer:
    """Write a table (:func:`archive_tool.archive.cutting.prepare`) into memory under its own key."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    layout = _layout(table.schema, _few_valued(table))
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        encryption_properties=_encryption(key),
        compression=layout.compression,
        use_dictionary=layout.coded,
        column_encoding=layout.encodings,
        write_statistics=False,
        store_schema=False,
        data_page_version="1.0",
        data_page_size=ONE_PAGE,
        dictionary_pagesize_limit=ONE_PAGE,
    ) as writer:
        writer.write_table(table, row_group_size=ROW_GROUP)
    return sink.getvalue()


def decode(
    source: pa.Buffer | bytes,
    key: bytes,
    *,
    where: str,
    columns: Sequence[str] | None = None,
    dictionaries: Sequence[str] = (),
) -> pa.Table:
    """Read a table; IntegrityError naming ``where`` when it was changed or is not encrypted.

    The key must have been compared with its check value before: Parquet cannot tell a wrong key
    from a changed file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if bytes(memoryview(source)[:4]) != MAGIC:
        raise IntegrityError("is not encrypted", where=where, expected="an encrypted Parquet file")
    try:
        file = pq.ParquetFile(
            pa.BufferReader(source),
            decryption_properties=_decryption(key),
            read_dictionary=list(dictionaries) or None,
        )
        return file.read(columns=None if columns is None else list(columns), use_threads=False)
    except (OSError, ValueError, KeyError):  # pyarrow's own errors are of these
        pass
    raise IntegrityError("was changed: it cannot be decrypted", where=where)


def same_content(left: pa.Table, right: pa.Table) -> bool:
    """Compare two tables cell by cell; dictionary columns by value, NaN equal to itself."""
    if left.column_names != right.column_names or left.num_rows != right.num_rows:
        return False
    return left.equals(right) or all(  # all columns at once is the rule, and quicker
        _same_column(one, other)
        for one, other in zip(left.itercolumns(), right.itercolumns(), strict=True)
    )


def dictionary_columns(schema: pa.Schema) -> list[str]:
    """Return the columns that are dictionary-encoded in memory."""
    import pyarrow as pa

    return [field.name for field in schema if pa.types.is_dictionary(field.type)]


def _same_column(left: pa.ChunkedArray, right: pa.ChunkedArray) -> bool:
    import pyarrow as pa

    if left.type == right.type and left.equals(right):
        return True
    left, right = left.cast(plain_type(left.type)), right.cast(plain_type(right.type))
    if left.equals(right):
        return True
    if not (pa.types.is_float64(left.type) and pa.types.is_float64(right.type)):
        return False
    bits = [
        pa.concat_arrays([chunk.view(pa.int64()) for chunk in column.chunks])
        for column in (left, right)
    ]
    return bool(bits[0].equals(bits[1]))


def plain_type(data_type: pa.DataType) -> pa.DataType:
    """Return the type of the values of a column, dictionary or not."""
    import pyarrow as pa

    return data_type.value_type if pa.types.is_dictionary(data_type) else data_type


def repeats(numbers: pa.Array) -> bool:
    """Whether the first of many numbers repeat, as answers on a scale do; few are not worth it."""
    return len(numbers) >= WORTH_A_LOOK and len(numbers[:WORTH_A_LOOK].unique()) <= FEW


def _few_valued(table: pa.Table) -> frozenset[str]:
    """Columns of numbers that repeat."""
    import pyarrow as pa

    if table.num_rows < WORTH_A_LOOK:
        return frozenset()
    return frozenset(
        field.name
        for field, column in zip(table.schema, table.itercolumns(), strict=True)
        if pa.types.is_float64(field.type) and repeats(column.chunk(0))
    )


def _encryption(key: bytes) -> Any:  # noqa: ANN401  (unknown to the stubs)
    import pyarrow.parquet.encryption as pe

    return pe.create_encryption_properties(
        footer_key=key,
        encryption_algorithm="AES_GCM_V1",  # the CTR variant returns wrong values unnoticed
        plaintext_footer=False,  # a plain footer tells column names and row counts
    )


def _decryption(key: bytes) -> Any:  # noqa: ANN401
    import pyarrow.parquet.encryption as pe

    # plaintext files are refused: allow_plaintext_files is False by default
    return pe.create_decryption_properties(footer_key=key)


@dataclass(frozen=True, kw_only=True)
class _Layout:
    """How the columns of a schema are written."""

    encodings: dict[str, str]
    """By column, those without a dictionary."""
    compression: dict[str, str]
    """By column."""
    coded: list[str]
    """Columns with a dictionary in the file: these, and numbers that repeat."""


@cache
def _layout(schema: pa.Schema, repeating: frozenset[str]) -> _Layout:
    """Choose by type, as measured on ratings; ``repeating`` are columns of numbers that repeat.

    DELTA for times and strings is smaller; BYTE_STREAM_SPLIT for numbers is larger than PLAIN (8.5
    against 6.5 MB per 500,000 rows), because ratings are round numbers: those get a dictionary, a
    twelfth smaller in a fifth less time. Compression leaves places in a dictionary as large as they
    are and costs a quarter of the time of a small file, mostly for setting up zstd anew for each
    column.
    """
    import pyarrow as pa

    encodings: dict[str, str] = {}
    dictionaries = dictionary_columns(schema)
    coded = [name for name in schema.names if name in repeating or name in dictionaries]
    for field in schema:
        if pa.types.is_string(field.type):
            encodings[field.name] = "DELTA_BYTE_ARRAY"
        elif pa.types.is_timestamp(field.type) or pa.types.is_integer(field.type):
            encodings[field.name] = "DELTA_BINARY_PACKED"
        elif field.name not in coded:
            encodings[field.name] = "PLAIN"
    compression = dict.fromkeys(schema.names, "zstd") | dict.fromkeys(coded, "none")
    return _Layout(encodings=encodings, compression=compression, coded=coded)
