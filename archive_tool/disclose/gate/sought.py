"""What the gate looks for: everything the bundle knows about who is in it.

Made from the identifiers themselves, not from the phrases of the scrubber: what the scrubber
forgets must be found here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.known.common_words import COMMON
from archive_tool.anonymize.texts.phrases import (
    SHORTEST_BARE,
    SHORTEST_NUMBER,
    can_stand_alone,
    numerals,
    rooms_of_talk,
    telling,
)
from archive_tool.anonymize.texts.unspaced import Unspaced
from archive_tool.anonymize.texts.words import (
    WIDEST_GAP,
    border,
    by_capitals,
    unspaced,
    words_of,
)
from archive_tool.disclose.gate import hits
from archive_tool.model.people import canonical_people, canonical_person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from archive_tool.anonymize.known.identifiers import KnownIdentifiers

Words = tuple[str, ...]

MANY: Final = 16
"""Phrases with a word in common, from which another word tells them better."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Phrases by the word that gives them away. Personal: never shown, never saved."""

    by_anchor: dict[str, list[tuple[Words, str]]] = field(repr=False)
    """A word of a phrase -> the phrases that are looked for where it stands, and what they are."""
    unspaced: Unspaced[str] = field(repr=False)
    """Those in scripts without spaces, and what they are."""
    numerals: frozenset[str] = field(repr=False)
    """Ids of digits only: a number may be one."""

    def kinds_in(self, folded: str, words: set[str]) -> Iterator[str]:
        """Give the kinds of what stands in a text: see :func:`folded`."""
        for word in words & self.by_anchor.keys():
            for phrase, kind in self.by_anchor[word]:
                if all(part in folded for part in phrase) and _pattern(phrase).search(folded):
                    yield kind
        yield from (kind for _, _, kind in self.unspaced.find(folded))


def everything(known: KnownIdentifiers, *, rooms: bool, names: Iterable[str]) -> Sought:
    """All ids, names and addresses; room ids where rooms are coded; the researcher's own list."""
    phrases: dict[Words, str] = {}
    for name in {*known.names, *names}:
        for words in _of_name(name):
            phrases[words] = hits.NAME
    for email in known.emails:
        for words in _of_name(email.split("@", 1)[0]):
            if not COMMON.issuperset(words):
                phrases[words] = hits.NAME
        phrases[words_of(email)] = hits.KNOWN_EMAIL
    ids = known.people | known.agents | known.elsewhere | (known.rooms if rooms else frozenset())
    phrases.update(_of_ids(ids))
    for words in rooms_of_talk(known):  # these mean somebody in some rooms only
        phrases.pop(words, None)
    return _compiled(phrases)


def people(known: KnownIdentifiers, chosen: frozenset[str]) -> Sought:
    """Ids, names and addresses of some people only: those who are left out."""
    who = canonical_people(chosen)
    phrases: dict[Words, str] = {}
    for name, bearers in known.names.items():
        if bearers & who and telling(words_of(name)):
            phrases[words_of(name)] = hits.NAME
    for email, bearers in known.emails.items():
        if bearers & who:
            phrases[words_of(email)] = hits.KNOWN_EMAIL
    phrases.update(_of_ids(chosen))
    return _compiled(phrases)


def _of_ids(ids: Iterable[str]) -> dict[Words, str]:
    phrases = {}
    for known in ids:
        for spelling in {known, canonical_person(known)}:
            bare = "".join(filter(str.isalnum, spelling))
            told = len(bare) >= SHORTEST_BARE and not bare.isalpha() and not bare.isdigit()
            for text in (spelling, bare) if told else (spelling,):
                words = words_of(text)
                if _tells(words):
                    phrases[words] = hits.ID
    return phrases


def _of_name(name: str) -> Iterator[Words]:
    """Give a name whole, and each part of it that is no title and no particle."""
    for text in {name, by_capitals(name)}:
        words = words_of(text)
        letters = telling(words)
        if letters and sum(map(len, words)) > 1:
            yield words
        for word in letters:
            if can_stand_alone(word):
                yield (word,)


def _tells(words: Words) -> bool:
    """Whether an id is more than a small number or a single letter."""
    if not words or len("".join(words)) < 2:
        return False
    return len(words) > 1 or not words[0].isdigit() or len(words[0]) >= SHORTEST_NUMBER


def _compiled(phrases: dict[Words, str]) -> Sought:
    phrases = {words: kind for words, kind in phrases.items() if words}  # "@" has none
    shared = Counter(word for words in phrases for word in set(words))
    by_anchor = defaultdict(list)
    for words, kind in phrases.items():
        by_anchor[_anchor(words, shared)].append((words, kind))
    return Sought(by_anchor=dict(by_anchor), unspaced=Unspaced(phrases), numerals=numerals(phrases))


def _anchor(words: Words, shared: Mapping[str, int]) -> str:
    """Give the longest word of a phrase, but none that many phrases share, if another will do.

    In a study of ``participant_0001`` and thousands more every text with the word would be compared with all of
    them. No word to which others may be glued either: it would not stand alone in the text.
    """
    return max(
        words,
        key=lambda word: (
            word.isascii() or not unspaced().match(word),
            -(shared[word] // MANY),
            len(word),
            any(c.isdigit() for c in word),
        ),
    )


NOBODY: Final = _compiled({})


@lru_cache(maxsize=4096)
def _pattern(words: Words) -> re.Pattern[str]:
    """Give the words one after the other, each whole, with little between them."""
    text = border(words[0][0], "<!") + re.escape(words[0])
    for before, word in pairwise(words):
        least = 2 - len(words_of(before[-1] + word[0]))
        text += rf"[\W_]{{{least},{WIDEST_GAP}}}" + re.escape(word)
    return re.compile(text + border(words[-1][-1], "!"))
