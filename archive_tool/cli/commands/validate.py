"""``archive-tool validate``: what is here, what is missing and why, what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archive_tool.cli import accepting, options
from archive_tool.cli.answer import Answer, answers, written
from archive_tool.cli.progress import progress
from archive_tool.model.outputs import refuse_outputs

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.model.findings import Severity
    from archive_tool.model.validation import Labels, Validation


@click.command("validate")
@options.bundles
@options.as_of
@click.option(
    "--policy",
    metavar="NAME|FILE",
    help="Show what this policy will do with what looks like a name or an address.",
)
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning")),
    default="error",
    show_default=True,
    help="Exit 12 at findings of at least this severity.",
)
@options.path_option("--findings", "ARCHIVE_TOOL_FINDINGS", "Save all as JSON Lines, for report.")
@options.path_option("--html", "ARCHIVE_TOOL_HTML", "Write one self-contained HTML file.")
@accepting.option
@click.option("--show-ids", is_flag=True, help="Name people and files in the HTML; it says so.")
@click.option("--line", is_flag=True, help="Print one line, for cron and logs.")
@click.option("--replace", is_flag=True, help="Write over files that exist.")
@options.workers
@options.quiet
@answers("validate")
def command(
    *,
    bundles: tuple[Path, ...],
    as_of: datetime,
    policy: str | None,
    fail_on: str,
    findings: Path | None,
    html: Path | None,
    accept: tuple[str, ...],
    because: str | None,
    show_ids: bool,
    line: bool,
    replace: bool,
    workers: int | None,
    quiet: bool,
) -> Answer:
    r"""Check a bundle: what is here, what is missing and why, what is wrong.

    \b
      archive-tool validate export.zip
      archive-tool validate export.zip --html report.html --policy pseudonymize
      archive-tool validate export.zip --findings findings.jsonl --fail-on warning

    Nothing that is saved holds a value, an id or a file name, unless --show-ids asks for it.
    """
    from archive_tool.model.findings import Severity
    from archive_tool.pipeline.validate import validated

    refuse_outputs((findings, html), replace=replace, read=bundles)
    known = accepting.accepted(accept, because)
    with progress("checking", quiet=quiet) as shown:
        found = validated(
            bundles,
            as_of=as_of,
            policy=policy,
            accept=known,
            show_name=show_ids,
            progress=shown,
            workers=workers,
        )
    from archive_tool.pipeline.verdict import exit_code
    from archive_tool.report import terminal

    validation = found.validation
    least = Severity(fail_on)
    code = exit_code(
        found.gathered,
        fail_on=least,
        accepted=[entry.code for entry in validation.accepted],
    )
    _save(validation, found.labels if show_ids else None, least, findings=findings, html=html)
    text = (
        terminal.line(validation, fail_on=least)
        if line
        else terminal.screen(validation, labels=found.labels, fail_on=least)
        + written(findings, html)
    )
    return Answer(text=text, fields=lambda: _fields(validation, code), exit_code=code)


def _save(
    validation: Validation,
    labels: Labels | None,
    fail_on: Severity,
    *,
    findings: Path | None,
    html: Path | None,
) -> None:
    from archive_tool.report.save import save

    if findings is not None:
        from archive_tool.report.record import write_record

        save(findings, "".join(write_record(validation)).encode())
    if html is not None:
        from archive_tool.report.html import render_html

        save(html, render_html(validation, labels=labels, fail_on=fail_on).encode())


def _fields(validation: Validation, code: int) -> dict[str, Any]:
    from archive_tool.report.record import json_fields

    return {"verdict": "pass" if code == 0 else "fail", **json_fields(validation)}
