"""The front door of ``validate``: worker processes get ready while the heavy modules are loaded."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from archive_tool.bundle import Limits, inputs, open_bundle
from archive_tool.model.policy import acceptances
from archive_tool.pipeline.processes.interpreter import many_threads
from archive_tool.pipeline.processes.workers import start_workers, workers_worth

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from archive_tool.model.paths import AnyPath, Inputs
    from archive_tool.model.policy import Accepted, Policy
    from archive_tool.model.progress import Progress
    from archive_tool.model.validation import Validation
    from archive_tool.pipeline.validating import Validated


def validate(
    bundles: Inputs,
    *,
    as_of: datetime,
    policy: Policy | AnyPath | None = None,
    accept: Sequence[Accepted] = (),
    limits: Limits | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Validation:
    """Check folders, ZIPs and files as one bundle; ``as_of`` is now (with a zone).

    With a policy, the privacy preview says what it does with each column, and its acceptances
    count. ``workers``: processes that work beside this one on large bundles; by default one for
    each further processor, at most three. A ZIP that cannot be opened or is hostile is a finding
    where there are tables beside it, and cannot be accepted. Raises BundleError (10) for a bundle
    without such tables, one that is over limits or does not exist, UsageError for a date without a
    zone, PolicyError (13) for a policy that leaves something undecided.
    """
    return validated(
        bundles,
        as_of=as_of,
        policy=policy,
        accept=accept,
        limits=limits,
        progress=progress,
        workers=workers,
    ).validation


def validated(
    bundles: Inputs,
    *,
    as_of: datetime,
    policy: Policy | AnyPath | None = None,
    accept: Sequence[Accepted] = (),
    limits: Limits | None = None,
    show_name: bool = False,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Validated:
    """Give a validation and what it rests on, for the exit code and for those who ask for ids.

    ``show_name`` lets the bundle's name, which may hold ids, into the validation.
    """
    given = inputs(bundles)
    with ExitStack() as stack:
        stack.enter_context(many_threads())
        at_hand = start_workers(stack, workers_worth(given, workers))
        from archive_tool.pipeline.validating import validate_bundle
        from archive_tool.policy import load_policy

        loaded = None if policy is None else load_policy(policy)
        return validate_bundle(
            stack.enter_context(open_bundle(given, limits=limits or Limits(), list_broken=True)),
            as_of=as_of,
            policy=loaded,
            accept=acceptances(accept),
            show_name=show_name,
            progress=progress,
            workers=[worker for worker in at_hand if worker.is_up()],
        )
