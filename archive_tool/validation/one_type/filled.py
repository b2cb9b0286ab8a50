"""Fields that the documented examples fill in every row, though a row can do without.

A column chooser leaves whole columns out, and pandas and R write a lost number as an empty cell
(hyperstudy-traps.md, A8 and E11): neither leaves a mark, but rows without an onset or a rating.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import CHAT
from archive_tool.model.tables import EXTRA
from archive_tool.schemas import FIELDS
from archive_tool.validation.codes.fields import FIELD_EMPTY

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Mask
    from archive_tool.validation.tally import Tally
    from archive_tool.validation.view import View

USUAL: Final = {
    data_type: tuple(field.name for field in fields if field.usual)
    for data_type, fields in FIELDS.items()
}
"""By data type; an answer may be null, and not everything has a duration or a response."""


def check_filled(view: View, found: Tally) -> None:
    """Count rows that lack such a field; what could not be read is told where it was read."""
    for name in USUAL[view.data_type]:
        if not view.table[name].null_count:
            continue
        rule = view.rule(FIELD_EMPTY, name, "in every row")
        found.add(rule, view.at[_lacking(view, name)])


def _lacking(view: View, name: str) -> Mask:
    import pyarrow.compute as pc

    lacks = view.table[name].is_null()
    if view.has(EXTRA):
        unread = pc.match_substring(view.table[EXTRA], f'"{name}":')
        lacks = pc.and_(lacks, pc.invert(pc.fill_null(unread, False)))
    if view.data_type == CHAT.name and view.has("deleted"):
        lacks = pc.and_(lacks, pc.invert(pc.fill_null(view.table["deleted"], False)))
    mask: Mask = lacks.to_numpy().astype(bool)
    return mask
