"""From rows to protected summary tables, in the order in which it happens.

rows → lines (:mod:`~archive_tool.disclose.cells.lines`) → cells and totals
(:mod:`~archive_tool.disclose.cells.lattice`) → unsafe ones, and what must be hidden with them
(:mod:`~archive_tool.disclose.protection.protect`) → what no release may say beside earlier ones
(:mod:`~archive_tool.disclose.releases.past`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.disclose.cells.lines import Lines, not_at_hand
from archive_tool.disclose.cells.people import People, is_of_person, one_level_each
from archive_tool.disclose.cells.seats import Everyone, rows_of
from archive_tool.disclose.defaults import specs_for
from archive_tool.disclose.noise.contributions import grid_of, parts
from archive_tool.disclose.noise.tables import noisy_table
from archive_tool.disclose.protection.hiding import refuse
from archive_tool.disclose.protection.protect import protect
from archive_tool.disclose.protection.ties import crossings
from archive_tool.disclose.releases.notes import note, with_unlisted
from archive_tool.disclose.releases.past import Past
from archive_tool.disclose.releases.unseen import refuse_unseen
from archive_tool.disclose.threads import each
from archive_tool.model.aggregates import Dimension, Source, TableSpec
from archive_tool.model.datatypes import COMPONENTS, EVENTS
from archive_tool.model.people import canonical_people
from archive_tool.policy.sources import uses
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    import pyarrow as pa

    from archive_tool.disclose.cells.seats import Rows
    from archive_tool.disclose.noise.tables import NoisyTable
    from archive_tool.disclose.protection.table import AggregateTable
    from archive_tool.disclose.releases.ledger import Ledger
    from archive_tool.disclose.releases.notes import Release
    from archive_tool.model.aggregates import NoisySpec
    from archive_tool.policy.decisions import Decisions

PIECE: Final = 1 << 20
"""Rows that are counted at a time: arrays of more than 32 MB are memory that the system hands out
anew every time, at the price of counting once more."""
_PERSON: Final[Mapping[str, TableSpec]] = {
    "role": TableSpec(
        name="role",
        data_type=EVENTS.name,
        dimensions=(Dimension(name="level", source=Source(column="participantRole")),),
    ),
    "condition": TableSpec(
        name="condition",
        data_type=COMPONENTS.name,
        dimensions=(
            Dimension(name="level", source=Source(column="variableSnapshot", leaf="condition")),
        ),
    ),
}
"""Where a person's role and condition come from."""


