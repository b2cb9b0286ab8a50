"""Who agreed, who declined, and of whom nothing is known (hyperstudy-data.md, section 8).

Consent can be switched off per experiment and old versions lost its events, so that no evidence is
not a refusal. Evidence of a refusal wins over evidence of consent, whatever their order.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from archive_tool.model.datatypes import EVENTS, ROSTER
from archive_tool.model.people import canonical_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

    from archive_tool.anonymize.known.identifiers import KnownIdentifiers
    from archive_tool.model.tables import Batch

_DECLINED: Final = re.compile(
    r"(?i)declin|refus|reject|disagree|withdr|revok|no.?consent|not.?(?:agree|consent|accept)|"
    r"(?:do|did|does)(?:n.t| not)"
)
_ACCEPTED: Final = re.compile(r"(?i)accept|agree|consented|consent.?given|granted")
_BARE_NO: Final = re.compile(r"(?i)\W*(?:no|false)\W*\Z")
_BARE_YES: Final = re.compile(r"(?i)\W*(?:yes|true)\W*\Z")
_FALSE_FLAG: Final = re.compile(
    r'(?i)"(?:agreed|accepted|consented|consent|consentGiven)"\s*:\s*(?:false|"no")'
)
_TRUE_FLAG: Final = re.compile(
    r'(?i)"(?:agreed|accepted|consented|consent|consentGiven)"\s*:\s*(?:true|"yes")'
)
LONGEST_WORD: Final = 60
"""Characters; a longer content is the form's text, which speaks of declining in any case: of a longer
answer only its flags are looked at."""
_CODES_OF_REFUSAL: Final = ("noconsent",)


@dataclass(frozen=True, kw_only=True)
class ConsentCounts:
    """People of a bundle by what is known of their consent; AI agents are not people."""

    accepted: int
    declined: int
    unknown: int
    """Without evidence either way."""
    withdrawn: int
    """On the list of those who withdrew, whatever they said before; not counted above."""
    unmatched: int = 0
    """Ids of that list that nobody in the bundle has: another study's, or mistyped."""


@dataclass(frozen=True, kw_only=True)
class ConsentRecord:
    """Evidence by person, in one spelling each; who is in neither set is unknown. Personal: never shown."""

    accepted: frozenset[str] = field(default=frozenset(), repr=False)
    declined: frozenset[str] = field(default=frozenset(), repr=False)

    def excluded(
        self, rule: str, known: KnownIdentifiers, withdrawn: Iterable[str] = ()
    ) -> frozenset[str]:
        """Who is left out under a policy's ``consent``: ``any``, ``not-declined``, ``accepted``.

        People in ``withdrawn`` are left out whatever the rule, also where the bundle only mentions
        them. Agents give no consent and are never left out for the lack of it. People stand here in
        one spelling each: ``prolific_{PID}`` may have consented as the bare PID.
        """
        out = canonical_people(withdrawn)
        if rule != "any":
            out |= self.declined
        if rule == "accepted":
            out |= canonical_people(known.people) - self.accepted
        return out

    def counts(self, known: KnownIdentifiers, withdrawn: Iterable[str] = ()) -> ConsentCounts:
        """Count the people of the bundle."""
        people, gone = canonical_people(known.people), canonical_people(withdrawn)
        declined = (people & self.declined) - gone
        accepted = (people & self.accepted) - declined - gone
        return ConsentCounts(
            accepted=len(accepted),
            declined=len(declined),
            unknown=len(people - accepted - declined - gone),
            withdrawn=len(people & gone),
            unmatched=len(gone - people),
        )


class Consent:
    """Observer of the first pass."""

    def __init__(self) -> None:
        self._accepted: set[str] = set()
        self._declined: set[str] = set()

    def add(self, batch: Batch) -> None:
        """Look at one batch; only events and rosters say anything."""
        if batch.data_type == EVENTS.name:
            for person, words in _statements(batch.table):
                self._note(person, words)
        elif batch.data_type in ROSTER:
            for person, code in _codes(batch.table):
                if re.sub(r"[^a-z]", "", code.lower()) in _CODES_OF_REFUSAL:
                    self._declined.add(person)

    def freeze(self) -> ConsentRecord:
        """Give what was found."""
        accepted, declined = canonical_people(self._accepted), canonical_people(self._declined)
        return ConsentRecord(accepted=accepted - declined, declined=declined)

    def _note(self, person: str, words: list[str]) -> None:
        if any(_DECLINED.search(w) or _BARE_NO.match(w) or _FALSE_FLAG.search(w) for w in words):
            self._declined.add(person)
        elif any(_ACCEPTED.search(w) or _BARE_YES.match(w) or _TRUE_FLAG.search(w) for w in words):
            self._accepted.add(person)


def _statements(table: pa.Table) -> Iterator[tuple[str, list[str]]]:
    """Person and words of every consent event: type, content, answer."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = table["eventType"]
    words = [value for value in kinds.unique().to_pylist() if value]
    consent = [value for value in words if value.lower().startswith("consent")]
    if not consent:
        return
    chosen = table.filter(pc.is_in(kinds.cast(pa.string()), pa.array(consent, pa.string())))
    columns = [c for c in ("content", "response", "value") if c in table.column_names]
    for row in chosen.select(["participantId", "eventType", *columns]).to_pylist():
        if row["participantId"]:
            said = [word for c in columns if row[c] for word in _words(row[c])]
            yield row["participantId"], [row["eventType"], *said]


def _words(text: str) -> Iterator[str]:
    """Give what a content or an answer says; what lies deeper in a long one may be one item of a form."""
    import msgspec

    if len(text) <= LONGEST_WORD:
        yield text
        return
    with suppress(msgspec.MsgspecError, RecursionError):
        answer = msgspec.json.decode(text)
        flags = answer.items() if isinstance(answer, dict) else ()
        said = (
            f'"{key}":{json.dumps(flag)}' for key, flag in flags if isinstance(flag, bool | str)
        )
        yield from (one for one in said if _FALSE_FLAG.match(one) or _TRUE_FLAG.match(one))


def _codes(table: pa.Table) -> Iterator[tuple[str, str]]:
    """Person and code of how it ended; versions of the platform name the column differently."""
    columns = [c for c in ("completionCode", "completionOutcome") if c in table.column_names]
    for row in table.select(["participantId", *columns]).to_pylist():
        if row["participantId"]:
            yield from ((row["participantId"], str(row[c])) for c in columns if row[c])
