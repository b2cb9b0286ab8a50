"""From a bundle, or from an archive, to an archive: the whole order, once.

read → check → decide → retention → keys → second pass → publish. Everything that can refuse does so
before the first key is made; nothing exists at the final path until all of it is right.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from archive_tool.anonymize.recognize import presidio
from archive_tool.anonymize.review import Subject
from archive_tool.archive import layout
from archive_tool.bundle import Limits
from archive_tool.disclose.noise.mechanism import refuse_uninstalled
from archive_tool.errors import PolicyError
from archive_tool.keys import refuse_nested, refuse_read_only
from archive_tool.model.bundle import TABLE_KINDS
from archive_tool.model.processors import threads_worth
from archive_tool.pipeline import lowering
from archive_tool.pipeline.admitted import Admitted
from archive_tool.pipeline.archiving import archive
from archive_tool.pipeline.first_pass.gather import gather
from archive_tool.pipeline.first_pass.parking import Parking
from archive_tool.pipeline.opening import open_source, refuse_bundle
from archive_tool.pipeline.processes.workers import SECOND_PASS
from archive_tool.pipeline.retention import retention_terms
from archive_tool.pipeline.run import Run
from archive_tool.pipeline.verdict import SKIPPED
from archive_tool.policy import decide

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor, Future
    from datetime import datetime

    from archive_tool.anonymize.recognize import Recognizer
    from archive_tool.model.archive import RetentionTerm
    from archive_tool.model.policy import Policy
    from archive_tool.pipeline.created import Created
    from archive_tool.pipeline.first_pass.gathered import Gathered
    from archive_tool.pipeline.processes.worker import Worker
    from archive_tool.pipeline.request import Request
    from archive_tool.pipeline.sources.source import Source
    from archive_tool.policy import Decisions


def make(request: Request, workers: Sequence[Worker]) -> Created:
    """Make the archive that was asked for; :func:`~archive_tool.pipeline.create.create` raises."""
    vault, store = request.vault, request.store
    decisions, less = _decided(request)
    recognize = presidio(request.policy.ner) if request.policy.ner else None
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    refuse_read_only(store, vault.folder)
    with ExitStack() as stack:
        source = stack.enter_context(
            open_source(
                request.bundles,
                vault=vault,
                limits=request.limits or Limits(),
                withdrawn=request.withdrawn,
                leave_out_types=request.leave_out_types,
            )
        )
        decisions = source.admit(decisions)
        pool = stack.enter_context(ThreadPoolExecutor(threads_worth(2)))
        parking = Parking(folder=store, expected_bytes=_table_bytes(source))
        stack.callback(parking.close)
        admitted = _admitted(
            request, source, decisions, less, recognize, parking=parking, pool=pool, workers=workers
        )
        # rows of a bundle were read without the vault; those of an archive are what it opened then
        stack.enter_context(vault.lock(take_newer=source.stamp is None))
        vault.heed_store(store)  # nobody comes back with an old vault
        return archive(Run.start(admitted, pool=pool, workers=workers))


def _admitted(
    request: Request,
    source: Source,
    decisions: Decisions,
    less: Policy | None,
    recognize: Recognizer | None,
    *,
    parking: Parking,
    pool: Executor,
    workers: Sequence[Worker],
) -> Admitted:
    """Read all rows once, and refuse what may not be archived."""
    recordings = source.recordings(request.policy)
    digest = pool.submit(source.digest)
    gathered = gather(
        source,
        as_of=request.now,
        parking=parking,
        names=(*request.policy.names, *_masked(request, digest)),
        progress=request.progress,
        workers=workers,
        soon=SECOND_PASS,
    )
    accepted = {entry.code: entry for entry in (*request.policy.accept, *request.accept)}
    if request.skip_unreadable and gathered.unreadable:
        accepted.setdefault(SKIPPED.code, SKIPPED)
    source.refuse_unfit(gathered, accepted)
    media = bool(recordings)
    return Admitted(
        request=request,
        source=source,
        recordings=recordings,
        gathered=gathered,
        decisions=decisions,
        retention=_dates(request.policy, less, source, gathered, now=request.now, media=media),
        accepted=tuple(accepted.values()),
        less=less,
        recognize=recognize,
        parking=parking,
        digest=digest,
    )


def _masked(request: Request, digest: Future[str]) -> Sequence[str]:
    """Give the words that a review masks, if it is one of this bundle under this policy."""
    if request.review is None:
        return ()
    about = Subject(bundle=digest.result(), policy=request.policy.digest)
    request.review.require(about, signer=request.vault.public_key)
    return request.review.masked


def _decided(request: Request) -> tuple[Decisions, Policy | None]:
    """Give the decisions, and the policy of a later downgrade; refuse what needs no rows for it."""
    policy, vault = request.policy, request.vault
    decisions = decide(policy)
    refuse_uninstalled(policy.aggregate)
    less = lowering.named(policy, decisions)
    if policy.review and request.review is None:
        raise PolicyError(
            "the policy asks for a review of the texts",
            where="text.review",
            expected="--review FILE",
            hint="make a sheet with archive-tool policy review, decide it, sign it",
        )
    refuse_nested(request.store, vault.folder)
    layout.refuse_inside_a_store(request.store)
    refuse_bundle(request.store, request.bundles)
    return decisions, less


def _dates(
    policy: Policy,
    less: Policy | None,
    source: Source,
    gathered: Gathered,
    *,
    now: datetime,
    media: bool,
) -> Mapping[str, RetentionTerm]:
    """Until when each type is kept, and what it becomes then; RetentionError (14) if that is over."""
    terms = retention_terms(policy, gathered.census, now=now, media=media, before=source.dates)
    if less is None:
        return terms
    then = retention_terms(less, gathered.census, now=now, before=source.dates)
    return lowering.with_lesser(terms, then)


def _table_bytes(source: Source) -> int:
    return sum(file.size for file in source.files if file.kind in TABLE_KINDS)
