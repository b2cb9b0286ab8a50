"""``archive-tool key``: the keys of a study."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.commands import key_linkage as linkage_command
from archive_tool.cli.commands import key_sharing
from archive_tool.cli.keys import read_passphrase, written_identity
from archive_tool.model.outputs import refuse_homeless, refuse_ours, refuse_planted
from archive_tool.model.paths import is_inside

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault
    from archive_tool.keys import Vault

_MOVE: Final = (
    "Move the identity away from the vault and from the store, and keep a second copy:",
    "without one nobody can open the archives. Commands find it with --identity FILE",
    "or ARCHIVE_TOOL_IDENTITY. Keep the vault out of the store's backups.",
)
"""What to do with an identity that lies beside its vault."""
_KEEP: Final = (
    "Keep a second copy of the identity elsewhere: without one nobody can open the",
    "archives. Commands find it with --identity FILE or ARCHIVE_TOOL_IDENTITY. Keep the",
    "vault out of the store's backups.",
)
"""What to do with one that lies elsewhere already."""


@click.group("key")
def command() -> None:
    r"""Make, show, share and renew the keys of a study.

    \b
      archive-tool key init --vault keys
      archive-tool key show --vault keys
      archive-tool key add-recipient --vault keys --recipient age1...
      archive-tool key grant --vault K --to age1... --scope read:sync --expires 2027-01-31 --out G
    """


for shared in key_sharing.COMMANDS:
    command.add_command(shared)
command.add_command(linkage_command.command)


@command.command("init", short_help="Make the vault of a study and its first identity.")
@options.path_option(
    "--vault", "ARCHIVE_TOOL_VAULT", "Folder for the keys.", required=True, folder=True
)
@click.option("--study", default="", help="Name of the study; it stays inside the vault.")
@options.path_option("--out", "", "Identity file.  [default: identity.txt in the vault]")
@options.path_option(
    "--passphrase-file", "ARCHIVE_TOOL_PASSPHRASE_FILE", "Protect the identity with a passphrase."
)
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="KEY",
    help='Public key of another custodian: "age1..." or "ssh-ed25519 AAAA..."; repeatable.',
)
@answers("key-init")
def init(
    *,
    vault: Path,
    study: str,
    out: Path | None,
    passphrase_file: Path | None,
    recipients: tuple[str, ...],
) -> Answer:
    """Make the vault of a study and its first identity. Never overwrites one."""
    from archive_tool.keys import Vault
    from archive_tool.keys.refusals import refuse_in_a_store
    from archive_tool.keys.vault import IDENTITY_FILE

    refuse_in_a_store(vault)
    refuse_planted(vault)
    refuse_ours((out,), identity=True)
    elsewhere = out is not None and not is_inside(out, vault)
    if elsewhere:  # the vault's own folder is made
        refuse_homeless((out,))
    passphrase = None if passphrase_file is None else read_passphrase(passphrase_file)
    made = Vault.create(
        vault,
        study=study,
        passphrase=passphrase,
        recipients=recipients,
        identity_out=out,
        now=datetime.now(UTC),
    )
    identity = out or vault / IDENTITY_FILE
    text = "\n".join(
        [
            f"vault     {vault / 'vault.age'}",
            f"identity  {written_identity(identity, passphrase)}",
            f"signs as  {made.public_key}",
            "",
            *(_KEEP if elsewhere else _MOVE),
        ]
    )
    return Answer(text=text, fields={**_fields(made), "identity": str(identity)})


@command.command("show", short_help="Show who can open a vault and which key signs.")
@options.vault(required=True)
@answers("key-show")
def show(*, vault: GivenVault) -> Answer:
    """Show who can open a vault and which key signs; never a secret."""
    opened = vault.open()
    text = "\n".join(
        [
            f"vault     {opened.vault_id}, epoch {opened.epoch}",
            f"study     {opened.study or '-'}",
            f"archives  {len(opened.archives):,}",
            f"subjects  {opened.subject_count:,}",
            f"signs as  {opened.public_key}",
            "opened by",
            *(f"  {recipient}" for recipient in opened.recipients),
            *key_sharing.grant_lines(opened),
        ]
    )
    return Answer(text=text, fields=_fields(opened))


def _fields(vault: Vault) -> dict[str, object]:
    return {
        "vault": {"id": vault.vault_id, "epoch": vault.epoch, "path": str(vault.folder)},
        "study": vault.study,
        "archives": len(vault.archives),
        "subjects": vault.subject_count,
        "public_key": vault.public_key,
        "recipients": list(vault.recipients),
        "grants": key_sharing.grant_fields(vault),
    }
