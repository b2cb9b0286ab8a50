"""Two releases against each other: what is left when one cell is taken from another.

Two safe tables can be unsafe together: the same cell before and after one person withdrew, a cell
and a cell with one filter more (disclosure-control.md, "No check against earlier releases"). Cells
of which one may lie inside the other are compared by their people; a few who differ are too few.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from archive_tool.disclose.cells.columns import OTHER
from archive_tool.disclose.releases import sketch
from archive_tool.disclose.releases.notes import beyond
from archive_tool.errors import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from archive_tool.disclose.releases.notes import CellNote, Limits, Release, TableNote
    from archive_tool.model.aggregates import Aggregate

NOBODY: Final = sketch.pack(np.zeros(0, np.uint64))
STUDY: Final = "the number of people that the study has published"
"""Name of the release that is the study's own published number of people."""


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Two cells that give a few people away together, by their rows: levels are data."""

    table: str
    row: int
    """Of the table, from 1; 0 where several cells add up to the other."""
    release: str
    other_table: str
    other_row: int
    """0 where it is no row of a table, but follows from some."""
    rule: str
    merge: tuple[int, ...] = ()
    """Rows of the table whose levels, made one, would unblock it; none where no merge does."""

    def __str__(self) -> str:
        if self.release == STUDY:
            return f"row {self.row} of {self.table} against {STUDY}: {self.rule}"
        other = f"{self.other_table} row {self.other_row}"
        if not self.other_row:
            other = f"a total of {self.other_table}"
        if not self.row:
            return (
                f"cells of {self.table} and the tables beside it that add up to {other}"
                f" of release {self.release}: {self.rule}"
            )
        return (
            f"row {self.row} of {self.table} against {other} of release {self.release}: {self.rule}"
        )

    @property
    def way_out(self) -> str:
        """What would let the release pass."""
        if self.release == STUDY:
            return (
                'declare the tables with totals = "none", or let the study publish the number of '
                "people who are counted here"
            )
        if self.merge:
            rows = ", ".join(str(row) for row in self.merge[:-1])
            return f"merge the levels of rows {rows} and {self.merge[-1]} of {self.table} into one"
        return (
            f"no merge of levels unblocks it: leave {self.table} out, or wait until more people "
            "make the difference"
        )


def refuse(clashes: Sequence[Clash], thresholds: Aggregate) -> None:
    """DisclosureError (18) where there is any clash, with the smallest way out of the first."""
    if not clashes:
        return
    first, more = clashes[0], len(clashes) - 1
    raise DisclosureError(
        f"blocked by {first}" + (f"; {more} more like it" if more else ""),
        where=f"aggregate table {first.table}",
        expected=f"cells that differ by nobody or by at least {thresholds.people} people",
        hint=first.way_out,
        detail={"blocked": [asdict(clash) for clash in clashes[:100]]},
    )


def by_people(count: int) -> str:
    """Say how far two cells are apart."""
    return f"they differ by {'one person' if count == 1 else f'{count} people'}"


def compare(new: Release, earlier: Sequence[Release], thresholds: Aggregate) -> Iterator[Clash]:
    """Compare every published cell with those that it lies in, or that lie in it."""
    for table in new.tables:
        for release in earlier:
            for old in release.tables:
                yield from _clashes((new, table), (release, old), thresholds)


def among(new: Release, thresholds: Aggregate) -> Iterator[Clash]:
    """Compare tables of one release that count other rows; those that count the same are audited."""
    for number, table in enumerate(new.tables):
        for old in new.tables[:number]:
            if not old.counts_like(table):
                yield from _clashes((new, table), (new, old), thresholds)


def _clashes(
    mine: tuple[Release, TableNote], other: tuple[Release, TableNote], thresholds: Aggregate
) -> Iterator[Clash]:
    (new, table), (release, old) = mine, other
    if old.spec.data_type != table.spec.data_type:
        return
    least = max(thresholds.people, release.threshold)
    rounded = new.rounding != release.rounding
    later = new is not release and beyond(table.spec) == beyond(old.spec)
    for cell, note, rule in _pairs(table, old, least, rounded=rounded, later=later):
        yield Clash(
            table=table.spec.name,
            row=cell.row,
            release=release.name,
            other_table=old.spec.name,
            other_row=note.row,
            rule=rule,
            merge=_smallest_merge(table, old, cell, least),
        )


def _pairs(
    table: TableNote, old: TableNote, least: int, *, rounded: bool, later: bool
) -> Iterator[tuple[CellNote, CellNote, str]]:
    """Cells of two tables, one of which may lie inside the other, that must not stand together.

    ``later``: whether the first table counts what the other did, at another time.
    """
    mine, theirs = _indexed(table), _indexed(old)
    for my_names, cells in mine.items():
        for their_names, notes in theirs.items():
            if not (my_names <= their_names or their_names <= my_names):
                continue
            beside = _beside(table, notes, old, my_names, their_names)
            for cell in cells:
                for note in beside(cell):
                    rule = _clash(cell, note, table, old, least)
                    alike = cell.open and note.open and cell.limits == note.limits
                    if not rule and rounded and alike and cell.rows == note.rows:
                        rule = "published with another rounding"
                    if not rule and later and my_names == their_names:
                        rule = _told_by_hiding(cell, note, least)
                    if rule:
                        yield cell, note, rule


def _beside(
    table: TableNote, notes: Sequence[CellNote], old: TableNote,
    my_names: frozenset[str], their_names: frozenset[str],
) -> Callable[[CellNote], Iterator[CellNote]]:  # fmt: skip
    """Give a function for the cells of another table that a cell may lie in, or that lie in it.

    A level that one table names may lie in what the other calls another one.
    """
    shared = my_names & their_names
    my_levels, their_levels = _levels(table), _levels(old)
    same: dict[Limits, list[CellNote]] = defaultdict(list)
    within: dict[Limits, list[CellNote]] = defaultdict(list)
    for note in notes:
        key = _only((*note.limits, *old.where), shared)
        same[key].append(note)
        folded = _folded(key, my_levels)
        if folded != key and my_names == shared:
            within[folded].append(note)

    def of(cell: CellNote) -> Iterator[CellNote]:
        key = _only((*cell.limits, *table.where), shared)
        folded = _folded(key, their_levels)
        yield from same.get(key, ())
        yield from within.get(key, ())
        if folded != key and their_names == shared:
            yield from same.get(folded, ())

    return of


def _levels(table: TableNote) -> dict[str, set[str]]:
    """Levels that a table names, by what limits its cells."""
    found: dict[str, set[str]] = {}
    for cell in table.cells:
        for name, level in (*cell.limits, *table.where):
            found.setdefault(name, set()).add(level)
    return found


def _folded(key: Limits, levels: dict[str, set[str]]) -> Limits:
    """Say where another table, with these levels, has a cell: what it does not name is another one."""
    return tuple(
        (name, OTHER if OTHER in levels[name] and level not in levels[name] else level)
        for name, level in key
    )


def _indexed(table: TableNote) -> dict[frozenset[str], list[CellNote]]:
    """Cells by the names of what limits them, filters included."""
    found: dict[frozenset[str], list[CellNote]] = {}
    for cell in table.cells:
        names = frozenset(name for name, _ in (*cell.limits, *table.where))
        found.setdefault(names, []).append(cell)
    return found


def _only(pairs: Iterable[tuple[str, str]], names: frozenset[str]) -> Limits:
    return tuple(sorted({pair for pair in pairs if pair[0] in names}))


def _clash(cell: CellNote, note: CellNote, table: TableNote, old: TableNote, least: int) -> str:
    """Say why two cells must not both be known; empty when they may.

    What was hidden before is no business of this: the ledger keeps it hidden.
    """
    if not cell.open or not note.open:
        return ""
    same = table.full(cell) == old.full(note) and beyond(table.spec) == beyond(old.spec)
    alike = table.spec.measure == old.spec.measure is not None
    # what is left when one is taken from the other is about the people whose rows differ
    packs = [(cell.rows, note.rows)]
    if (cell.limits, table.where) == (note.limits, old.where):
        packs.append((cell.people, note.people))
    if same and cell.measured and note.measured and alike:
        packs.append((cell.values, note.values))
    for left, right in packs:
        people = sketch.difference(left, right, enough=least)
        if 0 < people < least:
            return by_people(people)
    return ""


def _told_by_hiding(cell: CellNote, note: CellNote, least: int) -> str:
    """Say what it tells that a cell of few people is hidden in one release, and published in the other.

    Somebody left, and the cell is hidden since: that was one of its ten people. What is hidden in both, or
    for more than its people, tells nothing.
    """
    hidden = note if cell.open else cell
    if cell.open == note.open or sketch.difference(hidden.people, NOBODY, enough=least) >= least:
        return ""
    people = sketch.difference(cell.rows, note.rows, enough=least)
    if people >= least or (not people and note.open):
        return ""
    return f"hidden in one of them, and {by_people(people)}" if people else "hidden before"


def _smallest_merge(
    table: TableNote, old: TableNote, cell: CellNote, least: int
) -> tuple[int, ...]:
    """Rows beside a cell, of one dimension, that together differ by enough people; else none.

    Whoever has both releases can add cells up on both sides, so what counts for the merged cell is
    everybody whose rows differ in any of its parts.
    """
    then = {note.limits: note for note in old.cells}
    best: tuple[int, ...] = ()
    for dimension, _ in cell.limits:
        beside = [
            one
            for one in table.cells
            if one.row not in {0, cell.row}
            and one.limits in then
            and _without(one.limits, dimension) == _without(cell.limits, dimension)
        ]
        if cell.limits not in then or not beside:
            continue
        apart = {one.row: sketch.apart(one.rows, then[one.limits].rows) for one in beside}
        rows = _enough(apart, sketch.apart(cell.rows, then[cell.limits].rows) or set(), least)
        if rows and (not best or len(rows) + 1 < len(best)):
            best = tuple(sorted((cell.row, *rows)))
    return best


def _enough(apart: dict[int, set[int] | None], people: set[int], least: int) -> list[int]:
    """Fewest rows that bring the people together, the largest differences first; else none."""
    for row, more in apart.items():
        if more is None:
            return [row]
    chosen: list[int] = []
    left = {row: more for row, more in apart.items() if more}
    while len(people) < least and left:
        row = max(left, key=lambda one: (len(left[one] - people), -one))
        people = people | left.pop(row)
        chosen.append(row)
    return chosen if len(people) >= least else []


def _without(limits: Limits, dimension: str) -> tuple[tuple[str, ...], Limits]:
    """Name the dimensions, and give the levels of all but one."""
    return tuple(name for name, _ in limits), tuple(p for p in limits if p[0] != dimension)
