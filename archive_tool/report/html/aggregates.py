"""The page of a release of summary tables: one self-contained HTML file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archive_tool.archive import layout
from archive_tool.disclose.protection.publish import OK
from archive_tool.model.archive import ExtractedFile
from archive_tool.model.outputs import folder_for, refuse_existing, refuse_ours
from archive_tool.report.aggregates import (
    TOTAL,
    dates,
    sessions,
    summary_release,
    thresholds,
    wholes,
)
from archive_tool.report.captions import about, about_noisy
from archive_tool.report.html.page import environment
from archive_tool.report.html.summaries import intervals, pictures
from archive_tool.report.save import save
from archive_tool.report.text import in_full

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from archive_tool.archive.reader import Archive
    from archive_tool.report.aggregates import NoisySummary, SummaryRelease, SummaryTable
    from archive_tool.report.html.summaries import Pictures

PAGE: Final = "summary-tables.html"
FOLDED: Final = 40
"""Rows from which on a table is folded up below its pictures."""


@dataclass(frozen=True, kw_only=True)
class ShownTable:
    """A table as the template is given it."""

    name: str
    title: str
    about: str
    letter_of: str
    """Data type, for the colour."""
    dimensions: list[str]
    figures: list[str]
    rows: list[dict[str, Any]]
    totals: list[bool]
    """For every row whether it is a total."""
    hidden: int
    binned: bool
    """Whether a dimension has bins of equal width, of which not all are listed."""
    pictures: Pictures
    folded: bool


def write_page(
    archive: Archive,
    *,
    to: Path,
    names: Sequence[str] = (),
    replace: bool = False,
    before: Callable[[Sequence[str]], object] | None = None,
) -> list[ExtractedFile]:
    """Write the page of an archive's summary tables, all or some, as :data:`PAGE` into ``to``.

    ``before`` is called with the tables before the page appears, which it does not where that raises.
    Raises what :func:`summary_release` does, and UsageError (2) for a page that exists.
    """
    path = to / PAGE
    refuse_ours((to,))
    refuse_existing((path,), replace=replace)
    release = summary_release(archive, names)
    content = render_aggregates(release).encode()
    made = {table.name: table.table.num_rows for table in release.tables}
    made |= {table.name: table.table.num_rows for table in release.noisy}
    with folder_for(to):
        if before is not None:
            before([layout.AGGREGATE_PREFIX + name for name in made])
        save(path, content)
    return [
        ExtractedFile(
            data_type=layout.AGGREGATE_PREFIX + name,
            path=path,
            rows=rows,
            total=rows,
            bytes=len(content),
        )
        for name, rows in made.items()
    ]


@dataclass(frozen=True, kw_only=True)
class ShownNoise:
    """A table with noise as the template is given it."""

    name: str
    title: str
    about: str
    note: str
    letter_of: str
    dimensions: list[str]
    figures: list[str]
    rows: list[dict[str, Any]]
    pictures: tuple[tuple[str, str], ...]
    """For every row the SVG paths of its interval and of its figure."""


def render_aggregates(release: SummaryRelease) -> str:
    """Give the page: the summary, the rules, then every table with its picture."""
    applied = release.policy.aggregate
    return (
        environment()
        .get_template("aggregates_page.html")
        .render(
            r=release,
            applied=applied,
            thresholds=thresholds(applied),
            wholes=wholes(release),
            dates=dates(release),
            sessions=sessions(release),
            tables=[_shown(table) for table in release.tables],
            noisy=[_with_noise(table) for table in release.noisy],
            ok=OK,
            figure=figure,
        )
    )


def _shown(table: SummaryTable) -> ShownTable:
    rows = table.table.to_pylist()
    names = table.table.column_names
    places = [name for name in names if name not in table.dimensions and name != "status"]
    drawn = pictures(table)
    return ShownTable(
        name=table.name,
        title=table.name.replace("_", " "),
        about=about(table.spec),
        letter_of=table.spec.data_type if table.spec else "",
        dimensions=table.dimensions,
        figures=places,
        rows=rows,
        totals=[TOTAL in [row[name] for name in table.dimensions] for row in rows],
        hidden=table.hidden,
        binned=table.spec is not None and any(d.bin is not None for d in table.spec.dimensions),
        pictures=drawn,
        folded=bool(drawn.figures) and len(rows) > FOLDED,
    )


def _with_noise(table: NoisySummary) -> ShownNoise:
    rows = table.table.to_pylist()
    other = {*table.dimensions, "status", "note"}
    return ShownNoise(
        name=table.name,
        title=table.name.replace("_", " "),
        about=about_noisy(table.spec),
        note=table.note,
        letter_of=table.spec.table.data_type,
        dimensions=table.dimensions,
        figures=[name for name in table.table.column_names if name not in other],
        rows=rows,
        pictures=intervals(rows, table.spec.figure),
    )


def figure(value: float | None) -> str:
    """A published figure, with all digits that it has in the table."""
    return "–" if value is None else in_full(value).replace("-", "−")
