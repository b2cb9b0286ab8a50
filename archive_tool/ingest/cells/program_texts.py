"""Texts that no person wrote: what programs leave in the place of a value, or make of a text.

Looked for in texts and nested values of all forms of files alike, once per batch. A search for fixed
bytes comes first: most columns have none of them, and are not looked at cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.ingest.arrow import as_mask
from archive_tool.ingest.cells.value_remarks import VALUE_DESTROYED
from archive_tool.model.findings import Code, Severity
from archive_tool.schemas import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive_tool.ingest.arrow import Array
    from archive_tool.ingest.remarks import TableRows

MOJIBAKE: Final = Code(
    name="TEXT-MOJIBAKE",
    severity=Severity.WARNING,
    message="text was decoded with the wrong encoding before it was saved; it is kept as it is",
    meaning="UTF-8 read as Latin-1 or Windows-1252 leaves pairs of characters that nobody types. Looked for "
    "in texts and nested values.",
    hint="download the data again and save the bytes as they come",
)
UNDEFINED: Final = Code(
    name="VALUE-UNDEFINED",
    severity=Severity.WARNING,
    message="a value says 'undefined' or 'NaN', as programs write where there is none; it is kept "
    "as text",
    meaning="JavaScript writes `undefined`, and programs for statistics `NaN`, where there is no "
    "value. Looked for in texts and nested values. `NA`, `None` and `null` are what people type, too.",
    hint="count it as missing in an analysis, unless people type such words in this study",
)
FORMULA_ERROR: Final = Code(
    name="VALUE-FORMULA-ERROR",
    severity=Severity.WARNING,
    message="a value is the error of a spreadsheet, such as #NAME?, that took a text for a formula; "
    "it is kept as text",
    meaning="Spreadsheets take a text that begins with `=`, `+`, `-` or `@` for a formula, and save "
    "what came of it (`#NAME?`, in German `#BEZUG!`, `Err:509`). Looked for in texts and nested values.",
    hint="use the file as it was downloaded: what was there is not in this one",
)

_AFTER_A: Final = (
    "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u2013\u201e\u2020-\u2022]"
)
"""What Latin-1 or Windows-1252 make of the second byte of a letter."""
_MOJIBAKE: Final = f"[\u00c3\u00c2]{_AFTER_A}|\u00e2\u20ac|\u00e2\u0080|\u00ef\u00bb\u00bf|\u00f0\u0178|\u00f0\u009f"
"""UTF-8 that was read as one of them (trap E2)."""
_ERRORS: Final = (
    "NAME[?]|REF!|VALUE!|DIV/0!|N/A|NUM!|NULL!"  # English
    "|BEZUG!|WERT!|ZAHL!|NV"  # German
    "|NOM[?]|VALEUR!|NOMBRE!"  # French
    "|\u00bfNOMBRE[?]|\u00a1VALOR!|\u00a1REF!"  # Spanish
    "|NOME[?]|VALORE!|RIF!"  # Italian
    "|NAAM[?]|WAARDE!|VERW!"  # Dutch
)


@dataclass(frozen=True, kw_only=True)
class _Sign:
    """How one of them shows."""

    remark: Code
    needles: tuple[bytes, ...]
    """One of them is in the bytes of such a text; of none, every text that is not ASCII is looked at."""
    text: str
    """Pattern for texts."""
    nested: str
    """Pattern for JSON."""

    def is_possible(self, column: bytes) -> bool:
        """Whether a column, as one text, may hold it."""
        if not self.needles:
            return not column.isascii()
        return any(needle in column for needle in self.needles)


def _whole(remark: Code, pattern: str, *needles: bytes) -> _Sign:
    """Make a sign that is the whole text, or a whole text inside a nested value."""
    text, nested = rf"^\s*(?:{pattern})\s*$", rf'"\s*(?:{pattern})\s*"'
    return _Sign(remark=remark, needles=needles, text=text, nested=nested)


_SIGNS: Final = (
    _Sign(remark=MOJIBAKE, needles=(), text=_MOJIBAKE, nested=_MOJIBAKE),
    _whole(VALUE_DESTROYED, r"\[object Object\](?:,\[object Object\])*", b"[object Object]"),
    _whole(UNDEFINED, "undefined|NaN", b"undefined", b"NaN"),
    _whole(
        FORMULA_ERROR, f"#(?:{_ERRORS})|Err:5[0-9][0-9]", b"#", b"Err:"
    ),  # the last of LibreOffice
)


def tell_texts(columns: Iterable[tuple[Field, Array]], rows: TableRows) -> None:
    """Note the rows whose texts no person wrote; ``columns`` are those of a batch, in their types."""
    import pyarrow.compute as pc

    for field, column in columns:
        if field.kind not in (Kind.TEXT, Kind.JSON) or column.null_count == len(column):
            continue
        content = _content(column)
        for sign in _SIGNS:
            if sign.is_possible(content):
                pattern = sign.text if field.kind is Kind.TEXT else sign.nested
                found = as_mask(pc.match_substring_regex(column, pattern))
                rows.remark(sign.remark, found, column=field.name)


def _content(column: Array) -> bytes:
    """Give all texts of a column as one."""
    import numpy as np

    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int32)
    first, last = ends[column.offset], ends[column.offset + len(column)]
    return b"" if data is None else data[first:last].to_pybytes()
