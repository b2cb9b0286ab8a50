"""Numbers of a spreadsheet whose locale writes ``1,5``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.ingest.arrow import as_mask

if TYPE_CHECKING:
    from archive_tool.ingest.arrow import Array

_GROUPED: Final = r"^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]+)?$"
_ONE_GROUP: Final = r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$"
_NUMBER: Final = r"^(-?(?:0|[1-9][0-9]*)),([0-9]+)$"
"""``01,02`` is none: JSON knows no zeros before a number, and texts stay as they are written."""


def with_points(texts: Array) -> Array:
    """Write the texts that are nothing but a number with a comma as JSON writes it; others stay."""
    import pyarrow.compute as pc

    return pc.replace_substring_regex(texts, _NUMBER, r"\1.\2")


def with_commas(texts: Array) -> tuple[int, ...]:
    """Rows that :func:`with_points` would change."""
    import pyarrow.compute as pc

    return tuple(as_mask(pc.match_substring_regex(texts, _NUMBER)).nonzero()[0].tolist())


def perhaps_thousands(texts: Array) -> tuple[int, ...]:
    """Rows with a number like ``1.234`` where nothing says that the point is a decimal one.

    Where the comma is the decimal sign, the point stands before thousands; but programs write such
    files with decimal points too, and then some number of the column has its point elsewhere.
    """
    import pyarrow.compute as pc

    grouped = pc.match_substring_regex(texts, _GROUPED)
    if pc.any(pc.and_not(pc.match_substring(texts, "."), grouped)).as_py():
        return ()
    return tuple(as_mask(pc.match_substring_regex(texts, _ONE_GROUP)).nonzero()[0].tolist())
