"""``[aggregate]``: thresholds of disclosure control and the tables under them, checked strictly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from archive_tool.model.aggregates import PRECISIONS, Aggregate
from archive_tool.policy.dates import at_precision, dated
from archive_tool.policy.noisy import read_epsilon, read_noisy
from archive_tool.policy.tables import read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive_tool.policy.reader import Reader

KEYS: Final = (
    "people", "rooms", "dominance", "ratio", "degrees", "zeros", "rounding", "dates",
    "study-people", "because", "budget", "table", "noisy",
)  # fmt: skip
ROUNDING: Final = ("none", "base-5", "midpoint-6")
DATES: Final = ("none", *PRECISIONS)


def read_aggregate(table: Mapping[str, Any], reader: Reader) -> Aggregate:
    """Read thresholds and declared tables; a threshold looser than the default needs a reason."""
    reader.unknown_keys(table, KEYS, "aggregate")
    default = Aggregate()

    def whole(key: str, low: int, otherwise: int) -> int:
        number = reader.integer(table, key, f"aggregate.{key}", low=low, default=otherwise)
        return otherwise if number is None else number

    def share(key: str, low: float, otherwise: float) -> float:
        number = reader.number(table, key, f"aggregate.{key}", low=low, default=otherwise)
        if number is not None and number > 1:
            reader.problem(f"aggregate.{key}", "not a share", "at most 1")
        return otherwise if number is None else number

    rounding = reader.word(table, "rounding", "aggregate.rounding", ROUNDING, "none")
    dates = reader.word(table, "dates", "aggregate.dates", DATES, default.dates) or default.dates
    tables = tuple(read_tables(table.get("table", []), reader))
    names = [spec.name for spec in tables]
    noisy = tuple(read_noisy(table.get("noisy", []), names, reader))
    budget = None
    if "noisy" in table or "budget" in table:
        budget = read_epsilon(table, "budget", "aggregate.budget", reader)
    if dates not in PRECISIONS and any(map(dated, (*tables, *(one.table for one in noisy)))):
        reader.problem("aggregate.dates", "a table is by date, and no date is published",
                       ", ".join(PRECISIONS))  # fmt: skip
    thresholds = Aggregate(
        people=whole("people", 2, default.people),
        rooms=whole("rooms", 1, default.rooms),
        dominance=share("dominance", 0.01, default.dominance),
        ratio=share("ratio", 0.0, default.ratio),
        degrees=whole("degrees", 1, default.degrees),
        zeros=reader.flag(table, "zeros", "aggregate.zeros", default=True),
        rounding="" if rounding in (None, "none") else str(rounding),
        dates=dates,
        study_people=reader.integer(
            table, "study-people", "aggregate.study-people", low=1, default=None
        ),
        because=reader.text(table, "because", "aggregate.because", default=""),
        tables=tuple(at_precision(spec, dates) for spec in tables),
        noisy=tuple(replace(one, table=at_precision(one.table, dates)) for one in noisy),
        budget=budget,
    )
    if _looser(thresholds, default) and not thresholds.because:
        reader.problem("aggregate.because", "missing: thresholds are looser than the default",
                       "a reason, which is printed in the release")  # fmt: skip
    return thresholds


def _looser(given: Aggregate, default: Aggregate) -> bool:
    return (
        given.people < default.people
        or given.rooms < default.rooms
        or given.dominance > default.dominance
        or given.ratio < default.ratio
        or given.degrees < default.degrees
        or not given.zeros
        or DATES.index(given.dates) > DATES.index(default.dates)
    )
