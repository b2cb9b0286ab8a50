"""The linear programmes of the audit: many small ones, solved a dozen at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.protection.audit import System

AT_ONCE: Final = 16
"""Programmes that are stacked into one: starting the solver costs more than a small one."""
LARGEST: Final = 20_000
"""Variables of a stack at most."""
ZERO: Final = 1e-6
"""Size below which a price is none (HiGHS solves to 1e-7)."""


class Ask(NamedTuple):
    """How large or small the sum of some variables can be."""

    part: int
    inside: np.ndarray
    largest: bool


class Solved(NamedTuple):
    """The end of one linear programme."""

    value: float
    point: np.ndarray | None
    """Values of the variables of the part; None where none were worked out."""
    binding: np.ndarray
    """Equations that hold the value where it is."""


def asks(system: System, inside: np.ndarray, *, largest: bool) -> list[Ask]:
    """Ask about a sum of variables: once for every part that they lie in."""
    parts = system.part[inside]
    return [Ask(part, inside[parts == part], largest) for part in np.unique(parts).tolist()]


def extremes(system: System, wanted: Sequence[Ask]) -> list[Solved]:
    """Answer all questions, in their order."""
    found: dict[int, Solved] = {}
    waiting: dict[int, list[int]] = {}
    for place, ask in enumerate(wanted):
        simple = _simple(system, ask)
        if simple is not None:
            found[place] = simple
        else:
            waiting.setdefault(ask.part, []).append(place)
    for part, places in waiting.items():
        size = max(1, min(AT_ONCE, LARGEST // len(system.members[part])))
        for start in range(0, len(places), size):
            some = places[start : start + size]
            answers = _stacked(system, part, [wanted[place] for place in some])
            found |= dict(zip(some, answers, strict=True))
    return [found[place] for place in range(len(wanted))]


def _simple(system: System, ask: Ask) -> Solved | None:
    """Answer what needs no programme: no equation at all, or one sum."""
    members = system.members[ask.part]
    rows = system.rows_of_part.get(ask.part, np.zeros(0, np.int64))
    if len(system.bounds_of_part.get(ask.part, ())):
        return None
    if not len(rows):
        return Solved(float("inf") if ask.largest else 0.0, None, rows)
    if len(rows) == 1 and bool((system.matrix[rows[0]].data > 0).all()):
        alone = len(ask.inside) == len(members)
        total = float(system.truth[members].sum())
        return Solved(total if ask.largest or alone else 0.0, None, rows)
    return None


def _stacked(system: System, part: int, wanted: Sequence[Ask]) -> list[Solved]:
    """Solve several programmes over the same equations as one, a block for each."""
    from scipy.optimize import linprog
    from scipy.sparse import identity, kron

    members = system.members[part]
    rows = system.rows_of_part.get(part, np.zeros(0, np.int64))
    limits = system.bounds_of_part.get(part, np.zeros(0, np.int64))
    truth = system.truth[members]
    scale = max(1.0, float(np.abs(truth).max(initial=0.0)))
    blocks = identity(len(wanted), format="csr")
    aim = np.zeros((len(wanted), len(members)))
    for block, ask in enumerate(wanted):
        aim[block, np.searchsorted(members, ask.inside)] = -1.0 if ask.largest else 1.0
    matrix = system.matrix[rows][:, members]
    equal = {
        "A_eq": kron(blocks, matrix, format="csr"),
        "b_eq": np.tile(matrix @ (truth / scale), len(wanted)),
    }
    below = {
        "A_ub": kron(blocks, system.bounds[limits][:, members], format="csr"),
        "b_ub": np.tile(system.bound_values[limits] / scale, len(wanted)),
    }
    result = linprog(
        aim.reshape(-1),
        bounds=(0, None),
        method="highs-ds",
        options={"presolve": False},
        **(equal if len(rows) else {}),
        **(below if len(limits) else {}),
    )
    if result.status == 0:
        points = result.x.reshape(len(wanted), -1)
        prices = np.abs(result.eqlin.marginals).reshape(len(wanted), -1) if len(rows) else aim
        return [
            Solved(
                float(point @ np.abs(line)) * scale,
                point * scale,
                rows[price > ZERO] if len(rows) else rows,
            )
            for point, line, price in zip(points, aim, prices, strict=True)
        ]
    if len(wanted) > 1:
        return [_stacked(system, part, [ask])[0] for ask in wanted]
    if result.status == 3:  # nothing bounds it
        return [Solved(float("inf") if wanted[0].largest else 0.0, None, rows[:0])]
    # no answer is no protection: the truth is taken as known
    return [Solved(float(truth @ np.abs(aim[0])), None, rows)]
