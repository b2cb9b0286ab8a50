"""``archive-tool verify``: whether it is whole, and ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.keys import shred_again, unchanged
from archive_tool.cli.progress import progress
from archive_tool.errors import UsageError
from archive_tool.model.files import read_file
from archive_tool.model.texts import decoded

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault
    from archive_tool.model.archive import VerifiedArchive


@click.command("verify")
@click.argument("path", metavar="ARCHIVE|STORE", type=options.GivenPath())
@options.vault(required=False, grant=True)
@options.path_option("--signer", "ARCHIVE_TOOL_SIGNER", "File with the public key to insist on.")
@options.quiet
@answers("verify")
def command(
    *,
    path: Path,
    vault: GivenVault,
    signer: Path | None,
    quiet: bool,
) -> Answer:
    r"""Check every sum and the signature; with the vault, also read back every row.

    With a grant, the rows that it opens.

    \b
      archive-tool verify archives --vault keys
      archive-tool verify archives/archives/20261121-abc --signer lab.pub

    Exits 16 and names the file when anything was changed, is missing, or does not belong.
    """
    from archive_tool.lifecycle.whole import verify

    keys = vault.open_if_named()
    line = None if signer is None else _public_key(signer)
    with unchanged(keys), progress("reading back", quiet=quiet) as shown:
        report = verify(path, vault=keys, signer=line, progress=shown)
    if keys is not None:
        shred_again(keys)
    behind = () if keys is None else keys.copies_behind
    text = _text(path, report.archives, with_vault=keys is not None)
    lines = [f"behind: copy of the vault at epoch {c.epoch}: {c.label}; replace it" for c in behind]
    return Answer(
        text="\n".join([text, *lines]),
        fields={
            "archives": [_fields(archive) for archive in report.archives],
            "files": report.files,
            "rows": report.rows if keys else None,
            "erased": report.erased if keys else None,
            "vault_copies_behind": [{"label": c.label, "epoch": c.epoch} for c in behind],
        },
    )


def _public_key(path: Path) -> str:
    if not path.is_file():
        raise UsageError("no such file", where=str(path), expected="an OpenSSH public key")
    return (decoded(read_file(path)) or "").strip()


def _fields(archive: VerifiedArchive) -> dict[str, Any]:
    return {
        "id": archive.archive_id,
        "path": str(archive.path),
        "files": archive.files,
        "rows": archive.rows,
        "erased": archive.erased,
        "not_granted": archive.not_granted,
        "signer": archive.signer,
        "fingerprint": archive.fingerprint,
        "older": archive.older,
        "trusted": archive.trusted,
    }


def _text(path: Path, archives: tuple[VerifiedArchive, ...], *, with_vault: bool) -> str:
    from archive_tool.report.text import count, table

    if not archives:
        return f"{path}: no archives"
    rows = [
        (a.archive_id, a.files, a.rows, a.erased, "ours" if a.trusted else "not compared")
        for a in archives
    ]
    lines = [table(("archive", "files", "rows", "erased", "signer"), rows), ""]
    for fingerprint in sorted({a.fingerprint for a in archives}):
        lines.append(f"signed by {fingerprint}")
    closed = sum(archive.not_granted for archive in archives)
    read = "every granted row" if closed else "every row"
    done = f"sums, signature and {read}" if with_vault else "sums and signature"
    lines.append(f"whole: {done} of {count(len(archives), 'archive')} checked")
    if closed:
        lines.append(f"not read: {count(closed, 'file')} that the grant does not open")
    lines += [f"older: {a.archive_id} is not the newest revision" for a in archives if a.older]
    if any(a.older for a in archives):
        lines.append("hint: archive-tool sweep takes out again what was erased since")
    if not with_vault:
        lines.append("hint: with --vault every row is read back too")
    return "\n".join(lines)
