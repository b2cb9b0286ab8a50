"""``archive-tool key rekey``: everything again under new keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.keys import (
    UNPROTECTED,
    new_identity_path,
    read_passphrase,
    written_identity,
)
from archive_tool.model.outputs import refuse_ours

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault


@click.command("rekey", short_help="Write the vault and all archives under new keys.")
@options.store
@options.vault(required=True)
@options.path_option("--out", "", "New identity file.  [default: identity-EPOCH.txt in the vault]")
@options.path_option("--new-passphrase-file", "", "Protect the new identity with a passphrase.")
@options.present
@click.option(
    "--without",
    multiple=True,
    metavar="ID",
    help="An archive that exists nowhere any more: its keys are destroyed first; repeatable.",
)
@options.operator
@options.lock_wait
@answers("key-rekey")
def rekey(
    *,
    store: Path,
    vault: GivenVault,
    out: Path | None,
    new_passphrase_file: Path | None,
    present: tuple[Path, ...],
    without: tuple[str, ...],
    operator: str,
) -> Answer:
    """Write the vault and all archives again under new keys: old copies of the vault open none.

    For when somebody who could open the vault must not read on. Needs room for a second copy of the
    archives while it runs. Codes in the rows stay as they are, so that studies stay linked.
    """
    from archive_tool.lifecycle.applying.rekey import rekey as renew
    from archive_tool.report.text import count

    vault.refuse_nested(store)
    refuse_ours((out,), identity=True)
    keys = vault.open()
    passphrase = None if new_passphrase_file is None else read_passphrase(new_passphrase_file)
    is_open = vault.loses_protection(passphrase)
    done = renew(
        store,
        keys,
        identity_out=out or new_identity_path(keys),
        passphrase=passphrase,
        present=vault.identities_of(present),
        without=without,
        now=datetime.now(UTC),
        operator=operator,
    )
    lines = [
        f"written again under new keys: {count(len(done.archives), 'archive')}, vault epoch "
        f"{done.vault.epoch}",
        f"signs as  {done.vault.public_key}",
    ]
    if done.identity is not None:
        new = written_identity(done.identity, passphrase)
        lines.append(f"new identity: {new}; the old one opens the vault no longer")
        lines += [UNPROTECTED] if is_open else []
    if done.certificate is not None:
        lines.append(f"given up: {', '.join(sorted(set(without)))}; proof {done.certificate}")
    lines += [
        "All grants are withdrawn: make new ones. Destroy copies of the archives and of the vault",
        "from before: with both of them, what was in them can still be read.",
    ]
    fields = {
        "epoch": done.vault.epoch,
        "archives": list(done.archives),
        "public_key": done.vault.public_key,
        "identity": None if done.identity is None else str(done.identity),
        "certificate": None if done.certificate is None else str(done.certificate),
    }
    return Answer(text="\n".join(lines), fields=fields)
