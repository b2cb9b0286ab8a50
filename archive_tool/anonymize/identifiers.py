"""What the bundle itself knows about who is in it: ids, names, addresses.

An observer of the first pass. Names that the export holds somewhere are found everywhere
(disclosure-control.md: propagation finds 271 of 272 mentions, guessing far fewer).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from archive_tool.anonymize.codes import canonical_person
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.tables import EXTRA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from archive_tool.model.tables import Batch

EVERYBODY: Final = frozenset({"all", "everyone", "everybody", "group", "room", "broadcast", "*"})
"""Words that stand for everyone where a recipient's id could be."""

LONGEST_NAME: Final = 80
"""Characters; a longer value under a name-like key is prose, not a name."""
MOST_WORDS: Final = 5

_NAME_COLUMNS: Final = (("participantName", "participantId"), ("senderName", "senderId"))
_ROSTER_NAMES: Final = ("name", "participantName", "displayName")
_VARIABLES: Final = ("variables", "variableSnapshot")
_ANSWERS: Final = ("response", "value", "data")
_IDENTITY_KEY: Final = re.compile(
    r"(?i)(?:e.?mail|surname|(?<!room)(?<!state)(?<!file)(?<!component)(?<!experiment)(?<!variable)"
    r"(?<!video)(?<!image)(?<!audio)(?<!media)(?<!stimulus)(?<!column)(?<!field)(?<!event)"
    r"(?<!condition)(?<!role)(?<!group)(?<!study)(?<!task)(?<!page)[ _-]?name)"
    r"(?![a-z]*(?:type|count))"
)
"""Keys of variables whose value names somebody: ``participant_name``, ``partnerEmail``."""
_IDENTITY_QUESTION: Final = re.compile(
    r"(?i)(?:\bname\b|_name\b|\bname_|first.?name|last.?name|full.?name|nick.?name|surname|e.?mail)"
)
_NAME_FIELD: Final = re.compile(
    r"(?i)e.?mail|^(?:participant|partner|sender|user|display|full|first|last|given|family|nick)"
    r"[ _-]?name$|^surname$"
)
"""Unknown fields that name somebody; others are called after devices, browsers and events."""
_MAY_IDENTIFY: Final = r"(?i)name|mail"


