"""The second half of ``create``: what was read and admitted is written, attacked and published."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.anonymize.columns import drop_withdrawn
from archive_tool.archive import manifest
from archive_tool.archive.writer import ArchiveWriter
from archive_tool.disclose import Releasing
from archive_tool.disclose.gate.risk import changed_columns
from archive_tool.disclose.gate.traces import Traces
from archive_tool.lifecycle.audit_log import audit, recording
from archive_tool.pipeline import lowering, media, outcome, papers
from archive_tool.pipeline.bench import Tally, gate_of
from archive_tool.pipeline.created import Summary
from archive_tool.pipeline.crew import assemble
from archive_tool.pipeline.leaving import Leaving, new_archive_id
from archive_tool.pipeline.shards import ShardPass
from archive_tool.pipeline.validating import validation_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor
    from datetime import datetime
    from pathlib import Path

    from archive_tool.anonymize import Context
    from archive_tool.anonymize.consent import ConsentCounts
    from archive_tool.disclose.gate import Gate
    from archive_tool.keys import Vault
    from archive_tool.model.archive import PrivacyStamp
    from archive_tool.model.validation import Validation
    from archive_tool.pipeline.admitted import Admitted
    from archive_tool.pipeline.created import Created
    from archive_tool.pipeline.processes.worker import Worker


@dataclass(frozen=True, kw_only=True)
class Run:
    """One archive in the making. The caller holds the lock of the vault."""

    admitted: Admitted
    vault: Vault
    store: Path
    now: datetime
    clock: datetime
    pool: Executor
    workers: Sequence[Worker]
    archive_id: str
    context: Context
    gate: Gate
    traces: Traces
    """How a person can be told apart in the bundle: what the attack starts from."""
    releasing: Releasing
    consent: ConsentCounts

    @classmethod
    def start(
        cls,
        admitted: Admitted,
        *,
        vault: Vault,
        store: Path,
        now: datetime,
        clock: datetime,
        pool: Executor,
        workers: Sequence[Worker],
    ) -> Run:
        """Decide who is left out, and give the archive its id and its codes."""
        archive_id = new_archive_id(now)
        decisions, known = admitted.decisions, admitted.gathered.identifiers
        excluded = admitted.left_out(vault)
        context = admitted.context(vault, archive_id, excluded)
        return cls(
            admitted=admitted,
            vault=vault,
            store=store,
            now=now,
            clock=clock,
            pool=pool,
            workers=workers,
            archive_id=archive_id,
            context=context,
            gate=gate_of(context, admitted.window),
            traces=Traces(changed_columns(decisions)),
            releasing=Releasing(
                decisions=decisions,
                leave_out=known.agents | excluded,
                vault=vault,
                name=archive_id,
                now=now,
                clean=context.level_text,
                out=lambda: _entries(store, vault),
            ),
            consent=admitted.source.consent(admitted.gathered, admitted.withdrawn),
        )

    def archive(self) -> Created:
        """Write everything, let the gate attack it, publish."""
        self.admitted.introduce(self.vault, self.context.excluded)
        with (
            self.releasing,
            ArchiveWriter(
                store=self.store,
                archive_id=self.archive_id,
                secrets=self.vault.new_archive(self.archive_id),
                subject_secret=lambda subject: self.vault.subject_secret(subject, create=True),
                now=self.now,
                witness=self.gate.see,
            ) as writer,
        ):
            leaving = self._write_content(writer)
            near = manifest.neighbours(
                self.store, self.admitted.digest.result(), self.admitted.decisions.policy
            )
            stamp = self._add_papers(writer, leaving)
            path = self._publish(writer, leaving, stamp)
        return outcome.created(self, path, leaving, near)

    def _write_content(self, writer: ArchiveWriter) -> Leaving:
        """Single rows, summary tables, recordings."""
        parking = self.admitted.parking
        tallies: dict[str, Tally] = {}
        with ExitStack() as stack:
            crew = assemble(
                stack,
                context=self.context,
                writer=writer,
                window=self.gate.window,
                workers=self.workers,
            )
            shards = ShardPass(
                writer=writer,
                context=self.context,
                crew=crew,
                dropped=self.admitted.gathered.dropped,
            )
            early = None
            for data_type in parking.types():
                tallies[data_type] = Tally()
                self._write_type(shards, data_type, tallies[data_type])
                early = early or self.pool.submit(self._early_papers)  # all have work by now
            crew.drain()
            elsewhere = crew.finish()
            writer.send()
        summaries: dict[str, Summary] = {}
        for table in self.releasing.tables():
            writer.write_aggregate(table.name, table.table)
            summaries[table.name] = Summary(cells=table.table.num_rows, hidden=table.hidden)
        return Leaving(
            tallies=tallies,
            summaries=summaries,
            media=self._seal(writer),
            early=early or self.pool.submit(self._early_papers),
            elsewhere=elsewhere,
        )

    def _write_type(self, shards: ShardPass, data_type: str, tally: Tally) -> None:
        """Write the shards of one type and count its rows, in one reading of them."""
        for bucket in self.admitted.parking.take(data_type):
            rows = shards.settle(data_type, bucket, tally)
            if self.admitted.decisions.leaves_to_someone(data_type):
                shards.write(data_type, rows, tally)
                self.gate.came(data_type, rows, self.context.plan(data_type))
            self.traces.add(data_type, rows)
            self.releasing.counted.add(data_type, drop_withdrawn(rows)[0])

    def _seal(self, writer: ArchiveWriter) -> media.SealedMedia:
        if not self.admitted.recordings:
            return media.SealedMedia()
        self.admitted.digest.result()  # the digest of every file is known then
        survey = self.admitted.gathered.survey
        return self.admitted.source.seal(
            self.admitted.recordings,
            {} if survey is None else survey.media,
            context=self.context,
            writer=writer,
        )

    def _early_papers(self) -> Mapping[str, str]:
        """Papers that need none of the content; the gate reads them at once."""
        clocks = self.context.decisions.policy.time == "keep"
        made = papers.validation_papers(self._validation(), clocks=clocks)
        self.gate.read_ahead(made)
        return made

    def _add_papers(self, writer: ArchiveWriter, leaving: Leaving) -> PrivacyStamp | None:
        """Add what is readable without a key, and the sealed linkage table.

        What can be done before the workers are ready comes first.
        """
        papers.add_dictionary(writer)
        stamp = None
        if not leaving.aggregate_only:  # a count in a report might solve a hidden cell
            for path, text in leaving.early.result().items():
                writer.add_file(path, text.encode())
        self.gate.search_rest(self.pool)
        for seen in leaving.elsewhere.seen:
            self.gate.merge(seen.result())
        if not leaving.aggregate_only:
            stamp = papers.add_privacy(
                writer,
                self.context,
                key=self.vault.vault_id,
                consent=self.consent,
                left_out=self.people_left_out(),
                review=self.admitted.review,
                results=outcome.results(self, leaving),
                recordings=leaving.media.sealed,
                risk=self.gate.risk(
                    self.traces,
                    self.context.subject_code,
                    agents=self.admitted.gathered.identifiers.agents,
                ),
                now=self.now,
            )
        lowering.add(writer, self.admitted.less)
        papers.add_linkage(writer, self.context, self.vault)
        written = [name for name, tally in leaving.tallies.items() if tally.files]
        papers.add_roster(writer, self.context, self.vault, self.admitted.gathered.roster, written)
        return stamp

    def _publish(
        self, writer: ArchiveWriter, leaving: Leaving, privacy: PrivacyStamp | None
    ) -> Path:
        def commit() -> None:
            """Nothing is published, and no key saved, before the gate has let it pass."""
            self.gate.close(writer.folder)
            self.releasing.write()
            self.vault.save(self.now)

        checkpoint = recording.before_create(
            self.store, self.vault, self.archive_id, now=self.clock
        )
        writer.add_file(audit.CHECKPOINT, checkpoint)
        for settled in leaving.elsewhere.settled:
            settled.result()
        for worker in self.workers:
            worker.dismiss()
        described = outcome.description(self, leaving, privacy)
        path = writer.publish(described, self.vault.signing_key, commit=commit)
        self.releasing.published()
        recording.after_create(self.store, self.archive_id, now=self.clock)
        return path

    def people_left_out(self) -> int:
        """Count the people of the bundle of whom nothing is in the archive."""
        source, gathered = self.admitted.source, self.admitted.gathered
        return source.people_left_out(self.context.excluded, gathered)

    def _validation(self) -> Validation:
        return validation_of(
            self.admitted.gathered,
            self.admitted.source,
            as_of=self.now,
            accepted=self.admitted.accepted,
            policy=self.admitted.decisions.policy.name,
            digest=self.admitted.digest.result(),
        )


def _entries(store: Path, vault: Vault) -> list[str]:
    """Entries of the release ledger that archives of this vault in the store name."""
    readable, _ = manifest.listing(store)  # what is wrong with the others is for verify to say
    manifests = [stored.manifest for stored in readable]
    return [one.release for one in manifests if one.release and vault.has_signed(one.signer)]
