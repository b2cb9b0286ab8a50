"""Withdrawal: somebody disappears from every archive of a store, and from every copy of one.

The subject's secret leaves the vault, so that no copy of the files can be read; the files and index
entries of the live archives go; what was not reached is listed. A hold defers it, file by file: what
it keeps is noted (:mod:`deferred`), and its release does the rest.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from archive_tool.archive.opening import open_stored
from archive_tool.errors import RetentionError
from archive_tool.lifecycle.applying import changing, destroy
from archive_tool.lifecycle.applying.work import ERASE, TAKEN_OUT, UNDER_HOLD, Task, Work
from archive_tool.lifecycle.audit_log import audit, clocks
from archive_tool.lifecycle.dates import deferred, holds
from archive_tool.lifecycle.mentioned import called as naming
from archive_tool.lifecycle.mentioned import mentions, rewriting
from archive_tool.lifecycle.planning import erase_plan, plans, unreached
from archive_tool.lifecycle.planning.erase_items import free_of
from archive_tool.lifecycle.subjects import where as subjects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.keys import Vault
    from archive_tool.lifecycle.dates.deferred import Deferred
    from archive_tool.lifecycle.mentioned.called import Called
    from archive_tool.lifecycle.planning.erase_plan import ErasePlan
    from archive_tool.model.paths import AnyPath

WITHDRAWN: Final = "somebody withdrew"
DEFERRED: Final = "deferred"
"""Phase of a line in the log: what was asked for waits for the release of a hold."""


def apply(
    store: Path,
    vault: Vault,
    given: ErasePlan | AnyPath,
    *,
    ids: Sequence[str] | None = None,
    now: datetime,
    operator: str = "",
) -> destroy.Destroyed:
    """Run exactly a plan, or the plan in a file.

    What is under a hold stays, and goes when that is released.

    ``ids`` must be those of the plan where they are given, and are needed to rewrite mentions.
    Raises PlanError (19) when the plan was edited, was applied already, or no longer fits the
    store; RetentionError (14) when everything in it is under hold, or the clock runs behind. Then
    no key and no file of the people is destroyed.
    """
    decided = plans.taken(given, erase_plan.ErasePlan, erase_plan.SCHEMA)
    with changing.changing(store, vault, now=now):
        records = audit.read(store)
        plans.refuse_applied(records, decided.digest, known=vault.has_applied(decided.digest))
        clocks.refuse_behind(records, decided.made, now)
        erase_plan.refuse_other_ids(vault, decided, ids)
        erase_plan.refuse_stale(store, vault, decided)
        wanted = (ids or ()) if decided.rewrite_mentions else ()
        called = subjects.called(store, vault, wanted) if wanted else {}
        words = [*wanted, *_random_codes(store, vault, decided, wanted)]
        note_with = partial(deferred.of_plan, vault, decided, words, operator=operator, now=now)
        older = deferred.of_the_same(store, vault, note_with(called))
        called = naming.together([called, *(deferred.called_of(vault, one) for one in older)])
        origin = note_with(called)
        done = carry_out(store, vault, decided, wanted, called, origin=origin, now=now)
        if deferred.is_noted(store, origin):
            for one in older:
                deferred.forget(store, one)
        run_due(store, vault, now=now, apart_from=decided.digest)
    if done is None:
        raise RetentionError(
            "everybody in the plan is under hold",
            where="plan",
            hint="no key and no file of theirs went; it is noted, and the release of the hold runs it: "
            "see archive-tool hold list",
            detail={"holds": sorted({hold for p in decided.held for hold in p.holds})},
        )
    return done


def carry_out(
    store: Path,
    vault: Vault,
    decided: ErasePlan,
    ids: Sequence[str],
    called: Mapping[str, Called],
    *,
    origin: Deferred,
    now: datetime,
) -> destroy.Destroyed | None:
    """Destroy what nothing holds, and note the rest; None when no file and no key went.

    The caller holds the locks of store and vault and has checked the plan. ``ids`` are those whose
    mentions are taken out, ``called`` what they are called.
    """
    in_force = holds.active(store)
    if decided.held or (ids and in_force):
        deferred.note(store, vault, origin)
    free = free_of(vault, ids, in_force)
    rewritten = rewriting.Rewritten(seals={}, files={}, held=0)
    if free:
        archives = [item.archive for item in decided.mentions]
        theirs = [item.archive for item in decided.items]
        rewritten = rewriting.take_out(
            store, vault, archives, free, called, theirs=theirs, plan=decided.digest, now=now
        )
    work = _work(store, vault, decided, rewritten, origin=origin, now=now)
    done = None
    if work.tasks or work.subjects:
        done = destroy.run(store, vault, work, now=now)
    elif rewritten.seals:
        vault.save(now)  # it noted the new revisions
    if not (decided.held or rewritten.held):
        deferred.forget(store, origin)
        return done
    deferred.note(store, vault, deferred.kept_by(origin, decided, rewritten.holds))
    if origin.plan == decided.digest:
        detail = {"plan": origin.plan, "people": len(decided.held), "files": rewritten.held}
        audit.append(store, ERASE, phase=DEFERRED, detail=detail, now=now)
    return done


def run_due(
    store: Path, vault: Vault, *, now: datetime, apart_from: str = ""
) -> list[destroy.Destroyed]:
    """Run the erasures that were deferred and of which something is no longer under hold.

    The caller holds the locks of store and vault. ``apart_from``: a plan that has just been run.
    """
    finished = []
    for origin in deferred.waiting(store, vault):
        if origin.plan == apart_from:
            continue
        ids = deferred.ids_of(vault, origin)
        called = naming.together(
            [deferred.called_of(vault, origin), subjects.called(store, vault, ids) if ids else {}]
        )
        decided = erase_plan.draft(
            store, vault, origin.subjects, ids, called, rewrite_mentions=bool(ids), now=now
        )
        done = carry_out(store, vault, decided, ids, called, origin=origin, now=now)
        finished += [] if done is None else [done]
    return finished


def _random_codes(store: Path, vault: Vault, decided: ErasePlan, ids: Sequence[str]) -> list[str]:
    """Return the random codes of people whose keys go now: later on nothing leads to them."""
    going = {person.subject for person in decided.ready}
    theirs = [i for i in ids if vault.subject_key(i) in going]
    found: list[str] = []
    for archive_id in sorted({item.archive for item in decided.mentions}) if theirs else ():
        archive = open_stored(store, archive_id, vault)
        found += mentions.random_codes(vault, archive, theirs)
    return found


def _work(
    store: Path,
    vault: Vault,
    decided: ErasePlan,
    rewritten: rewriting.Rewritten,
    *,
    origin: Deferred,
    now: datetime,
) -> Work:
    keys = sorted(person.subject for person in decided.ready)
    tasks = []
    for item in decided.items:
        going = decided.going(item)
        if going:
            tasks.append(
                Task(
                    archive_id=item.archive,
                    seal=rewritten.seals.get(item.archive, item.seal),
                    why=WITHDRAWN,
                    subjects=going,
                    files=item.files if going == item.subjects else None,
                )
            )
    copies = unreached.copies(vault, audit.read(store), [task.archive_id for task in tasks])
    told = {(item.kind, item.what) for item in copies}
    rest = [item for item in decided.not_reached if (item.kind, item.what) not in told]
    extra: dict[str, object] = {UNDER_HOLD: len(decided.held)}
    if rewritten.files:
        extra[TAKEN_OUT] = rewritten.files
    if origin.plan != decided.digest:
        extra["deferred_plan"] = origin.plan
    return Work(
        kind=ERASE,
        plan=decided.digest,
        vault_id=vault.vault_id,
        started=now,
        operator=origin.operator,
        epoch=vault.epoch,
        tasks=tasks,
        subjects=keys,
        key_ids=vault.key_ids(keys, ()),
        not_reached=[*copies, *(item for item in rest if item.kind not in unreached.COPIES)],
        extra=extra,
    )
