"""``archive-tool key``: who may open a vault, and what others may read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.commands.key_rekey import rekey
from archive_tool.cli.keys import (
    UNPROTECTED,
    new_identity_path,
    read_passphrase,
    written_identity,
)
from archive_tool.model.datatypes import MEDIA, READ_SCOPES
from archive_tool.model.outputs import refuse_ours

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault
    from archive_tool.keys import Vault
    from archive_tool.keys.vault_file import GrantNote


@click.command("add-recipient", short_help="Let one more custodian open the vault.")
@options.vault(required=True)
@click.option(
    "--recipient",
    "--to",
    required=True,
    metavar="KEY",
    help='Their public key: "age1..." or "ssh-ed25519 AAAA...".',
)
@options.present
@options.lock_wait
@answers("key-add-recipient")
def add_recipient(
    *,
    vault: GivenVault,
    recipient: str,
    present: tuple[Path, ...],
) -> Answer:
    """Let one more custodian open the vault: everything in it, from now on.

    For a part only, or until a date, make a grant: archive-tool key grant.
    """
    keys = vault.open()
    keys.add_recipient(recipient)
    keys.save(datetime.now(UTC), present=vault.identities_of(present))
    return _recipients(keys, "added; the vault has a new epoch, archives are as they were")


@click.command("remove-recipient", short_help="Let a key open the vault no longer.")
@options.vault(required=True)
@click.option("--recipient", required=True, metavar="KEY", help="One of those that key show lists.")
@options.present
@options.lock_wait
@answers("key-remove-recipient")
def remove_recipient(
    *,
    vault: GivenVault,
    recipient: str,
    present: tuple[Path, ...],
) -> Answer:
    """Let a custodian's key open the vault no longer. Older copies of the vault stay open to it."""
    keys = vault.open()
    keys.remove_recipient(recipient)
    keys.save(datetime.now(UTC), present=vault.identities_of(present))
    return _recipients(
        keys,
        "removed; whoever holds that key and an older copy of the vault can still open the\n"
        "archives of today. Only new keys help against that: archive-tool key rekey --store DIR\n"
        f"--vault {vault.folder}",
    )


@click.command("rotate", short_help="Change the key that opens the vault for a new one.")
@options.vault(required=True)
@options.path_option("--out", "", "New identity file.  [default: identity-EPOCH.txt in the vault]")
@options.path_option("--new-passphrase-file", "", "Protect the new identity with a passphrase.")
@options.present
@options.lock_wait
@answers("key-rotate")
def rotate(
    *,
    vault: GivenVault,
    out: Path | None,
    new_passphrase_file: Path | None,
    present: tuple[Path, ...],
) -> Answer:
    """Change the key that opens the vault for a new one; no archive is touched.

    Whoever keeps the old key and an old copy of the vault can still open the archives of today: key
    rekey helps against that.
    """
    keys = vault.open()
    refuse_ours((out,), identity=True)
    target = out or new_identity_path(keys)
    passphrase = None if new_passphrase_file is None else read_passphrase(new_passphrase_file)
    is_open = vault.loses_protection(passphrase)
    keys.rotate(
        target,
        passphrase=passphrase,
        now=datetime.now(UTC),
        present=vault.identities_of(present),
    )
    said = (
        f"new identity: {written_identity(target, passphrase)}\nThe old one opens the vault no longer: give this one with "
        "--identity, and destroy the old one\nand older copies of the vault."
    )
    if is_open:
        said += f"\n{UNPROTECTED}"
    return _recipients(keys, said, identity=str(target))


