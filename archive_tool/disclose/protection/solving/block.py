"""The equations of one part, with as few variables as say the same.

Variables that stand in the same equations with the same factors cannot be told apart by them:
only what they are together counts, and it may lie in any of them. A time course of a thousand cells
below a dozen totals is a programme of a dozen variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Block:
    """One part; a column is some variables together."""

    rows: np.ndarray
    """Its equations, among those of the system."""
    matrix: csr_matrix
    """Those equations by columns."""
    limits: csr_matrix
    """The same for what is at most ``limit_values``."""
    limit_values: np.ndarray
    column: np.ndarray
    """Column of each variable of the part."""
    sizes: np.ndarray
    """How many variables each column is."""
    truth: np.ndarray
    """What the columns really are."""

    def aim(self, inside: np.ndarray, *, largest: bool) -> np.ndarray:
        """Say which columns count for the sum of some variables, by their places in the part.

        At most all of a column lies in those of its variables that are asked for; at least what
        cannot lie in others.
        """
        asked = np.bincount(self.column[inside], minlength=len(self.sizes))
        counts = asked > 0 if largest else (asked > 0) & (asked == self.sizes)
        return counts.astype(np.float64)

    def least(self, point: np.ndarray) -> np.ndarray:
        """Give what each variable is at least, when the columns are a point."""
        return np.asarray(np.where(self.sizes > 1, 0.0, point)[self.column])

    def most(self, point: np.ndarray) -> np.ndarray:
        """Give what each variable is at most, when the columns are a point."""
        return np.asarray(point[self.column])


def block(
    rows: np.ndarray,
    matrix: csr_matrix,
    limits: csr_matrix,
    limit_values: np.ndarray,
    truth: np.ndarray,
) -> Block:
    """Put the variables of a part together: ``matrix`` and ``limits`` have a column for each.

    Where limits hold, variables stay apart: each has its own.
    """
    column = np.arange(len(truth)) if len(limit_values) else _alike(matrix)
    return Block(
        rows=rows,
        matrix=matrix[:, np.unique(column, return_index=True)[1]],
        limits=limits,
        limit_values=limit_values,
        column=column,
        sizes=np.bincount(column),
        truth=np.bincount(column, truth),
    )


def _alike(matrix: csr_matrix) -> np.ndarray:
    """Number the different columns of a matrix, for each of its columns."""
    by_column = matrix.tocsc()
    by_column.sort_indices()
    seen: dict[tuple[bytes, bytes], int] = {}
    return np.array(
        [
            seen.setdefault(
                (by_column.indices[start:end].tobytes(), by_column.data[start:end].tobytes()),
                len(seen),
            )
            for start, end in pairwise(by_column.indptr.tolist())
        ],
        np.int64,
    )
