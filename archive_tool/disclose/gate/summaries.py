"""Summary tables searched for names, ids and addresses in the words of their levels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from archive_tool.disclose.gate.hits import Hit
from archive_tool.disclose.gate.strings import distinct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.disclose.gate.promises import Promise
    from archive_tool.disclose.gate.texts import Texts

_FIGURE: Final = re.compile(r"[\[(]?[-+0-9.,e ]+[\])]?")
"""A number or an interval: bins have many, and one may equal an id."""


def levels_of(name: str, table: pa.Table, texts: Texts, promise: Promise) -> Iterator[Hit]:
    """Give what stands in the words of a table and must not."""
    for column in table.column_names:
        if pa.types.is_string(table.schema.field(column).type):
            for text in texts.guilty(distinct(table.column(column))):
                if not _FIGURE.fullmatch(text):
                    found = texts.kinds(text, promise)
                    yield from (Hit(table=name, column=column, kind=kind) for kind in found)
