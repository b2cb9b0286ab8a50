"""What folding has to say: counts, positions and columns, never an id or a value.

Each kind says several things of its copies; its own sentence and weight are those of the docs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.ingest.fingerprint import NULL, combined
from archive_tool.ingest.overlaps.copies import has_several, numbered
from archive_tool.ingest.overlaps.exactness import MORE, OTHER
from archive_tool.model.findings import FIRST_ROWS, Code, Rows, Severity, finding
from archive_tool.model.tables import part_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive_tool.ingest.arrow import Mask
    from archive_tool.ingest.overlaps.beside import Beside
    from archive_tool.ingest.overlaps.copies import Copies
    from archive_tool.model.bundle import Part
    from archive_tool.model.findings import Finding

OVERLAP: Final = Code(
    name="RECORDS-OVERLAP",
    severity=Severity.NOTE,
    message="rows that another download holds as well",
    meaning="Downloads of the same rooms overlap; every row is kept once.",
)
REVISED: Final = Code(
    name="RECORDS-REVISED",
    severity=Severity.NOTE,
    message="rows that a newer or fuller copy replaces",
    meaning="The platform changes records afterwards; the newest download wins.",
)
THINNER: Final = Code(
    name="RECORDS-THINNER",
    severity=Severity.WARNING,
    message="the copy that is kept lacks a value",
    meaning="The newest copy of a record has all values that older copies have.",
    advice="a filtered or shortened export is the newest: fetch the table again",
)
ROUNDED: Final = Code(
    name="RECORDS-ROUNDED",
    severity=Severity.WARNING,
    message="copies of one record show fewer digits than others",
    meaning="Programs that save a table again write fewer digits: R and spreadsheets 15 or what they show, "
    "Stata those of 32-bit floats; R cuts times at the second. Of copies that say the same the one with all digits "
    "is kept, also where the other is newer: that is a note. It is a warning where the newer copy is kept because "
    "it says something else besides. Beside JSON a CSV is no correction if most of its rows have fewer digits: what "
    "else differs is `RECORDS-CONFLICT`.",
    advice="of a note, nothing; else archive without the file that was saved again",
)
CONFLICT: Final = Code(
    name="RECORDS-CONFLICT",
    severity=Severity.WARNING,
    message="copies of one record hold different values",
    meaning="Copies of one record say the same where none is known to be newer, and a record id "
    "belongs to one person and one room. Stamps in names of folders are local times: beside the clock of "
    "the platform they say what is newer only where no time zone could turn the order.",
    advice="do not mix exports with and without identifiers, or of different studies",
)
DUPLICATE_ID: Final = Code(
    name="RECORDS-DUPLICATE-ID",
    severity=Severity.ERROR,
    message="rows with the same record id in one table",
    meaning="A record id is there once in a table. An error where the rows differ, "
    "a warning where they are equal, and where a copy in a newer file replaces rows that differ: one of them may "
    "be another record, which is then in no file that is kept.",
    advice="fetch the file again; a spreadsheet may have changed the ids",
)

_FILES_APART: Final = 20
"""With more files than this a finding speaks of all files together."""


class Teller:
    """Turns what happened to the copies into findings."""

    def __init__(self, beside: Beside, parts: Sequence[Part], data_type: str) -> None:
        self._beside = beside
        self._copies = beside.copies
        self._winner = beside.winner
        self._labels = np.array([part.file.label for part in parts])
        self._before = np.array([part.before for part in parts], np.int64)
        self._data_type = data_type

    def tell(self, stays: Mask) -> Iterator[Finding]:
        """Yield the findings, most harmful first."""
        copies, winner = self._copies, self._winner
        yield from self._one_part(stays)
        yield from self._identities()
        gone = ~stays & (copies.part != copies.part[winner])
        same = ~self._beside.changed & ~self._beside.less
        equal = gone & (same | _in(copies, stays))
        yield from self._finding(
            OVERLAP,
            Severity.NOTE,
            equal,
            "rows that another download holds as well; each is kept once",
        )
        yield from self._changed(gone & ~equal)

    def _one_part(self, stays: Mask) -> Iterator[Finding]:
        """Tell of rows that share an id inside one part."""
        copies = self._copies
        if not copies.identity:
            return
        staying = np.bincount(copies.ident[stays], minlength=int(copies.ident.max()) + 1)
        staying = staying[copies.ident]
        if staying.max() > 1:
            own = combined(copies.ident.astype(np.uint64), copies.part.astype(np.uint64))
            numbers = numbered(own)
            staying = np.bincount(numbers, weights=stays)[numbers]
        yield from self._finding(
            DUPLICATE_ID,
            Severity.ERROR,
            stays & (staying > 1),
            "different rows with the same record id in one table; all of them are kept",
            check="a record id is there once in a table",
            hint="fetch the file again; a spreadsheet program may have changed the ids",
        )
        yield from self._finding(
            DUPLICATE_ID,
            Severity.WARNING,
            ~stays & (copies.part == copies.part[self._winner]),
            "the same row more than once in one table; it is kept once",
            check="a row is there once in a table",
        )
        own = combined(copies.record.astype(np.uint64), copies.part.astype(np.uint64))
        yield from self._finding(
            DUPLICATE_ID,
            Severity.WARNING,
            has_several(numbered(own), copies.content) & ~_in(copies, stays),
            "different rows with the same record id in one table; a copy in another file replaces them",
            check="a record id is there once in a table that is replaced",
            hint="look whether one of them is another record, which is then in no other file",
        )

    def _identities(self) -> Iterator[Finding]:
        """Tell of ids that belong to several people or rooms in different parts."""
        copies = self._copies
        elsewhere = has_several(copies.ident, (copies.part + 1).astype(np.uint64))
        for column, found in copies.identity.items():
            yield from self._finding(
                CONFLICT,
                Severity.WARNING,
                has_several(copies.ident, found) & elsewhere & copies.ambiguous,
                "rows with the same record id but another value here; all of them are kept",
                column=column,
                hint="do not mix exports with and without identifiers, or of different studies",
            )

    def _changed(self, gone: Mask) -> Iterator[Finding]:
        """Tell of dropped copies that differ from the one that stays."""
        copies, beside = self._copies, self._beside
        conflicting = np.zeros(len(gone), np.bool_)
        for column, relation in beside.relations.items():
            found = copies.values[column]
            conflict = gone & (relation == OTHER) & copies.newest
            conflicting |= conflict
            yield from self._finding(
                CONFLICT,
                Severity.WARNING,
                conflict,
                "copies of one record hold different values, and none is known to be newer",
                column=column,
                hint="the copy with more values or digits was kept; delete the files that are wrong",
            )
            yield from self._finding(
                THINNER,
                Severity.WARNING,
                gone & (found != NULL) & (found[self._winner] == NULL),
                "the copy that is kept has no value here, a copy that is dropped has one",
                column=column,
                hint="a filtered or shortened export is the newest: fetch the whole table again",
            )
            yield from self._finding(
                ROUNDED,
                Severity.WARNING,
                gone & (relation == MORE),
                "the copy that is kept has fewer digits here than a copy that is dropped",
                column=column,
                hint="the newest file was saved again by another program: archive without it",
            )
        yield from self._finding(
            REVISED,
            Severity.NOTE,
            gone & beside.changed & ~conflicting,
            "rows that a newer or fuller copy of the same record replaces",
        )
        yield from self._finding(
            ROUNDED,
            Severity.NOTE,
            gone & beside.less,
            "rows whose numbers or times have fewer digits than the copy that is kept",
        )

    def _finding(
        self,
        code: Code,
        severity: Severity,
        mask: Mask,
        message: str,
        *,
        column: str | None = None,
        check: str = "",
        hint: str = "",
    ) -> Iterator[Finding]:
        """One finding per file; a single one when too many files are concerned."""
        at = np.sort(self._copies.at[mask])
        labels = self._labels[part_of(at)]
        files = Counter(labels.tolist())
        apart = len(files) <= _FILES_APART
        for file in sorted(files) if apart else [None] * bool(files):
            here = at if file is None else at[labels == file]
            here = here[:FIRST_ROWS]
            first = row_of(here) + 1 + self._before[part_of(here)]
            yield finding(
                code,
                self._data_type,
                message=message,
                suffix="" if file else f"; in {len(files)} files",
                severity=severity,
                hint=hint,
                file=file,
                column=column,
                check=check,
                rows=Rows(
                    count=files[file] if file else len(at),
                    first=tuple(first.tolist()) if file else (),
                ),
            )


def _in(copies: Copies, stays: Mask) -> Mask:
    """Rows whose record has a staying row of equal content."""
    own = combined(copies.record.astype(np.uint64), copies.content)
    found: Mask = np.isin(own, own[stays])
    return found
