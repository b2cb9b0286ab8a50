"""From a bundle to an archive: the whole order, once.

read → check → decide → retention → keys → second pass → publish. Everything that can refuse does so
before the first key is made; nothing exists at the final path until all of it is right.
"""

from __future__ import annotations

import os
import secrets
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.anonymize import Context, PseudonymKeys, canonical_person
from archive_tool.anonymize.random_codes import RandomCodes
from archive_tool.anonymize.recognize import Recognizer, presidio
from archive_tool.anonymize.review import Review, Subject
from archive_tool.archive import info
from archive_tool.archive.writer import ArchiveWriter
from archive_tool.bundle import Bundle, Limits, open_bundle
from archive_tool.disclose import Aggregation, Releasing
from archive_tool.disclose.gate import Gate
from archive_tool.disclose.gate.risk import changed_columns
from archive_tool.disclose.gate.traces import Traces
from archive_tool.errors import PolicyError
from archive_tool.keys import SubjectState, Vault, refuse_inside
from archive_tool.keys.primitives import random_bytes
from archive_tool.lifecycle import audit, recording
from archive_tool.model.archive import ArchiveDescription, RetentionTerm
from archive_tool.model.bundle import TABLE_KINDS
from archive_tool.model.datatypes import MEDIA
from archive_tool.model.findings import Severity
from archive_tool.model.version import VERSION
from archive_tool.pipeline import media, papers
from archive_tool.pipeline.created import Created, Summary, TypeResult
from archive_tool.pipeline.gather import Gathered, Progress, gather
from archive_tool.pipeline.interpreter import many_threads
from archive_tool.pipeline.parking import Parking
from archive_tool.pipeline.retention import retention_terms
from archive_tool.pipeline.shards import ShardPass, Tally
from archive_tool.pipeline.validate import validation_of
from archive_tool.pipeline.verdict import refuse_unfit
from archive_tool.policy import Decisions, decide
from archive_tool.report import record
from archive_tool.report.html import render_html
from archive_tool.schemas import dictionary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from archive_tool.model.archive import PrivacyStamp
    from archive_tool.model.bundle import SourceFile
    from archive_tool.model.policy import Accepted, Policy

_ID_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"


