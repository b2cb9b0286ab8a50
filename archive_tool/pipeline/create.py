"""The front door of ``create``: worker processes get ready while the heavy modules are loaded."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from archive_tool.bundle import inputs
from archive_tool.model.moments import in_utc
from archive_tool.model.paths import as_path
from archive_tool.model.policy import acceptances
from archive_tool.model.texts import several
from archive_tool.pipeline.processes.interpreter import many_threads
from archive_tool.pipeline.processes.workers import start_workers, workers_worth
from archive_tool.pipeline.request import Request

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from archive_tool.anonymize.review import Review
    from archive_tool.bundle import Limits
    from archive_tool.keys import Vault
    from archive_tool.model.paths import AnyPath, Inputs
    from archive_tool.model.policy import Accepted, Policy
    from archive_tool.model.progress import Progress
    from archive_tool.pipeline.created import Created


def create(
    bundles: Inputs,
    *,
    policy: Policy | AnyPath,
    store: AnyPath,
    vault: Vault,
    now: datetime,
    clock: datetime | None = None,
    accept: Sequence[Accepted] = (),
    skip_unreadable: bool = False,
    withdrawn: Sequence[str] = (),
    leave_out_types: Sequence[str] = (),
    review: Review | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    writing: Progress | None = None,
    workers: int | None = None,
) -> Created:
    """Archive a bundle under a policy; or make, of one archive of ours, one that tells less.

    ``policy``: one that was loaded, or what :func:`~archive_tool.policy.load_policy` takes.

    ``now`` (UTC) is the day that dates are judged by; ``clock`` is the machine's own time for the
    audit log, where ``now`` is another day (``--as-of``). ``withdrawn``: ids of people who took
    their consent back; nothing of them leaves, whatever the policy says. ``leave_out_types``: data
    types of an archive that are not taken over. ``review``: what somebody signed who read the words
    that scrubbing leaves. ``workers``: processes that work beside this one on large bundles; by
    default one for each further processor, at most three. ``progress`` is told what is read, then
    ``writing`` what is written.

    Raises, before anything is written: UsageError (2), PolicyError (13), VaultError (17) for a
    vault inside the store, BundleError (10), IngestError (11), ValidationError (12), RetentionError
    (14), LockError (21); of an archive FormatError (15) and IntegrityError (16) too. At the end,
    and then nothing is published: DisclosureError (18), where the leak gate or a release rule refuses.
    """
    from archive_tool.keys import require_open

    given = inputs(bundles)
    require_open(vault)
    in_utc(now, "now")
    gone = several(withdrawn)
    with ExitStack() as stack:
        stack.enter_context(many_threads())
        at_hand = start_workers(stack, workers_worth(given, workers))
        from archive_tool.lifecycle.subjects import people
        from archive_tool.pipeline.making import make
        from archive_tool.policy import load_policy

        return make(
            Request(
                bundles=given,
                policy=load_policy(policy),
                store=as_path(store, "store"),
                vault=vault,
                now=now,
                clock=clock or now,
                accept=acceptances(accept),
                skip_unreadable=skip_unreadable,
                withdrawn=people.given(gone) if gone else (),
                leave_out_types=several(leave_out_types),
                review=review,
                limits=limits,
                progress=progress,
                writing=writing,
            ),
            [worker for worker in at_hand if worker.is_up()],
        )
