"""The linear programmes of the audit: many small ones, solved a dozen at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from archive_tool.disclose.protection.solving.equations import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.disclose.protection.solving.block import Block
    from archive_tool.disclose.protection.solving.equations import System

AT_ONCE: Final = 16
"""Programmes that are stacked into one: starting the solver costs more than a small one."""
LARGEST: Final = 20_000
"""Variables of a stack at most."""
ZERO: Final = 1e-6
"""Size below which a price is none (HiGHS solves to 1e-7)."""
FAR: Final = 1e6
"""As many times the largest that is hidden are without end: one programme that had none would
leave a whole stack without an answer."""


class Ask(NamedTuple):
    """How large or small the sum of some variables can be."""

    part: int
    inside: np.ndarray
    largest: bool


class Solved(NamedTuple):
    """The end of one linear programme."""

    value: float
    rows: np.ndarray
    """Equations that hold the value where it is."""
    prices: np.ndarray
    """How far the value would move with each of these."""
    least: np.ndarray = NONE
    """What each variable of the part was found to be at least; none where none was worked out."""
    most: np.ndarray = NONE


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


def singles(system: System) -> Solved:
    """Say what every variable alone can be, at least and at most; not a number where it takes a programme.

    Nearly all parts of a time course are one cell, or the cells below one total.
    """
    least, most = np.full(len(system.truth), np.nan), np.full(len(system.truth), np.nan)
    for part, members in system.members.items():
        for found, largest in ((least, False), (most, True)):
            simple = _simple(system, Ask(part, members[:1], largest))
            if simple is not None:
                found[members] = simple.value
    return Solved(0.0, NONE, NONE, least, most)


def _simple(system: System, ask: Ask) -> Solved | None:
    """Answer what needs no programme: no equation at all, or one sum."""
    rows = system.rows_of_part.get(ask.part, NONE)
    limits = system.bounds_of_part.get(ask.part, NONE)
    if not len(rows):  # a variable alone: a limit is of one, and only equations join two
        most = float(system.bound_values[limits].min(initial=float("inf")))
        return Solved(most if ask.largest else 0.0, NONE, NONE)
    if len(rows) == 1 and not len(limits) and bool(system.sums[rows[0]]):
        alone = len(ask.inside) == len(system.members[ask.part])
        total = float(system.total_of_part[ask.part])
        price = -1.0 if ask.largest else 1.0
        return Solved(total if ask.largest or alone else 0.0, rows, np.array([price]))
    return None


def _stacked(system: System, part: int, wanted: Sequence[Ask]) -> list[Solved]:
    """Solve several programmes over the same equations as one, a block for each."""
    from scipy.optimize import linprog
    from scipy.sparse import identity, kron

    block = system.block(part)
    scale = max(1.0, float(np.abs(block.truth).max(initial=0.0)))
    aims = np.array([_aim(system, block, ask) for ask in wanted])
    blocks = identity(len(wanted), format="csr")
    equal = {
        "A_eq": kron(blocks, block.matrix, format="csr"),
        "b_eq": np.tile(block.matrix @ (block.truth / scale), len(wanted)),
    }
    below = {
        "A_ub": kron(blocks, block.limits, format="csr"),
        "b_ub": np.tile(block.limit_values / scale, len(wanted)),
    }
    result = linprog(
        aims.reshape(-1),
        bounds=(0, FAR),
        method="highs-ds",
        options={"presolve": False},
        **equal,
        **(below if len(block.limit_values) else {}),
    )
    if result.status == 0:
        points = result.x.reshape(aims.shape)
        prices = result.eqlin.marginals.reshape(len(wanted), -1)
        held = np.abs(prices) > ZERO
        return [
            Solved(
                float(point @ np.abs(aim)) * scale,
                block.rows[which],
                price[which],
                block.least(point) * scale,
                block.most(point) * scale,
            )
            for point, aim, price, which in zip(points, aims, prices, held, strict=True)
        ]
    if len(wanted) > 1:
        return [_stacked(system, part, [ask])[0] for ask in wanted]
    # no answer is no protection: the truth is taken as known
    return [Solved(float(system.truth[wanted[0].inside].sum()), NONE, NONE)]


def _aim(system: System, block: Block, ask: Ask) -> np.ndarray:
    """What a programme makes as small as it can be."""
    places = np.searchsorted(system.members[ask.part], ask.inside)
    aim = block.aim(places, largest=ask.largest)
    return -aim if ask.largest else aim