@click.command("grant", short_help="Let a collaborator open a part, until a date.")
@options.vault(required=True)
@click.option(
    "--to",
    required=True,
    metavar="KEY",
    help='Public key of the recipient: "age1..." or "ssh-ed25519 AAAA...".',
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="SCOPE",
    help=f"{', '.join(READ_SCOPES)}, {MEDIA} or aggregates; repeatable.",
)
@click.option(
    "--archive",
    "archives",
    multiple=True,
    metavar="ID",
    help="Only this archive; repeatable.  [default: all archives of the store; of the vault without --store]",
)
@click.option(
    "--expires",
    type=options.MOMENT,
    required=True,
    help="First day on which it opens nothing any more.",
)
@options.path_option("--out", "", "File to write the grant to.", required=True)
@options.path_option(
    "--store", "ARCHIVE_TOOL_STORE", "Store of the archives; its audit log gets a line."
)
@options.lock_wait
@answers("key-grant")
def grant(
    *,
    vault: GivenVault,
    to: str,
    scopes: tuple[str, ...],
    archives: tuple[str, ...],
    expires: datetime,
    out: Path,
    store: Path | None,
) -> Answer:
    """Let a collaborator open some scopes and nothing else, until a date.

    The grant is opened like a vault: extract ARCHIVE --vault GRANT --identity FILE --type ...
    """
    from archive_tool.keys import grant as grants
    from archive_tool.lifecycle import places

    if store is not None:
        places.require_store(store)
    keys = vault.open()
    now = datetime.now(UTC)
    chosen: Sequence[str] | None = archives or None
    if store is not None and not archives:
        chosen = places.known_in(store, keys)

    def log(given: GrantNote) -> None:
        from archive_tool.lifecycle.audit_log import audit

        if store is not None:
            detail = {"grant": given.grant_id, "archives": given.archives, "scopes": given.scopes}
            audit.append(store, "grant", detail=detail, now=now)

    note = grants.make(
        keys, to=to, scopes=scopes, archives=chosen, expires=expires, out=out, now=now, before=log
    )
    from archive_tool.model.wording import count

    text = (
        f"grant {note.grant_id} for {', '.join(note.scopes)} of "
        f"{count(len(note.archives), 'archive')}, "
        f"closed from {note.expires.date().isoformat()} on: {out}"
    )
    return Answer(text=text, fields={"grant": _grant(note), "path": str(out)})


@click.command("revoke")
@options.vault(required=True)
@click.option("--grant", "grant_id", required=True, metavar="ID", help="Id of the grant.")
@options.lock_wait
@answers("key-revoke")
def revoke(*, vault: GivenVault, grant_id: str) -> Answer:
    """Note that a grant is withdrawn. What was handed out stays readable for whoever has it."""
    keys = vault.open()
    keys.revoke_grant(grant_id, now=datetime.now(UTC))
    keys.save(datetime.now(UTC))
    text = f"revoked {grant_id}; ask its recipient to destroy the grant and what was read with it"
    return Answer(text=text, fields={"grants": grant_fields(keys)})


@click.command("register-copy", short_help="Note that a copy of this vault lies elsewhere.")
@options.vault(required=True)
@click.option("--label", required=True, help="Where the copy lies, in the words of its keeper.")
@options.lock_wait
@answers("key-register-copy")
def register_copy(*, vault: GivenVault, label: str) -> Answer:
    """Note that a copy of this vault lies elsewhere: certificates then name it."""
    keys = vault.open()
    keys.register_copy(label, now=datetime.now(UTC))
    keys.save(datetime.now(UTC))
    text = f"registered, epoch {keys.epoch}: copy {keys.folder / 'vault.age'} there now"
    return Answer(text=text, fields={"copies": msgspec.to_builtins(list(keys.copies))})


def grant_lines(vault: Vault) -> list[str]:
    """List the grants for people."""
    if not vault.grants:
        return []
    return ["grants"] + [
        f"  {note.grant_id}  {', '.join(note.scopes)}  closed from {note.expires.date().isoformat()} on"
        + ("  revoked" if note.revoked else "")
        for note in vault.grants
    ]


def grant_fields(vault: Vault) -> list[dict[str, Any]]:
    """List the grants for ``--json``."""
    return [_grant(note) for note in vault.grants]


def _grant(note: GrantNote) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(note)
    body["id"] = body.pop("grant_id")
    return body


def _recipients(vault: Vault, said: str, **more: str) -> Answer:
    text = "\n".join([said, "opened by", *(f"  {name}" for name in vault.recipients)])
    fields = {"epoch": vault.epoch, "recipients": list(vault.recipients), **more}
    return Answer(text=text, fields=fields)


COMMANDS: Final = (add_recipient, remove_recipient, rotate, rekey, grant, revoke, register_copy)
