"""One validation, one HTML file: what the templates are given."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive_tool.model.findings import Severity
from archive_tool.model.validation import Labels
from archive_tool.model.version import NAME, VERSION
from archive_tool.report.grouping import View, arrange, kinds, tally, tally_by_type
from archive_tool.report.html import words
from archive_tool.report.html.charts import coverage_charts, drift_chart
from archive_tool.report.html.matrix import matrix
from archive_tool.report.html.timeline import timelines
from archive_tool.report.text import count, size
from archive_tool.report.verdict import verdict

if TYPE_CHECKING:
    from jinja2 import Environment

    from archive_tool.model.validation import Validation

TEMPLATES: Final = Path(__file__).parent / "templates"

_ARCHIVED: Final = (
    "The archive that holds this report was made of what it describes; privacy.html beside it "
    "counts the rows that are in it"
)

MOST_LINES: Final = 300
"""Lines of the consent and privacy tables in one file."""


def render_html(
    validation: Validation,
    *,
    view: View | None = None,
    labels: Labels | None = None,
    fail_on: Severity = Severity.ERROR,
    archived: bool = False,
) -> str:
    """The report as one self-contained HTML file; ``archived``: the one inside an archive.

    With ``labels`` people, rooms, components and files stand under their own names beside the
    labels, and the first line of the file says so: such a file is as personal as the data.
    """
    context = _context(validation, view or View(), labels, fail_on)
    if archived:
        context["verdict"] = replace(verdict(validation, fail_on), next_step=_ARCHIVED)
    return environment().get_template("report.html").render(context)


def render_fragment(validation: Validation) -> str:
    """A few lines of HTML for a notebook: verdict, counts, table by type, kinds of findings."""
    return (
        environment().get_template("fragment.html").render(_context(validation, View(cap=1), None))
    )


def _context(
    validation: Validation,
    view: View,
    labels: Labels | None,
    fail_on: Severity = Severity.ERROR,
) -> dict[str, object]:
    return {
        "v": validation,
        "verdict": verdict(validation, fail_on),
        "tally": tally(validation.findings),
        "by_type": tally_by_type(
            validation.findings, [entry.data_type for entry in validation.overview]
        ),
        "most_rows": max((entry.rows for entry in validation.overview), default=0),
        "timelines": timelines(validation.timelines, validation.timelines_omitted),
        "matrix": matrix(validation.availability),
        "coverage": coverage_charts(validation.coverage),
        "drift": drift_chart(validation.drift) if validation.drift else None,
        "view": view,
        "kinds": kinds(validation.findings, cap=1, accepted=validation.accepted),
        "listing": arrange(validation.findings, view, validation.accepted),
        "accepted_errors": validation.count(Severity.ERROR)
        - validation.count(Severity.ERROR, accepted=False),
        "accepted_counts": {
            entry.code: sum(f.code == entry.code for f in validation.findings)
            for entry in validation.accepted
        },
        "labels": labels or Labels(),
        "show_ids": labels is not None,
        "with_copies": any(entry.copies for entry in validation.overview),
        "most_lines": MOST_LINES,
    }


@cache
def environment() -> Environment:
    """Templates with the filters that they share."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from archive_tool.report.html.compiled import compiled

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=compiled(TEMPLATES),
    )
    environment.filters.update(
        sentence=words.sentence,
        number=words.number,
        short=words.short,
        percent=words.percent,
        clock=words.clock,
        span=words.span,
        day=words.day,
        short_day=words.short_day,
        size=size,
        count=count,
        severities=words.severity_counts,
    )
    environment.globals.update(
        tool=f"{NAME} {VERSION}",
        symbols=words.SYMBOLS,
        letters=words.LETTERS,
        fills=words.FILLS,
        type_styles=words.TYPE_STYLES,
        policy_words=words.POLICY_WORDS,
    )
    return environment
