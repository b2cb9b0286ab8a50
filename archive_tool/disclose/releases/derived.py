"""Cells of earlier releases that the new cells add up to, with a few people more or less.

A state has one component only: by states before, by components now, and one person withdrew in
between. No cell of one release is called like a cell of the other, and yet they are the same. So
are the two components of a state, added up before, and the state now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from archive_tool.disclose.protection.sheet import OPEN
from archive_tool.disclose.protection.solving.known import known
from archive_tool.disclose.protection.ties import is_tie
from archive_tool.disclose.releases import sketch
from archive_tool.disclose.releases.differencing import Clash, by_people
from archive_tool.disclose.releases.notes import full_limits, with_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.disclose.cells.lattice import Cells, Kept, Lattice
    from archive_tool.disclose.protection.family import Family
    from archive_tool.disclose.protection.sheet import Sheet
    from archive_tool.disclose.releases.earlier import Earlier, Published
    from archive_tool.disclose.releases.notes import Limits, Release, TableNote
    from archive_tool.model.aggregates import Aggregate


def added_up(
    family: Family, earlier: Earlier, tags: np.ndarray, thresholds: Aggregate
) -> Iterator[Clash]:
    """Compare what follows from the new cells alone with what was published of it before.

    ``family``: the new tables first, then those of earlier releases, all counted of the new rows.
    """
    sheets = family.sheets
    seen, _ = known(replace(family, sheets=[replace(sheet, fixed={}) for sheet in sheets]))
    for sheet, told in zip(sheets, seen, strict=True):
        known_cells = earlier.published(sheet.lattice.spec)
        if known_cells:
            yield from _ties(
                sheet, told, known_cells, tags, sheets[0].lattice.spec.name, thresholds
            )
        for kept, cell in _followed(sheet, told) if known_cells else ():
            lattice, cells = sheet.lattice, sheet.lattice.groups[kept]
            about = full_limits(lattice, cells, cell)
            packed = _packed(cells, cell, tags)
            for release, table, note in known_cells.get(about, ()):
                least = max(thresholds.people, release.threshold)
                pairs = zip((note.people, note.rows), packed, strict=True)
                apart = [sketch.difference(*pair, enough=least) for pair in pairs]
                few = max((people for people in apart if people < least), default=0)
                if few:
                    yield Clash(
                        table=sheets[0].lattice.spec.name,
                        row=0,
                        release=release.name,
                        other_table=table.spec.name,
                        other_row=note.row,
                        rule=by_people(few),
                    )


def _followed(sheet: Sheet, told: dict[Kept, np.ndarray]) -> Iterator[tuple[Kept, int]]:
    """Cells that follow from others; those that are published themselves are compared as they are."""
    for kept, followed in told.items():
        if is_tie(kept):
            continue
        itself = (sheet.status[kept] == OPEN) & (kept in sheet.published)
        yield from ((kept, cell) for cell in np.flatnonzero(followed & ~itself).tolist())


def _ties(
    sheet: Sheet, told: dict[Kept, np.ndarray], known_cells: dict[Limits, list[Published]],
    tags: np.ndarray, name: str, thresholds: Aggregate,
) -> Iterator[Clash]:  # fmt: skip
    """Compare the ties that follow from the new cells with the earlier cells that they are made of."""
    for kept, followed in told.items():
        if not is_tie(kept):
            continue
        of_base = sheet.lattice.groups[kept].of_base
        for cell in np.flatnonzero(followed[:-1]).tolist():  # the last one is what is in none
            for parts in _made_of(sheet.lattice, of_base == cell):
                for release, table, apart in _apart(sheet.lattice, parts, known_cells, tags):
                    least = max(thresholds.people, release.threshold)
                    few = max((len(people) for people in apart if len(people) < least), default=0)
                    if few:
                        yield Clash(
                            table=name,
                            row=0,
                            release=release.name,
                            other_table=table.spec.name,
                            other_row=0,
                            rule=by_people(few),
                        )


def _made_of(lattice: Lattice, inside: np.ndarray) -> Iterator[tuple[Cells, list[int]]]:
    """Give the groups of which some cells make up these finest cells, and the cells."""
    for kept, cells in lattice.groups.items():
        if is_tie(kept):
            continue
        parts = np.unique(cells.of_base[inside])
        if not np.isin(cells.of_base[~inside], parts).any():
            yield cells, parts.tolist()


def _apart(
    lattice: Lattice, parts: tuple[Cells, list[int]], known_cells: dict[Limits, list[Published]],
    tags: np.ndarray,
) -> Iterator[tuple[Release, TableNote, list[set[int]]]]:  # fmt: skip
    """Give, for every earlier table with all these cells, by whom they differ: people, and rows.

    Differences of people too many to be listed are left out.
    """
    cells, numbers = parts
    published = [known_cells.get(full_limits(lattice, cells, one), []) for one in numbers]
    for release, table, _ in published[0]:
        notes = [n for one in published for r, t, n in one if r is release and t is table]
        if len(notes) != len(numbers):
            continue
        packed = [_packed(cells, one, tags) for one in numbers]
        pairs = zip(notes, packed, strict=True)
        apart = [
            (sketch.apart(note.people, people), sketch.apart(note.rows, rows))
            for note, (people, rows) in pairs
        ]
        both = [list(one) for one in zip(*apart, strict=True)]
        yield release, table, [set().union(*one) for one in both if None not in one]


def _packed(cells: Cells, cell: int, tags: np.ndarray) -> tuple[bytes, bytes]:
    lines = slice(cells.starts[cell], cells.starts[cell + 1])
    people = tags[cells.people[lines]]
    return sketch.pack(people), sketch.pack(with_rows(people, cells.sums.rows[lines]))
