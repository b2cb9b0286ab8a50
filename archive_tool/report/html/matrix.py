"""The availability matrix: people by data types, with a reason for what is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from archive_tool.model.pictures import Availability, MatrixRow, Presence

SHOWN: Final = 48
"""Lines that stand open; the rest is folded."""
LEVELS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell of the matrix."""

    rows: int
    level: int
    """1 to 4 by share of the fullest cell of its column; 0 where there is nothing."""
    note: int
    """Number of the reason below the matrix; 0 without one."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person in one room."""

    row: MatrixRow
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The matrix, ready to be written."""

    types: tuple[str, ...]
    shown: tuple[tuple[str, tuple[Line, ...]], ...]
    """Lines by room."""
    folded: tuple[tuple[str, tuple[Line, ...]], ...]
    notes: tuple[str, ...]
    omitted: int

    @property
    def folded_lines(self) -> int:
        """How many lines are folded away."""
        return sum(len(lines) for _, lines in self.folded)


def matrix(found: Availability) -> Matrix:
    """Number the reasons and grade the cells."""
    notes: dict[str, int] = {}
    fullest = [
        max((row.cells[i].rows for row in found.rows), default=0) for i in range(len(found.types))
    ]
    lines = []
    for row in found.rows:
        cells = (
            _cell(presence, most, notes) for presence, most in zip(row.cells, fullest, strict=True)
        )
        lines.append(Line(row=row, cells=tuple(cells)))
    return Matrix(
        types=found.types,
        shown=_by_room(lines[:SHOWN]),
        folded=_by_room(lines[SHOWN:]),
        notes=tuple(notes),
        omitted=found.omitted,
    )


def _cell(presence: Presence, most: int, notes: dict[str, int]) -> Cell:
    note = notes.setdefault(presence.why, len(notes) + 1) if presence.why else 0
    level = -(-presence.rows * LEVELS // most) if most else 0
    return Cell(rows=presence.rows, level=level, note=note)


def _by_room(lines: list[Line]) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    rooms: dict[str, list[Line]] = {}
    for line in lines:
        rooms.setdefault(line.row.room, []).append(line)
    return tuple((room, tuple(held)) for room, held in rooms.items())
