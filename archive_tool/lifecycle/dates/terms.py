"""Retention dates are changed: lengthened with a reason, shortened with a reason and two people.

A change is a new signed manifest of the archive, which names the one before; no table is touched.
A change that shortens is a plan first. The second signer is another custodian of the vault with an
ssh-ed25519 key, who signs the plan's file: ``ssh-keygen -Y sign -n archive-tool-approval``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime  # noqa: TC003  (msgspec reads the annotations)
from typing import TYPE_CHECKING, Final

from archive_tool.archive import layout, manifest, rewrite
from archive_tool.archive.opening import open_archive
from archive_tool.archive.revision import seal_of
from archive_tool.errors import PlanError, RetentionError, UsageError
from archive_tool.keys import recipients as age
from archive_tool.keys import sshsig
from archive_tool.lifecycle import places
from archive_tool.lifecycle.applying import changing
from archive_tool.lifecycle.audit_log import audit, clocks
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.planning import plans
from archive_tool.model.policy import Ending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.audit_log.record import Record
    from archive_tool.model.archive import ArchiveManifest, RetentionTerm

SCHEMA: Final = "archive-tool/retention-change/1"
NAMESPACE: Final = "archive-tool-approval"
EVENT: Final = "retention"


class Change(plans.Plan, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other dates for some data types of one archive."""

    made: datetime
    """By the clock of the machine."""
    vault_id: str
    archive: str
    seal: str
    """SHA-256 of its tag manifest: another one makes the plan stale."""
    types: list[str]
    until: date
    """Last day on which they may be kept from now on."""
    action: Ending | None
    """What happens after that day; None leaves it as it is."""
    before: dict[str, date]
    """The last days as they are now."""
    reason: str
    shortens: bool

    def __repr__(self) -> str:
        """What it changes; ``print`` says the dates of before too."""
        then = "" if self.action is None else f", then {self.action}"
        kinds = ", ".join(self.types)
        return f"<Change {self.digest[:12]}: {self.archive} {kinds}: until {self.until}{then}>"


@dataclass(frozen=True, kw_only=True)
class Redated:
    """An archive whose dates were changed."""

    archive_id: str
    revision: int
    kept_until: Mapping[str, date]
    """The last day of each data type, as it is now."""

    @classmethod
    def of(cls, stated: ArchiveManifest) -> Redated:
        """Take what the manifest of now says."""
        kept = {name: term.destroy_after for name, term in stated.retention.items()}
        return cls(archive_id=stated.archive_id, revision=stated.revision, kept_until=kept)

    def __repr__(self) -> str:
        """Until when each data type is kept."""
        kept = ", ".join(f"{name} until {last}" for name, last in sorted(self.kept_until.items()))
        return f"<Redated {self.archive_id}: {kept}; revision {self.revision}>"


def plan(
    store: Path,
    vault: Vault,
    archive_id: str,
    *,
    until: date,
    reason: str,
    types: Sequence[str] = (),
    action: Ending | None = None,
    now: datetime,
) -> Change:
    """Write a change down; ``types`` defaults to all. Another action counts as shortening.

    Raises UsageError (2) for a type without a date and for a missing reason, FormatError (15) for
    an archive that is not in the store.
    """
    holds.check_text(reason, "reason")
    holds.require_stored(store, archive_id)
    folder = layout.stored(store, archive_id)
    terms = open_archive(folder, vault=vault).manifest.retention
    wanted = sorted(set(types) or set(terms))
    if not wanted or not set(wanted) <= set(terms):
        raise UsageError(
            "has no date in this archive", where="type", expected=", ".join(sorted(terms))
        )
    before = {name: terms[name].destroy_after for name in wanted}
    other_action = action is not None and {terms[name].action for name in wanted} != {action}
    body = Change(
        schema=SCHEMA,
        made=now,
        vault_id=vault.vault_id,
        archive=archive_id,
        seal=seal_of(folder),
        types=wanted,
        until=until,
        action=action,
        before=before,
        reason=reason.strip(),
        shortens=other_action or any(until < last for last in before.values()),
    )
    return plans.with_digest(body)


def extend(store: Path, vault: Vault, change: Change, *, now: datetime) -> ArchiveManifest:
    """Lengthen at once; RetentionError (14) when a date would come nearer."""
    if change.shortens:
        raise RetentionError(
            "a date would come nearer, or something else would happen then",
            where=change.archive,
            expected="a later day than " + max(change.before.values()).isoformat(),
            hint="use archive-tool retention shorten: it needs a second signer",
        )
    return _carry_out(store, vault, change, approved_by="", now=now)