def create(
    bundles: Sequence[str | os.PathLike[str]],
    *,
    policy: Policy,
    store: Path,
    vault: Vault,
    now: datetime,
    clock: datetime | None = None,
    accept: Sequence[Accepted] = (),
    skip_unreadable: bool = False,
    withdrawn: Sequence[str] = (),
    review: Review | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Created:
    """Archive a bundle under a policy.

    ``now`` (UTC) is the day that dates are judged by; ``clock`` is the machine's own time for the
    audit log, where ``now`` is another day (``--as-of``). ``withdrawn``: ids of people who took
    their consent back; nothing of them leaves, whatever the policy says. ``review``: what somebody
    signed who read the words that scrubbing leaves.

    Raises, before anything is written: PolicyError (13), VaultError (17) for a vault inside the
    store, BundleError (10), IngestError (11), ValidationError (12), RetentionError (14).
    """
    decisions = decide(policy)
    media.refuse_alone(decisions)
    if policy.review and review is None:
        raise PolicyError(
            "the policy asks for a review of the texts",
            where="text.review",
            expected="--review FILE",
            hint="make a sheet with archive-tool policy review, decide it, sign it",
        )
    recognize = presidio(policy.ner) if policy.ner else None
    refuse_inside(store, vault.folder)
    store.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        stack.enter_context(many_threads())
        bundle = stack.enter_context(open_bundle(bundles, limits=limits or Limits()))
        pool = stack.enter_context(ThreadPoolExecutor(max(2, os.cpu_count() or 2)))
        recordings = media.to_seal(bundle, policy)
        digest = pool.submit(bundle.digest)
        parking = Parking(folder=store, expected_bytes=_table_bytes(bundle))
        stack.callback(parking.close)
        if review is not None:
            about = Subject(bundle=digest.result(), policy=policy.digest)
            review.require(about, signer=vault.public_key)
        names = (*policy.names, *(review.masked if review else ()))
        gathered = gather(bundle, as_of=now, parking=parking, names=names, progress=progress)
        accepted = {entry.code: entry for entry in (*policy.accept, *accept)}
        refuse_unfit(gathered, accepted, skip_unreadable=skip_unreadable)
        retention = retention_terms(policy, gathered.census, now=now, media=bool(recordings))
        stack.enter_context(vault.lock())
        run = _Run(
            bundle=bundle,
            recordings=recordings,
            gathered=gathered,
            decisions=decisions,
            vault=vault,
            store=store,
            now=now,
            clock=clock or now,
            retention=retention,
            accepted=tuple(accepted.values()),
            withdrawn=tuple(withdrawn),
            review=review,
            recognize=recognize,
            parking=parking,
            pool=pool,
            digest=digest,
        )
        return run.archive()


@dataclass(frozen=True, kw_only=True)
class _Run:
    """The second half: what was read and allowed is written."""

    bundle: Bundle
    recordings: list[SourceFile]
    """Media files to seal."""
    gathered: Gathered
    decisions: Decisions
    vault: Vault
    store: Path
    now: datetime
    clock: datetime
    retention: Mapping[str, RetentionTerm]
    accepted: tuple[Accepted, ...]
    withdrawn: tuple[str, ...]
    review: Review | None
    recognize: Recognizer | None
    parking: Parking
    pool: ThreadPoolExecutor
    digest: Future[str]

    def archive(self) -> Created:
        archive_id = _new_archive_id(self.now)
        policy = self.decisions.policy
        excluded = self._left_out()
        context = self._context(archive_id, excluded)
        gate = Gate(
            decisions=self.decisions,
            known=self.gathered.identifiers,
            left_out=excluded,
            window=self._window(),
        )
        known = self.gathered.identifiers
        consent = self.gathered.consent.counts(known, self.withdrawn)
        left_out = len({canonical_person(person) for person in excluded & known.people})
        source = Traces(changed_columns(self.decisions))
        self.vault.create_subjects(self._people() - excluded)
        releasing = Releasing(
            decisions=self.decisions,
            leave_out=known.agents | excluded,
            vault=self.vault,
            name=archive_id,
            now=self.now,
        )
        with (
            releasing,
            ArchiveWriter(
                store=self.store,
                archive_id=archive_id,
                secrets=self.vault.new_archive(archive_id),
                subject_secret=lambda subject: self.vault.subject_secret(subject, create=True),
                now=self.now,
                witness=gate.see,
            ) as writer,
        ):

            def commit() -> None:
                """Nothing is published, and no key saved, before the gate has let it pass."""
                gate.close(writer.folder, self.pool)
                releasing.write()
                self.vault.save(self.now)

            shards = ShardPass(
                writer=writer, context=context, pool=self.pool, dropped=self.gathered.dropped
            )
            tallies: dict[str, Tally] = {}
            summaries: dict[str, Summary] = {}
            for data_type in self.parking.types():
                tallies[data_type] = Tally()
                self._type(shards, data_type, tallies[data_type], releasing.counted, source, gate)
            for table in releasing.tables():
                writer.write_aggregate(table.name, table.table)
                summaries[table.name] = Summary(cells=table.table.num_rows, hidden=table.hidden)
            sealed = self._seal(writer, context)
            earlier = self._earlier()
            single_rows = any(tally.files for tally in tallies.values())
            aggregate_only = not single_rows and not sealed.sealed
            self._add_papers(writer, aggregate_only=aggregate_only)
            stamp = None
            if not aggregate_only:
                stamp = papers.add_privacy(
                    writer,
                    context,
                    key=self.vault.vault_id,
                    consent=consent,
                    left_out=left_out,
                    review=self.review,
                    tallies=tallies,
                    recordings=sealed.sealed,
                    risk=gate.risk(source, context.subject_code, self.pool),
                    now=self.now,
                )
            papers.add_linkage(writer, context, self.vault)
            checkpoint = recording.before_create(self.store, self.vault, archive_id, now=self.clock)
            writer.add_file(audit.CHECKPOINT, checkpoint)
            path = writer.publish(
                self._description(
                    sealed,
                    aggregate_only=aggregate_only,
                    release=releasing.entry,
                    privacy=stamp,
                ),
                self.vault.signing_key,
                commit=commit,
            )
            releasing.published()
            recording.after_create(self.store, archive_id, now=self.clock)
        return Created(
            archive_id=archive_id,
            path=path,
            tables={name: self._result(name, tally) for name, tally in tallies.items()},
            aggregates=summaries,
            findings=self.gathered.findings,
            policy=policy,
            retention=self._terms(sealed),
            people_left_out=left_out,
            consent=consent,
            media=sealed,
            earlier=earlier,
        )

    def _left_out(self) -> frozenset[str]:
        """People whom the consent rule leaves out, and those who were erased from the study."""
        policy = self.decisions.policy
        erased = {
            person
            for person in self._people()
            if self.vault.subject_state(person) is SubjectState.ERASED
        }
        return frozenset(erased) | self.gathered.consent.excluded(
            policy.consent, self.gathered.identifiers, self.withdrawn
        )

    def _context(self, archive_id: str, excluded: frozenset[str]) -> Context:
        policy = self.decisions.policy
        keys = (
            RandomCodes.new(random_bytes, linkability=policy.linkability)
            if policy.codes == "random"
            else PseudonymKeys.derive(
                self.vault.pseudonym_key, linkability=policy.linkability, archive_id=archive_id
            )
        )
        return Context(
            decisions=self.decisions,
            keys=keys,
            known=self.gathered.identifiers,
            excluded=excluded,
            recognize=self.recognize,
        )

    def _window(self) -> tuple[datetime, datetime] | None:
        """First and last moment of any row."""
        counted = self.gathered.census.types.values()
        moments = [moment for one in counted for moment in (one.first, one.last) if moment]
        return (min(moments), max(moments)) if moments else None

    def _people(self) -> set[str]:
        people: set[str] = set()
        for counted in self.gathered.census.types.values():
            people |= counted.people
        return people

    def _type(
        self,
        shards: ShardPass,
        data_type: str,
        tally: Tally,
        aggregation: Aggregation,
        source: Traces,
        gate: Gate,
    ) -> None:
        """Write the shards of one type and count its rows, in one reading of them."""
        for bucket in self.parking.take(data_type):
            rows = shards.settle(data_type, bucket, tally)
            if self.decisions.leaves_to_someone(data_type):
                shards.write(data_type, rows, tally)
                gate.came(data_type, rows, shards.context.plan(data_type))
            source.add(data_type, rows)
            aggregation.add(data_type, rows)

    def _seal(self, writer: ArchiveWriter, context: Context) -> media.SealedMedia:
        if not self.recordings:
            return media.SealedMedia()
        self.digest.result()  # the digest of every file is known then
        survey = self.gathered.survey
        whose = {} if survey is None else survey.media
        return media.seal(self.bundle, self.recordings, whose, context=context, writer=writer)

    def _terms(self, sealed: media.SealedMedia) -> dict[str, RetentionTerm]:
        return {n: term for n, term in self.retention.items() if n != MEDIA or sealed.sealed}

    def _add_papers(self, writer: ArchiveWriter, *, aggregate_only: bool) -> None:
        """Dictionary and report: readable without a key, so neither holds an id or a value."""
        writer.add_file("dictionary/fields.csv", dictionary.csv_text().encode())
        writer.add_file("dictionary/fields.json", dictionary.json_text().encode())
        if not aggregate_only:  # a count in the report might solve a hidden cell
            validation = validation_of(
                self.gathered,
                self.bundle,
                as_of=self.now,
                accepted=self.accepted,
                policy=self.decisions.policy.name,
                digest=self.digest.result(),
            )
            lines = record.write_record(validation)
            writer.add_file("reports/validation.jsonl", "".join(lines).encode())
            writer.add_file("reports/validation.html", render_html(validation).encode())

    def _description(
        self,
        sealed: media.SealedMedia,
        *,
        aggregate_only: bool,
        release: str,
        privacy: PrivacyStamp | None,
    ) -> ArchiveDescription:
        policy = self.decisions.policy
        log = self.gathered.findings
        return ArchiveDescription(
            created=self.now,
            tool_version=VERSION,
            policy_name=policy.name,
            policy_version=policy.version,
            policy_digest=policy.digest,
            policy_text=policy.text,
            bundle_digest=self.digest.result(),
            retention=self._terms(sealed),
            findings={severity.value: log.count(severity) for severity in Severity},
            accepted=tuple(sorted({f.code for f in log} & {a.code for a in self.accepted})),
            aggregate=aggregate_only,
            release=release,
            privacy=privacy,
        )

    def _earlier(self) -> tuple[str, ...]:
        digest = self.digest.result()
        return tuple(
            stored.manifest.archive_id
            for stored in info(self.store)
            if stored.manifest.bundle_digest == digest
        )

    def _result(self, data_type: str, tally: Tally) -> TypeResult:
        return TypeResult(
            rows_in=self.gathered.rows(data_type),
            rows_out=tally.rows,
            files=tally.files,
            left_out=tally.left_out,
            without_room=tally.without_room,
            touched=dict(sorted(tally.touched.items())),
            dropped_leaves=dict(sorted(tally.dropped_leaves.items())),
        )


def _table_bytes(bundle: Bundle) -> int:
    return sum(file.size for file in bundle.files if file.kind in TABLE_KINDS)


def _new_archive_id(now: datetime) -> str:
    """Sorts by date; the rest is random, so that it tells nothing."""
    letters = "".join(secrets.choice(_ID_LETTERS) for _ in range(12))
    return f"{now:%Y%m%d}-{letters}"
