"""What is prepared once per data type: codes, dictionaries of phrases, what kept text needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from archive_tool.anonymize.codes import check_distinct
from archive_tool.anonymize.known.identifiers import KnownIdentifiers
from archive_tool.anonymize.nested.originals import hidden_columns
from archive_tool.anonymize.texts.labels import ID, NAME
from archive_tool.anonymize.texts.lookup import Lookup
from archive_tool.anonymize.texts.phrases import (
    Phrases,
    by_room,
    id_phrases,
    name_phrases,
    numerals,
)
from archive_tool.anonymize.texts.text import Scrubber
from archive_tool.model.datatypes import BY_NAME
from archive_tool.model.people import canonical_people, canonical_person, is_nobody
from archive_tool.model.policy import Action
from archive_tool.schemas import Sensitivity

if TYPE_CHECKING:
    from archive_tool.anonymize.codes import PseudonymKeys
    from archive_tool.anonymize.recognize import Recognizer
    from archive_tool.policy.decisions import Decisions

Scrub = Callable[..., str]
"""Text, and the room it was written in -> text."""


class Plan:
    """How one data type is rewritten. Read-only once made, so threads may share it."""

    def __init__(
        self,
        *,
        data_type: str,
        decisions: Decisions,
        keys: PseudonymKeys,
        known: KnownIdentifiers,
        excluded: frozenset[str],
        recognize: Recognizer | None,
        lookups: dict[object, Lookup],
    ) -> None:
        """``lookups``: what plans of other types prepared, for types that are coded alike; added to."""
        self.data_type = data_type
        self.person = cache(self._person)
        """Code of a person or an agent."""
        self.room = cache(keys.of_room)
        """Code of a room."""
        self.label = cache(keys.of_label)
        """Code of any other word."""
        self.decisions = decisions
        self.keys = keys
        self.excluded = canonical_people(excluded)
        self._agents = frozenset(agent.strip() for agent in known.agents)
        self._known = known
        self._check_codes()
        lookup = self._lookup(lookups)
        self.hidden = hidden_columns(decisions, data_type)
        """By name: columns of which ``extra`` may hold nothing that leaves."""
        self.drops_clocks = decisions.hides_clocks
        """Whether points in time go from wherever they stand."""
        shift = decisions.policy.time == "shift"
        self.moves_clocks = shift and decisions.hides_people(data_type)
        """Whether they move with their room instead: one that stood still would tell the days."""
        self.full = Scrubber(lookup, recognize=recognize)
        """For text that is scrubbed: everything known, the patterns, and guesses if asked for."""
        self.kept: Scrubber | None = None
        """For text that is kept: None leaves it alone. It loses everything known, and addresses."""
        self.kept_id: Scrub | None = None
        """For ids of the design that are kept: people name files and deployments after people."""
        self.numerals = frozenset[str]()
        """Ids of digits: they may be written as numbers."""
        if decisions.hides_people(data_type):
            kept = partial(Scrubber, lookup, numbers=False, moments=self.drops_clocks)
            self.kept = kept()
            self.kept_id = kept(addresses=False).scrub
            self.numerals = lookup.numerals
        elif self.excluded or self.drops_clocks:
            self.kept = self._mask()
            self.kept_id = self._mask(talk=False).scrub
            self.numerals = numerals(id_phrases(self.excluded, None))
        self.rooms = self.full.rooms
        """Rooms whose texts are not treated like those of all others."""
        self.scrub_text: Scrub = self.full.scrub
        self.kept_text: Scrub | None = self.kept.scrub if self.kept else None
        self.key_text = self.scrub_text if decisions.hides_people(data_type) else self.kept_text
        """For keys inside documents that people made up: they are text, whatever they hold."""

    def is_excluded(self, person_id: str) -> bool:
        """Whether a person is left out."""
        return canonical_person(person_id) in self.excluded

    def _person(self, person_id: str) -> str:
        if person_id.strip() in self._agents:
            return self.keys.of_agent(person_id)
        return self.keys.of_person(person_id)

    def code_of(self, sensitivity: Sensitivity | None) -> Callable[[str], str | None]:
        """How an id of this kind becomes a code; None for a person who is left out."""
        if sensitivity is Sensitivity.PERSON:
            return self._recipient
        if sensitivity is Sensitivity.ROOM:
            return self.room
        if sensitivity is Sensitivity.RECORD:
            return self.keys.of_record
        return self.label

    def _recipient(self, person_id: str) -> str | None:
        if is_nobody(person_id):
            return person_id
        return None if self.is_excluded(person_id) else self.person(person_id)

    def _check_codes(self) -> None:
        people = canonical_people(self._known.people)
        check_distinct(self.keys.of_person(person) for person in people)
        check_distinct(self.room(room) for room in {room.strip() for room in self._known.rooms})

    def _coder(self) -> Callable[[str], str] | None:
        """People get codes in texts where they have codes in columns."""
        subject = BY_NAME[self.data_type].subject
        coded = self.decisions.of(self.data_type, subject).action is Action.PSEUDONYMIZE
        return self.person if coded else None

    def _lookup(self, made: dict[object, Lookup]) -> Lookup:
        """Everything known, ready to be found; the same for types that are coded alike."""
        room = self.decisions.of(self.data_type, "roomId").action
        alike = (self.keys, self._coder() is not None, room)
        if alike not in made:
            made[alike] = Lookup.of(*by_room(self._known, self._phrases()))
        return made[alike]

    def masking(self) -> Scrub:
        """Give what masks everything known, by no code either, whoever's rooms it comes from."""
        everywhere, _ = by_room(self._known, self._phrases(coded=False))
        return Scrubber(Lookup.of(everywhere), numbers=False).scrub

    def _phrases(self, *, coded: bool = True) -> Phrases:
        """Phrases of everything known; without ``coded`` all of them become words of ours."""
        known = self._known
        coder = self._coder() if coded else None
        room = self.decisions.of(self.data_type, "roomId").action
        rooms: Phrases = {}
        if room is Action.PSEUDONYMIZE:
            rooms = id_phrases(known.rooms, self.room if coded else None)
        elif room is not Action.KEEP:
            rooms = id_phrases(known.rooms, None)
        out = {who for who in known.people if self.is_excluded(who)}
        people = id_phrases((known.people | known.agents) - out, coder)
        masked = id_phrases(out | self.excluded, None)
        ids = {**id_phrases(known.elsewhere, None), **rooms, **people, **_masked(masked)}
        names = name_phrases(known, self._mention(coder))
        listed = dict.fromkeys(self.decisions.policy.names, frozenset[str]())
        more = name_phrases(KnownIdentifiers(names=listed), None)
        return {**more, **names, **ids}

    def _mention(self, coder: Callable[[str], str] | None) -> Callable[[str], str] | None:
        """Give the code that a name becomes; a person who is left out has none."""
        if coder is None:
            return None
        return lambda person: NAME[1:-1] if self.is_excluded(person) else coder(person)

    def _mask(self, *, talk: bool = True) -> Scrubber:
        """Mentions of those who are left out, where everybody else keeps their name; and moments.

        Without ``talk`` words of the language stay: a component may well be called ``choice``.
        """
        known = self._known
        names = {n: who & self.excluded for n, who in known.names.items() if who & self.excluded}
        emails = {e: who & self.excluded for e, who in known.emails.items() if who & self.excluded}
        theirs = KnownIdentifiers(names=names, emails=emails)
        ids = {who for who in known.people if self.is_excluded(who)} | self.excluded
        phrases = {**name_phrases(theirs, None), **_masked(id_phrases(ids, None))}
        lookup = Lookup.of(phrases if talk else by_room(known, phrases)[0])
        return Scrubber(lookup, addresses=False, numbers=False, moments=self.drops_clocks)


def _masked(phrases: Phrases) -> Phrases:
    return {words: (rank, ID) for words, (rank, _) in phrases.items()}
