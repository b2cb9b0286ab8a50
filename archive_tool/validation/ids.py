"""Ids that a spreadsheet or R took for numbers (trap E14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import pyarrow.compute as pc

from archive_tool.schemas import FIELDS, Kind, Sensitivity
from archive_tool.validation.codes.fields import ID_ROUNDED
from archive_tool.validation.tally import Rule
from archive_tool.validation.view import View, array, as_mask

if TYPE_CHECKING:
    from typing import Any

    import pyarrow as pa

    from archive_tool.validation.tally import Tally

_ROUNDED: Final = r"^[0-9]([.,][0-9]+)?[eE]\+[0-9]+$"
"""``1.23457E+15`` of Excel, ``1,23457E+15`` of a German one, ``1e+05`` of R."""
_IDS: Final = {
    data_type: tuple(
        field.name
        for field in fields
        if field.kind is Kind.ID and field.sensitivity in (Sensitivity.PERSON, Sensitivity.ROOM)
    )
    for data_type, fields in FIELDS.items()
}


def check_ids(view: View, found: Tally) -> None:
    """Count rows whose person or room is a rounded number; only distinct ids are looked at."""
    for column in _IDS[view.data_type]:
        encoded = cast("pa.DictionaryArray[Any, Any]", array(view.table, column))
        rounded = pc.match_substring_regex(encoded.dictionary, _ROUNDED)
        if pc.any(rounded).as_py():
            rule = Rule(
                code=ID_ROUNDED,
                data_type=view.data_type,
                column=column,
                check=f"{column} is no number with an exponent",
            )
            found.add(rule, view.at[as_mask(rounded.take(encoded.indices))])
