"""Tables under differential privacy: how a policy declares them, and what stands under the noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from archive_tool.disclose.aggregate import Aggregation
from archive_tool.disclose.cells.people import People
from archive_tool.disclose.noise.contributions import parts
from archive_tool.schemas import arrow_schema
from tests.support.disclosing import RATINGS, declared

if TYPE_CHECKING:
    from archive_tool.disclose.noise.contributions import Part
    from archive_tool.policy import Decisions

BY_COMPONENT = 'dimensions = [{column = "componentId", levels = ["a", "b", "none"]}]\n'
BOUNDS = 'measure = "value"\nlow = 0\nhigh = 5\n'


def asked(
    figure: str = "rows", *, name: str = "noisy", rows: int = 10, epsilon: float = 0.5,
    dimensions: str = BY_COMPONENT,
) -> str:  # fmt: skip
    """One table as a policy writes it."""
    bounds = BOUNDS if figure in ("sum", "mean") else ""
    return (
        f'[[aggregate.noisy]]\nname = "{name}"\ntype = "{RATINGS}"\nfigure = "{figure}"\n'
        f"{dimensions}{bounds}rows = {rows}\nepsilon = {epsilon}\n"
    )


def policy(*tables: str, budget: float = 2.0) -> Decisions:
    """The ready policy with such tables."""
    return declared(aggregate=f"budget = {budget}\n", fields="\n".join(tables))


def counted(decisions: Decisions, *pieces: list[dict[str, object]]) -> Aggregation:
    """Count some rows, piece by piece."""
    made = Aggregation(decisions=decisions)
    for piece in pieces:
        made.add(RATINGS, pa.Table.from_pylist(piece, schema=arrow_schema(RATINGS)))
    return made


def bare(decisions: Decisions, *pieces: list[dict[str, object]]) -> list[Part]:
    """What stands under the noise of the only table."""
    made = counted(decisions, *pieces)
    ((spec, lines),) = made._noisy
    return parts(spec, lines, People(everyone=made.everyone, levels={}))