@dataclass(frozen=True, kw_only=True)
class KnownIdentifiers:
    """Everything that names somebody in the bundle. Personal: never shown, never saved."""

    people: frozenset[str] = field(default=frozenset(), repr=False)
    """Ids of people as the bundle writes them, agents apart."""
    agents: frozenset[str] = field(default=frozenset(), repr=False)
    """Ids of AI agents."""
    rooms: frozenset[str] = field(default=frozenset(), repr=False)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Name -> ids of those who bear it; empty when nobody in particular does."""
    emails: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Address -> ids of those it belongs to."""

    rooms_of: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Person (one spelling) or name -> rooms in which they were seen."""

    def rooms_of_name(self, name: str) -> frozenset[str]:
        """Give the rooms of a name and of those who bear it; empty when nobody knows them."""
        empty = frozenset[str]()
        bearers = [self.rooms_of.get(person, empty) for person in self.names.get(name, ())]
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
        self._names: dict[str, set[str]] = {name: set() for name in names}
        self._emails: dict[str, set[str]] = {}
        self._rooms_of: dict[str, set[str]] = {}

    def add(self, batch: Batch) -> None:
        """Look at one batch of any type, rosters included."""
        table = batch.table
        self._add_ids(batch.data_type, table)
        for person in ("participantId", "senderId"):
            for who, room in _seen_together(table, person, "roomId"):
                self._rooms_of.setdefault(canonical_person(who), set()).add(room)
        for name, person in _NAME_COLUMNS:
            for bearer, value in _pairs(table, person, name):
                self._add_name(value, bearer)
            for place, value in _pairs(table, "roomId", name):
                if place:
                    self._rooms_of.setdefault(" ".join(value.split()), set()).add(place)
        if batch.data_type not in BY_NAME:
            self._add_roster(table)
            return
        for column in _VARIABLES:
            for document in _documents(table, column, _MAY_IDENTIFY):
                self._add_variables(document)
        for document in _documents(table, EXTRA, _MAY_IDENTIFY):
            self._add_unknown(document)
        for column in _ANSWERS:
            for document in _documents(table, column, _MAY_IDENTIFY):
                self._add_answer(document)

    def freeze(self) -> KnownIdentifiers:
        """Give what was found."""
        agents = frozenset(self._agents)
        for name in [n for n, who in self._names.items() if who and who <= agents]:
            del self._names[name]  # a machine's name is often a plain word ("Study assistant")
        return KnownIdentifiers(
            people=frozenset(self._people) - agents,
            agents=agents,
            rooms=frozenset(self._rooms),
            names={name: frozenset(who) for name, who in self._names.items()},
            emails={email: frozenset(who) for email, who in self._emails.items()},
            rooms_of={name: frozenset(rooms) for name, rooms in self._rooms_of.items()},
        )

    def _add_ids(self, data_type: str, table: pa.Table) -> None:
        ids = [*_uniques(table, "participantId"), *_uniques(table, "senderId")]
        self._people.update(ids)
        if data_type == "agent_runs":
            self._agents.update(ids)
        self._rooms.update(_uniques(table, "roomId"))
        for value in _documents(table, "recipientIds", "."):
            for recipient in value if isinstance(value, list) else [value]:
                if isinstance(recipient, str) and recipient.lower() not in EVERYBODY:
                    self._people.add(recipient)

    def _add_roster(self, table: pa.Table) -> None:
        for column in _ROSTER_NAMES:
            for who, value in _pairs(table, "participantId", column):
                self._add_name(value, who)
        for who, value in _pairs(table, "participantId", "email"):
            self._add_name(value, who)
        if "isAgent" in table.column_names:
            chosen = table.filter(table["isAgent"].fill_null(False))
            self._agents.update(_uniques(chosen, "participantId"))

    def _add_name(self, value: str, who: str | None) -> None:
        """Note a name, or an address, of somebody; prose is left to the patterns."""
        text = " ".join(value.split())
        if "@" in text:
            bearers = self._emails.setdefault(text, set())
        elif text and len(text) <= LONGEST_NAME and len(text.split()) <= MOST_WORDS:
            bearers = self._names.setdefault(text, set())
        else:
            return
        if who:
            bearers.add(canonical_person(who))

    def _add_variables(self, value: object) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, str) and _IDENTITY_KEY.search(key):
                    self._add_name(item, None)
                else:
                    self._add_variables(item)
        elif isinstance(value, list):
            for item in value:
                self._add_variables(item)

    def _add_unknown(self, value: object) -> None:
        """Note names in fields that the schema does not know, where they say that they are."""
        if isinstance(value, dict):
            for key, item in value.items():
                if key in _VARIABLES:
                    self._add_variables(item)
                elif isinstance(item, str) and _NAME_FIELD.search(key):
                    self._add_name(item, None)

    def _add_answer(self, value: object) -> None:
        """Note the answer to a question that asks for a name or an address."""
        if not isinstance(value, dict):
            return
        asked = (value.get(key) for key in ("questionId", "questionText", "question"))
        if any(isinstance(text, str) and _IDENTITY_QUESTION.search(text) for text in asked):
            for key in ("answer", "value"):
                item = value.get(key)
                if isinstance(item, str):
                    self._add_name(item, None)
        self._add_variables(value.get("answers"))


def _uniques(table: pa.Table, column: str) -> list[str]:
    """Distinct non-empty values of an id column; none when there is no such column."""
    if column not in table.column_names:
        return []
    values: Iterable[Any] = table[column].unique().to_pylist()
    return [value for value in values if value]


def _seen_together(table: pa.Table, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Distinct pairs of two dictionary columns where both have a value."""
    import numpy as np
    import pyarrow as pa

    if not {first, second} <= set(table.column_names):
        return
    columns = [table[name].unify_dictionaries().combine_chunks() for name in (first, second)]
    if not all(pa.types.is_dictionary(column.type) for column in columns):
        return
    words = [column.dictionary.to_pylist() for column in columns]
    left, right = (
        column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        for column in columns
    )
    both = (left >= 0) & (right >= 0)
    keys = left[both] * len(words[1]) + right[both]
    # Rows of a person lie together mostly: neighbours that repeat need no sorting.
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    for key in np.unique(keys[starts]).tolist():
        one, other = words[0][key // len(words[1])], words[1][key % len(words[1])]
        if one and other:
            yield one, other


def _pairs(table: pa.Table, first: str, second: str) -> Iterator[tuple[str | None, str]]:
    """Distinct pairs of two columns where the second has a value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = table.column_names
    if first not in names or second not in names or table[second].null_count == table.num_rows:
        return
    plain = pa.table({c: pc.cast(table[c], pa.string()) for c in (first, second)})
    for row in plain.group_by([first, second]).aggregate([]).to_pylist():
        if row[second]:
            yield row[first], row[second]


def _documents(table: pa.Table, column: str, pattern: str) -> Iterator[object]:
    """Distinct values of a JSON column whose text matches, parsed; what is no JSON is passed over.

    Passing over is safe: what cannot be parsed here cannot leave either (``anonymize.leaves``).
    """
    import msgspec
    import pyarrow as pa
    import pyarrow.compute as pc

    if column not in table.column_names or table[column].null_count == table.num_rows:
        return
    texts = table[column]
    if not pa.types.is_string(texts.type):  # ``value`` is a number in continuous ratings
        return
    hits = texts.filter(pc.match_substring_regex(texts, pattern).fill_null(False)).unique()
    for text in hits.to_pylist():
        try:
            value = msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError):
            continue
        yield value
