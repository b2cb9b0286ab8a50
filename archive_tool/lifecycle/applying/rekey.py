"""New secrets for everything, for when a custodian who has seen the old ones must not come back.

Every archive is written again under the new secrets, beside the old one (``.rekeyed``); then the
vault gets its next epoch, which has the new secrets only; then the archives are swapped in. The
vault decides: killed before its epoch, all is undone; killed after it, the swaps are finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout
from archive_tool.archive.opening import open_stored
from archive_tool.archive.revision import Revision, seal_of
from archive_tool.errors import RetentionError, UsageError, VaultError
from archive_tool.keys.shared import make_folder
from archive_tool.lifecycle import diverged, places
from archive_tool.lifecycle.applying import changing, destroy, pending, renewal
from archive_tool.lifecycle.applying.work import GIVEN_UP, REKEY, Task, Work
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.audit_log.checkpoints import CHECKPOINT
from archive_tool.lifecycle.dates import deferred, holds
from archive_tool.lifecycle.planning import unreached
from archive_tool.lifecycle.subjects import linkage, roster

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.keys.identities import Identity

WHY: Final = "the keys were renewed"
NOWHERE: Final = "exists nowhere any more, as was said when the keys were renewed"


@dataclass(frozen=True, kw_only=True)
class Rekeyed:
    """What was done."""

    vault: Vault
    """As it is now."""
    archives: tuple[str, ...]
    """Archives that were written again."""
    identity: Path | None
    """The new identity file; None when the old one still opens the vault."""
    certificate: Path | None = None
    """Of archives that were given up; None where none was."""


def rekey(
    store: Path,
    vault: Vault,
    *,
    identity_out: Path,
    passphrase: bytes | None = None,
    present: Sequence[Identity] = (),
    without: Sequence[str] = (),
    now: datetime,
    operator: str = "",
) -> Rekeyed:
    """Write every archive of a store and the vault again under new secrets.

    An identity that names the old signing key is replaced: the new one goes to ``identity_out``.
    ``without`` names archives that exist nowhere any more: their keys are destroyed first, with a
    certificate. Raises VaultError (17) when the vault knows archives that are not in this store,
    IntegrityError (16) when another copy of it made one that is, UsageError (2) for one of
    ``without`` that is here or that the vault does not know, RetentionError (14) for one under hold,
    and changes nothing.
    """
    with changing.changing(store, vault, now=now):
        _refuse_kept(store, vault, without)
        diverged.refuse(store, vault)
        stored = _stored(store, vault, without)
        given_up = None
        if without:
            lost = _given_up(store, vault, sorted(set(without)), now=now, operator=operator)
            given_up = destroy.run(store, vault, lost, now=now)
        fresh = vault.renewed(now)
        work = _work(store, vault, stored, now=now, operator=operator)
        pending.write(store, vault, work)
        audit.append(store, REKEY, phase=audit.INTENT, detail=renewal.detail(work), now=now)
        fresh.note_applied(work.plan, now=now)
        checkpoint = audit.checkpoint(store, fresh, now=now)
        for archive_id in stored:
            _write_again(store, archive_id, vault, fresh, checkpoint, now=now)
        deferred.sign_again(store, vault, fresh, store / layout.REKEYED / places.DEFERRED)
        if vault.is_pinned:
            fresh.rotate(identity_out, passphrase=passphrase, now=now, present=present)
        else:
            fresh.save(now, present=present)
        renewal.finish(store, fresh, work, now=now)
    identity = identity_out if vault.is_pinned else None
    certificate = None if given_up is None else given_up.certificate
    return Rekeyed(vault=fresh, archives=tuple(stored), identity=identity, certificate=certificate)


def _refuse_kept(store: Path, vault: Vault, without: Sequence[str]) -> None:
    """Without a plan nothing is destroyed that is there or held, and by a mistyped id nothing at all."""
    there = {path.name for path in layout.archives_at(store)}
    in_force = holds.active(store, vault)
    for archive_id in without:
        if archive_id in there:
            raise UsageError(
                "is in this store: without its keys nobody could read it again",
                where=archive_id,
                hint="leave out --without; an archive that is damaged for good is moved out of the "
                "store first",
            )
        if archive_id not in vault.archives:
            raise UsageError("is no archive that the vault has keys of", where=archive_id)
        if holds.covering(in_force, archive_id):
            raise RetentionError(
                "is under hold", where=archive_id, hint="see archive-tool hold list"
            )


def _given_up(store: Path, vault: Vault, lost: list[str], *, now: datetime, operator: str) -> Work:
    body = {"kind": GIVEN_UP, "epoch": vault.epoch, "now": now, "archives": lost}
    return Work(
        kind=GIVEN_UP,
        plan=places.digest(body),
        vault_id=vault.vault_id,
        started=now,
        operator=operator,
        epoch=vault.epoch,
        tasks=[Task(archive_id=name, seal="", why=NOWHERE, whole=True) for name in lost],
        secrets=lost,
        key_ids=vault.key_ids((), lost),
        not_reached=unreached.copies(vault, audit.read(store), lost),
    )


def _stored(store: Path, vault: Vault, without: Sequence[str]) -> list[str]:
    """Return the archives of the vault; VaultError when one of them is not in the store."""
    there = {path.name for path in layout.archives_at(store)}
    missing = sorted(set(vault.archives) - there - set(without))
    if missing:
        raise VaultError(
            "the vault knows archives that are not in this store",
            where=", ".join(missing[:3]),
            hint="put them into the store, or name those that exist nowhere with --without ID",
        )
    return sorted(there.intersection(vault.archives))


def _write_again(
    store: Path,
    archive_id: str,
    vault: Vault,
    fresh: Vault,
    checkpoint: bytes,
    *,
    now: datetime,
) -> None:
    archive = open_stored(store, archive_id, vault)
    beside = store / layout.REKEYED
    make_folder(beside)
    tables = {layout.path_of(entry) for entry in archive.index}
    with Revision(archive=archive, folder=beside / archive_id, vault=fresh) as new:
        new.link(leave={*tables, f"data/{CHECKPOINT}", linkage.PATH, roster.PATH})
        new.write(f"data/{CHECKPOINT}", checkpoint)
        if linkage.has_linkage(archive):
            new.write(linkage.PATH, linkage.sealed_again(archive, vault, fresh))
        if roster.has_roster(archive):
            new.write(roster.PATH, roster.sealed_again(archive, vault, fresh))
        entries = new.write_again(e for e in archive.index if not archive.is_erased(e))
        people_gone = archive.erased - archive.manifest.erased
        fresh.note_revision(archive_id, archive.manifest.revision + 1)
        new.finish(entries, drop_types=frozenset(), people_gone=people_gone, now=now)


def _work(
    store: Path, vault: Vault, stored: Sequence[str], *, now: datetime, operator: str
) -> Work:
    tasks = [
        Task(archive_id=name, seal=seal_of(store / layout.ARCHIVES / name), why=WHY)
        for name in stored
    ]
    body = {"kind": REKEY, "epoch": vault.epoch, "now": now, "tasks": [t.seal for t in tasks]}
    return Work(
        kind=REKEY,
        plan=places.digest(body),
        vault_id=vault.vault_id,
        started=now,
        operator=operator,
        epoch=vault.epoch,
        tasks=tasks,
    )
