"""Identifiers out of free text; the talk stays.

Two ways of finding: phrases that are known (ids, names, addresses of the bundle and the
researcher's list), compared word by word without case and accents, and patterns with checks
(:mod:`archive_tool.anonymize.detectors`). Where finds overlap, the whole stretch goes. Texts inside
texts (percent, JSON, HTML and base64 escapes) are read too. Scrubbed text is personal data still.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize import encodings
from archive_tool.anonymize.detectors import ADDRESSES, NUMBERS, triggers
from archive_tool.anonymize.labels import (
    LABEL_PATTERN,
    NAME,
    PLACEHOLDER,
    TEXT,
    Span,
    replace,
    surest,
)
from archive_tool.anonymize.phrases import (
    LONG_NAME,
    beginning,
    candidates,
    near_names,
    single_names,
)
from archive_tool.anonymize.words import (
    INVISIBLE,
    WORD,
    fold,
    follows,
    one_typo_apart,
    shortened,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

    from archive_tool.anonymize.phrases import Phrases
    from archive_tool.anonymize.recognize import Recognizer

SPELT_OUT: Final = 4
"""Letters from which a name is found with something between all its letters (``A n n a``)."""
MOST_WORDS: Final = 200_000
"""Words whose spelling is remembered: a language has fewer that people use."""
LONGEST_KEPT: Final = 200
MOST_KEPT: Final = 50_000
"""Characters and number of texts whose result is remembered: people say "yes" many times."""
MOST_PASSES: Final = 5
"""Of escapes within escapes; a text that is not clean then goes as a whole."""

_TRIGGER: Final = re.compile(r"[@0-9:/\\%&=]|[a-z][A-Z]|[^\W\d_][ .*_-][^\W\d_][ .*_-]")
"""Without one of these, or ``www.``, only known words can be found."""
_SPELT: Final = re.compile(r"(?<!\w)(?:[^\W\d_][ .*_-]){3,}[^\W\d_](?!\w)")
_SPELT_RE2: Final = r"(?:^|[^\pL\pN])(?:\pL[ .*_-]){3,}\pL(?:[^\pL\pN]|$)"
_LABELS: Final = re.compile(LABEL_PATTERN)
_PLACES: Final = re.compile(PLACEHOLDER)

_PARTS: Final = frozenset(("", *" \t\n.,!?;:'\"()"))
"""What may stand beside a find without being part of something else."""


class Scrubber:
    """Rewrites texts; the same text in the same room always gives the same result."""

    def __init__(
        self,
        phrases: Phrases,
        *,
        addresses: bool = True,
        numbers: bool = True,
        rooms: Mapping[str, Phrases] | None = None,
        recognize: Recognizer | None = None,
    ) -> None:
        """``phrases``: words (:func:`words_of`) -> rank (0 id, 2 name) and replacement.

        ``addresses``: look for e-mail addresses and URLs; ``numbers``: for all other ``detectors``,
        which words of the design may look like. ``rooms``: phrases that are looked for in the texts
        of one room only. ``recognize``: guesses names that nobody listed.
        """
        self._recognize = recognize
        self._first = candidates(phrases)
        self._rooms = {room: candidates(own) for room, own in (rooms or {}).items() if own}
        self._detectors = (*(ADDRESSES if addresses else ()), *(NUMBERS if numbers else ()))
        self._triggers = triggers(addresses=addresses, numbers=numbers)
        self._names = single_names(phrases)
        self._near = near_names(self._names)
        self._longest = max(map(len, self._near), default=0)
        self._typos: dict[str, str] = {}
        self._idle: set[str] = set()
        """Words that begin no phrase of all rooms and are like no name."""
        self._scrubbed: dict[tuple[str, str], str] = {}

    @property
    def rooms(self) -> frozenset[str]:
        """Rooms whose texts are not treated like those of all others."""
        return frozenset(self._rooms)

    def scrub(self, text: str, room: str = "", *, looked: bool = False) -> str:
        """Give the text without what was found; the very same object when nothing was.

        ``looked``: a cheap look said already that there may be something.
        """
        place = (text, room if room in self._rooms else "")
        known = self._scrubbed.get(place)
        if known is None:
            look = looked or self._suspicious(text, room)
            known = self._scrub(text, room) if look else text
            if len(text) <= LONGEST_KEPT and len(self._scrubbed) < MOST_KEPT:
                self._scrubbed[place] = known
        return text if known == text else known

    def _scrub(self, text: str, room: str) -> str:
        done, again = text, True
        for number in range(MOST_PASSES):
            # What stands for something by now is left alone; before, people may have typed it.
            places = _PLACES if number else _LABELS
            forms = [form for form in encodings.forms(done) if form is not done]
            for form in (*forms, done) if again else forms:
                new, again = self._pass(form, room, places)
                if new is not form:
                    done = new
                    break
            else:
                return done
        return TEXT

    def _pass(self, text: str, room: str, places: re.Pattern[str]) -> tuple[str, bool]:
        """Replace what is found at once; also whether another look is needed.

        That is so where a find was glued to something: what is left of it begins anew.
        """
        prepared = text
        if not text.isascii():
            prepared = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
        if len(prepared) != len(text):  # what was invisible may have parted two hidden texts
            apart = list(self._hidden(text, room))
            if apart:
                return replace(text, apart), True
        spans: list[Span] = []
        at = 0
        for place in (*places.finditer(prepared), None) if "[" in prepared else (None,):
            piece = prepared[at : place.start() if place else len(prepared)]
            found = self._find(piece, room)
            spans += [Span(s.start + at, s.end + at, *s[2:]) for s in found] if at else found
            at = place.end() if place else at
        if not spans:
            return text, False
        glued = any(
            prepared[s.start - 1 : s.start] not in _PARTS
            or prepared[s.end : s.end + 1] not in _PARTS
            for s in spans
        )
        return replace(prepared, spans), glued

    def _find(self, text: str, room: str, *, inside: bool = True) -> Iterator[Span]:
        if not text:
            return
        yield from self._known(text, room)
        if self._recognize is not None:
            yield from (Span(start, end, 3, NAME) for start, end in self._recognize(text))
        characters = set(text)
        for detector in self._detectors:
            if not detector.needs.isdisjoint(characters) and detector.quick.search(text):
                yield from detector.find(text)
        if _SPELT.search(text):
            for match in _SPELT.finditer(text):
                yield from self._spelt_out(match, room)
        if inside:
            yield from self._hidden(text, room)

    def _hidden(self, text: str, room: str) -> Iterator[Span]:
        """Give the stretches that hold something when they are decoded."""
        for start, end, hidden in encodings.hidden(text):
            best = min(self._find(hidden, room, inside=False), key=surest, default=None)
            if best is not None:
                yield Span(start, end, best.rank, best.label)

    def _suspicious(self, text: str, room: str) -> bool:
        """Cheap test that never says no where something could be found."""
        if self._recognize is not None or not text.isascii() or _TRIGGER.search(text):
            return True
        low = text.lower()
        if "www." in low:
            return True
        words = WORD.findall(low)
        if not self._first.keys().isdisjoint(words):
            return True
        if room in self._rooms and not self._rooms[room].keys().isdisjoint(words):
            return True
        return any(self._misspelt(word) for word in words)

    def _known(self, text: str, room: str) -> Iterator[Span]:
        plain = text.isascii()
        text = text.lower() if plain else text
        own = self._rooms.get(room, {})
        if not own and self._idle.issuperset(WORD.findall(text)):
            return
        found = [(*m.span(), m.group() if plain else fold(m.group())) for m in WORD.finditer(text)]
        at = 0
        while at < len(found):
            step = 1
            start, end, word = found[at]
            after = found[at + 1][2] if at + 1 < len(found) else ""
            for words, rank, label in beginning(word, after, self._first, own):
                if follows(found, at, words):
                    step = len(words)
                    yield Span(start, found[at + step - 1][1], rank, label)
                    break
            else:
                label = self._misspelt(word)
                if label:
                    yield Span(start, end, 2, label)
                elif word not in self._first and len(self._idle) < MOST_WORDS:
                    self._idle.add(word)
            at += step

    def _misspelt(self, word: str) -> str:
        """Give the replacement of a long name with one typo or a genitive ``s``; empty for none."""
        if word[-1] == "s" and word[:-1] in self._names:
            return self._names[word[:-1]]
        if not LONG_NAME - 1 <= len(word) <= self._longest + 1:
            return ""
        label = self._typos.get(word)
        if label is None:
            near = (name for short in shortened(word) for name in self._near.get(short, ()))
            label = next((self._names[name] for name in near if one_typo_apart(word, name)), "")
            if len(self._typos) < MOST_WORDS:
                self._typos[word] = label
        return label

    def _spelt_out(self, match: re.Match[str], room: str) -> Iterator[Span]:
        word = fold("".join(c for c in match.group() if c.isalpha()))
        own = self._rooms.get(room, {})
        for _, rank, label in beginning(word, "", self._first, own):
            yield Span(match.start(), match.end(), rank, label)

    def column(self, texts: pa.Array, room: str = "") -> tuple[pa.Array, int]:
        """Scrub an array of strings; also the number of cells changed.

        RE2 finds the few distinct texts that need a look (disclosure-control.md: 62 MB in 0.12 s),
        only those are taken apart in Python.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        if texts.null_count == len(texts):
            return texts, 0
        coded = texts.dictionary_encode()
        words = coded.dictionary
        look = self._look(words, room)
        old = words.filter(look).to_pylist()
        new = [self.scrub(text, room, looked=True) for text in old]
        if all(a is b for a, b in zip(old, new, strict=True)):
            return texts, 0
        cleaned = pc.replace_with_mask(words, look, pa.array(new, pa.string()))
        touched = pc.sum(pc.not_equal(cleaned, words).take(coded.indices)).as_py()
        return cleaned.take(coded.indices), touched

    def _look(self, texts: pa.Array, room: str) -> pa.BooleanArray:
        """Which texts may hold something; never false where something could be found."""
        import pyarrow.compute as pc

        if self._recognize is not None:
            return pc.is_valid(texts)
        look = pc.or_(
            pc.invert(pc.string_is_ascii(texts)),
            pc.match_substring_regex(texts, f"{encodings.MAY_HIDE}|{_SPELT_RE2}|\\\\"),
        )
        if self._triggers:
            look = pc.or_(look, pc.match_substring_regex(texts, self._triggers))
        return pc.or_(look, self._worded(texts, room))

    def _worded(self, texts: pa.Array, room: str) -> pa.BooleanArray:
        """Which ASCII texts hold a word that begins a phrase, or looks like a name."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        spaced = pc.replace_substring_regex(pc.ascii_lower(texts), "([0-9]+)", r" \1 ")
        lists = pc.split_pattern_regex(spaced, "[^a-z0-9]+")
        starts = lists.offsets.to_numpy()
        coded = lists.flatten().dictionary_encode()
        first, own = self._first, self._rooms.get(room, {})
        known = [
            word in first or word in own or bool(word and self._misspelt(word))
            for word in coded.dictionary.to_pylist()
        ]
        places = np.flatnonzero(np.array(known, bool)[coded.indices.to_numpy()])
        found = np.zeros(len(texts), bool)
        found[np.searchsorted(starts - starts[0], places, side="right") - 1] = True
        return pa.array(found)
