"""Ids that a program took for numbers and rounded (trap E14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.ingest.arrow import as_mask, one_array
from archive_tool.model.datatypes import BY_NAME
from archive_tool.schemas import FIELDS, Kind, Sensitivity
from archive_tool.validation.codes.fields import ID_ROUNDED

if TYPE_CHECKING:
    from archive_tool.validation.tally import Tally
    from archive_tool.validation.view import View

_EXPONENT: Final = r"^[0-9]([.,][0-9]+)?[eE]\+[0-9]+$"
"""``1.23457E+15`` of Excel, ``1,23457E+15`` of a German one, ``1e+05`` of R."""
_LONG: Final = r"^[1-9][0-9]{15,18}$"
"""Digits that a double cannot hold, in 64 bits."""
_AFTER_DIGITS: Final = ":"
"""The character after ``9``: texts before it may be numbers."""
_KEPT: Final = 15
"""Digits of a number that a spreadsheet keeps."""
_BITS: Final = 20
"""Of so many bits chance makes no zeros."""
_IDS: Final = {
    data_type: tuple(
        field.name
        for field in fields
        if field.kind is Kind.ID and field.sensitivity in (Sensitivity.PERSON, Sensitivity.ROOM)
    )
    for data_type, fields in FIELDS.items()
}


def check_ids(view: View, found: Tally) -> None:
    """Count rows whose person, room or record is a rounded number; only distinct ids are looked at."""
    for column in _IDS[view.data_type]:
        encoded = one_array(view.table[column])
        for check, rounded in _rounded(encoded.dictionary, column):
            found.add(
                view.rule(ID_ROUNDED, column, check),
                view.at[as_mask(rounded.take(encoded.indices))],
            )
    record_id = BY_NAME[view.data_type].record_id
    if record_id is None:
        return
    records = one_array(view.table[record_id])
    places = np.flatnonzero(as_mask(pc.less(records, pa.scalar(_AFTER_DIGITS, records.type))))
    if len(places):
        for check, rounded in _rounded(records.take(pa.array(places)), record_id):
            found.add(view.rule(ID_ROUNDED, record_id, check), view.at[places[as_mask(rounded)]])


def _rounded(ids: pa.Array[Any], column: str) -> list[tuple[str, pa.Array[Any]]]:
    """Give masks of rounded ids, with what was checked."""
    exponent = pc.match_substring_regex(ids, _EXPONENT)
    found = [(f"{column} is no number with an exponent", exponent)]
    long = pc.match_substring_regex(ids, _LONG)
    if pc.any(long).as_py() and _lost(ids.filter(long)):
        found.append((f"{column} has digits that a double does not hold", long))
    return [(check, mask) for check, mask in found if pc.any(mask).as_py()]


def _lost(ids: pa.Array[Any]) -> bool:
    """Whether long numbers all are doubles, or end with zeros after 15 digits, by no chance."""
    texts = pc.unique(ids).cast(pa.string())
    whole = texts.cast(pa.uint64()).to_numpy(zero_copy_only=False)
    doubles = whole.astype(np.float64)
    bits = np.where(doubles.astype(np.uint64) == whole, np.log2(np.spacing(doubles)), 0)
    after = pc.utf8_length(texts).to_numpy(zero_copy_only=False) - _KEPT
    zeros = np.where(whole % np.power(10, after).astype(np.uint64) == 0, after * np.log2(10), 0)
    hidden = np.maximum(bits, zeros)
    return bool((hidden > 0).all() and hidden.sum() >= _BITS)
