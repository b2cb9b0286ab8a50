"""One person under two ids: told by the address, or the full name, that both have.

Whoever starts again in another browser gets another id, and no row tells that it is the same person.
Their names do, in the participants table and beside the rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, Protocol

from archive_tool.model.findings import Finding, Rows, Severity, finding
from archive_tool.validation.codes.people import PERSON_NAMED_TWICE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Set

CROWD: Final = 8
"""People with the same name: more of them than this were given it by the design."""
_SHORTEST: Final = 3
"""Letters of each word of a full name: ``Participant A`` is a role."""

Bearers = dict[str, set[str]]
"""Address or name → people."""


class Named(Protocol):
    """What a bundle calls people. Personal: nothing of it may be printed."""

    @property
    def names(self) -> Mapping[str, frozenset[str]]:
        """Name → ids of those who bear it."""

    @property
    def emails(self) -> Mapping[str, frozenset[str]]:
        """Address → ids of those it belongs to."""

    @property
    def agents(self) -> frozenset[str]:
        """Ids of those who are no people."""


def check_namesakes(known: Named) -> Iterator[Finding]:
    """Count the ids that share an address, and those that share a full name only."""
    addresses = _folded(known.emails, known.agents)
    names = _folded(known.names, known.agents)
    people = set().union(*addresses.values(), *names.values())
    by_address = _sharing_an_address(addresses, names)
    by_name = _sharing_a_name(names, set().union(*addresses.values()))
    told = (
        (by_address, "an address", None),
        (by_name, "a full name", Severity.NOTE),
    )
    for found, what, severity in told:
        if found:
            yield finding(
                PERSON_NAMED_TWICE,
                None,
                suffix=f": they share {what}",
                severity=severity,
                check=f"{what} is one person's",
                rows=Rows(count=len(found), of=len(people)),
            )


def _folded(bearers: Mapping[str, frozenset[str]], agents: Set[str]) -> Bearers:
    """Let spellings of one text be one, and agents nobody."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for text, people in bearers.items():
        found[text.casefold()] |= people - agents
    return found


def _sharing_an_address(addresses: Bearers, names: Bearers) -> set[str]:
    """Who has the address of somebody whose name, if known, has a word in common with theirs.

    The address of a lab, or of a family, stands beside names that have none.
    """
    words: defaultdict[str, set[str]] = defaultdict(set)
    for name, people in names.items():
        for person in people:
            words[person].update(name.split())
    found: set[str] = set()
    for people in addresses.values():
        found |= _of_one_name(people, words) if len(people) > 1 else set()
    return found


def _of_one_name(people: Collection[str], words: Mapping[str, Set[str]]) -> set[str]:
    nameless = sum(1 for person in people if not words.get(person))
    if nameless:
        return set(people)
    borne = Counter(word for person in people for word in words[person])
    return {person for person in people if any(borne[word] > 1 for word in words[person])}


def _sharing_a_name(names: Bearers, addressed: Set[str]) -> set[str]:
    """Who has the full name of somebody else, unless each of them has an address of their own."""
    found: set[str] = set()
    for name, people in names.items():
        if 1 < len(people) <= CROWD and _is_full(name):
            found |= people if people - addressed else set()
    return found


def _is_full(name: str) -> bool:
    words = name.split()
    return len(words) > 1 and all(
        len(word) >= _SHORTEST and word.translate(_WITHIN).isalpha() for word in words
    )


_WITHIN: Final = dict.fromkeys(map(ord, "-'’."))
"""What stands between the letters of a name."""
