"""What the bundle itself knows about who is in it: ids, names, addresses.

An observer of the first pass. Names that the export holds somewhere are found everywhere
(disclosure-control.md: propagation finds 271 of 272 mentions, guessing far fewer).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from archive_tool.anonymize.known import namings
from archive_tool.anonymize.texts.encodings import repaired
from archive_tool.ingest.arrow import pairs
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.people import canonical_person, is_nobody
from archive_tool.model.tables import EXTRA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from archive_tool.ingest.told import Telling
    from archive_tool.model.tables import Batch

NOBODY: Final = frozenset({"NaN", "N/A", "n/a", "#N/A", "<NA>", "[object Object]"})
"""What stands where no name was given. ``undefined`` and ``none`` are words of the language anyway; ``NA``
and ``nan`` may be what somebody is called."""

LONGEST_NAME: Final = 160
"""Characters; a longer value where a name should be is prose, not a name."""
MOST_WORDS: Final = 12
_PLAIN_NAME: Final = 5
"""Words up to which all of them are the name (``Maria de la Cruz``)."""
SHORTEST_ID: Final = 5
"""Characters of an id from elsewhere; one of its letters is a digit, or it may be any word."""

_NAME_COLUMNS: Final = (("participantName", "participantId"), ("senderName", "senderId"))
_ROSTER_NAMES: Final = ("name", "participantName", "displayName")
_VARIABLES: Final = ("variables", "variableSnapshot")
_ANSWERS: Final = ("response", "value", "data")
_OTHERS: Final = ("metadata", "context", "config", "sparseRatingData")


@dataclass(frozen=True, kw_only=True)
class KnownIdentifiers:
    """Everything that names somebody in the bundle. Personal: never shown, never saved."""

    people: frozenset[str] = field(default=frozenset(), repr=False)
    """Ids of people as the bundle writes them, agents apart."""
    agents: frozenset[str] = field(default=frozenset(), repr=False)
    """Ids of AI agents."""
    rooms: frozenset[str] = field(default=frozenset(), repr=False)
    elsewhere: frozenset[str] = field(default=frozenset(), repr=False)
    """Ids that people have in other places: a panel, a registry."""
    names: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Name -> ids of those who bear it; empty when nobody in particular does."""
    emails: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Address -> ids of those it belongs to."""

    rooms_of: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Person (one spelling) or name -> rooms in which they were seen."""

    def rooms_of_name(self, name: str) -> frozenset[str]:
        """Give the rooms of a name, or address, and of those who bear it; empty if nobody knows."""
        empty = frozenset[str]()
        who = self.names.get(name, empty) | self.emails.get(name, empty)
        bearers = [self.rooms_of.get(person, empty) for person in who]
        return self.rooms_of.get(name, empty).union(*bearers)

    def __len__(self) -> int:
        return len(self.people) + len(self.agents) + len(self.names) + len(self.emails)


