"""An archive as what is archived: another is made of it that tells less.

Its rows were validated when they were archived and lie under the subjects' own keys, so that what
was erased since cannot be read and is not there. Overlaps were folded then.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, Self

from archive_tool.archive import layout
from archive_tool.archive.revision import seal_of
from archive_tool.errors import FormatError, IntegrityError, PolicyError
from archive_tool.lifecycle.stored_policy import decisions_of
from archive_tool.lifecycle.subjects import people, roster
from archive_tool.model.archive import ArchiveSource
from archive_tool.model.bundle import FileKind, SourceFile
from archive_tool.model.datatypes import BY_NAME, MEDIA
from archive_tool.model.people import canonical_people
from archive_tool.model.validation import NotChecked
from archive_tool.pipeline.retention import Before
from archive_tool.pipeline.second_pass import media
from archive_tool.pipeline.sources.stored_rows import StoredReader
from archive_tool.policy.lesser import lesser
from archive_tool.policy.recordings import SEAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    import numpy as np

    from archive_tool.anonymize import Context
    from archive_tool.anonymize.known.consent import ConsentCounts
    from archive_tool.archive.reader import Archive
    from archive_tool.archive.writer import ArchiveWriter
    from archive_tool.ingest.census import Census
    from archive_tool.keys import Vault
    from archive_tool.model.archive import FileEntry
    from archive_tool.model.findings import FindingLog
    from archive_tool.model.policy import Policy
    from archive_tool.model.progress import Progress
    from archive_tool.pipeline.first_pass.gathered import Gathered
    from archive_tool.pipeline.processes.worker import Worker
    from archive_tool.policy import Decisions

ROW_BYTES: Final = 256
"""About what a row takes in memory."""


@dataclass(frozen=True, kw_only=True)
class FromArchive:
    """The rows of one archive, opened with its vault."""

    archive: Archive
    vault: Vault = field(repr=False)
    before: Decisions = field(repr=False)
    """The policy that its rows went through."""
    left_out: frozenset[str] = field(repr=False)
    """Subject keys whose files are not read: people who took their consent back."""
    files: tuple[SourceFile, ...]
    """One for each data type, so that findings can name where a row is."""

    has_ids: ClassVar[bool] = True
    reading: ClassVar[type[StoredReader]] = StoredReader

    @classmethod
    def of(
        cls,
        archive: Archive,
        vault: Vault,
        withdrawn: Sequence[str] = (),
        leave_out_types: Sequence[str] = (),
    ) -> Self:
        """Take an open archive, without some people and some data types.

        Raises PolicyError (13) for one that holds summary tables, IntegrityError (16) for an older
        revision.
        """
        _refuse_unfit(archive, vault)
        return cls(
            archive=archive,
            vault=vault,
            before=decisions_of(archive.path),
            left_out=people.subject_keys(vault, withdrawn),
            files=_files(archive, leave_out_types),
        )

    @property
    def tables(self) -> list[str]:
        """Data types with rows; recordings are none."""
        return [name for name in self.archive.types() if name in BY_NAME]

    @property
    def name(self) -> str:
        """Id of the archive."""
        return self.archive.archive_id

    @property
    def stamp(self) -> ArchiveSource:
        """How the archive that is made of this one names it."""
        return ArchiveSource(
            archive_id=self.archive.archive_id,
            seal=seal_of(self.archive.path),
            policy=self.archive.manifest.policy,
        )

    @property
    def dates(self) -> Before:
        """Until when its types are kept, and what is known of when they happened."""
        stated = self.archive.manifest
        return Before(
            terms=stated.retention,
            made=stated.created.date(),
            has_clocks=self.before.tells_days,
        )

    @property
    def not_seen(self) -> Sequence[NotChecked]:
        """The files of the bundle: what was found in them was said when they were archived."""
        why = f"the rows come from archive {self.name}; its report says what was found in them"
        return [NotChecked(what="the files of the bundle", why=why)]

    def digest(self) -> str:
        """Give the digest of the bundle that the rows came from."""
        return self.archive.manifest.bundle_digest

    def admit(self, decisions: Decisions) -> Decisions:
        """Give decisions that tell less than the archive does; PolicyError (13) for others.

        FormatError (15) where the archive does not say who is an agent.
        """
        less = lesser(decisions, self.before, self.tables)
        if not roster.has_roster(self.archive):
            raise FormatError(
                "does not say who is an agent and who declined",
                where=self.archive.archive_id,
                expected=f"an archive with {roster.PATH}",
                hint="an earlier release made it: make the other archive from the bundle",
            )
        return less

    def reader(
        self, _: FindingLog, progress: Progress | None = None, __: Sequence[Worker] = ()
    ) -> StoredReader:
        """Begin to read the archive."""
        return self.reading(
            self.archive, self.vault, self.files, is_read=self.is_read, progress=progress
        )

    def folded(self, _: Census, __: FindingLog) -> Mapping[str, np.ndarray]:
        """Overlaps were folded before the rows were written."""
        return {}

    def refuse_unfit(self, *_: object) -> None:
        """The rows were found fit when they were archived."""

    def recordings(self, policy: Policy) -> list[SourceFile]:
        """Refuse to seal recordings again: they stay where they are.

        PolicyError (13) where the policy seals recordings and the archive has some.
        """
        if policy.media == SEAL and MEDIA in self.archive.types():
            raise PolicyError(
                "recordings of an archive are not taken over into another",
                where="media",
                expected='media = "exclude"',
                hint="they stay in the archive that has them; or make the other from the bundle",
            )
        return []

    def seal(self, *_: object, context: Context, writer: ArchiveWriter) -> media.SealedMedia:
        """There are none to seal."""
        return media.SealedMedia()

    def rows_unread(self, data_type: str) -> int:
        """Count the rows of people who were erased or took their consent back."""
        entries = (e for e in self.archive.index if e.data_type == data_type)
        return sum(entry.rows for entry in entries if not self.is_read(entry))

    def consent(self, gathered: Gathered, withdrawn: Sequence[str]) -> ConsentCounts:
        """Count the people by the evidence in the rows and listings."""
        return gathered.consent.counts(gathered.identifiers, withdrawn)

    def people_left_out(self, excluded: AbstractSet[str], gathered: Gathered) -> int:
        """Count the people of whom nothing is taken over, and those who went earlier."""
        have_rows: set[str] = set().union(*(t.people for t in gathered.census.types.values()))
        gone = {e.subject for e in self.archive.index if e.subject and not self.is_read(e)}
        read = {e.subject for e in self.archive.index if self.is_read(e)}
        refused = canonical_people(excluded) & canonical_people(have_rows)
        return len(refused) + len(gone - read) + self.archive.manifest.erased

    def is_read(self, entry: FileEntry) -> bool:
        """Whether the rows of a file can be read and may be."""
        return entry.subject not in self.left_out and not self.archive.is_erased(entry)


def _refuse_unfit(archive: Archive, vault: Vault) -> None:
    if any(map(layout.is_aggregate, archive.types())):
        raise PolicyError(
            "holds summary tables, and nothing that tells less can be made of those",
            where=archive.archive_id,
            expected="an archive of single rows",
        )
    if archive.manifest.revision < vault.newest_revision(archive.archive_id):
        raise IntegrityError(
            "is an older revision that came from a copy",
            where=archive.archive_id,
            expected="the newest revision, with its dates",
            hint="put the newest one back",
        )


def _files(archive: Archive, left_out: Sequence[str]) -> tuple[SourceFile, ...]:
    rows = Counter[str]()
    for entry in archive.index:
        rows[entry.data_type] += entry.rows
    return tuple(
        SourceFile(label=f"F{n:03d}", path=name, size=rows[name] * ROW_BYTES, kind=FileKind.NDJSON)
        for n, name in enumerate(sorted((rows.keys() & BY_NAME.keys()) - {*left_out}), start=1)
    )
