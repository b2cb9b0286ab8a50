"""``archive-tool key linkage``: from random codes back to people."""

from __future__ import annotations

import csv
import io
import pathlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.model.outputs import refuse_outputs

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.anonymize.random_codes import Link
    from archive_tool.cli.keys import GivenVault


@click.command("linkage", short_help="Open the linkage table of an archive with random codes.")
@click.argument("archive", type=click.Path(path_type=pathlib.Path))
@options.vault(required=True)
@options.path_option("--to", "", "New CSV file, for the owner's eyes only.", required=True)
@options.tells_waiting
@answers("key-linkage")
def command(*, archive: Path, vault: GivenVault, to: Path) -> Answer:
    r"""Write which id has which random code. The audit log gets a line before the file is written.

    \b
      archive-tool key linkage archives/archives/ID --vault keys --to linkage.csv
    """
    from archive_tool.archive.opening import open_archive
    from archive_tool.keys import disk
    from archive_tool.lifecycle.subjects.linkage import open_linkage
    from archive_tool.report.text import count

    refuse_outputs((to,))
    keys = vault.open()
    links, erased = open_linkage(open_archive(archive, vault=keys), keys, now=datetime.now(UTC))
    disk.write_new(to, _csv(links).encode())
    lines = [f"{count(len(links), 'code')} in {to}", "keep it apart from the rows, and delete it"]
    if erased:
        lines.append(f"left out: the code of {count(erased, 'erased person', 'erased people')}")
    fields = {"path": str(to), "codes": len(links), "erased": erased}
    return Answer(text="\n".join(lines), fields=fields)


def _csv(links: list[Link]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("kind", "data_type", "id", "code"))
    writer.writerows((link.kind, link.data_type, link.id, link.code) for link in links)
    return out.getvalue()
