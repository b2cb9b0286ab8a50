"""``time = "shift"`` proven: in each room every clock moved by the same whole number of days.

Of the source and of what was decrypted, every clock gives a few sums per room and place. A record
weighs as much as a hash of its code, so that ``sum(weight * time)`` moves by ``days * sum(weight)``
when all clocks did, and by something else as soon as one did not, or two changed places (but for
one chance in 2**50). So a million rows become a few numbers, whatever the order of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from archive_tool.anonymize.apply import without_excluded
from archive_tool.anonymize.clocks import MICROSECONDS_A_DAY
from archive_tool.anonymize.codes import LARGEST_SHIFT
from archive_tool.anonymize.columns import code_column
from archive_tool.disclose.gate import hits
from archive_tool.disclose.gate.hits import Hit
from archive_tool.disclose.gate.json_clocks import JsonClocks
from archive_tool.ingest.fingerprint import of_bits, of_column
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import INDIVIDUAL, Action
from archive_tool.model.tables import EXTRA
from archive_tool.schemas import FIELDS, Kind, Sensitivity, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive_tool.anonymize.plan import Plan
    from archive_tool.policy import Decisions

Spot = tuple[str, str, str]
"""Room as it is called in the release, data type, and column or place inside it."""

_WRAP: Final = 2**64


@dataclass(kw_only=True)
class Sums:
    """What is known of the clocks of one spot, in microseconds since 1970."""

    clocks: int = 0
    earliest: int = 2**63
    weights: int = 0
    weighted: int = 0
    doubtful: bool = False
    """Some clock lies so far from our days that its unit may change when it moves."""

    def add(self, other: Sums) -> None:
        """Take over those of other rows."""
        self.clocks += other.clocks
        self.earliest = min(self.earliest, other.earliest)
        self.weights = (self.weights + other.weights) % _WRAP
        self.weighted = (self.weighted + other.weighted) % _WRAP
        self.doubtful = self.doubtful or other.doubtful

    def moved_to(self, other: Sums) -> int | None:
        """Days by which all of these clocks moved to become the others; None when they did not."""
        if self.clocks != other.clocks:
            return None
        days, rest = divmod(other.earliest - self.earliest, MICROSECONDS_A_DAY)
        expected = (self.weighted + days * MICROSECONDS_A_DAY * self.weights) % _WRAP
        if rest or not 1 <= abs(days) <= LARGEST_SHIFT or expected != other.weighted:
            return None
        return days


class Clocks:
    """Collects the clocks of tables; mergeable, and small."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self.sums: dict[Spot, Sums] = defaultdict(Sums)

    def add(self, data_type: str, table: pa.Table) -> None:
        """Look at rows of one type; records and rooms are called as in the release.

        Rooms that leave neither as they are nor as a code tell nobody whose clocks move together.
        """
        if not table.num_rows or not _stays(self._decisions, data_type, "roomId"):
            return
        rows = _Rows.of(data_type, table, self._decisions)
        for name, column in self._columns(data_type, table):
            decision = self._decisions.of(data_type, name)
            if decision.action is Action.SHIFT:
                there = column.is_valid().to_numpy()
                times = column.cast(pa.int64()).fill_null(0).to_numpy()[there]
                weights = rows.weights[there]
                self._add(rows, name, rows.rooms[there], times, weights)
            elif name == EXTRA or field_of(data_type, name).kind is Kind.JSON:
                self._add_documents(rows, name, column)

    def _columns(self, data_type: str, table: pa.Table) -> Iterator[tuple[str, pa.ChunkedArray]]:
        for name in (*(field.name for field in FIELDS[data_type]), EXTRA):
            leaves = self._decisions.of(data_type, name).action in INDIVIDUAL
            if leaves and name in table.column_names:
                yield name, table.column(name)

    def merge(self, other: Clocks) -> None:
        """Take over what was collected of other rows."""
        for spot, sums in other.sums.items():
            self.sums[spot].add(sums)

    def _add_documents(self, rows: _Rows, name: str, column: pa.ChunkedArray) -> None:
        field = None if name == EXTRA else field_of(rows.data_type, name)
        inside = JsonClocks(self._decisions, rows.data_type, field)
        for place, clocks in inside.of(column).items():
            at = np.array(clocks.rows, np.int64)
            weights = rows.weights[at] ^ of_bits(np.array(clocks.numbers, np.uint64))
            times = np.array(clocks.times, np.int64) * 1000
            doubtful = np.array(clocks.doubtful, bool)
            self._add(rows, place, rows.rooms[at], times, weights, doubtful)

    def _add(
        self,
        rows: _Rows,
        place: str,
        rooms: np.ndarray,
        times: np.ndarray,
        weights: np.ndarray,
        doubtful: np.ndarray | None = None,
    ) -> None:
        """Add up clocks (microseconds) of one place, room by room."""
        if not len(times):
            return
        weights = weights ^ of_bits(
            (times % MICROSECONDS_A_DAY).astype(np.uint64)
        )  # no day is in it
        order = np.argsort(rooms, kind="stable")
        rooms, times, weights = rooms[order], times[order], weights[order]
        odd = np.zeros(len(times), bool) if doubtful is None else doubtful[order]
        starts = np.flatnonzero(np.diff(rooms, prepend=-1))
        columns = (
            rooms[starts],
            np.diff([*starts, len(rooms)]),
            np.minimum.reduceat(times, starts),
            np.add.reduceat(weights, starts),
            np.add.reduceat(weights * times.view(np.uint64), starts),
            np.logical_or.reduceat(odd, starts),
        )
        for room, clocks, earliest, total, weighted, some in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            self.sums[rows.names[room], rows.data_type, place].add(
                Sums(
                    clocks=clocks,
                    earliest=earliest,
                    weights=total,
                    weighted=weighted,
                    doubtful=some,
                )
            )


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Rows of one data type: where each belongs, and what it weighs."""

    data_type: str
    names: list[str]
    """Rooms; the last one is none."""
    rooms: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, data_type: str, table: pa.Table, decisions: Decisions) -> _Rows:
        names, rooms = [""], np.zeros(table.num_rows, np.int64)
        if "roomId" in table.column_names:
            column = table.column("roomId").cast(pa.string()).combine_chunks().dictionary_encode()
            names = [*column.dictionary.to_pylist(), ""]
            rooms = column.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)
        record = BY_NAME[data_type].record_id
        weights = np.zeros(table.num_rows, np.uint64)
        if record in table.column_names and _stays(decisions, data_type, record):
            weights = of_column(table.column(record))
        return cls(data_type=data_type, names=names, rooms=rooms, weights=weights)


def _stays(decisions: Decisions, data_type: str, column: str | None) -> bool:
    """Whether an id leaves as it is, or as a code."""
    return column is not None and decisions.of(data_type, column).action in (
        Action.KEEP,
        Action.PSEUDONYMIZE,
    )


def as_released(data_type: str, table: pa.Table, plan: Plan) -> pa.Table:
    """Give the rows whose clocks leave as they came, but with the release's names of rooms and records.

    Rows without a room have nothing to move with: no clock of theirs leaves.
    """
    import pyarrow.compute as pc

    table, _ = without_excluded(table, data_type, plan)
    if "roomId" in table.column_names:
        table = table.filter(pc.not_equal(table["roomId"].cast(pa.string()), ""))
    table = table.unify_dictionaries()
    for name in filter(None, ("roomId", BY_NAME[data_type].record_id)):
        coded = plan.decisions.of(data_type, name).action is Action.PSEUDONYMIZE
        if coded and name in table.column_names:
            column = table.column(name).combine_chunks()
            if name == "roomId":
                codes = code_column(column, Sensitivity.ROOM, plan)
            else:
                codes = plan.keys.of_records(column)
            table = table.set_column(table.column_names.index(name), name, codes)
    return table


def unmoved(source: Clocks, released: Clocks) -> Iterator[Hit]:
    """Give the places whose clocks did not all move by the days of their room."""
    days: dict[str, int] = {}
    for spot in sorted(source.sums.keys() | released.sums.keys()):
        room, data_type, place = spot
        before, after = source.sums.get(spot, Sums()), released.sums.get(spot, Sums())
        if before.doubtful or after.doubtful:
            continue
        moved = before.moved_to(after)
        if moved is None or days.setdefault(room, moved) != moved:
            yield Hit(table=data_type, column=place, kind=hits.UNMOVED)
