"""What everybody knows of hidden cells, as equations, and which of these hang together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.protection.solving.block import Block, block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

    from archive_tool.disclose.protection.sheet import Spot

NONE: Final = np.zeros(0, np.int64)
"""No variables, or no equations."""


@dataclass(frozen=True, kw_only=True)
class System:
    """All that is known of one quantity, as equations over the hidden finest cells."""

    matrix: csr_matrix
    """Equations by variables."""
    bounds: csr_matrix
    """The same for what is at most ``bound_values``."""
    bound_values: np.ndarray
    truth: np.ndarray
    """What the variables really are."""
    equations: Sequence[tuple[Spot, ...]]
    """The published cells behind each equation, or the hidden ones that two tables share."""
    limits: Sequence[Spot]
    """The published cell behind each bound."""
    variables: dict[tuple[int, int], int]
    """By sheet and finest cell."""
    part: np.ndarray
    """Variables of different parts have no equation in common."""
    rows_of_part: dict[int, np.ndarray]
    bounds_of_part: dict[int, np.ndarray]
    members: dict[int, np.ndarray] = field(default_factory=dict)
    """Variables of each part."""
    _blocks: dict[int, Block] = field(default_factory=dict, repr=False)

    def block(self, part: int) -> Block:
        """Give the equations of a part, taken out once."""
        if part not in self._blocks:
            members = self.members[part]
            rows, limits = self.rows_of_part.get(part, NONE), self.bounds_of_part.get(part, NONE)
            self._blocks[part] = block(
                rows, self.matrix[rows][:, members], self.bounds[limits][:, members],
                self.bound_values[limits], self.truth[members],
            )  # fmt: skip
        return self._blocks[part]

    @cached_property
    def names(self) -> np.ndarray:
        """Sheet and finest cell of every variable, one line each."""
        return np.array(list(self.variables), np.int64).reshape(-1, 2)

    @cached_property
    def sums(self) -> np.ndarray:
        """Whether each equation is a sum: it takes nothing away."""
        of_entry = np.repeat(np.arange(self.matrix.shape[0]), np.diff(self.matrix.indptr))
        less = of_entry[self.matrix.data <= 0]
        return np.asarray(np.bincount(less, minlength=self.matrix.shape[0]) == 0)

    @cached_property
    def total_of_part(self) -> np.ndarray:
        """What the variables of each part are together."""
        return np.asarray(np.bincount(self.part, self.truth))


def assembled(
    matrix: csr_matrix, bounds: csr_matrix, limits: list[float], truth: list[float],
    behind: tuple[Sequence[tuple[Spot, ...]], Sequence[Spot]],
    variables: dict[tuple[int, int], int],
) -> System:  # fmt: skip
    """Put equations and limits together; ``behind``: the published cells behind each."""
    from scipy.sparse import bmat, vstack
    from scipy.sparse.csgraph import connected_components

    both = vstack([matrix, bounds])
    graph = bmat([[None, both], [both.T, None]]) if both.nnz else None
    if graph is None:  # no equation: every variable is a part of its own
        part = np.arange(len(truth))
    else:
        part = connected_components(graph, directed=False)[1][both.shape[0] :]
    return System(
        matrix=matrix,
        bounds=bounds,
        bound_values=np.array(limits),
        truth=np.array(truth),
        equations=behind[0],
        limits=behind[1],
        variables=variables,
        part=part,
        rows_of_part=_rows_of(matrix, part),
        bounds_of_part=_rows_of(bounds, part),
        members=_by_part(np.arange(len(truth)), part),
    )


def _rows_of(matrix: csr_matrix, part: np.ndarray) -> dict[int, np.ndarray]:
    filled = np.flatnonzero(np.diff(matrix.indptr))
    return _by_part(filled, part[matrix.indices[matrix.indptr[filled]]])


def _by_part(numbers: np.ndarray, part: np.ndarray) -> dict[int, np.ndarray]:
    """Sort numbers into the parts that are given for them, each in their order."""
    order = np.argsort(part, kind="stable")
    parts, starts = np.unique(part[order], return_index=True)
    pieces = np.split(numbers[order], starts)[1:]  # before the first there is nothing
    return dict(zip(parts.tolist(), pieces, strict=True))
