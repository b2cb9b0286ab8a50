"""The gate as the writer of an archive sees it: shown every table it decrypts, asked at the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from archive_tool.disclose.gate import promises, sought
from archive_tool.disclose.gate.clocks import Clocks, as_released, unmoved
from archive_tool.disclose.gate.hits import Hit, refusal
from archive_tool.disclose.gate.outside import Outside
from archive_tool.disclose.gate.quasi import quasi_identifiers
from archive_tool.disclose.gate.risk import attack, hidden_types
from archive_tool.disclose.gate.summaries import levels_of
from archive_tool.disclose.gate.tables import Tables
from archive_tool.disclose.gate.texts import Texts
from archive_tool.disclose.gate.traces import Traces
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.policy import Action
from archive_tool.schemas import FIELDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from archive_tool.anonymize.known.identifiers import KnownIdentifiers
    from archive_tool.anonymize.plan import Plan
    from archive_tool.disclose.gate.documents import Window
    from archive_tool.disclose.gate.quasi import Place
    from archive_tool.disclose.gate.risk import Coder, Risk
    from archive_tool.disclose.gate.sought import Sought
    from archive_tool.policy import Decisions


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a gate found in the tables it was shown: small, and it travels."""

    found: Counter[Hit]
    released: Traces
    clocks: Clocks


BATCH_ROWS: Final = 65_536
"""Rows that are searched at a time: small files are searched together, which is cheaper."""

ENOUGH_ROWS: Final = 8_192
"""Rows of one data type that are searched when those of the next one come: so that little is left
for the end, when everybody waits for it."""


