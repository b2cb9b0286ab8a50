"""Identifiers out of free text; the talk stays.

Two ways of finding: phrases that are known (ids, names, addresses of the bundle and the
researcher's list), compared word by word without case and accents, and patterns with checks
(:mod:`archive_tool.anonymize.texts.detectors`). Where finds overlap, the whole stretch goes. Texts inside
texts (percent, JSON, HTML and base64 escapes) are read too. Scrubbed text is personal data still.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts import encodings, pieces
from archive_tool.anonymize.texts.clues import Clues, clues_of, matching, plain
from archive_tool.anonymize.texts.dates import MOMENTS
from archive_tool.anonymize.texts.detectors import ADDRESSES, NUMBERS, SPELT, triggers
from archive_tool.anonymize.texts.labels import (
    LABEL_PATTERN,
    NAME,
    PLACEHOLDER,
    TEXT,
    Span,
    merged,
    replace,
    surest,
    uncovered,
)
from archive_tool.anonymize.texts.misspelt import MOST_WORDS
from archive_tool.anonymize.texts.phrases import NOTHING
from archive_tool.anonymize.texts.words import (
    Words,
    in_ascii,
    visible,
    words_of_column,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from archive_tool.anonymize.recognize import Recognizer
    from archive_tool.anonymize.texts.lookup import Lookup
    from archive_tool.anonymize.texts.phrases import Candidates

LONGEST_KEPT: Final = 200
MOST_KEPT: Final = 50_000
"""Characters and number of texts whose result is remembered: people say "yes" many times."""
MOST_PASSES: Final = 5
"""Of escapes within escapes; a text that is not clean then goes as a whole."""

_TRIGGER: Final = re.compile(rf"[@0-9:/\\%&=(\[{{]|\.\w|{SPELT}|{pieces.MAY_BE}")
"""Without one of these, or ``www.``, only known words can be found in ASCII texts."""
_LABELS: Final = re.compile(LABEL_PATTERN)
_PLACES: Final = re.compile(PLACEHOLDER)

_PARTS: Final = frozenset(("", *" \t\n.,!?;:'\"()"))
"""What may stand beside a find without being part of something else."""
_LOCAL: Final = (".", "'")
"""But these may begin another address, if its sign follows."""
_AT: Final = re.compile("[@\uff20]")


class Scrubber:
    """Rewrites texts; the same text in the same room always gives the same result."""

    def __init__(
        self,
        known: Lookup,
        *,
        addresses: bool = True,
        numbers: bool = True,
        moments: bool = False,
        recognize: Recognizer | None = None,
    ) -> None:
        """``addresses``: look for e-mail addresses and URLs.

        ``numbers``: look for all other ``detectors``, which words of the design may look like.
        ``moments``: without ``numbers``, look for points in time all the same.
        ``recognize``: guesses names that nobody listed.
        """
        self._recognize = recognize
        self._everywhere, self._rooms = known.everywhere, known.rooms
        self._first = known.everywhere.lengths
        others = NUMBERS if numbers else MOMENTS if moments else ()
        self._detectors = (*(ADDRESSES if addresses else ()), *others)
        self._triggers = triggers(self._detectors)
        self._all = Clues(self._detectors)
        self._misspelt = known.misspelt.label
        self._unspaced, self._unspaced_of = known.unspaced, known.unspaced_of
        self._starts = known.starts
        self._idle: set[str] = set()
        """Words that are idle, as far as they were met."""
        self._scrubbed: dict[tuple[str, str], str] = {}

    @property
    def rooms(self) -> frozenset[str]:
        """Rooms whose texts are not treated like those of all others."""
        return frozenset(self._rooms)

    def scrub(self, text: str, room: str = "", *, clues: Clues | None = None) -> str:
        """Give the text without what was found; the very same object when nothing was.

        ``clues``: a look at the whole column said already what there may be.
        """
        place = (text, room if room in self._rooms else "")
        known = self._scrubbed.get(place)
        if known is None:
            look = clues is not None or self._suspicious(text, room)
            known = self._scrub(text, room, clues or self._all) if look else text
            if len(text) <= LONGEST_KEPT and len(self._scrubbed) < MOST_KEPT:
                self._scrubbed[place] = known
        return text if known == text else known

    def _scrub(self, text: str, room: str, clues: Clues) -> str:
        done, again = text, True
        for number in range(MOST_PASSES):
            # What stands for something by now is left alone; before, people may have typed it.
            places = _PLACES if number else _LABELS
            forms = encodings.forms(done)
            for form in (*forms, done) if again else forms:
                new, again = self._pass(form, room, places, clues if form is text else self._all)
                if new is not form:
                    done = new
                    break
            else:
                return done
        return TEXT

    def _pass(
        self, text: str, room: str, places: re.Pattern[str], clues: Clues
    ) -> tuple[str, bool]:
        """Replace what is found at once; also whether another look is needed.

        That is so where a find was glued to something: what is left of it begins anew.
        """
        prepared = visible(text)
        if len(prepared) != len(text):  # what was invisible may have parted two hidden texts
            apart = list(self._hidden(text, room))
            if apart:
                return replace(text, merged(apart)), True
        spans: list[Span] = []
        at = 0
        for place in (*places.finditer(prepared), None) if "[" in prepared else (None,):
            piece = prepared[at : place.start() if place else len(prepared)]
            found = self._find(in_ascii(piece), room, clues)
            if clues.hidden and in_ascii(piece) is not piece:  # wide letters part hidden texts
                found += self._hidden(piece, room)
            spans += [Span(s.start + at, s.end + at, *s[2:]) for s in found] if at else found
            at = place.end() if place else at
        if not spans:
            return text, False
        spans = merged(spans)
        glued = any(
            prepared[s.start - 1 : s.start] not in _PARTS
            or prepared[s.end : s.end + 1] not in _PARTS
            or (prepared[s.end : s.end + 1] in _LOCAL and _AT.search(prepared, s.end))
            for s in spans
        )
        return replace(prepared, spans), glued

    def _find(self, text: str, room: str, clues: Clues, *, depth: int = 0) -> list[Span]:
        found = self._known(text, room) if clues.known and text else []
        if self._recognize is not None:
            found += (Span(start, end, 3, NAME) for start, end in self._recognize(text))
        if clues.detectors:
            told = len(clues.detectors) < len(self._detectors)  # their triggers are there
            characters = set[str]() if told else set(text)
            for one in clues.detectors:
                if depth and any(span.rank <= 1 for span in found):
                    break  # all of what is hidden goes, whatever else is there
                if told or (not one.needs.isdisjoint(characters) and one.quick.search(text)):
                    found += one.find(text)
        if depth and found:
            return found
        if clues.pieces:
            found += self._in_pieces(uncovered(text, found), room, clues.pieces)
        if clues.hidden and depth < encodings.DEEPEST:
            found += self._hidden(text, room, depth + 1)
        return found

    def _hidden(self, text: str, room: str, depth: int = 1) -> Iterator[Span]:
        """Give the stretches that hold something when they are decoded."""
        for start, end, hidden in encodings.hidden(text):
            found = self._find(in_ascii(visible(hidden)), room, self._all, depth=depth)
            best = min(found, key=surest, default=None)
            if best is not None:
                yield Span(start, end, best.rank, best.label)

    def _suspicious(self, text: str, room: str) -> bool:
        """Cheap test that never says no where something could be found."""
        if self._recognize is not None or not text.isascii() or _TRIGGER.search(text):
            return True
        low = text.lower()
        if "www." in low:
            return True
        words = Words(low).folded
        if not self._first.keys().isdisjoint(words):
            return True
        if not self._own(room).lengths.keys().isdisjoint(words):
            return True
        return any(self._misspelt(word) for word in words)

    def _known(self, text: str, room: str) -> list[Span]:
        """Phrases that are known, and words that nearly are."""
        words = Words(text)
        folded, idle, own = words.folded, self._idle, self._own(room)
        hot = [at for at, word in enumerate(folded) if word not in idle or word in own.lengths]
        found: list[Span] = []
        after = 0
        for at in hot:
            word = folded[at]
            if at < after or (self._is_idle(word) and word not in own.lengths):
                continue
            here = self._everywhere.beginning(folded, at)
            if own is not NOTHING:
                here += own.beginning(folded, at)
            for phrase, rank, label in here:
                if words.stands(at, phrase):
                    after = at + len(phrase)
                    found.append(Span(*words.span(at, after - 1), rank, label))
                    break
            else:
                label = self._misspelt(word)
                if label:
                    found.append(Span(*words.span(at, at), 2, label))
        if not text.isascii():
            for unspaced in filter(None, (self._unspaced, self._unspaced_of.get(room))):
                found += (Span(a, b, *what) for a, b, what in unspaced.find(text))
        return found

    def _is_idle(self, word: str) -> bool:
        """Whether a word begins no phrase of all rooms and is like no name."""
        if word in self._idle:
            return True
        if word in self._first or self._misspelt(word):
            return False
        if len(self._idle) < MOST_WORDS:
            self._idle.add(word)
        return True

    def _in_pieces(self, text: str, room: str, ways: tuple[pieces.Way, ...]) -> Iterator[Span]:
        own = self._own(room)
        for start, end, word in pieces.pieces_in(text, self._starts, ways):
            for known in (self._everywhere, own):
                if (word,) in known.phrases:
                    yield Span(start, end, *known.phrases[word,])

    def _own(self, room: str) -> Candidates:
        """What is looked for in the texts of one room only."""
        return self._rooms.get(room, NOTHING)

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
        worded = self._worded(words, room)
        look = pc.or_(worded, self._look(words))
        chosen = words.filter(look)
        clues = clues_of(chosen, self._detectors, known=worded.filter(look))
        old = chosen.to_pylist()
        new = [self.scrub(text, room, clues=one) for text, one in zip(old, clues, strict=True)]
        if all(a is b for a, b in zip(old, new, strict=True)):
            return texts, 0
        cleaned = pc.replace_with_mask(words, look, pa.array(new, pa.string()))
        touched = pc.sum(pc.not_equal(cleaned, words).take(coded.indices)).as_py()
        return cleaned.take(coded.indices), touched

    def _look(self, texts: pa.Array) -> pa.BooleanArray:
        """Which texts may hold more than known words; never false where they do."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self._recognize is not None:
            return pc.is_valid(texts)
        look = pc.or_(
            pc.invert(plain(texts)),
            pc.match_substring_regex(texts, f"{encodings.MAY_HIDE}|{pieces.MAY_BE}|\\\\"),
        )
        for needs, patterns in self._triggers:
            for found in matching(texts, patterns, needs):
                look = pc.or_(look, pa.array(found))
        return look

    def _worded(self, texts: pa.Array, room: str) -> pa.BooleanArray:
        """Which ASCII texts hold a word that begins a phrase, or looks like a name."""
        import numpy as np
        import pyarrow as pa

        words, owners = words_of_column(texts)
        own = self._own(room).lengths
        known = [word in own or not self._is_idle(word) for word in words.dictionary.to_pylist()]
        found = np.zeros(len(texts), bool)
        found[owners[np.array(known, bool)[words.indices.to_numpy()]]] = True
        return pa.array(found)
