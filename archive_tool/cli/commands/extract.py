"""``archive-tool extract``: rows out of an archive, in formats that other tools read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.keys import unchanged
from archive_tool.cli.progress import progress
from archive_tool.errors import UsageError
from archive_tool.model.datatypes import MEDIA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault
    from archive_tool.model.archive import ExtractedFile


@click.command("extract")
@click.argument("archive", metavar="ARCHIVE", type=options.GivenPath())
@options.path_option("--to", "ARCHIVE_TOOL_TO", "Folder for the files.", required=True, folder=True)
@options.vault(required=False, grant=True)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("csv", "json", "ndjson", "parquet", "sav", "html")),
    default="csv",
    show_default=True,
    help="Format of the files; sav is for SPSS, html is one page of the summary tables.",
)
@click.option(
    "--type",
    "types",
    metavar="T",
    multiple=True,
    help="Only this data type; repeatable. Recordings are written with --type media only.",
)
@click.option(
    "--scope",
    type=click.Choice(("experiment", "room", "participant")),
    help="Only rows of one of these, which --scope-id names.",
)
@click.option("--scope-id", metavar="ID", help="Id, or code in the archive, of what --scope says.")
@click.option("--start-time", type=options.MOMENT, help="Rows at or after this time (UTC).")
@click.option(
    "--end-time",
    type=options.MOMENT,
    help="Rows at or before this time (UTC); a date alone is its first moment.",
)
@click.option("--sort", metavar="FIELD", help="Sort by this column.  [default: timestamp]")
@click.option(
    "--order",
    type=click.Choice(("asc", "desc")),
    default="asc",
    show_default=True,
    help="Smallest or largest first.",
)
@click.option(
    "--limit", metavar="N", type=options.WholeNumber(min=0), help="At most this many rows per type."
)
@click.option(
    "--offset",
    metavar="N",
    type=options.WholeNumber(min=0),
    default=0,
    help="Skip so many rows first.",
)
@click.option("--bom", is_flag=True, help="Start CSV with a byte-order mark (for Excel).")
@click.option("--replace", is_flag=True, help="Overwrite files that are there.")
@options.quiet
@options.tells_waiting
@answers("extract")
def command(
    *,
    archive: Path,
    to: Path,
    vault: GivenVault,
    format_: str,
    types: tuple[str, ...],
    scope: str | None,
    scope_id: str | None,
    start_time: datetime | None,
    end_time: datetime | None,
    sort: str | None,
    order: str,
    limit: int | None,
    offset: int,
    bom: bool,
    replace: bool,
    quiet: bool,
) -> Answer:
    r"""Write the rows of an archive as files, one per data type.

    \b
      archive-tool extract archives/archives/ID --to tables --vault keys
      archive-tool extract archives/archives/ID --to tables --vault keys --format json --type chat
      archive-tool extract archives/archives/ID --to spss --vault keys --format sav
      archive-tool extract archives/archives/ID --to page --vault keys --format html

    The files are not encrypted: whoever gets them reads them. Delete them after use.
    """
    from archive_tool.archive.extraction.extract import extract
    from archive_tool.archive.opening import open_archive
    from archive_tool.archive.refusals import undisturbed

    asked = (scope, scope_id, start_time, end_time, sort, limit)
    if format_ == "html" and (
        any(one is not None for one in asked) or order == "desc" or offset or bom
    ):
        raise UsageError("takes whole tables", where="format html", expected="--type and --replace")
    keys = vault.open()
    with unchanged(keys), undisturbed(archive):
        opened = open_archive(archive, vault=keys)
        noted: list[bool | None] = []

        def note(written: Sequence[str]) -> None:
            noted.append(_note(archive, opened.archive_id, written))

        if format_ == "html":
            from archive_tool.report.html.aggregates import write_page

            files = write_page(opened, to=to, names=types, replace=replace, before=note)
        else:
            with progress("writing", quiet=quiet) as shown:
                files = extract(
                    opened, to=to, format=format_, types=types or None, scope=scope,
                    scope_id=scope_id, start_time=start_time, end_time=end_time, sort=sort,
                    order=order, limit=limit, offset=offset, bom=bom, replace=replace,
                    now=datetime.now(UTC), progress=shown, before=note,
                )  # fmt: skip
    left = 0 if types else sum(entry.data_type == MEDIA for entry in opened.index)
    empty = ""
    if scope in ("experiment", "room") and not any(f.total for f in files):
        empty = f"this {scope} at that time" if start_time or end_time else f"this {scope}"
    return _answer(
        files, to, nothing_in=empty, erased=opened.erased, sealed=left, noted=noted[0],
        shifted=bool(start_time or end_time) and _is_shifted(opened.path),
    )  # fmt: skip


def _is_shifted(folder: Path) -> bool:
    """Whether the times in the rows are not those of the sessions."""
    from archive_tool.lifecycle.stored_policy import decisions_of

    return decisions_of(folder).policy.time == "shift"


def _note(archive: Path, archive_id: str, written: Sequence[str]) -> bool | None:
    """Have the audit log of the store say so first: a line that cannot be written leaves no rows.

    Whether it has the line; None outside of a store, where no log is.
    """
    from archive_tool.lifecycle.audit_log import recording

    store = recording.store_of(archive)
    if store is None:
        return None
    return recording.extracted(store, archive_id, written, now=datetime.now(UTC))


def _answer(
    files: Sequence[ExtractedFile],
    to: Path,
    *,
    nothing_in: str,
    erased: int,
    sealed: int,
    noted: bool | None,
    shifted: bool,
) -> Answer:
    """Say what was written, and what was not.

    ``nothing_in``: what no row is in, of the scope that was asked for. ``noted``: see
    :func:`_note`. ``shifted``: rows were selected by times that the policy moved.
    """
    from archive_tool.report.text import count, size, table

    rows = [
        (f.data_type, *((None, None) if f.data_type == MEDIA else (f.rows, f.total)),
         size(f.bytes), f.path.name)
        for f in files
    ]  # fmt: skip
    text = f"{to}\n\n" + table(("type", "rows", "of", "size", "file"), rows)
    if nothing_in:
        text += f"\n\nno row is in {nothing_in}: where the policy made codes of its ids, "
        text += "--scope-id takes the code that stands in the rows"
    if shifted:
        text += "\n\nthe policy moved the times of every room by a secret number of days: "
        text += "--start-time and --end-time select by the times in the rows"
    if erased:
        people = count(erased, "subject was", "subjects were")
        text += f"\n\n{people} erased: their rows cannot be read any more"
    if sealed:
        text += f"\n\n{count(sealed, 'recording')} left sealed: --type {MEDIA} writes them"
    if noted is False:
        text += "\n\nnot noted: the store cannot be written, so its audit log has no line of this"
    fields = {
        "files": [
            {
                "type": f.data_type,
                "path": str(f.path),
                "rows": f.rows,
                "total": f.total,
                "bytes": f.bytes,
            }
            for f in files
        ],
        "erased": erased,
        "noted": noted,
    }
    return Answer(text=text, fields=fields)
