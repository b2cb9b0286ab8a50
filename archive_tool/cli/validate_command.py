"""``archive-tool validate``: findings about a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.progress import progress
from archive_tool.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.bundle import Bundle
    from archive_tool.pipeline.gather import Gathered


@click.command("validate", short_help="Check a bundle and report findings.")
@options.bundles
@options.as_of
@click.option(
    "--fail-on",
    type=click.Choice(("error", "warning")),
    default="error",
    show_default=True,
    help="Exit 12 at findings of at least this severity.",
)
@options.path_option("--findings", "ARCHIVE_TOOL_FINDINGS", "Save the findings as JSON Lines.")
@options.accept
@options.quiet
@answers("validate")
def command(
    *,
    bundles: tuple[Path, ...],
    as_of: datetime,
    fail_on: str,
    findings: Path | None,
    accept: tuple[str, ...],
    because: str | None,
    quiet: bool,
) -> Answer:
    r"""Check a bundle: what is here, what is missing and why, what is wrong.

    \b
      archive-tool validate export.zip
      archive-tool validate export.zip --findings findings.jsonl --fail-on warning
    """
    from archive_tool.bundle import open_bundle
    from archive_tool.model.findings import Severity
    from archive_tool.pipeline.gather import gather
    from archive_tool.pipeline.verdict import exit_code
    from archive_tool.report import record

    codes = [entry.code for entry in options.accepted(accept, because)]
    if findings is not None and findings.exists():
        raise UsageError("exists already", where=str(findings))
    with open_bundle(bundles) as bundle, progress("checking", quiet=quiet) as shown:
        gathered = gather(bundle, as_of=as_of, progress=shown)
        code = exit_code(gathered, fail_on=Severity(fail_on), accepted=codes)
        if findings is not None:
            lines = record.findings_lines(gathered.findings, as_of=as_of)
            findings.write_text("".join(lines), encoding="utf-8")
        return Answer(
            text=_text(bundle, gathered, code),
            fields=_fields(bundle, gathered, as_of, code),
            exit_code=code,
        )


def _fields(bundle: Bundle, gathered: Gathered, as_of: datetime, code: int) -> dict[str, Any]:
    from archive_tool.report import record

    census = gathered.census.types.values()
    return {
        "as_of": as_of.date().isoformat(),
        "verdict": "pass" if code == 0 else "fail",
        "input": {
            "name": bundle.name,
            "sha256": bundle.digest(),
            "bytes": sum(file.size for file in bundle.files),
        },
        "summary": {
            "tables": sum(1 for part in gathered.parts),
            "rows": sum(gathered.rows(counted.data_type) for counted in census),
            "participants": len(frozenset().union(*(c.people for c in census))),
            "rooms": len(frozenset().union(*(c.rooms for c in census))),
            **record.counts(gathered.findings),
        },
        "findings": [record.finding_fields(finding) for finding in gathered.findings],
    }


def _text(bundle: Bundle, gathered: Gathered, code: int) -> str:
    from archive_tool.report import record
    from archive_tool.report.text import count, table

    rows = [
        (o.data_type, o.rows, o.people, o.rooms, o.missing or None)
        for o in gathered.overview
        if o.rows
    ]
    lines = [f"{bundle.name}", "", table(("type", "rows", "people", "rooms", "missing"), rows), ""]
    names = {file.label: file.path for file in bundle.files}
    for finding in gathered.findings:
        where = " ".join(
            part
            for part in (finding.data_type, names.get(finding.file or ""), finding.column)
            if part
        )
        number = f" ({count(finding.rows.count, 'row')})" if finding.rows else ""
        lines.append(f"{finding.severity:7}  {finding.code}  {where}{number}")
        lines.append(f"         {finding.message}")
        if finding.hint:
            lines.append(f"         hint: {finding.hint}")
    found = record.counts(gathered.findings)
    verdict = "pass" if code == 0 else "fail"
    lines += [
        "",
        f"{verdict}: {count(found['errors'], 'error')}, {count(found['warnings'], 'warning')}, "
        f"{count(found['notes'], 'note')}",
    ]
    return "\n".join(lines)
