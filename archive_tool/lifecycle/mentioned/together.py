"""The rows of many small files searched together: a search costs per table, however few its rows are."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

Kind = TypeVar("Kind")

MOST: Final = 8 << 20
"""Bytes that are held back."""


def together(
    tables: Iterable[tuple[Kind, pa.Table]], most: int = MOST
) -> Iterator[tuple[Kind, pa.Table]]:
    """Give the same rows in fewer tables: those of one kind, with the same columns, are joined."""
    held: defaultdict[tuple[Kind, tuple[str, ...]], list[pa.Table]] = defaultdict(list)
    size = 0
    for kind, table in tables:
        held[kind, tuple(table.column_names)].append(table)
        size += table.nbytes
        if size >= most:
            yield from _joined(held)
            held.clear()
            size = 0
    yield from _joined(held)


def _joined(
    held: dict[tuple[Kind, tuple[str, ...]], list[pa.Table]],
) -> Iterator[tuple[Kind, pa.Table]]:
    import pyarrow as pa

    for (kind, _), tables in held.items():
        yield kind, pa.concat_tables(tables).unify_dictionaries().combine_chunks()
