"""Which rows may be there more than once: told by fingerprints, so that no ids are kept for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.ingest.arrow import one_array, words_and_codes
from archive_tool.ingest.cells.values import cell_value, json_text
from archive_tool.ingest.fingerprint import NULL, combined, of_column
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.people import PROLIFIC, canonical_person
from archive_tool.model.tables import AT, EXTRA, NULLS, Batch
from archive_tool.schemas import FIELDS, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.ingest.arrow import Ints, Mask
    from archive_tool.ingest.fingerprint import Fingerprints
    from archive_tool.schemas import Field

ROOM: Final = "roomId"

_BEGINS: Final = r'"(?:\\"|[{\[0-9tTfF.-])'
_A_TEXT: Final = f"^{_BEGINS}"
"""RE2: a JSON text that a cell may hold as something else."""
_A_MEMBER: Final = f":{_BEGINS}"

_PERSON: Final = (Kind.ID, Sensitivity.PERSON)
_EMPTY: Final = of_column(pa.array(["", '""']))
"""An empty text, and one as JSON."""


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """Which rows of a type may be there more than once, by the fingerprints of their ids."""

    data_type: str
    fingerprints: Fingerprints
    """Sorted; two ids may share one by chance, which :func:`fold` finds out."""

    def __bool__(self) -> bool:
        return len(self.fingerprints) > 0

    def filter(self, batch: Batch) -> Batch:
        """Keep only the rows of a batch that may be there more than once, in their order."""
        if not self or not batch.table.num_rows:
            return Batch(data_type=batch.data_type, table=batch.table.slice(0, 0))
        found = of_records(batch)
        order = np.argsort(found)  # neighbours are looked up together: the table is large
        place = np.searchsorted(self.fingerprints, found[order])
        place[place == len(self.fingerprints)] = 0
        mask = np.empty(len(found), np.bool_)
        mask[order] = self.fingerprints[place] == found[order]
        return Batch(data_type=batch.data_type, table=batch.table.filter(pa.array(mask)))


def repeated(found: Sequence[Fingerprints], in_parts: Sequence[Ints]) -> Fingerprints:
    """Find the fingerprints that are there more than once, sorted, without that of null.

    ``in_parts``: the part of each, where records have no id, else nothing. The same row twice in one part may
    well be two rows: only other parts count then.
    """
    if not found:
        return np.empty(0, np.uint64)
    every = np.concatenate(found)
    if in_parts:
        parts = np.concatenate(in_parts).astype(np.uint64)
        every = np.unique(np.stack([every, parts], axis=1), axis=0)[:, 0]
    every = np.sort(every[every != NULL])
    again = every[1:][every[1:] == every[:-1]]
    last_of_each: Mask = np.append(again[1:] != again[:-1], bool(len(again)))
    several: Fingerprints = again[last_of_each[: len(again)]]
    return several


def of_records(batch: Batch) -> Fingerprints:
    """Fingerprints of the record ids; of whole rows where records have no id.

    ``nulls`` does not count: whether a value was absent or null is a matter of the form. Nor does the
    room: a download of one room gives its rows a room that the download of the experiment leaves out.
    Nor do the fractions of times: a program that saves the table again may have cut them.
    """
    known = BY_NAME[batch.data_type]
    if known.record_id is not None:
        return of_column(batch.table[known.record_id])
    found = np.zeros(batch.table.num_rows, np.uint64)
    for name, cells in of_columns(batch, to_the_second=True):
        found = found if name in (NULLS, ROOM) else combined(found, cells)
    return found


def of_columns(batch: Batch, *, to_the_second: bool = False) -> Iterator[tuple[str, Fingerprints]]:
    """Give the fingerprints of every column; people are told apart as they are counted.

    One download writes a person with ``prolific_``, the next one without. An empty text says as much as a
    missing one: programs that save a table again make one of the other.
    """
    fields = {field.name: field for field in FIELDS[batch.data_type]}
    for name in batch.table.column_names:
        if name != AT:
            column, field = batch.table[name], fields.get(name)
            if to_the_second and field is not None and field.kind is Kind.TIME:
                column = seconds(column)
            found = _of_column(column, name, field)
            found[np.isin(found, _EMPTY)] = NULL
            yield name, found


def seconds(moments: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Give whole seconds since 1970: to cut a moment, Arrow would ask the system for its zone."""
    return pc.divide(moments.cast(pa.timestamp("us", "UTC")).cast(pa.int64()), 1_000_000)


def _of_column(column: pa.ChunkedArray[Any], name: str, field: Field | None) -> Fingerprints:
    if field is not None and field.lists_people:
        return of_column(pc.replace_substring(column, f'"{PROLIFIC}', '"'))
    if field is not None and (field.kind, field.sensitivity) == _PERSON:
        return _of_people(column)
    if name == EXTRA or (field is not None and field.kind is Kind.JSON):
        return of_column(as_cells(one_array(column), within=name == EXTRA))
    return of_column(column)


def as_cells(documents: pa.Array[Any], *, within: bool) -> pa.Array[Any]:
    """Read texts that are a whole value as a CSV, which does not quote them, gives them back.

    Somebody's typed ``7`` is a text in JSON and a number in CSV: it is one answer. ``within``: the
    members of an object are such values.
    """
    told = pc.match_substring_regex(documents, _A_MEMBER if within else _A_TEXT)
    if not pc.any(told).as_py():
        return documents
    change = _members_as_cells if within else _as_cell
    texts = [change(msgspec.json.decode(text)) for text in documents.filter(told).to_pylist()]
    new = pa.array(texts, documents.type)
    return pc.replace_with_mask(documents, pc.fill_null(told, False), new)


def _members_as_cells(members: dict[str, object]) -> str:
    values = {name: msgspec.Raw(_as_cell(value).encode()) for name, value in members.items()}
    return json_text(values)


def _as_cell(value: object) -> str:
    if isinstance(value, str):
        flag = value.lower()  # R writes TRUE
        value = flag == "true" if flag in ("true", "false") else cell_value(value)
    return json_text(value)


def _of_people(ids: pa.ChunkedArray[Any]) -> Fingerprints:
    words, codes = words_and_codes(one_array(ids))
    people = [None if word is None else canonical_person(word) for word in words.to_pylist()]
    return np.append(of_column(pa.array(people, pa.string())), NULL)[codes]
