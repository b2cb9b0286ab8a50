"""Overlapping downloads: of several copies of one record, one stays.

A lab fetches the same room again and again, in pages and in other scopes, so that the same record
lies in several files; later copies may have more fields or corrected times
(seed-data-management.md, on periodic downloads). Copies are told by the record id, never by equal
bytes. The rules, in their order:

1. Rows with one id but different people or rooms are different records: all of them stay. People are told
   apart as everywhere: ``prolific_X`` is ``X``.
2. The newest download wins (an unknown date is the oldest); of those of which none is known to be newer
   (:mod:`archive_tool.ingest.overlaps.ages`) the copy with more values, then JSON, which tells numbers from
   texts, then the higher page offset, then the later part and row.
3. A copy that says all that this one says, and some of it with more digits
   (:mod:`archive_tool.ingest.overlaps.exactness`), wins all the same: the newer file is one that a program
   saved again. So does one that says the same in JSON (but not in texts of it), or in a table that has more digits elsewhere and
   fewer nowhere; and every row beside a CSV that has fewer digits in most of its rows, or is separated by
   semicolons or tabs, as no download is: what else differs there is told as a conflict.
4. Different rows with one id inside one part are an error of the data: they all stay. Where a copy in another part
   wins they go, and what is in no other part is told.
5. Rows of records without an id are copies when all but the room is equal and no two rooms are named, and so
   are rows whose times lack the fraction of the only such row of that second; the part that has most of them
   stays, and of equal ones that which has the fractions, or names the room.

A row is only dropped when a row that stays stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from archive_tool.ingest.fingerprint import combined
from archive_tool.ingest.overlaps.beside import beside
from archive_tool.ingest.overlaps.copies import gathered, numbered
from archive_tool.ingest.overlaps.findings import Teller

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from archive_tool.ingest.arrow import Ints, Mask
    from archive_tool.ingest.overlaps.beside import Beside
    from archive_tool.ingest.overlaps.copies import Copies
    from archive_tool.model.bundle import Part
    from archive_tool.model.findings import Finding
    from archive_tool.model.tables import Batch


@dataclass(frozen=True, kw_only=True)
class Fold:
    """What folding found."""

    dropped: Ints
    """``_at`` of the rows that another copy stands for, sorted."""
    findings: list[Finding]


def fold(candidates: Iterable[Batch], parts: Sequence[Part], data_type: str) -> Fold:
    """Decide which of several copies of a record stay.

    ``candidates`` are the rows that :meth:`Duplicates.filter` leaves over, in any order; rows whose
    id is there only once do no harm. ``parts`` are indexed by ``Part.order``.
    """
    batches = [batch for batch in candidates if batch.table.num_rows]
    if not batches:
        return Fold(dropped=np.empty(0, np.int64), findings=[])
    copies = gathered(batches, parts, data_type)
    found = beside(batches, copies, _winners(copies), data_type)
    better = _more_exact(found)
    if better is not None:
        found = beside(batches, copies, better, data_type)
    stays = _staying(copies, found.winner)
    findings = list(Teller(found, parts, data_type).tell(stays))
    return Fold(dropped=np.sort(copies.at[~stays]), findings=findings)


def _winners(copies: Copies) -> Ints:
    """Position of the winning copy of each row's record."""
    order = np.lexsort((copies.at, copies.offset, *_preference(copies), copies.record))
    winner = np.empty(int(copies.record.max()) + 1, np.int64)
    winner[copies.record[order]] = order  # the last one of each record
    return winner[copies.record]


def _more_exact(found: Beside) -> Ints | None:
    """Position of the copy that wins because it is more exact; None where none does."""
    copies, winner = found.copies, found.winner
    if not copies.identity:
        return None
    exact = found.more > 0
    typed = copies.typed & ~copies.typed[winner] & (copies.unread <= copies.unread[winner])
    as_new = copies.newest & (copies.richness >= copies.richness[winner])
    some, most = _saved_again(found)
    better = np.where(found.other, exact & as_new | most, exact | typed | some)
    better &= ~found.less & ~found.thinner & (copies.part != copies.part[winner])
    rows = np.flatnonzero(better)
    if not len(rows):
        return None
    order = rows[np.lexsort((copies.at[rows], copies.newest[rows], found.more[rows]))]
    of_record = np.empty(int(copies.record.max()) + 1, np.int64)
    of_record[copies.record] = winner
    of_record[copies.record[order]] = order  # the last one of each record
    return of_record[copies.record]


def _saved_again(found: Beside) -> tuple[Mask, Mask]:
    """Rows beside a table that a program saved again: some of its rows have fewer digits; beside a CSV that says so.

    The date of such a table is the day it was saved: it does not make another value a correction.
    """
    copies, winner = found.copies, found.winner
    tables = copies.part.astype(np.uint64), copies.part[winner].astype(np.uint64)
    pair = numbered(combined(*tables))
    more = np.bincount(pair, weights=(found.more > 0) & ~found.less)
    some = (more > 0) & (np.bincount(pair, weights=found.less) == 0)
    most = 2 * more > np.bincount(pair)
    other_form = copies.saved[winner] & ~copies.saved
    return some[pair] | other_form, most[pair] & ~copies.typed[winner] | other_form


def _preference(copies: Copies) -> tuple[NDArray[Any], ...]:
    """Give what tells the better copy, the weightiest last."""
    if copies.identity:
        return copies.typed, copies.richness, copies.newest
    own = numbered(combined(copies.record.astype(np.uint64), copies.part.astype(np.uint64)))
    return copies.newest, copies.richness, ~copies.cut, np.bincount(own)[own]


def _staying(copies: Copies, winner: Ints) -> Mask:
    """Rows of the winner's part, of equal ones the first; without a record id all of them."""
    stays: Mask = copies.part == copies.part[winner]
    if not copies.identity:
        return stays
    candidates = np.flatnonzero(stays)
    order = candidates[
        np.lexsort((copies.at[candidates], copies.content[candidates], copies.record[candidates]))
    ]
    again = np.zeros(len(order), np.bool_)
    again[1:] = (copies.record[order][1:] == copies.record[order][:-1]) & (
        copies.content[order][1:] == copies.content[order][:-1]
    )
    stays[order[again]] = False
    return stays
