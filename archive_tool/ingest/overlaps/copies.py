"""Copies of records from overlapping downloads, side by side as fingerprints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.ingest.arrow import as_mask, one_array, words_and_codes
from archive_tool.ingest.cells.unparsed import begins_nested
from archive_tool.ingest.fingerprint import NULL, combined
from archive_tool.ingest.overlaps.ages import newest
from archive_tool.ingest.overlaps.duplicates import ROOM, of_columns, of_records, seconds
from archive_tool.model.bundle import SAVED_AGAIN
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.tables import AT, EXTRA, NULLS, Batch, part_of
from archive_tool.schemas import FIELDS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archive_tool.ingest.arrow import Ints, Mask
    from archive_tool.ingest.fingerprint import Fingerprints
    from archive_tool.model.bundle import Part


@dataclass(frozen=True, kw_only=True)
class Copies:
    """All candidate rows, in the order of their records; what is per row has its length."""

    at: Ints
    part: Ints
    """``Part.order``."""
    ident: Ints
    """Number of the record id."""
    record: Ints
    """Number of the record: the id, and person and room where one id has several."""
    identity: dict[str, Fingerprints]
    """Column (person, room) → fingerprints."""
    values: dict[str, Fingerprints]
    """Column → fingerprints, :data:`NULL` where there is no value."""
    content: Fingerprints
    """Fingerprint of the whole row."""
    newest: Mask
    """No copy of the record is known to be newer."""
    offset: Ints
    """First row of its page."""
    ambiguous: Mask
    """The id belongs to several people or rooms."""
    cut: Mask
    """No time of the row has a fraction of a second."""
    unread: Ints
    """Nested values that are kept as text, per row."""
    saved: Mask
    """A program saved the table again: the platform separates by commas."""
    typed: Mask
    """The download tells numbers from texts, as JSON does."""

    @property
    def richness(self) -> Ints:
        """Values per row; one in a column of the schema counts more than what else there is.

        A nested value that is kept as text counts less than one that was read.
        """
        counts = -2 * self.unread
        for name, found in self.values.items():
            counts += (found != NULL) * (1 if name in (EXTRA, NULLS) else 3)
        return counts


def gathered(batches: Sequence[Batch], parts: Sequence[Part], data_type: str) -> Copies:
    """Columns of all candidates as fingerprints: 8 bytes per value, whatever it is."""
    known = BY_NAME[data_type]
    found_of = [dict(of_columns(batch)) for batch in batches]
    values = {name: np.concatenate([one[name] for one in found_of]) for name in found_of[0]}
    at = np.concatenate([batch.table[AT].to_numpy() for batch in batches])
    part = part_of(at)
    compared = {name: found for name, found in values.items() if name != NULLS}
    content = _together(compared, len(at))
    is_cut = np.concatenate([_is_cut(batch) for batch in batches])
    if known.record_id is None:
        rows = numbered(_together({n: f for n, f in compared.items() if n != ROOM}, len(at)))
        ident = _with_cut_times(batches, rows, is_cut)
        identity, apart = {}, {ROOM: values[ROOM]}
    else:
        ident = _true_ids(batches, known.record_id)
        identity = apart = {name: values[name] for name in (known.subject, ROOM)}
    ambiguous = np.zeros(len(at), np.bool_)
    for found in apart.values():
        ambiguous |= has_several(ident, found)
    record = ident
    for found in apart.values() if ambiguous.any() else ():
        own = combined(record.astype(np.uint64), np.where(ambiguous, found, NULL))
        record = numbered(own)
    offset = np.array([part.page.offset or 0 if part.page else 0 for part in parts], np.int64)
    return Copies(
        at=at,
        part=part,
        ident=ident,
        record=record,
        identity=identity,
        values=values,
        content=content,
        newest=newest(record, part, parts),
        offset=offset[part],
        ambiguous=ambiguous,
        cut=is_cut,
        unread=np.concatenate([_unread(batch) for batch in batches]),
        saved=np.array([part.form == SAVED_AGAIN for part in parts])[part],
        typed=np.array([not part.form.startswith("csv") for part in parts])[part],
    )


def _together(values: Mapping[str, Fingerprints], rows: int) -> Fingerprints:
    found = np.zeros(rows, np.uint64)
    for column in values.values():
        found = combined(found, column)
    return found


def _unread(batch: Batch) -> Ints:
    """Count the nested values of each row that are kept as text."""
    found = np.zeros(batch.table.num_rows, np.int64)
    for field in FIELDS[batch.data_type]:
        if field.kind is Kind.JSON and field.name in batch.table.column_names:
            found += as_mask(begins_nested(batch.table[field.name]))
    return found


def _is_cut(batch: Batch) -> Mask:
    found = np.ones(batch.table.num_rows, np.bool_)
    for field in FIELDS[batch.data_type]:
        if field.kind is Kind.TIME and field.name in batch.table.column_names:
            moments = batch.table[field.name]
            whole = seconds(moments).cast(pa.timestamp("s", "UTC"))
            found &= ~as_mask(pc.not_equal(whole, moments))
    return found


def _with_cut_times(batches: Sequence[Batch], own: Ints, is_cut: Mask) -> Ints:
    """Rows without an id whose times lost their fractions are copies of the one row of that second."""
    whole = numbered(np.concatenate([of_records(batch) for batch in batches]))
    low = np.full(int(whole.max()) + 1, np.iinfo(np.int64).max)
    high = np.full_like(low, -1)
    np.minimum.at(low, whole[~is_cut], own[~is_cut])
    np.maximum.at(high, whole[~is_cut], own[~is_cut])
    return np.where(is_cut & (low == high)[whole], low[whole], own)


def _true_ids(batches: Sequence[Batch], column: str) -> Ints:
    """Give ids their numbers by the ids themselves: a collision of fingerprints folds nothing."""
    ids = pa.chunked_array(
        [one_array(batch.table[column]).cast(pa.large_string()) for batch in batches]
    )
    words, codes = words_and_codes(one_array(ids))
    # a row without an id is a record of its own
    nobody = np.flatnonzero(codes == len(words))
    codes = codes.copy()
    codes[nobody] = len(words) + np.arange(len(nobody))
    return codes


def numbered(found: Fingerprints) -> Ints:
    """Give equal fingerprints the same number, from 0 on."""
    _, numbers = np.unique(found, return_inverse=True)
    return numbers.astype(np.int64)


def has_several(ident: Ints, found: Fingerprints) -> Mask:
    """Rows whose id has more than one value here; null is no other value."""
    highest = np.iinfo(np.uint64).max
    low = np.full(int(ident.max()) + 1, highest, np.uint64)
    high = np.zeros_like(low)
    np.minimum.at(low, ident, np.where(found == NULL, np.uint64(highest), found))
    np.maximum.at(high, ident, found)
    several: Mask = (low != high) & (high != NULL)
    return several[ident]
