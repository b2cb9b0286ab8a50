"""An archive with codes as what is summarised: whose a row is says the subject key of its file.

Codes lead back to nobody, and may differ from table to table. A file does stand under its person's
key, in all archives of the study under the same one, and by that the release ledger knows people.
So rows come back with a stand-in for the id, made of the subject key; a code still says whether it
is one of a person or of an agent. Who was left out has no file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final

from archive_tool.keys.keyring import stand_in
from archive_tool.lifecycle.stored_policy import decisions_of
from archive_tool.lifecycle.subjects import people, roster
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.people import canonical_people
from archive_tool.pipeline.sources.from_archive import FromArchive
from archive_tool.pipeline.sources.stored_rows import StoredReader
from archive_tool.policy.lesser import has_codes, lesser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from archive_tool.anonymize.known.consent import ConsentCounts
    from archive_tool.archive.reader import Archive
    from archive_tool.model.archive import FileEntry
    from archive_tool.model.tables import Batch
    from archive_tool.pipeline.first_pass.gathered import Gathered
    from archive_tool.policy import Decisions

PERSON: Final = "P-"
AGENT: Final = "A-"


def is_coded(archive: Archive) -> bool:
    """Whether people have codes, and nowhere their ids, in the tables of an archive."""
    types = [name for name in archive.types() if name in BY_NAME]
    return has_codes(decisions_of(archive.path), types)


class CodedReader(StoredReader):
    """One reading of an archive with codes; people are what stands for their ids."""

    _agents: set[str]

    def batches(self) -> Iterator[Batch]:
        """As of any archive; who is an agent is learnt on the way."""
        self._agents = set()
        return super().batches()

    def _listed(self) -> list[roster.Row]:
        return [{roster.PERSON: agent, "isAgent": True} for agent in sorted(self._agents)]

    def _file(self, entry: FileEntry) -> pa.Table:
        table = super()._file(entry)
        column = BY_NAME[entry.data_type].subject
        return _of_one(table, column, self._whose(entry, table[column]))

    def _whose(self, entry: FileEntry, codes: pa.ChunkedArray) -> str | None:
        """Tell whose the rows of a file are by the code in them; None for nobody's."""
        code = next((word for word in codes.unique().to_pylist() if word), "")
        if not code.startswith((PERSON, AGENT)):
            return None
        who = stand_in(entry.subject)
        if code.startswith(AGENT):
            self._agents.add(who)
        return who


@dataclass(frozen=True, kw_only=True)
class FromCodes(FromArchive):
    """The rows of one archive with codes: nothing but summaries can be made of them."""

    has_ids: ClassVar[bool] = False
    reading = CodedReader

    def admit(self, decisions: Decisions) -> Decisions:
        """Give decisions under which no single row leaves; PolicyError (13) for others."""
        return lesser(decisions, self.before, self.tables)

    def consent(self, gathered: Gathered, withdrawn: Sequence[str]) -> ConsentCounts:
        """Count the people by the evidence in their rows; those who withdrew have files here."""
        known = gathered.identifiers  # codes of recipients are among its people
        have_rows: set[str] = set().union(*(t.people for t in gathered.census.types.values()))
        counts = gathered.consent.counts(replace(known, people=frozenset(have_rows) - known.agents))
        here = {entry.subject for entry in self.archive.index}
        gone = canonical_people(withdrawn)
        found = len(here & people.subject_keys(self.vault, gone))
        return replace(counts, withdrawn=found, unmatched=len(gone) - found)


def _of_one(table: pa.Table, column: str, who: str | None) -> pa.Table:
    """Say of all rows whose they are."""
    import pyarrow as pa

    place = table.column_names.index(column)
    names = pa.array([who], pa.string()) if who else pa.array([], pa.string())
    owner = pa.nulls(table.num_rows, pa.int32()) if who is None else pa.repeat(0, table.num_rows)
    words = pa.DictionaryArray.from_arrays(owner.cast(pa.int32()), names)
    return table.set_column(place, table.schema.field(column), words)
