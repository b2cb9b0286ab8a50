"""Known identifiers as the phrases that are looked for in texts, and what replaces them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.known.common_words import COMMON, FREQUENT, GRAMMAR
from archive_tool.anonymize.texts.labels import EMAIL, ID, NAME
from archive_tool.anonymize.texts.unspaced import parts
from archive_tool.anonymize.texts.words import (
    LONG_NAME,
    by_capitals,
    shortened,
    without_umlauts,
    words_of,
    written_out,
)
from archive_tool.model.people import canonical_person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from archive_tool.anonymize.known.identifiers import KnownIdentifiers

Phrases = dict[tuple[str, ...], tuple[int, str]]
"""Words -> rank (0 id, 1 address, 2 name) and replacement."""


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Phrases, and how long those are that begin with a word.

    Found by all of their words at once: thousands of ids may begin alike (``lab-2026-0001``).
    """

    phrases: Phrases
    lengths: Mapping[str, tuple[int, ...]]
    """First word -> numbers of words, the largest first."""

    def beginning(self, words: Sequence[str], at: int) -> list[tuple[tuple[str, ...], int, str]]:
        """Give the phrases that stand here, whatever is between their words: the longest first."""
        lengths = self.lengths.get(words[at], ())
        here = [tuple(words[at : at + length]) for length in lengths]
        return [(phrase, *self.phrases[phrase]) for phrase in here if phrase in self.phrases]


SHORTEST_PART: Final = 3
"""Letters of one part of a name that is looked for alone."""
SHORTEST_PAIR: Final = 6
"""Letters of two parts of a longer name that are looked for as one word."""
_SHORT: Final = 2
"""Letters of a part of a name that is looked for where somebody bears it."""
SHORTEST_TYPED: Final = 4
"""Letters of a part of a name that is looked for with ``ö`` where the bundle has ``oe``."""
SHORTEST_NUMBER: Final = 5
"""Digits of an id of digits only that is looked for in text: shorter ones are just numbers."""
SHORTEST_BARE: Final = 8
"""Letters and digits of an id that is looked for without the signs between them."""
_IDEOGRAPHS: Final = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003134f"))
GENERIC: Final = GRAMMAR | frozenset(
    re.findall(
        "[a-z]+",
        "participant participants person people user guest player partner speaker listener viewer "
        "host sender receiver admin researcher experimenter test tester room agent bot anonymous "
        "unknown von van der den del dell della dall dalla des dos dr mrs prof",
    )
)
"""Words that name nobody, though names are made of them (``Participant 1``, ``van der Berg``)."""


def id_phrases(ids: Iterable[str], code: Callable[[str], str] | None) -> Phrases:
    """Ids of people, agents or rooms in both spellings; without codes they become ``[ID]``."""
    phrases: Phrases = {}
    for known in ids:
        label = f"[{code(known)}]" if code else ID
        for words in id_spellings(known):
            phrases[words] = (0, label)
    return phrases


def name_phrases(known: KnownIdentifiers, code: Callable[[str], str] | None) -> Phrases:
    """Names whole and in parts, and the local parts of addresses.

    A phrase that belongs to one person alone becomes that person's code; one that several bear, or
    nobody in particular, becomes ``[NAME]``: ambiguous names are masked, not mapped.
    """
    bearers: dict[tuple[str, ...], set[str]] = {}
    for name, who in known.names.items():
        for words in spellings(name):
            bearers.setdefault(words, set()).update(who or ("",))
    for email, who in known.emails.items():
        for words in spellings(email.split("@", 1)[0]):
            if not FREQUENT.issuperset(words):  # student12@, info@
                bearers.setdefault(words, set()).update(who or ("",))
    phrases: Phrases = {words_of(email): (1, EMAIL) for email in known.emails if words_of(email)}
    for words, people in bearers.items():
        (only,) = people if len(people) == 1 else ("",)
        phrases[words] = (2, f"[{code(only)}]" if only and code else NAME)
    return phrases


