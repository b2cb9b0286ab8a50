"""Known identifiers as the phrases that are looked for in texts, and what replaces them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.codes import canonical_person
from archive_tool.anonymize.text import EMAIL, ID, NAME, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archive_tool.anonymize.identifiers import KnownIdentifiers

Phrases = dict[tuple[str, ...], tuple[int, str]]
"""Words -> rank (0 id, 1 address, 2 name) and replacement."""

SHORTEST_PART: Final = 3
"""Letters of one part of a name that is looked for alone."""
SHORTEST_NUMBER: Final = 5
"""Digits of an id of digits only that is looked for in text: shorter ones are just numbers."""
_GENERIC: Final = frozenset(
    re.findall(
        "[a-z]+",
        "participant participants person people user guest player partner speaker listener viewer "
        "host sender receiver admin researcher experimenter test tester room agent bot anonymous "
        "unknown the and von van der den del des dos mrs prof",
    )
)
"""Words that name nobody, though names are made of them (``Participant 1``, ``van der Berg``)."""


def id_phrases(ids: Iterable[str], code: Callable[[str], str] | None) -> Phrases:
    """Ids of people, agents or rooms in both spellings; without codes they become ``[ID]``."""
    phrases: Phrases = {}
    for known in ids:
        label = f"[{code(known)}]" if code else ID
        for spelling in {known, canonical_person(known)}:
            words = words_of(spelling)
            if _findable(words):
                phrases[words] = (0, label)
    return phrases


def name_phrases(known: KnownIdentifiers, code: Callable[[str], str] | None) -> Phrases:
    """Names whole and in parts, and the local parts of addresses.

    A phrase that belongs to one person alone becomes that person's code; one that several bear, or
    nobody in particular, becomes ``[NAME]``: ambiguous names are masked, not mapped.
    """
    bearers: dict[tuple[str, ...], set[str]] = {}
    for name, who in known.names.items():
        for words in _spellings(name):
            bearers.setdefault(words, set()).update(who or ("",))
    for email, who in known.emails.items():
        for words in _spellings(email.split("@", 1)[0]):
            bearers.setdefault(words, set()).update(who or ("",))
    phrases: Phrases = {words_of(email): (1, EMAIL) for email in known.emails if words_of(email)}
    for words, people in bearers.items():
        (only,) = people if len(people) == 1 else ("",)
        phrases[words] = (2, f"[{code(only)}]" if only and code else NAME)
    return phrases


def _spellings(name: str) -> Iterator[tuple[str, ...]]:
    """Give the whole name, and each part that can stand alone."""
    words = words_of(name)
    letters = [word for word in words if not word.isdigit() and word not in _GENERIC]
    if not letters:
        return
    if sum(map(len, words)) > 1:
        yield words
    for word in letters:
        if len(word) >= SHORTEST_PART:
            yield (word,)


def _findable(words: tuple[str, ...]) -> bool:
    if not words or len("".join(words)) < 2:
        return False
    return len(words) > 1 or not words[0].isdigit() or len(words[0]) >= SHORTEST_NUMBER
