"""``archive-tool policy review`` and ``sign``: somebody reads the words that scrubbing leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.errors import UsageError
from archive_tool.model.files import read_named
from archive_tool.model.outputs import refuse_outputs
from archive_tool.model.texts import decoded

if TYPE_CHECKING:
    from archive_tool.cli.keys import GivenVault

LARGEST = 64 * 2**20
"""Bytes of a sheet."""


@click.command("review", short_help="Write a sheet of the words that scrubbing leaves.")
@options.bundles
@click.option("--policy", metavar="NAME|FILE", required=True, help="Ready policy or a TOML file.")
@options.path_option("--sheet", "", "New CSV file, as personal as the texts.", required=True)
@options.as_of
@answers("policy-review")
def review(*, bundles: tuple[Path, ...], policy: str, sheet: Path, as_of: datetime) -> Answer:
    r"""Write a sheet of capitalised and rare words that would be left in the texts of a bundle.

    \b
      archive-tool policy review export.zip --policy board.toml --sheet words.csv

    Write keep or mask beside every word, then sign the sheet with archive-tool policy sign.
    """
    from archive_tool.anonymize.review import write_sheet
    from archive_tool.keys import disk
    from archive_tool.pipeline.review import residual_words
    from archive_tool.policy import load_policy
    from archive_tool.report.text import count

    refuse_outputs((sheet,))
    words, about = residual_words(bundles, policy=load_policy(policy), now=as_of)
    disk.write_new(sheet, write_sheet(words, about).encode("utf-8-sig"))  # Excel needs the mark
    kinds = [one.kind for one in words]
    text = "\n".join(
        (
            f"{count(len(words), 'word')} in {sheet}: {kinds.count('capitalised')} capitalised, "
            f"{kinds.count('rare')} rare",
            f"next: write keep or mask in the last column, then archive-tool policy sign {sheet} --vault DIR --to FILE",
        )
    )
    return Answer(text=text, fields={"path": str(sheet), "words": len(words)})


@click.command("sign", short_help="Sign a sheet whose every word is decided.")
@click.argument("sheet", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options.vault(required=True)
@options.path_option("--to", "", "New file for the signed review.", required=True)
@answers("policy-sign")
def sign(*, sheet: Path, vault: GivenVault, to: Path) -> Answer:
    r"""Sign a sheet with the key of the vault; create takes it with --review.

    \b
      archive-tool policy sign words.csv --vault keys --to review.json
    """
    from archive_tool.anonymize.review import sign_sheet
    from archive_tool.keys import disk
    from archive_tool.report.text import count

    refuse_outputs((to,))
    if sheet.stat().st_size > LARGEST:
        raise UsageError("is too large", where=sheet.name, expected="a review sheet below 64 MB")
    text = decoded(read_named(sheet, most=LARGEST))
    if text is None:  # a name that is read wrongly would be masked nowhere
        raise UsageError("is not UTF-8", where=sheet.name, expected='a sheet saved as "CSV UTF-8"')
    keys = vault.open()
    content, done = sign_sheet(text, keys.signing_key, now=datetime.now(UTC))
    disk.write_new(to, content)
    return Answer(
        text=f"{count(done.words, 'word')} read, {len(done.masked)} to be masked: {to}",
        fields={"path": str(to), "words": done.words, "masked": len(done.masked)},
    )
