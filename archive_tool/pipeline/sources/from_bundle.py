"""A bundle as what is archived."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive_tool.ingest import Ingest
from archive_tool.ingest.overlaps.fold import fold
from archive_tool.model.findings import FindingLog
from archive_tool.model.people import canonical_people
from archive_tool.pipeline import verdict
from archive_tool.pipeline.first_pass.reading import ReadTogether, has_many_pages, helpers_for
from archive_tool.pipeline.second_pass import media

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    import numpy as np

    from archive_tool.anonymize import Context
    from archive_tool.anonymize.known.consent import ConsentCounts
    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.bundle import Bundle
    from archive_tool.ingest.census import Census
    from archive_tool.model.bundle import SourceFile
    from archive_tool.model.policy import Policy
    from archive_tool.model.progress import Progress
    from archive_tool.model.tables import Batch
    from archive_tool.model.validation import NotChecked
    from archive_tool.pipeline.first_pass.gathered import Gathered
    from archive_tool.pipeline.processes.worker import Worker
    from archive_tool.policy import Decisions
    from archive_tool.validation.across_types.media import Recorded


@dataclass(frozen=True)
class FromBundle:
    """The rows of an open bundle: any decision can be carried out on them."""

    bundle: Bundle

    stamp = None
    dates = None
    has_ids = True
    not_seen: Sequence[NotChecked] = ()

    @property
    def name(self) -> str:
        """Short name of the inputs, for people; it may hold ids."""
        return self.bundle.name

    @property
    def files(self) -> Sequence[SourceFile]:
        """Every file, the ignored ones too."""
        return self.bundle.files

    def digest(self) -> str:
        """Give the digest of what the bundle holds, whatever its files are called."""
        return self.bundle.digest()

    def admit(self, decisions: Decisions) -> Decisions:
        """Nothing was done to these rows yet."""
        return decisions

    def reader(
        self, log: FindingLog, progress: Progress | None = None, workers: Sequence[Worker] = ()
    ) -> Ingest | ReadTogether:
        """Begin to read the bundle."""
        if workers and has_many_pages(self.bundle):
            return ReadTogether(self.bundle, log, workers, progress=progress)
        helpers = helpers_for(self.bundle, workers)
        return Ingest(self.bundle, log, progress=progress, helpers=helpers)

    def folded(self, census: Census, log: FindingLog) -> Mapping[str, np.ndarray]:
        """Read the bundle again, but only where a record id was seen twice: this is rare."""
        suspects = {name: census.duplicates(name) for name in census.types}
        suspects = {name: duplicates for name, duplicates in suspects.items() if duplicates}
        if not suspects:
            return {}
        ingest = self.reader(FindingLog())
        candidates: dict[str, list[Batch]] = {name: [] for name in suspects}
        for batch in ingest.batches():
            if batch.data_type in suspects:
                candidates[batch.data_type].append(suspects[batch.data_type].filter(batch))
        dropped = {}
        for name, batches in candidates.items():
            folded = fold(batches, ingest.parts, name)
            log.extend(folded.findings)
            dropped[name] = folded.dropped
        return dropped

    def refuse_unfit(self, gathered: Gathered, accepted: Collection[str]) -> None:
        """Stop at files that changed, or are not what they say, and at errors nobody accepted."""
        self.bundle.refuse_changed()
        verdict.refuse_unfit(gathered, accepted)

    def recordings(self, policy: Policy) -> list[SourceFile]:
        """Media files, if the policy seals them."""
        return media.to_seal(self.bundle, policy)

    def seal(
        self,
        files: list[SourceFile],
        recorded: Mapping[str, Recorded],
        *,
        context: Context,
        writer: ArchiveWriter,
    ) -> media.SealedMedia:
        """Seal media files; ``recorded``: by label, what the rows say of them."""
        return media.seal(self.bundle, files, recorded, context=context, writer=writer)

    def rows_unread(self, _: str) -> int:
        """All rows of a bundle are read."""
        return 0

    def consent(self, gathered: Gathered, withdrawn: Sequence[str]) -> ConsentCounts:
        """Count the people by the evidence in the rows and listings."""
        return gathered.consent.counts(gathered.identifiers, withdrawn)

    def people_left_out(self, excluded: AbstractSet[str], gathered: Gathered) -> int:
        """Count the people of whom nothing is taken over."""
        known = gathered.identifiers.people
        return len(canonical_people(excluded) & canonical_people(known))
