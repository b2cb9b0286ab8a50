"""Plain text for terminals and logs: aligned tables, counts, sizes; no colour, no box lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.model.wording import count as count  # noqa: PLC0414  (said from here everywhere)

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[object]], *, indent: str = "  ") -> str:
    """An aligned table. Columns that hold only numbers are set to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max(len(head[i]), *(len(row[i]) for row in cells), 0) if cells else len(head[i])
        for i in range(len(head))
    ]
    right = [
        bool(rows) and all(isinstance(row[i], int | None) for row in rows) for i in range(len(head))
    ]
    lines = [_line(head, widths, right, indent)]
    lines += [_line(row, widths, right, indent) for row in cells]
    return "\n".join(lines)


def size(number: int) -> str:
    """Bytes for people: ``1.4 MB`` (decimal units)."""
    if number < 1000:
        return f"{number} B"
    value = float(number)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.5 or unit == "TB":
            break
    return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"


def in_full(number: float) -> str:
    """A number as people write it: ``1,800,000`` and ``0.25``, not ``1.8e+06``."""
    return f"{number:,.15g}"


def percent(share: float) -> str:
    """Whole percent, rounded; never 100 while something is missing, nor 0 while something is there."""
    if 0 < share < 0.01:
        return "<1 %"
    return f"{100 if share >= 1 else min(round(share * 100), 99)} %"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], indent: str) -> str:
    padded = [
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    ]
    return (indent + "  ".join(padded)).rstrip()
