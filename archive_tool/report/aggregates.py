"""The summary tables of an archive, as they are shown to somebody who reviews the release.

Everything comes from the protected tables and from the policy that lies beside them: no row, no
sketch and no hidden value is within reach here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.archive import bag, layout
from archive_tool.archive.extraction.extract import type_named
from archive_tool.disclose.cells.columns import OTHER, SPECIAL
from archive_tool.disclose.defaults import specs_for
from archive_tool.errors import UsageError
from archive_tool.model.aggregates import Aggregate
from archive_tool.model.datatypes import EVENTS
from archive_tool.policy import decide, parse_applied
from archive_tool.policy.dates import is_date
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pyarrow as pa

    from archive_tool.archive.reader import Archive
    from archive_tool.model.aggregates import NoisySpec, TableSpec
    from archive_tool.model.policy import Policy

TOTAL: Final = "(all)"
FIRST_FIGURE: Final = "rows"
"""The dimensions of a table are the columns before this one."""


@dataclass(frozen=True, kw_only=True)
class SummaryTable:
    """One protected table."""

    name: str
    table: pa.Table
    spec: TableSpec | None = None
    """What was asked for; None for a default table that this release of the tool does not know."""

    @property
    def dimensions(self) -> list[str]:
        """Columns whose levels make the cells."""
        names: list[str] = self.table.column_names
        return names[: names.index(FIRST_FIGURE)]

    @property
    def hidden(self) -> int:
        """Cells of which nothing is published."""
        return int(self.table.column("rows").null_count)


@dataclass(frozen=True, kw_only=True)
class NoisySummary:
    """One table under differential privacy."""

    name: str
    table: pa.Table
    spec: NoisySpec

    @property
    def dimensions(self) -> list[str]:
        """Columns whose levels make the cells."""
        return [dimension.name for dimension in self.spec.table.dimensions]

    @property
    def note(self) -> str:
        """Mechanism, epsilon, scale and accuracy of the noise; the same in every cell."""
        return str(self.table.column("note")[0].as_py())


@dataclass(frozen=True, kw_only=True)
class SummaryRelease:
    """What one archive publishes."""

    archive_id: str
    created: datetime
    policy: Policy
    tables: tuple[SummaryTable, ...]
    noisy: tuple[NoisySummary, ...] = ()

    @property
    def epsilon(self) -> float:
        """What the tables with noise give away of one person, together."""
        return math.fsum(table.spec.epsilon for table in self.noisy)

    @property
    def hidden(self) -> int:
        """Cells of which nothing is published, in all tables."""
        return sum(table.hidden for table in self.tables)


@dataclass(frozen=True, kw_only=True)
class Whole:
    """All of one data type, where a table publishes it."""

    data_type: str
    rows: int | None
    """None, like the other two, where every such total is hidden or no table has one."""
    people: int | None
    rooms: int | None


@dataclass(frozen=True, kw_only=True)
class Dates:
    """When the sessions were, as a table by date says it."""

    precision: str
    """``year``, ``month`` or ``day``."""
    first: str
    """First period that has a name, because enough people stand in it; empty where none has."""
    last: str
    others: bool
    """Whether other periods have too few people to be named."""


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A rule that was applied."""

    rule: str
    applied: str
    default: str


