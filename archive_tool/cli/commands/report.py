"""``archive-tool report``: a saved validation, rendered again without the bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers, written
from archive_tool.model.outputs import refuse_outputs

if TYPE_CHECKING:
    from archive_tool.model.validation import Validation
    from archive_tool.report.grouping import View


@click.command("report")
@click.argument(
    "findings",
    metavar="FINDINGS.jsonl",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@options.path_option("--html", "ARCHIVE_TOOL_HTML", "Write one self-contained HTML file.")
@options.path_option("--pdf", "ARCHIVE_TOOL_PDF", "Write a PDF (needs archive-tool[pdf]).")
@click.option(
    "--min-severity", type=click.Choice(("error", "warning", "note")), default="note",
    show_default=True, help="List findings of at least this severity; totals count all.",
)  # fmt: skip
@click.option(
    "--group", type=click.Choice(("type", "code", "file", "severity")), default="type",
    show_default=True, help="What the list of findings is grouped by.",
)  # fmt: skip
@click.option(
    "--cap", type=options.WholeNumber(min=1), default=20, show_default=True, metavar="N",
    help="Places listed for one kind of finding in a group; totals count all.",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="Write over files that exist.")
@click.option("--line", is_flag=True, help="Print one line, for cron and logs.")
@answers("report")
def command(
    *,
    findings: Path,
    html: Path | None,
    pdf: Path | None,
    min_severity: str,
    group: str,
    cap: int,
    replace: bool,
    line: bool,
) -> Answer:
    """Render what validate --findings saved: on the terminal, as HTML, as PDF.

    \b
      archive-tool report findings.jsonl
      archive-tool report findings.jsonl --html report.html --min-severity warning --cap 5

    The exit code says whether the report was made; the verdict stands in it.
    """
    from archive_tool.model.findings import Severity
    from archive_tool.report import terminal
    from archive_tool.report.grouping import GroupBy, View
    from archive_tool.report.record import read_record

    refuse_outputs((html, pdf), replace=replace, read=(findings,))
    validation = read_record(findings)
    view = View(min_severity=Severity(min_severity), group=GroupBy(group), cap=cap)
    _write(validation, view, html=html, pdf=pdf)
    text = (
        terminal.line(validation)
        if line
        else terminal.screen(validation, view=view) + written(html, pdf)
    )
    return Answer(text=text, fields=_fields(validation, html, pdf))


def _write(validation: Validation, view: View, *, html: Path | None, pdf: Path | None) -> None:
    if html is None and pdf is None:
        return
    from archive_tool.report.html import render_html
    from archive_tool.report.save import save

    page = render_html(validation, view=view)
    if html is not None:
        save(html, page.encode())
    if pdf is not None:
        from archive_tool.report.pdf import render_pdf

        save(pdf, render_pdf(page))


def _fields(validation: Validation, html: Path | None, pdf: Path | None) -> dict[str, object]:
    from archive_tool.report.record import json_fields
    from archive_tool.report.verdict import verdict

    whole = json_fields(validation)
    return {
        "verdict": verdict(validation).word,
        **{name: whole[name] for name in ("as_of", "input", "summary")},
        "html": str(html) if html else None,
        "pdf": str(pdf) if pdf else None,
    }