class Identifiers:
    """Collects identifiers batch by batch; keeps distinct values only."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        """``names``: what the researcher knows beyond the bundle."""
        self._people: set[str] = set()
        self._agents: set[str] = set()
        self._rooms: set[str] = set()
        self._elsewhere: set[str] = set()
        self._names: dict[str, set[str]] = {name: set() for name in names}
        self._emails: dict[str, set[str]] = {}
        self._rooms_of: dict[str, set[str]] = {}

    def add(self, batch: Batch) -> None:
        """Look at one batch of any type, rosters included."""
        table = batch.table
        self._add_ids(batch.data_type, table)
        for person in ("participantId", "senderId"):
            for who, room in _pairs(table, person, "roomId"):
                if who:
                    self._rooms_of.setdefault(canonical_person(who), set()).add(room)
        for name, person in _NAME_COLUMNS:
            for bearer, value in _pairs(table, person, name):
                self._add_name(value, bearer)
            for place, value in _pairs(table, "roomId", name):
                if place:
                    self._rooms_of.setdefault(as_name(value), set()).add(place)
        if batch.data_type not in BY_NAME:
            self._add_roster(table)
            return
        for column in _VARIABLES:
            self._add_documents(table, column, namings.MAY_IDENTIFY, variables=True)
        for column in (*_ANSWERS, EXTRA):
            self._add_documents(table, column, namings.MAY_IDENTIFY)
        for column in _OTHERS:
            self._add_documents(table, column, namings.MAY_NAME)

    def add_told(self, told: Iterable[Telling]) -> None:
        """Note the names that tables say which are not archived, in the same order in every run."""
        for one in sorted(told, key=str):
            found = namings.said({one.key: one.text}, variables=True)
            self._add_said(found, one.person, (one.room,) if one.room else ())

    def freeze(self) -> KnownIdentifiers:
        """Give what was found."""
        agents = frozenset(self._agents)
        for name in [n for n, who in self._names.items() if who and who <= agents]:
            del self._names[name]  # a machine's name is often a plain word ("Study assistant")
        return KnownIdentifiers(
            people=frozenset(self._people) - agents,
            agents=agents,
            rooms=frozenset(self._rooms),
            elsewhere=frozenset(self._elsewhere),
            names={name: frozenset(who) for name, who in self._names.items()},
            emails={email: frozenset(who) for email, who in self._emails.items()},
            rooms_of={name: frozenset(rooms) for name, rooms in self._rooms_of.items()},
        )

    def _add_ids(self, data_type: str, table: pa.Table) -> None:
        ids = [*_uniques(table, "participantId"), *_uniques(table, "senderId")]
        self._people.update(ids)
        for who in ids:
            if "@" in who:  # people sign in with it in some labs
                self._add_name(who, who)
        if data_type == "agent_runs":
            self._agents.update(ids)
        self._rooms.update(_uniques(table, "roomId"))
        for value, _ in _documents(table, "recipientIds", "."):
            for recipient in value if isinstance(value, list) else [value]:
                if isinstance(recipient, int) and not isinstance(recipient, bool):
                    self._people.add(str(recipient))
                elif isinstance(recipient, str) and not is_nobody(recipient):
                    self._people.add(recipient)

    def _add_roster(self, table: pa.Table) -> None:
        for column in _ROSTER_NAMES:
            for who, value in _pairs(table, "participantId", column):
                self._add_name(value, who)
        for who, value in _pairs(table, "participantId", "email"):
            self._add_name(value, who)
        for who, text in _pairs(table, "participantId", EXTRA):
            self._add_said(namings.said(_parsed(text)), who)
        if "isAgent" in table.column_names:
            chosen = table.filter(table["isAgent"].fill_null(False))
            self._agents.update(_uniques(chosen, "participantId"))

    def _add_name(self, value: str, who: str | None) -> None:
        """Note a name, or an address, of somebody; prose is left to the patterns."""
        text = as_name(value)
        if text in NOBODY:
            return
        if "@" in text:
            bearers = self._emails.setdefault(text, set())
        elif text.isdigit() and len(text) >= SHORTEST_ID:  # people are numbers in some studies
            self._elsewhere.add(text)
            return
        elif text:
            bearers = self._names.setdefault(text, set())
        else:
            return
        if who:
            bearers.add(canonical_person(who))

    def _add_documents(
        self, table: pa.Table, column: str, pattern: str, *, variables: bool = False
    ) -> None:
        for document, rooms in _documents(table, column, pattern):
            self._add_said(namings.said(document, variables=variables), None, rooms)

    def _add_said(
        self, found: Iterable[tuple[str, str]], who: str | None, rooms: Iterable[str] = ()
    ) -> None:
        for kind, text in found:
            if kind == namings.NAME:
                self._add_name(text, who)
                for room in rooms:
                    self._rooms_of.setdefault(as_name(text), set()).add(room)
            elif len(text.strip()) >= SHORTEST_ID and any(map(str.isdigit, text)):
                self._elsewhere.add(text)


def names_beside(listing: pa.Table) -> Iterator[tuple[str, str]]:
    """Give person and name, or address, of the columns of a list of people that no schema knows."""
    for who, text in _pairs(listing, "participantId", EXTRA):
        for kind, name in namings.said(_parsed(text)):
            if who and kind == namings.NAME:
                yield who, name


def as_name(value: str) -> str:
    """Give a name as it is kept: of a long one the words with capitals; empty for prose."""
    words = repaired(value).split()
    text = " ".join(words)
    if len(words) <= _PLAIN_NAME and len(text) <= LONGEST_NAME:
        return text
    if len(words) > MOST_WORDS or len(text) > LONGEST_NAME:
        return ""
    return " ".join(word for word in words if not word[0].islower()) or text


def _uniques(table: pa.Table, column: str) -> list[str]:
    """Distinct non-empty values of an id column; none when there is no such column."""
    if column not in table.column_names:
        return []
    values: Iterable[Any] = table[column].unique().to_pylist()
    return [value for value in values if value]


def _pairs(table: pa.Table, first: str, second: str) -> Iterator[tuple[str | None, str]]:
    """Distinct pairs of two columns where the second has a value."""
    names = table.column_names
    if first not in names or second not in names or table[second].null_count == table.num_rows:
        return
    for one, other in pairs(table, first, second):
        if other:
            yield one, other


def _documents(
    table: pa.Table, column: str, pattern: str
) -> Iterator[tuple[object, frozenset[str]]]:
    """Distinct values of a JSON column whose text matches, parsed, and the rooms they stand in.

    What is no JSON is passed over, which is safe: what cannot be parsed here cannot leave either
    (``anonymize.nested.leaves``).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if column not in table.column_names or table[column].null_count == table.num_rows:
        return
    if not pa.types.is_string(table[column].type):  # ``value`` is a number in continuous ratings
        return
    told = table.select([name for name in ("roomId", column) if name in table.column_names])
    hits = told.filter(pc.match_substring_regex(table[column], pattern).fill_null(False))
    rooms: dict[str, set[str]] = {text: set() for text in _uniques(hits, column)}
    for room, text in _pairs(hits, "roomId", column):
        if room:
            rooms[text].add(room)
    for text, places in rooms.items():
        value = _parsed(text)
        if value is not None:
            yield value, frozenset(places)


def _parsed(text: str) -> object:
    """Give a document, None when it is no JSON."""
    import msgspec

    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return None
