"""The second half of ``create``: what was read and admitted is written, attacked and published."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from archive_tool.archive import manifest
from archive_tool.archive.writer import ArchiveWriter
from archive_tool.lifecycle.audit_log import recording
from archive_tool.lifecycle.audit_log.checkpoints import CHECKPOINT
from archive_tool.pipeline import lowering, outcome, papers
from archive_tool.pipeline.created import Summary
from archive_tool.pipeline.second_pass import media
from archive_tool.pipeline.second_pass.bench import Tally
from archive_tool.pipeline.second_pass.crew import assemble
from archive_tool.pipeline.second_pass.leaving import Leaving
from archive_tool.pipeline.second_pass.shards import ShardPass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from archive_tool.model.archive import PrivacyStamp
    from archive_tool.pipeline.created import Created
    from archive_tool.pipeline.run import Run


def archive(run: Run) -> Created:
    """Write everything, let the gate attack it, publish."""
    store, vault = run.request.store, run.request.vault
    run.admitted.introduce(vault, run.context.excluded)
    with (
        run.releasing,
        ArchiveWriter(
            store=store,
            archive_id=run.archive_id,
            secrets=vault.new_archive(run.archive_id),
            subject_secret=lambda subject: vault.subject_secret(subject, create=True),
            witness=run.gate.see,
            progress=run.request.writing,
        ) as writer,
    ):
        leaving = _write_content(run, writer)
        near = manifest.neighbours(
            store, run.admitted.digest.result(), run.admitted.decisions.policy
        )
        stamp = _add_papers(run, writer, leaving)
        path = _publish(run, writer, leaving, stamp)
    return outcome.created(run, path, leaving, near)


def _write_content(run: Run, writer: ArchiveWriter) -> Leaving:
    """Single rows, summary tables, recordings."""
    parking = run.admitted.parking
    tallies: dict[str, Tally] = {}
    with ExitStack() as stack:
        crew = assemble(
            stack,
            context=run.context,
            writer=writer,
            window=run.gate.window,
            workers=run.workers,
        )
        shards = ShardPass(
            writer=writer,
            context=run.context,
            crew=crew,
            dropped=run.admitted.gathered.dropped,
        )
        early = None
        for data_type in parking.types():
            tallies[data_type] = Tally()
            _write_type(run, shards, data_type, tallies[data_type])
            early = early or run.pool.submit(_early_papers, run)  # all have work by now
        crew.drain()
        elsewhere = crew.finish()
        writer.send()
    summaries: dict[str, Summary] = {}
    for table in run.releasing.tables():
        writer.write_aggregate(table.name, table.table)
        summaries[table.name] = Summary(cells=table.table.num_rows, hidden=table.hidden)
    return Leaving(
        tallies=tallies,
        summaries=summaries,
        media=_seal(run, writer),
        early=early or run.pool.submit(_early_papers, run),
        elsewhere=elsewhere,
    )


def _write_type(run: Run, shards: ShardPass, data_type: str, tally: Tally) -> None:
    """Write the shards of one type and count its rows, in one reading of them."""
    for bucket in run.admitted.parking.take(data_type):
        rows = shards.settle(data_type, bucket, tally)
        if run.admitted.decisions.leaves_to_someone(data_type):
            shards.write(data_type, rows, tally)
            run.gate.came(data_type, rows, run.context.plan(data_type))
        run.traces.add(data_type, rows)
        run.releasing.count(data_type, rows)


def _seal(run: Run, writer: ArchiveWriter) -> media.SealedMedia:
    if not run.admitted.recordings:
        return media.SealedMedia()
    run.admitted.digest.result()  # the digest of every file is known then
    survey = run.admitted.gathered.survey
    return run.admitted.source.seal(
        run.admitted.recordings,
        {} if survey is None else survey.media,
        context=run.context,
        writer=writer,
    )


def _early_papers(run: Run) -> Mapping[str, str]:
    """Papers that need none of the content; the gate reads them at once."""
    clocks = run.context.decisions.tells_days
    made = papers.validation_papers(run.validation(), clocks=clocks)
    run.gate.read_ahead(made)
    return made


def _add_papers(run: Run, writer: ArchiveWriter, leaving: Leaving) -> PrivacyStamp | None:
    """Add what is readable without a key, and the sealed linkage table.

    What can be done before the workers are ready comes first.
    """
    papers.add_dictionary(writer)
    stamp = None
    if not leaving.aggregate_only:  # a count in a report might solve a hidden cell
        for path, text in leaving.early.result().items():
            writer.add_file(path, text.encode())
    run.gate.search_rest(run.pool)
    for seen in leaving.elsewhere.seen:
        run.gate.merge(seen.result())
    if not leaving.aggregate_only:
        stamp = papers.add_privacy(
            writer,
            run.context,
            key=run.request.vault.vault_id,
            consent=run.consent,
            left_out=run.people_left_out(),
            review=run.request.review,
            results=outcome.results(run, leaving),
            recordings=leaving.media.sealed,
            risk=run.gate.risk(
                run.traces,
                run.context.subject_code,
                agents=run.admitted.gathered.identifiers.agents,
            ),
            now=run.request.now,
        )
    lowering.add(writer, run.admitted.less)
    papers.add_linkage(writer, run.context, run.request.vault)
    written = [name for name, tally in leaving.tallies.items() if tally.files]
    papers.add_roster(writer, run.context, run.request.vault, run.admitted.gathered.roster, written)
    return stamp


def _publish(
    run: Run, writer: ArchiveWriter, leaving: Leaving, privacy: PrivacyStamp | None
) -> Path:
    request, vault = run.request, run.request.vault

    def commit() -> None:
        """Nothing is published, and no key saved, before the gate has let it pass."""
        run.gate.close(writer.folder)
        run.releasing.write()
        vault.save(request.now)

    checkpoint = recording.before_create(request.store, vault, run.archive_id, now=request.clock)
    writer.add_file(CHECKPOINT, checkpoint)
    for settled in leaving.elsewhere.settled:
        settled.result()
    for worker in run.workers:
        worker.dismiss()
    described = outcome.description(run, leaving, privacy)
    path = writer.publish(described, vault.signing_key, commit=commit)
    run.releasing.published()
    recording.after_create(request.store, run.archive_id, now=request.clock)
    return path