def summary_release(archive: Archive, names: Sequence[str] = ()) -> SummaryRelease:
    """Read the summary tables of an archive, all or some of them, in the order of the archive.

    Raises UsageError (2) when it has none or not that one, VaultError (17) without its vault.
    """
    wanted = {type_named(archive, name) for name in names} or set(archive.types())
    kept = [name for name in archive.types() if name in wanted]
    rows = [name for name in kept if not layout.is_aggregate(name)]
    if names and rows:
        raise UsageError("is no summary table", where="type", expected="a summary table")
    summaries = [name for name in kept if name not in rows]
    if not summaries:
        raise UsageError(
            "the archive holds no summary tables",
            where="format",
            expected="an archive with summary tables",
            hint="rows leave as csv, json, ndjson, parquet or sav",
        )
    text = bag.read_text(archive.path, archive.seal, layout.POLICY)
    policy = parse_applied(text, where=layout.POLICY)
    specs = specs_of(policy)
    with_noise = {spec.table.name: spec for spec in policy.aggregate.noisy}
    tables, noisy = [], []
    for data_type in summaries:
        name, table = data_type.removeprefix(layout.AGGREGATE_PREFIX), archive.read(data_type)
        if name in with_noise:
            noisy.append(NoisySummary(name=name, table=table, spec=with_noise[name]))
        else:
            tables.append(SummaryTable(name=name, table=table, spec=specs.get(name)))
    return SummaryRelease(
        archive_id=archive.archive_id,
        created=archive.manifest.created,
        policy=policy,
        tables=tuple(tables),
        noisy=tuple(noisy),
    )


def specs_of(policy: Policy) -> dict[str, TableSpec]:
    """Give all tables that a policy asks for, declared or default, by name."""
    decisions = decide(policy, stored=True)
    return {spec.name: spec for data_type in FIELDS for spec in specs_for(data_type, decisions)}


def wholes(release: SummaryRelease) -> list[Whole]:
    """Give the published total of every data type, from an unfiltered table that has one."""
    found: dict[str, Whole] = {}
    for table in release.tables:
        if table.spec is None:
            continue
        data_type = table.spec.data_type
        if data_type not in found or found[data_type].rows is None:
            found[data_type] = _whole(table, data_type)
    return list(found.values())


def _whole(table: SummaryTable, data_type: str) -> Whole:
    nothing = Whole(data_type=data_type, rows=None, people=None, rooms=None)
    if table.spec is None or table.spec.where or table.spec.cap is not None:
        return nothing
    for row in table.table.to_pylist():
        if all(row[name] == TOTAL for name in table.dimensions):
            return Whole(
                data_type=data_type, rows=row["rows"], people=row["people"], rooms=row["rooms"]
            )
    return nothing


def dates(release: SummaryRelease) -> Dates | None:
    """Give the first and the last period of the sessions; None where no table is by date."""
    for table in release.tables:
        if table.spec is None or table.spec.where:
            continue
        for dimension in table.spec.dimensions:
            if is_date(dimension):
                levels = set(table.table.column(dimension.name).to_pylist())
                named = sorted(levels.difference(SPECIAL))
                return Dates(
                    precision=dimension.source.form,
                    first=named[0] if named else "",
                    last=named[-1] if named else "",
                    others=OTHER in levels,
                )
    return None


def sessions(release: SummaryRelease) -> int | None:
    """Give the published number of sessions: the rooms that the events are of."""
    counted = {one.data_type: one.rooms for one in wholes(release)}
    return counted.get(EVENTS.name)


def thresholds(applied: Aggregate) -> list[Threshold]:
    """Say when a cell is hidden, in words, beside the default."""
    default = Aggregate()
    return [
        Threshold(rule=rule, applied=say(applied), default=say(default))
        for rule, say in (
            ("people behind a cell, at least", lambda a: str(a.people)),
            ("rooms, where people act on each other, at least", lambda a: str(a.rooms)),
            ("two people may give of a total less than (nk)", lambda a: f"{a.dominance:g}"),
            (
                "all but the two largest give, of the largest, at least (p)",
                lambda a: f"{a.ratio:g}",
            ),
            ("degrees of freedom of a measure, at least", lambda a: str(a.degrees)),
            ("an outcome of nobody or of everybody", _zeros),
            ("counts are rounded", lambda a: a.rounding or "no"),
            ("dates of sessions", lambda a: _DATES[a.dates]),
        )
    ]


_DATES: Final = {"none": "not at all", "year": "by year", "month": "by month", "day": "by day"}


def _zeros(applied: Aggregate) -> str:
    return "is hidden" if applied.zeros else "is published"
