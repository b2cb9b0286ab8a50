"""A look ahead: how many cells hold what looks personal, column by column, as counts.

What is found is what it looks like, no proof: RE2 over the distinct texts of each column, and known
names (:mod:`named`). Numbers
in JSON are no phone numbers; those stand in quotes or in prose.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.ingest.arrow import as_mask, one_array
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.tables import EXTRA
from archive_tool.model.validation import PrivacyRow
from archive_tool.schemas import FIELDS, Kind
from archive_tool.validation.for_report.named import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archive_tool.ingest.arrow import Array, Mask

EMAIL: Final = r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"
PHONE: Final = (
    r"(?:^|[^\w.,-])(?:\+[0-9]|\(?0[0-9]|\(?[0-9]{3}\)?[- ])[0-9 ()./-]{5,18}[0-9](?:[^\w]|$)"
)
IP: Final = (
    r"(?i)(?:^|[^\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?:[^\w.]|$)"
    r"|(?:^|[^\w:])(?:[0-9a-f]{1,4}:){4,7}:?[0-9a-f]{1,4}(?:[^\w:]|$)"
)
URL: Final = r"(?i)[a-z][a-z0-9+.-]{1,15}://|(?:^|[^\w.])www\.[a-z0-9]|mailto:"
_LOOKS: Final = {"email": EMAIL, "phone": PHONE, "ip": IP, "url": URL}
_TEXTS: Final = (Kind.TEXT, Kind.JSON, Kind.LABEL)


def text_columns(data_type: str) -> list[str]:
    """Columns that may hold words of people; ids apart, which are personal as they are."""
    return [*(f.name for f in FIELDS[data_type] if f.kind in _TEXTS), EXTRA]


@dataclass(kw_only=True)
class Preview:
    """Counts, added up table by table. Holds names: nothing but the counts may be printed."""

    names: Iterable[str] = field(default=(), repr=False)
    """What the bundle knows people by: names whole and in parts, ids."""
    actions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """What a policy does, by data type and column; empty without a policy."""
    _found: defaultdict[tuple[str, str], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: dict.fromkeys(("cells", *_LOOKS, "name"), 0))
    )

    def __post_init__(self) -> None:
        self._names = Names(names=self.names)

    def add(self, data_type: str, table: pa.Table) -> None:
        """Count the cells of some rows.

        The texts of all columns are looked at together: making a pattern costs more than using it.
        """
        columns = [
            name
            for name in text_columns(data_type)
            if name in table.column_names and table[name].null_count < table.num_rows
        ]
        if not columns:
            return
        distinct = [_distinct(table[name]) for name in columns]
        hits = self._look(pa.concat_arrays([words for words, _ in distinct]))
        start = 0
        for name, (words, rows) in zip(columns, distinct, strict=True):
            found, end = self._found[data_type, name], start + len(words)
            found["cells"] += int(rows.sum())
            for look, mask in hits.items():
                found[look] += int(rows[mask[start:end]].sum())
            start = end

    def finish(self) -> tuple[PrivacyRow, ...]:
        """Give a row for each column with at least one such cell, in the order of the schemas."""
        order = [(name, column) for name in BY_NAME for column in text_columns(name)]
        rows = [
            PrivacyRow(
                data_type=name,
                column=column,
                action=self.actions.get((name, column), ""),
                **self._found[name, column],
            )
            for name, column in order
            if (name, column) in self._found
        ]
        return tuple(row for row in rows if row.email + row.phone + row.ip + row.url + row.name)

    def _look(self, texts: Array) -> dict[str, Mask]:
        """Which texts look like what."""
        hits = {
            look: as_mask(pc.match_substring_regex(texts, pattern))
            for look, pattern in _LOOKS.items()
        }
        return hits | {"name": self._names.found_in(texts)} if self._names else hits


def _distinct(column: pa.ChunkedArray[Any]) -> tuple[Array, Any]:
    """Distinct texts of a column and how many cells hold each."""
    whole = one_array(column)
    if not pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_encode()
    codes = whole.indices.drop_null().to_numpy(zero_copy_only=False)
    return whole.dictionary, np.bincount(codes, minlength=len(whole.dictionary))
