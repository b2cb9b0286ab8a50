"""What ``create`` asks of what it archives: a bundle, or an archive of ours in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    import numpy as np

    from archive_tool.anonymize import Context
    from archive_tool.anonymize.known.consent import ConsentCounts
    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.ingest.census import Census
    from archive_tool.ingest.told import Telling
    from archive_tool.model.archive import ArchiveSource
    from archive_tool.model.bundle import Gap, Part, SourceFile
    from archive_tool.model.findings import FindingLog
    from archive_tool.model.policy import Policy
    from archive_tool.model.progress import Progress
    from archive_tool.model.tables import Batch
    from archive_tool.model.validation import NotChecked
    from archive_tool.pipeline.first_pass.gathered import Gathered
    from archive_tool.pipeline.processes.worker import Worker
    from archive_tool.pipeline.retention import Before
    from archive_tool.pipeline.second_pass.media import SealedMedia
    from archive_tool.policy import Decisions
    from archive_tool.validation.across_types.media import Recorded


class Reader(Protocol):
    """One reading of all rows."""

    @property
    def parts(self) -> Sequence[Part]:
        """Every table found so far, by its order."""
        ...

    @property
    def unreadable(self) -> Sequence[tuple[SourceFile, str]]:
        """Files that are not what they say, with the reason in fixed words."""
        ...

    @property
    def untyped(self) -> Sequence[SourceFile]:
        """Files with a table whose type could not be decided or is not archived."""
        ...

    @property
    def told(self) -> AbstractSet[Telling]:
        """What tables that are not archived say of people; after the iteration."""
        ...

    def batches(self) -> Iterator[Batch]:
        """Rows of all tables, each with its place."""
        ...

    def gaps(self) -> Sequence[Gap]:
        """Rows that exist on the platform and are not here; after the iteration."""
        ...


class Source(Protocol):
    """Rows to archive, with what is known of them."""

    @property
    def name(self) -> str:
        """Short name, for people; it may hold ids."""
        ...

    @property
    def files(self) -> Sequence[SourceFile]:
        """Where the rows stand, the files that are not read included."""
        ...

    @property
    def stamp(self) -> ArchiveSource | None:
        """How the new archive names the one that it is made of; None for a bundle."""
        ...

    @property
    def dates(self) -> Before | None:
        """Until when the rows are kept already; None where nobody has said so yet."""
        ...

    @property
    def has_ids(self) -> bool:
        """Whether rows say whose they are by id; else who may not be read has been left out."""
        ...

    @property
    def not_seen(self) -> Sequence[NotChecked]:
        """What checks of these rows cannot see."""
        ...

    def digest(self) -> str:
        """Give the digest of the bundle that the rows came with."""
        ...

    def admit(self, decisions: Decisions) -> Decisions:
        """Give the decisions that can be carried out on these rows; PolicyError (13) if none."""
        ...

    def reader(
        self, log: FindingLog, progress: Progress | None = None, workers: Sequence[Worker] = ()
    ) -> Reader:
        """Begin to read the rows, together with workers where that is quicker."""
        ...

    def folded(self, census: Census, log: FindingLog) -> Mapping[str, np.ndarray]:
        """By type: sorted places of rows that a newer copy of the same record replaces."""
        ...

    def refuse_unfit(self, gathered: Gathered, accepted: Collection[str]) -> None:
        """Stop before anything is written where what was found forbids it."""
        ...

    def recordings(self, policy: Policy) -> list[SourceFile]:
        """Media files that the policy seals."""
        ...

    def seal(
        self,
        files: list[SourceFile],
        recorded: Mapping[str, Recorded],
        *,
        context: Context,
        writer: ArchiveWriter,
    ) -> SealedMedia:
        """Seal media files; ``recorded``: by label, what the rows say of them."""
        ...

    def rows_unread(self, data_type: str) -> int:
        """Count rows of people that are there and cannot or must not be read."""
        ...

    def consent(self, gathered: Gathered, withdrawn: Sequence[str]) -> ConsentCounts:
        """Count the people by what is known of their consent; ``withdrawn``: ids."""
        ...

    def people_left_out(self, excluded: AbstractSet[str], gathered: Gathered) -> int:
        """Count the people of whom nothing is taken over."""
        ...