def by_room(known: KnownIdentifiers, phrases: Phrases) -> tuple[Phrases, dict[str, Phrases]]:
    """Part the phrases that are looked for everywhere from those of single rooms.

    What people say without meaning anybody (``will``, ``the boss``) is looked for where somebody
    bears it; where nobody knows the rooms, everywhere.
    """
    everywhere = dict(phrases)
    rooms: dict[str, Phrases] = {}
    for words, places in rooms_of_talk(known).items():
        find = everywhere.pop(words, None)
        if find is not None:
            found = (words, *_genitive(words)) if find[0] == 2 else (words,)
            for room in places:
                _add(found, find, rooms.setdefault(room, {}))
    for name in known.names:
        find = phrases.get(words_of(name))
        if find is None:
            continue
        short = [part for part in _short_parts(name) if part not in phrases]
        for room in known.rooms_of_name(name) if short else ():
            _add(short, find, rooms.setdefault(room, {}))
    return everywhere, rooms


def _genitive(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give ``marks`` for ``mark``, which as a word of the language is never taken for misspelt."""
    *before, last = words
    if len(last) >= SHORTEST_PART and last[-1] not in "s0123456789" and f"{last}s" not in COMMON:
        yield (*before, f"{last}s")


def _short_parts(name: str) -> Iterator[tuple[str, ...]]:
    """Give parts of names that are found where somebody bears them: ``Jo`` of ``Jo Smith``, ``小明`` of ``王小明``."""
    words = words_of(name)
    for word in words if len(words) > 1 else ():
        if len(word) == _SHORT and word.isalpha() and not is_talk((word,)):
            yield (word,)
    yield from map(words_of, parts(name))


def _add(found: Iterable[tuple[str, ...]], find: tuple[int, str], own: Phrases) -> None:
    """Add what is looked for in one room only; what several people there are called is nobody's code."""
    for words in found:
        own[words] = find if own.get(words, find) == find else (find[0], NAME)


def rooms_of_talk(known: KnownIdentifiers) -> dict[tuple[str, ...], frozenset[str]]:
    """Names and ids that are talk too, and the rooms in which they mean somebody."""
    found: dict[tuple[str, ...], list[frozenset[str]]] = {}
    for words, places in _placed(known):
        if is_talk(words):
            found.setdefault(words, []).append(places)
    return {words: frozenset[str]().union(*where) for words, where in found.items() if all(where)}


def _placed(known: KnownIdentifiers) -> Iterator[tuple[tuple[str, ...], frozenset[str]]]:
    """Give the phrases that may be talk, and the rooms of those who are called so."""
    for name in (*known.names, *known.emails):
        places = known.rooms_of_name(name)
        yield from ((words, places) for words in spellings(name.split("@", 1)[0]))
    nowhere = frozenset[str]()
    for who in filter(str.isalpha, known.people | known.agents):
        yield words_of(who), known.rooms_of.get(canonical_person(who), nowhere)
    for room in filter(str.isalpha, known.rooms):
        yield words_of(room), frozenset({room})


def is_talk(words: tuple[str, ...]) -> bool:
    """Whether people say this without meaning anybody: ``will``, ``the boss``, not ``Will Rose``."""
    if len(words) == 1:
        return words[0] in COMMON or words[0] in GENERIC
    said = all(word in COMMON or word in GRAMMAR or len(word) == 1 for word in words)
    return said and not GRAMMAR.isdisjoint(words)


@lru_cache(maxsize=65536)
def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """Give the whole name, each part that can stand alone, and parts written as one word."""
    return tuple(dict.fromkeys(_spellings(name)))


def _spellings(name: str) -> Iterator[tuple[str, ...]]:
    for text in {name, written_out(name), by_capitals(name)}:
        words = words_of(text)
        letters = telling(words)
        if not letters:
            continue
        if sum(map(len, words)) > 1:
            yield words
        for word in letters:
            if can_stand_alone(word):
                yield (word,)
                short = without_umlauts(word)
                if SHORTEST_TYPED <= len(short) < len(word) and short not in COMMON:
                    yield (short,)
        if len(words) > 1 and all(map(str.isalpha, words)):
            yield from _as_one_word(text, words)


def telling(words: tuple[str, ...]) -> list[str]:
    """Give the words of a name that name somebody: ``Participant A`` is a role, and nobody."""
    names = [word for word in words if not word.isdigit() and word not in GENERIC]
    if len(names) < len(words) and all(len(word) == 1 and word.isascii() for word in names):
        return [] if not GENERIC.isdisjoint(words) else names
    return names


def _as_one_word(text: str, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give a name, and parts of it, without what stands between its words."""
    yield ("".join(words),)
    yield ("".join(reversed(words)),)
    chunks = text.split()
    for chunk in chunks if 1 < len(chunks) < len(words) else ():  # O'Connor, Jean-Luc
        yield ("".join(words_of(chunk)),)
    for place in range(1, len(words) - 1):  # van der Berg
        if words[place] in GENERIC and words[-1] not in GENERIC:
            yield ("".join(words[place:]),)
    pairs = (*pairwise(words), (words[0], words[-1])) if len(words) > 2 else ()
    for one, other in pairs:  # María José García
        both = one + other
        if len(both) >= SHORTEST_PAIR and both not in COMMON and other not in GENERIC:
            yield (both,)


def can_stand_alone(word: str) -> bool:
    """Whether a part of a name is looked for by itself; two ideographs are a name."""
    return len(word) >= SHORTEST_PART or (
        len(word) == 2 and any(first <= word[0] <= last for first, last in _IDEOGRAPHS)
    )


def id_spellings(known: str) -> Iterator[tuple[str, ...]]:
    """Give an id with and without its prefix, and without the signs between its parts.

    The last only where letters and digits still tell it from a word or a number.
    """
    for spelling in dict.fromkeys((known, canonical_person(known))):
        bare = "".join(filter(str.isalnum, spelling))
        told = len(bare) >= SHORTEST_BARE and not bare.isalpha() and not bare.isdigit()
        for text in (spelling, bare) if told and bare != spelling else (spelling,):
            words = words_of(text)
            if findable(words):
                yield words


def findable(words: tuple[str, ...]) -> bool:
    """Whether an id is more than a small number or a single letter, which texts are full of."""
    if not words or len("".join(words)) < 2:
        return False
    return len(words) > 1 or not words[0].isdigit() or len(words[0]) >= SHORTEST_NUMBER


def numerals(phrases: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """Give the ids of digits only."""
    return frozenset(words[0] for words in phrases if len(words) == 1 and words[0].isdigit())


def candidates(phrases: Phrases) -> Candidates:
    """Make phrases ready to be found."""
    lengths: dict[str, set[int]] = {}
    for words in phrases:
        lengths.setdefault(words[0], set()).add(len(words))
    ordered = {word: tuple(sorted(found, reverse=True)) for word, found in lengths.items()}
    return Candidates(phrases=phrases, lengths=ordered)


NOTHING: Final = candidates({})


def single_names(phrases: Phrases) -> dict[str, str]:
    """Names of one word."""
    return {
        words[0]: label
        for words, (rank, label) in phrases.items()
        if rank == 2
        and len(words) == 1
        and len(words[0]) >= SHORTEST_PART
        and words[0] not in COMMON
    }


def near_names(names: Iterable[str]) -> dict[str, str]:
    """Long names, joined by spaces, by what is left of them without one of their letters.

    Texts rather than lists: there are ten of them for every name, and Python's collector of garbage
    looks at every list again and again.
    """
    near: dict[str, str] = {}
    for name in names:
        if len(name) >= LONG_NAME:
            for short in shortened(name):
                near[short] = f"{near[short]} {name}" if short in near else name
    return near
