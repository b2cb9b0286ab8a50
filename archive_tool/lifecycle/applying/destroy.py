"""Destroys what was decided, in an order in which a crash can be finished or undone.

1. The work is written down (``state/pending``), the log gets its ``intent``.
2. The keys leave the vault: one new epoch. Before this nothing has happened, after it there is no
   way back.
3. The destroyed keys are asked for and must not be there; the record of erasures is renewed; the
   files go; certificate and tombstones are written; the log gets its ``done``.

:func:`recover` looks at the vault: if the keys are still there the work is undone, else finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archive_tool.archive import layout, manifest, rewrite, swap
from archive_tool.errors import IntegrityError, VaultError
from archive_tool.keys import SubjectState, erasure
from archive_tool.lifecycle import certificates, places
from archive_tool.lifecycle.applying import pending
from archive_tool.lifecycle.applying.work import AS_OF, DOWNGRADE, REKEY, UNDER_HOLD
from archive_tool.lifecycle.audit_log import audit
from archive_tool.lifecycle.mentioned import erased_words
from archive_tool.model.wording import count

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.applying.work import Task, Work


@dataclass(frozen=True, kw_only=True)
class Destroyed:
    """A destruction that is done."""

    certificate: Path
    work: Work
    epoch: int
    """Epoch of the vault after it."""

    def __repr__(self) -> str:
        """How much went, and which certificate proves it."""
        people = f"{count(self.work.people, 'person', 'people')}, " if self.work.people else ""
        gone = f"{people}{count(len(self.work.tasks), 'archive')}, {count(len(self.work.key_ids), 'key')}"
        later = f"; {self.deferred:,} under hold" if self.deferred else ""
        return f"<Destroyed {self.certificate.stem}: {gone}{later}>"

    @property
    def deferred(self) -> int:
        """People of whom a hold keeps something: the rest of their erasure is noted."""
        return int(self.work.extra.get(UNDER_HOLD, 0))


def run(store: Path, vault: Vault, work: Work, *, now: datetime) -> Destroyed:
    """Destroy. The caller holds the locks of store and vault and has checked everything."""
    pending.write(store, vault, work)
    audit.append(store, work.kind, phase=audit.INTENT, detail=_detail(work), now=now)
    vault.erase_subjects(work.subjects, now=now)
    vault.destroy_secrets(work.secrets, now=now)
    for task in work.tasks:
        if not task.whole:
            stated = manifest.read(store / layout.ARCHIVES / task.archive_id)
            vault.note_revision(task.archive_id, max(stated.revision + 1, task.revision))
    vault.note_applied(work.plan, now=now)
    audit.checkpoint(store, vault, now=now)
    vault.save(now)
    return finish(store, vault, work, now=now)


def recover(store: Path, vault: Vault, *, now: datetime) -> list[Destroyed]:
    """Finish or undo what was interrupted, for the works of this vault."""
    swap.clear_staging(store)
    finished = []
    for work in pending.works(store, vault):
        if work.kind in (REKEY, DOWNGRADE):
            continue
        if vault.has_applied(work.plan):
            finished.append(finish(store, vault, work, now=now))
        else:
            audit.append(store, work.kind, phase=audit.UNDONE, detail=_detail(work), now=now)
            pending.remove(store, work)
    return finished


def finish(store: Path, vault: Vault, work: Work, *, now: datetime) -> Destroyed:
    """Do what comes after the keys are gone; may be done again after a crash."""
    attempts = _failed_reads(vault, work, now)
    leave_record(store, vault)
    for task in work.tasks:
        _take_away(store, vault, task, now=now)
    certificate = certificates.write(store, vault, work, attempts=attempts, now=now)
    detail = _detail(work) | {"epoch": vault.epoch, "certificate": certificate.stem}
    audit.append(store, work.kind, phase=audit.DONE, detail=detail, now=now)
    pending.remove(store, work)
    return Destroyed(certificate=certificate, work=work, epoch=vault.epoch)


def leave_record(store: Path, vault: Vault) -> None:
    """Renew the store's record of what the vault has forgotten."""
    record = vault.erasure_record()
    if record is not None:
        places.write(erasure.store_path(store, vault.vault_id), record)


def _take_away(store: Path, vault: Vault, task: Task, *, now: datetime) -> None:
    if task.whole:
        swap.remove(store, task.archive_id)
        return
    if not (store / layout.ARCHIVES / task.archive_id).exists():
        return
    gone = frozenset(task.subjects)

    def is_erased(key: str) -> bool:  # somebody erased before may have come back from a copy
        return bool(key) and vault.state_of_key(key) is SubjectState.ERASED

    rewrite.revise(
        store,
        task.archive_id,
        vault,
        drop=lambda entry: entry.subject in gone or is_erased(entry.subject),
        drop_types=frozenset(task.types),
        instead=erased_words.of_stored(store, task.archive_id, vault) if task.named else None,
        revision=task.revision,
        now=now,
    )


def _failed_reads(vault: Vault, work: Work, now: datetime) -> list[dict[str, Any]]:
    """Ask a freshly read vault for every destroyed key; IntegrityError when one is still there."""
    fresh = vault.reopened()
    attempts: dict[str, int] = {}
    for key in work.subjects:
        answer = _refusal(lambda key=key: fresh.secret_of_key(key))
        attempts[answer] = attempts.get(answer, 0) + 1
    for name in work.secrets:
        archive_id, _, scope = name.partition("/")
        answer = _refusal(lambda a=archive_id, s=scope: fresh.archive_secrets(a).reach(s))
        attempts[answer] = attempts.get(answer, 0) + 1
    return [
        {"answer": answer, "keys": count, "epoch": fresh.epoch, "time": now}
        for answer, count in sorted(attempts.items())
    ]


def _refusal(ask: Any) -> str:  # noqa: ANN401
    try:
        ask()
    except VaultError as error:
        return error.what
    raise IntegrityError(
        "still has a key that was to be destroyed", where="vault", hint="run the command again"
    )


def _detail(work: Work) -> dict[str, Any]:
    return {
        "plan": work.plan,
        "archives": [task.archive_id for task in work.tasks],
        "people": work.people,
        "keys": len(work.key_ids),
        **{name: day for name, day in work.extra.items() if name == AS_OF},
    }