@dataclass(kw_only=True)
class Aggregation:
    """Collects the rows of a bundle, type by type, and gives the protected tables at the end."""

    decisions: Decisions
    leave_out: frozenset[str] = frozenset()
    """Ids of agents and of people who are excluded: they count for nothing."""
    ledger: Ledger | None = None
    """What earlier releases of the study have said; without one there is none."""
    everyone: Everyone = field(init=False, repr=False)
    _lines: dict[str, list[Lines]] = field(default_factory=dict, repr=False)
    _earlier: dict[str, list[Lines]] = field(default_factory=dict, repr=False)
    """Tables of earlier releases that this one does not have: counted, never published."""
    _crossings: dict[str, list[Lines]] = field(default_factory=dict, repr=False)
    """What two of all these are broken down by, where no table is: counted, never published."""
    _noisy: list[tuple[NoisySpec, Lines]] = field(default_factory=list, repr=False)
    _persons: dict[str, Lines] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.everyone = Everyone()
        self.leave_out = canonical_people(self.leave_out)
        for asked in self.decisions.policy.aggregate.noisy:
            self._noisy.append((asked, Lines(spec=asked.table, grid=grid_of(asked))))
        needed = [asked.table for asked, _ in self._noisy]
        for data_type in FIELDS:
            specs = specs_for(data_type, self.decisions)
            self._lines[data_type] = [Lines(spec=spec) for spec in specs]
            others = self.ledger.earlier.specs(specs) if self.ledger else []
            refuse_unseen(self.ledger.releases if self.ledger else (), specs, self.decisions)
            self._earlier[data_type] = [Lines(spec=spec) for spec in others]
            at_hand = [*self._lines[data_type], *self._earlier[data_type]]
            self._crossings[data_type] = not_at_hand(crossings([*specs, *others]), at_hand)
            needed += [*specs, *others]
        of_person = {
            source.column
            for spec in needed
            for _, source in uses(spec)
            if is_of_person(source, spec.data_type)
        }
        self._persons = {name: Lines(spec=_PERSON[name]) for name in sorted(of_person)}

    def add(self, data_type: str, table: pa.Table) -> None:
        """Count some rows; they are not kept."""
        all_lines = self._all_lines(data_type)
        if all_lines:
            pieces = self._pieces(data_type, table)
            each(lambda lines: lines.add_all(pieces), all_lines)

    def _all_lines(self, data_type: str) -> list[Lines]:
        """Everything that counts rows of a type."""
        others = (*self._persons.values(), *(lines for _, lines in self._noisy))
        return [
            *self._crossings[data_type],  # of most levels, and not to be waited for at the end
            *self._lines[data_type],
            *self._earlier[data_type],
            *(lines for lines in others if lines.spec.data_type == data_type),
        ]

    def _pieces(self, data_type: str, table: pa.Table) -> list[Rows]:
        """Take rows apart where those of a person lie together; else every piece has everybody."""
        pieces = [
            rows_of(data_type, table.slice(start, PIECE), self.everyone, self.leave_out)
            for start in range(0, table.num_rows, PIECE)
        ]
        seats = [seat for piece in pieces for seat in piece.seat_codes.tolist()]
        if len(seats) > 2 * len(set(seats)):
            return [rows_of(data_type, table, self.everyone, self.leave_out)]
        return pieces

    def tables(self) -> list[AggregateTable]:
        """Protect everything that was counted; a table that nobody has a row for is none.

        Raises DisclosureError (18), naming table and rule, for a declared table of which nothing
        would be left, a dimension with a level per person, a measure without a number in it, and
        negative totals under a dominance rule.
        """
        people = self._people()
        thresholds = self.decisions.policy.aggregate
        made: list[AggregateTable] = []
        past = Past(ledger=self.ledger, names=self.everyone.people.names())
        for data_type, all_lines in self._lines.items():
            filled = [
                lines
                for place, lines in enumerate(all_lines)
                if lines.filled
                and (place == 0 or lines.spec.declared or not lines.says_nothing(people))
            ]
            refuse.empty(lines.spec for lines in all_lines if not lines.filled)
            if filled:
                earlier = [lines for lines in self._earlier[data_type] if lines.filled]
                crossed = self._crossed(data_type, [*filled, *earlier])
                made += protect(
                    filled, people, thresholds, past, earlier=earlier, crossings=crossed
                )
        order = [lines.spec.name for all_lines in self._lines.values() for lines in all_lines]
        made.sort(key=lambda table: order.index(table.name))
        past.refuse(made, thresholds)
        return made

    def _crossed(self, data_type: str, tables: Sequence[Lines]) -> list[Lines]:
        """Give what is counted of the crossings of some tables."""
        counted = (*tables, *self._crossings[data_type])
        found = []
        for spec in crossings([lines.spec for lines in tables]):
            found += [one for lines in counted if (one := lines.counts_for(spec))][:1]
        return found

    def noisy(self) -> list[NoisyTable]:
        """Add noise to the tables that ask for it, every time anew; the caller keeps the budget."""
        people = self._people()
        return [noisy_table(spec, parts(spec, lines, people)) for spec, lines in self._noisy]

    def release(
        self, tables: Sequence[AggregateTable], ledger: Ledger, *, name: str, made: datetime
    ) -> Release:
        """Write down what the tables say of whom, for the ledger."""
        tags = ledger.tags(self.everyone.people.names())
        of_seat, _ = self.everyone.by_seat()
        said = note(
            tables,
            tags,
            self.decisions.policy.aggregate,
            name=name,
            made=made,
            others=[of_seat[lines.merged()[1]] for _, lines in self._noisy],
        )
        return with_unlisted(said, tables, tags)

    def _people(self) -> People:
        of_seat, _ = self.everyone.by_seat()
        levels = {}
        for name, lines in self._persons.items():
            codes, seats, _ = lines.merged()
            words = lines.levels[0].names()
            pairs = zip(of_seat[seats].tolist(), codes[:, 0].tolist(), strict=True)
            levels[name] = one_level_each((person, words[code]) for person, code in pairs)
        return People(everyone=self.everyone, levels=levels)


def aggregate(
    data_type: str,
    tables: Iterable[pa.Table],
    decisions: Decisions,
    *,
    leave_out: frozenset[str] = frozenset(),
) -> list[AggregateTable]:
    """Give the protected tables of one data type by itself; see :class:`Aggregation`."""
    collected = Aggregation(decisions=decisions, leave_out=leave_out)
    for table in tables:
        collected.add(data_type, table)
    return [table for table in collected.tables() if table.data_type == data_type]
