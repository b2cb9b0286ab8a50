"""A page of the API whose rows have the keys of those before: decoded whole, in one pass.

Elsewhere the text is gone through twice: to find where each row ends, and to decode the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.ingest.json_structs import NULL, Fast, columns_of, fast_way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.ingest.sources import Column

MOST_BYTES: Final = 2 << 20
"""A larger page is decoded chunk by chunk."""


@dataclass(frozen=True, kw_only=True)
class WholePage:
    """A page that was decoded in one pass; it has rows, and tells of no error."""

    metadata: msgspec.Raw
    fast: Fast
    columns: Sequence[Column]
    rows: int
    size: int
    """Bytes."""


def read_whole(data_type: str, keys: tuple[str, ...], text: memoryview) -> WholePage | None:
    """Decode a page of rows with these keys; None when it is anything else."""
    fast = fast_way(data_type, keys) if len(text) <= MOST_BYTES else None
    if fast is None:
        return None
    try:
        page = fast.decode_page(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if not page.data or page.error != NULL or (columns := columns_of(fast, page.data)) is None:
        return None
    return WholePage(
        metadata=page.metadata, fast=fast, columns=columns, rows=len(page.data), size=len(text)
    )
