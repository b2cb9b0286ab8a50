"""Which texts name somebody: known names where they stand by themselves, as a preview counts them.

A name stands by itself where no ASCII letter or digit is beside it, in any case, and nothing but other
characters between its words. So each of its ASCII words is a word of the text: texts are taken apart
once, however many names there are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from archive_tool.ingest.arrow import as_mask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive_tool.ingest.arrow import Array, Mask

_LONGEST: Final = 200
"""Characters of a name; what is longer is prose."""
_AT_ONCE: Final = 4000
"""Characters of names in one pattern: RE2's memory is bounded."""
_WORD: Final = re.compile("[0-9A-Za-z]+")
_GAP: Final = "[^0-9A-Za-z]+"


class _Name(NamedTuple):
    """One name of several ASCII words, or of more than these."""

    words: list[str]
    place: int
    """Of the word by which it is found."""
    pattern: str
    """What tells it from others with the same words; empty where it is these and spaces."""

    def follows(self, said: list[str], row_of: list[int], at: int) -> bool:
        """Whether its words follow each other in the text of this word."""
        first = at - self.place
        end = first + len(self.words)
        inside = first >= 0 and end <= len(said) and row_of[first] == row_of[end - 1]
        return inside and said[first:end] == self.words


@dataclass(kw_only=True)
class Names:
    """Names in any number. Holds them: nothing of it may be printed."""

    names: Iterable[str] = field(repr=False)
    _whole: pa.Array = field(init=False, repr=False)
    """Names that are one ASCII word, in lower case."""
    _by_word: dict[str, list[_Name]] = field(init=False, repr=False)
    """Other names by the one of their ASCII words that the fewest of them have."""
    _patterns: list[str] = field(init=False, repr=False)
    """RE2 for names without such a word, as those in other scripts."""

    def __post_init__(self) -> None:
        known = sorted({" ".join(one.split()) for one in self.names if len(one) <= _LONGEST} - {""})
        words = {name: [word.lower() for word in _WORD.findall(name)] for name in known}
        self._whole = pa.array([n.lower() for n in known if words[n] == [n.lower()]], pa.string())
        self._patterns = _of_names(name for name in known if not words[name])
        times = Counter(word for of_name in words.values() for word in set(of_name))
        self._by_word = defaultdict(list)
        for name, of_name in words.items():
            if of_name and of_name != [name.lower()]:
                rarest = min(of_name, key=times.__getitem__)
                pattern = "" if name.lower().split(" ") == of_name else _of_names([name])[0]
                self._by_word[rarest].append(_Name(of_name, of_name.index(rarest), pattern))

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(len(self._whole) or self._by_word or self._patterns)

    def found_in(self, texts: Array) -> Mask:
        """Say which texts hold one of the names; null holds none."""
        hits = np.zeros(len(texts), np.bool_)
        for pattern in self._patterns:
            hits |= as_mask(pc.match_substring_regex(texts, pattern))
        if len(self._whole) or self._by_word:
            self._by_words(texts, hits)
        return hits

    def _by_words(self, texts: Array, hits: Mask) -> None:
        split = pc.split_pattern_regex(texts.fill_null(""), _GAP)
        rows = np.repeat(np.arange(len(texts)), np.diff(split.offsets.to_numpy()))
        words = pc.ascii_lower(split.flatten()).dictionary_encode()
        codes = words.indices.to_numpy()
        is_whole = as_mask(pc.is_in(words.dictionary, self._whole))
        hits[rows[is_whole[codes]]] = True
        parts = pa.array(list(self._by_word), pa.string())
        is_part = as_mask(pc.is_in(words.dictionary, parts))
        known = words.dictionary.to_pylist()
        said = [known[code] for code in codes.tolist()]
        row_of = rows.tolist()
        for at in np.flatnonzero(is_part[codes] & ~hits[rows]).tolist():
            row = row_of[at]
            hits[row] = hits[row] or any(
                one.follows(said, row_of, at)
                and (not one.pattern or re.search(one.pattern, texts[row].as_py()))
                for one in self._by_word[said[at]]
            )


def _of_names(names: Iterable[str]) -> list[str]:
    """Patterns that match where one of the names stands by itself."""
    found: list[list[str]] = []
    room = 0
    for name in names:
        room -= len(name)
        if room < 0:
            found.append([])
            room = _AT_ONCE - len(name)
        # up to three other characters may stand between the words of a name
        found[-1].append(r"\W{1,3}".join(re.escape(word) for word in name.split(" ")))
    return [rf"(?i)(?:^|[^0-9A-Za-z])(?:{'|'.join(some)})(?:[^0-9A-Za-z]|$)" for some in found]
