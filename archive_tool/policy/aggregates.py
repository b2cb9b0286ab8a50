"""``[aggregate]``: thresholds of disclosure control and the tables under them, checked strictly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from archive_tool.model.aggregates import PRECISIONS, Aggregate
from archive_tool.policy.dates import at_precision, dated
from archive_tool.policy.noisy import read_epsilon, read_noisy
from archive_tool.policy.tables import read_tables

if TYPE_CHECKING:
    from archive_tool.policy.reader import Section

KEYS: Final = (
    "people", "rooms", "dominance", "ratio", "degrees", "zeros", "rounding", "dates",
    "study-people", "because", "budget", "table", "noisy",
)  # fmt: skip
ROUNDING: Final = ("none", "base-5", "midpoint-6")
DATES: Final = ("none", *PRECISIONS)


def read_aggregate(section: Section) -> Aggregate:
    """Read thresholds and declared tables; a threshold looser than the default needs a reason."""
    section.unknown_keys(KEYS)
    default = Aggregate()

    def share(key: str, low: float, otherwise: float) -> float:
        number = section.number(key, low=low, default=otherwise)
        if number > 1:
            section.problem(key, "not a share", "at most 1")
        return number

    rounding = section.word("rounding", ROUNDING, "none")
    dates = section.word("dates", DATES, default.dates)
    tables = tuple(read_tables(section))
    names = [spec.name for spec in tables]
    noisy = tuple(read_noisy(section, names))
    budget = None
    if "noisy" in section.values or "budget" in section.values:
        budget = read_epsilon(section, "budget")
    if dates not in PRECISIONS and any(map(dated, (*tables, *(one.table for one in noisy)))):
        what = "a table is by date, and no date is published"
        section.problem("dates", what, ", ".join(PRECISIONS))
    thresholds = Aggregate(
        people=section.integer("people", low=2, default=default.people),
        rooms=section.integer("rooms", low=1, default=default.rooms),
        dominance=share("dominance", 0.01, default.dominance),
        ratio=share("ratio", 0.0, default.ratio),
        degrees=section.integer("degrees", low=1, default=default.degrees),
        zeros=section.flag("zeros", default=True),
        rounding="" if rounding == "none" else rounding,
        dates=dates,
        study_people=section.integer("study-people", low=1),
        because=section.text("because", default=""),
        tables=tuple(at_precision(spec, dates) for spec in tables),
        noisy=tuple(replace(one, table=at_precision(one.table, dates)) for one in noisy),
        budget=budget,
    )
    if _looser(thresholds, default) and not thresholds.because:
        what = "missing: thresholds are looser than the default"
        section.problem("because", what, "a reason, which is printed in the release")
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
