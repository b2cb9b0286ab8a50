"""Tables under differential privacy as they leave: every cell of the policy, with its noise.

Levels, bounds and noise follow from the policy alone; no cell is hidden, and none is missing. What
is worked out of noisy figures (a mean, an interval, rounding) gives nothing more away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from archive_tool.disclose.noise import contributions
from archive_tool.disclose.noise.mechanism import MECHANISM, Noised, laplace
from archive_tool.disclose.protection.publish import significant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive_tool.disclose.noise.contributions import Part
    from archive_tool.model.aggregates import NoisySpec

NOISY: Final = "noisy"
"""Status of every cell."""
SURE: Final = 0.95
"""Share of figures that lie between ``low`` and ``high``."""


@dataclass(frozen=True, kw_only=True)
class NoisyTable:
    """One table with noise, ready to be written."""

    name: str
    data_type: str
    table: pa.Table
    """Dimensions, the figure (a mean after its ``rows``), ``low``, ``high``, ``status``, ``note``."""
    hidden: int = 0
    """No cell is hidden."""
    spec: NoisySpec = field(repr=False)


def noisy_table(
    spec: NoisySpec, parts: Sequence[Part], draw: Callable[[Part, float], Noised] = laplace
) -> NoisyTable:
    """Add noise to a table; a mean is made of two figures, which have half of the epsilon each."""
    drawn = [draw(part, spec.epsilon / len(parts)) for part in parts]
    cells = list(product(*contributions.levels(spec)))
    columns: dict[str, pa.Array] = {
        dimension.name: pa.array([cell[place] for cell in cells], pa.string())
        for place, dimension in enumerate(spec.table.dimensions)
    }
    columns |= _mean(spec, *drawn) if spec.figure == "mean" else _figure(spec, *drawn)
    columns["status"] = pa.array([NOISY] * len(cells), pa.string())
    columns["note"] = pa.array([note(spec, drawn)] * len(cells), pa.string())
    return NoisyTable(
        name=spec.table.name, data_type=spec.table.data_type, table=pa.table(columns), spec=spec
    )


def note(spec: NoisySpec, drawn: Sequence[Noised]) -> str:
    """Say what was done to the figures of a table."""
    what = {"mean": ("rows", "sum")}.get(spec.figure, (spec.figure,))
    noise = " and ".join(
        f"scale {one.scale:.6g} of {name}, 95 % within {_accuracy(one.within(SURE))}"
        for name, one in zip(what, drawn, strict=True)
    )
    return f"{MECHANISM}, epsilon {spec.epsilon:g} for the table; {noise}"


def _accuracy(distance: float) -> str:
    return f"{distance:.3g}" if distance < 1000 else f"{distance:.0f}"


def _figure(spec: NoisySpec, drawn: Noised) -> dict[str, pa.Array]:
    """A count or a sum, and where it lies surely enough."""
    apart = drawn.within(SURE)
    low, high = drawn.values - apart, drawn.values + apart
    if spec.figure == "sum":
        found = {"sum": drawn.values, "low": low, "high": high}
        return {name: pa.array(significant(values, 6)) for name, values in found.items()}
    found = {spec.figure: np.round(drawn.values), "low": np.floor(low), "high": np.ceil(high)}
    return {name: pa.array(values.astype(np.int64)) for name, values in found.items()}


def _mean(spec: NoisySpec, rows: Noised, apart: Noised) -> dict[str, pa.Array]:
    """The centred sum over the count; null where the noise outweighs the count.

    Both figures lie within their intervals together as surely as each alone would (union bound).
    """
    middle, each = (spec.low + spec.high) / 2, 1 - (1 - SURE) / 2
    enough = rows.values > 0
    count = np.where(enough, rows.values, 1.0)
    mean = np.clip(middle + apart.values / count, spec.low, spec.high)
    least, most = rows.values - rows.within(each), rows.values + rows.within(each)
    known = least > 0
    ends = []
    for sign, bound in ((-1, spec.low), (1, spec.high)):
        total = apart.values + sign * apart.within(each)
        # the end is furthest out with the fewest rows, unless it lies on the near side of the middle
        over = np.where(sign * total > 0, least, most)
        end = np.clip(middle + total / np.where(known, over, 1.0), spec.low, spec.high)
        ends.append(significant(np.where(known, end, bound), 6))
    return {
        "rows": pa.array(np.round(rows.values).astype(np.int64)),
        "mean": pa.array(significant(np.where(enough, mean, middle), 6), mask=~enough),
        "low": pa.array(ends[0]),
        "high": pa.array(ends[1]),
    }
