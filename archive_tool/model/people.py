"""Ids of people as the platform writes them, and the person behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

PROLIFIC: Final = "prolific_"
"""What the platform puts before the ids of people who came from there."""
_MOST_PREFIXES: Final = 2
"""How often it is looked for before an id: a script may have added it once more."""
_EVERYBODY: Final = frozenset({"all", "everyone", "everybody", "group", "room", "broadcast", "*"})
"""Words that stand for everyone where a recipient's id could be."""
ERASED: Final = "[erased]"
"""Stands where somebody was named who has withdrawn."""


def is_nobody(recipient: str) -> bool:
    """Whether what stands in place of a recipient's id is no one person's."""
    return recipient.lower() in _EVERYBODY or recipient == ERASED


def canonical_person(person_id: str) -> str:
    """One spelling per person: ``prolific_{PID}`` and the bare PID are the same person.

    So is one to whom the prefix was added twice. Blanks that programs leave around an id, or after
    the prefix, are no part of it.
    """
    text = person_id.strip()
    while text.startswith(PROLIFIC):
        text = text[len(PROLIFIC) :].strip()
    return text


def canonical_people(ids: Iterable[str]) -> frozenset[str]:
    """Give the people behind ids, so that each is counted once."""
    return frozenset(map(canonical_person, ids))


def count_people(ids: Iterable[str], agents: Iterable[str] = ()) -> int:
    """Count the people behind ids, each once; agents and the shared subject are none."""
    return len(canonical_people(ids) - canonical_people(agents) - {""})


def spellings(person_id: str) -> tuple[str, ...]:
    """Give the ways one person is written: as here, without ``prolific_``, with it, and with it twice."""
    bare = canonical_person(person_id)
    ways = (times * PROLIFIC + bare for times in range(_MOST_PREFIXES + 1))
    return tuple(dict.fromkeys((person_id.strip(), *ways)))
