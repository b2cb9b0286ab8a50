"""What a run says of what it made: in the manifest of the archive, and to the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.model.archive import ArchiveDescription, PolicyStamp
from archive_tool.model.datatypes import MEDIA
from archive_tool.model.findings import Severity
from archive_tool.model.version import VERSION
from archive_tool.pipeline.created import Created, TypeResult

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.archive.manifest import Neighbours
    from archive_tool.model.archive import PrivacyStamp, RetentionTerm
    from archive_tool.pipeline.run import Run
    from archive_tool.pipeline.second_pass.bench import Tally
    from archive_tool.pipeline.second_pass.leaving import Leaving


def created(run: Run, path: Path, leaving: Leaving, near: Neighbours) -> Created:
    """Answer the caller; ``near`` are archives of the store that were there before."""
    stamp = run.admitted.source.stamp
    return Created(
        archive_id=run.archive_id,
        path=path,
        tables=results(run, leaving),
        aggregates=leaving.summaries,
        findings=run.admitted.gathered.findings,
        accepted=run.admitted.accepted_codes,
        policy=run.admitted.decisions.policy,
        retention=_terms(run, leaving),
        people_left_out=run.people_left_out(),
        consent=run.consent,
        media=leaving.media,
        earlier=near.same_bundle,
        repeated=near.same_policy,
        other_policy=near.other_policy,
        source="" if stamp is None else stamp.archive_id,
    )


def description(run: Run, leaving: Leaving, privacy: PrivacyStamp | None) -> ArchiveDescription:
    """Tell the manifest."""
    policy, less = run.admitted.decisions.policy, run.admitted.less
    log = run.admitted.gathered.findings
    return ArchiveDescription(
        created=run.request.now,
        tool_version=VERSION,
        policy=PolicyStamp.of(policy),
        policy_text=policy.text,
        bundle_digest=run.admitted.digest.result(),
        retention=_terms(run, leaving),
        findings={severity.value: log.count(severity) for severity in Severity},
        accepted=run.admitted.accepted_codes,
        aggregate=leaving.aggregate_only,
        release=run.releasing.entry,
        privacy=privacy,
        source=run.admitted.source.stamp,
        downgrade_to=None if less is None else PolicyStamp.of(less),
    )


def results(run: Run, leaving: Leaving) -> dict[str, TypeResult]:
    """Tell by type what became of the rows that the checks counted."""
    return {name: _result(run, name, tally) for name, tally in leaving.tallies.items()}


def _terms(run: Run, leaving: Leaving) -> dict[str, RetentionTerm]:
    terms = run.admitted.retention
    return {n: term for n, term in terms.items() if n != MEDIA or leaving.media.sealed}


def _result(run: Run, data_type: str, tally: Tally) -> TypeResult:
    unread = run.admitted.source.rows_unread(data_type)
    return TypeResult(
        rows_in=run.admitted.gathered.rows(data_type) + unread,
        rows_out=tally.rows,
        files=tally.files,
        left_out=tally.left_out + unread,
        without_room=tally.without_room,
        touched=dict(sorted(tally.touched.items())),
        dropped_leaves=dict(sorted(tally.dropped_leaves.items())),
    )
