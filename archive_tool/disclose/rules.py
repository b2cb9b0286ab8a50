"""When a cell may be published. Sources: disclosure-control.md, defaults of ACRO and UK LLC."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from archive_tool.model.policy import Aggregate


class Cell(NamedTuple):
    """Who is behind one cell: one entry per person and room."""

    people: np.ndarray
    """Code (int) of the person of each line."""
    rooms: np.ndarray
    """Code (int) of the room of each line; -1 for none."""
    rows: np.ndarray
    n: np.ndarray
    """Rows with a measure."""
    mean: np.ndarray
    m2: np.ndarray


def count_people(cell: Cell) -> int:
    """Distinct people: the unit of disclosure control is the person, never the row."""
    import numpy as np

    return len(np.unique(cell.people))


def count_rooms(cell: Cell) -> int:
    """Distinct rooms; lines without a room count for none."""
    import numpy as np

    return len(np.unique(cell.rooms[cell.rooms >= 0]))


def is_safe(cell: Cell, thresholds: Aggregate, *, between_people: bool) -> bool:
    """Enough people, enough rooms where rooms are the unit, nobody who dominates the counts."""
    if count_people(cell) < thresholds.people:
        return False
    if between_people and count_rooms(cell) < thresholds.rooms:
        return False
    return not dominated(cell, cell.rows, thresholds)


def is_safe_measure(cell: Cell, thresholds: Aggregate, *, between_people: bool) -> bool:
    """Ask the same for those who have a measure; also no two people who make up its total."""
    with_measure = Cell(*(part[cell.n > 0] for part in cell))
    if not is_safe(with_measure, thresholds, between_people=between_people):
        return False
    sizes = abs(with_measure.mean) * with_measure.n
    return not dominated(with_measure, sizes, thresholds) or not sizes.any()


def dominated(cell: Cell, amounts: np.ndarray, thresholds: Aggregate) -> bool:
    """Nk rule with n = 2: two people give at least the share k of the total, or one nearly so."""
    import numpy as np

    _, person = np.unique(cell.people, return_inverse=True)
    totals = np.sort(np.bincount(person, weights=amounts))[::-1]
    whole = totals.sum()
    return bool(whole > 0 and totals[:2].sum() >= thresholds.dominance * whole)