def shorten(
    store: Path, vault: Vault, path: Path, *, approval: Path | None, now: datetime
) -> ArchiveManifest:
    """Run exactly the plan in a file, with another custodian's signature over that file.

    Raises PlanError (19) when the plan was edited, was applied already or no longer fits;
    RetentionError (14) without a second signer and for an archive under hold; IntegrityError (16)
    for a signature that is not over this file.
    """
    content = plans.content_of(path)  # once: what is approved is what is run
    change = plans.parse(content, Change, SCHEMA)
    plans.refuse_applied(audit.read(store), change.digest, known=not _fits(store, change))
    signer = _second_signer(vault, content, approval)
    return _carry_out(store, vault, change, approved_by=sshsig.fingerprint(signer), now=now)


def ending(action: str | None) -> Ending | None:
    """Read what happens after the last day; UsageError (2) for nothing that can happen."""
    if action is None:
        return None
    if action in list(Ending):
        return Ending(action)
    raise UsageError("is no action", where="action", expected=", ".join(sorted(Ending)))


def changed_since(records: Sequence[Record], archive_id: str, revision: int) -> bool:
    """Whether the dates of an archive were changed after one of its revisions, by the log."""
    return any(
        record.event == EVENT
        and record.detail.get("archive") == archive_id
        and record.detail.get("revision", 0) > revision
        for record in records
    )


def _carry_out(
    store: Path, vault: Vault, change: Change, *, approved_by: str, now: datetime
) -> ArchiveManifest:
    detail: dict[str, object] = {
        "archive": change.archive,
        "types": change.types,
        "until": change.until.isoformat(),
        "reason": change.reason,
        "plan": change.digest,
    }
    if approved_by:
        detail["approved_by"] = approved_by
    with changing.changing(store, vault, now=now):
        clocks.refuse_behind(audit.read(store), change.made, now)
        if change.vault_id != vault.vault_id:
            raise plans.stale("was made with another vault")
        kept = holds.covering(holds.active(store), change.archive)
        if change.shortens and kept:
            raise RetentionError(
                "is under hold", where=change.archive, hint="see archive-tool hold list"
            )
        if not _fits(store, change):
            raise plans.stale("the archive has changed since, or is gone")
        _refuse_made_up(store, vault, change)
        folder = store / layout.ARCHIVES / change.archive
        archive = open_archive(folder, vault=vault)
        manifest.refuse_newer(folder)
        before = archive.manifest.retention
        after = _terms(before, change)
        if after == before:
            raise PlanError("changes nothing", where="plan", hint="the dates are these already")
        detail["revision"] = archive.manifest.revision + 1
        audit.append(store, EVENT, phase=audit.INTENT, detail=detail, now=now)
        vault.note_revision(change.archive, archive.manifest.revision + 1)
        audit.checkpoint(store, vault, now=now)
        vault.save(now)  # so that older dates cannot be put back unseen, nor that line be cut off
        rewrite.revise(store, change.archive, vault, drop=lambda _: False, retention=after, now=now)
        stated = open_archive(folder, vault=vault).manifest
        audit.append(store, EVENT, detail=detail, now=now)
    return stated


def _fits(store: Path, change: Change) -> bool:
    folder = store / layout.ARCHIVES / change.archive
    return folder.is_dir() and seal_of(folder) == change.seal


def _refuse_made_up(store: Path, vault: Vault, change: Change) -> None:
    """PlanError (19) for a change that :func:`plan` would not have written of this archive.

    A digest only says that nobody edited it: one that denies that it shortens would pass a hold.
    """
    again = plan(
        store,
        vault,
        change.archive,
        until=change.until,
        reason=change.reason,
        types=change.types,
        action=change.action,
        now=change.made,
    )
    if again.digest != change.digest:
        raise plans.stale("is not the plan that would be made of this archive")


def _terms(before: dict[str, RetentionTerm], change: Change) -> dict[str, RetentionTerm]:
    after = dict(before)
    for name in change.types:
        term = before[name]
        after[name] = replace(term, destroy_after=change.until, action=change.action or term.action)
    return after


def _second_signer(vault: Vault, content: bytes, approval: Path | None) -> bytes:
    """Return the public key of the custodian who approved; it must not be who opened the vault."""
    signature = None if approval is None else places.read(approval)
    if signature is None:
        raise RetentionError(
            "a date comes nearer only with a second signer",
            where="plan",
            expected="--approval FILE",
            hint="another custodian signs the plan: ssh-keygen -Y sign "
            f"-n {NAMESPACE} -f KEY PLAN, which writes PLAN.sig",
        )
    public = sshsig.verify(signature, content, namespace=NAMESPACE, where="approval")
    line = sshsig.openssh_line(public)
    others = {age.bare(name) for name in vault.recipients} - vault.own_ssh_keys()
    if line not in others:
        raise RetentionError(
            "is not signed by another custodian",
            where="approval",
            expected="the ssh-ed25519 key of a recipient of the vault who did not open it",
            hint="see archive-tool key show",
        )
    return public