@dataclass(kw_only=True)
class Gate:
    """Attacks one archive before it is published. :meth:`see` may be called from several threads.

    A table is searched after it was read back from the disk with its key: what is searched is what
    lies there, dictionary pages and metadata included.
    """

    decisions: Decisions
    known: KnownIdentifiers = field(repr=False)
    left_out: frozenset[str] = field(default=frozenset(), repr=False)
    """People of whom nothing may be left."""
    window: Window | None = None
    """First and last moment of the bundle: under relative time no moment in between may leave."""
    _found: Counter[Hit] = field(default_factory=Counter, repr=False)
    _waiting: dict[str, list[pa.Table]] = field(
        default_factory=lambda: defaultdict(list), repr=False
    )
    _rows: Counter[str] = field(default_factory=Counter, repr=False)
    _searches: dict[str, Tables] = field(default_factory=dict, repr=False)
    _sought: dict[bool, Sought] = field(default_factory=dict, repr=False)
    _people_left_out: Sought | None = field(init=False, repr=False)
    _quasi: tuple[Place, ...] = field(init=False, repr=False)
    _released: Traces = field(init=False, repr=False)
    _moves: bool = field(init=False, repr=False)
    _before: Clocks = field(init=False, repr=False)
    _after: Clocks = field(init=False, repr=False)
    _threads: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        """Begin with nothing seen."""
        self._people_left_out = sought.people(self.known, self.left_out) if self.left_out else None
        self._quasi = quasi_identifiers(self.decisions)
        self._released = self._traces()
        self._moves = self.decisions.policy.time == "shift"
        self._before, self._after = Clocks(self.decisions), Clocks(self.decisions)

    def see(self, data_type: str, table: pa.Table) -> None:
        """Take a table that was read back; searches as soon as there are enough of them."""
        if data_type not in FIELDS:
            found = list(self._summary(data_type, table))
            with self._threads:
                self._found.update(found)
            return
        with self._threads:
            self._waiting[data_type].append(table)
            self._rows[data_type] += table.num_rows
            due = {
                name: self._take(name)
                for name, rows in self._rows.items()
                if rows >= (BATCH_ROWS if name == data_type else ENOUGH_ROWS)
            }
        for name, tables in due.items():
            self._search(name, tables)

    def came(self, data_type: str, rows: pa.Table, plan: Plan) -> None:
        """Take the rows as they came, where clocks move: all of a room must move alike."""
        if self._moves:
            self._before.add(data_type, as_released(data_type, rows, plan))

    def seen(self) -> Seen:
        """Search what is left; give all that this gate has to say of the tables it was shown."""
        self.search_rest()
        return Seen(found=self._found, released=self._released, clocks=self._after)

    def search_rest(self, pool: Executor | None = None) -> None:
        """Search the tables that still wait for others."""
        rest = {data_type: self._take(data_type) for data_type in list(self._waiting)}
        if pool is None:
            for data_type, tables in rest.items():
                self._search(data_type, tables)
        else:
            futures = [pool.submit(self._search, name, tables) for name, tables in rest.items()]
            for future in futures:
                future.result()

    def merge(self, seen: Seen) -> None:
        """Take over what another gate saw of the same archive."""
        with self._threads:
            self._found.update(seen.found)
            self._released.merge(seen.released)
            self._after.merge(seen.clocks)

    def risk(self, source: Traces, coder: Coder, *, agents: Collection[str]) -> Risk:
        """Say how far the tables seen so far lead back to ``source``, the rows as they came.

        ``agents`` are ids of the source that are no people.
        """
        self.search_rest()
        return attack(self._released, source, self.decisions, coder, agents=agents)

    def read_ahead(self, papers: Mapping[str, str]) -> None:
        """Search readable files that :meth:`close` will find in the folder, by their names.

        Only what has the same text then needs no second search.
        """
        for name, text in papers.items():
            self._outside.read(name, text)

    def close(self, folder: Path) -> None:
        """Search what is left, and what can be read in the staged archive without a key.

        Raises DisclosureError (18) when anything was found.
        """
        self.search_rest()
        self._found.update(self._outside.search(folder))
        if self._moves:
            self._found.update(unmoved(self._before, self._after))
        if self._found:
            raise refusal(self._found)

    def _summary(self, name: str, table: pa.Table) -> Iterator[Hit]:
        """Search the words of a summary table: counts have rules of their own."""
        hidden = [one for one in BY_NAME if self.decisions.hides_people(one)]
        if not hidden and self._people_left_out is None:
            return
        with self._threads:
            coded = self.decisions.of((hidden or [*BY_NAME])[0], "roomId").action is not Action.KEEP
            texts = Texts(self._everything(coded), self._people_left_out or sought.NOBODY)
        yield from levels_of(name, table, texts, promises.KEPT if hidden else promises.LEFT_OUT)

    def _take(self, data_type: str) -> list[pa.Table]:
        self._rows[data_type] = 0
        return self._waiting.pop(data_type, [])

    def _search(self, data_type: str, tables: list[pa.Table]) -> None:
        if not tables:
            return
        table, traces = _together(tables), self._traces()
        found = self._of(data_type).search(table)
        if data_type in hidden_types(self.decisions):
            traces.add(data_type, table)
        clocks = Clocks(self.decisions)
        if self._moves:
            clocks.add(data_type, table)
        self.merge(Seen(found=found, released=traces, clocks=clocks))

    def _traces(self) -> Traces:
        return Traces(quasi=self._quasi)

    @cached_property
    def _outside(self) -> Outside:
        return Outside(self.known, self.decisions.policy.names)

    def _of(self, data_type: str) -> Tables:
        with self._threads:
            if data_type not in self._searches:
                coded = self.decisions.of(data_type, "roomId").action is not Action.KEEP
                self._searches[data_type] = Tables(
                    data_type,
                    self.decisions,
                    sought=self._everything(coded),
                    left_out=self._people_left_out,
                    window=self.window,
                )
            return self._searches[data_type]

    def _everything(self, rooms: bool) -> Sought:
        """What nobody may be told by; ``rooms``: ids of rooms are among it."""
        if rooms not in self._sought:
            names = self.decisions.policy.names
            self._sought[rooms] = sought.everything(self.known, rooms=rooms, names=names)
        return self._sought[rooms]


def _together(tables: list[pa.Table]) -> pa.Table:
    """Give one table of many; a column that a file lacks has no value there."""
    return pa.concat_tables(tables, promote_options="default")
