"""Identifiers out of free text; the talk stays.

Two ways of finding: phrases that are known (ids, names, addresses of the bundle and the
researcher's list), compared word by word without case and accents; and patterns (e-mail, URL, IP,
phone, handle). Where finds overlap, the whole stretch goes. What nobody knows cannot be found:
scrubbed text is personal data still.
"""

from __future__ import annotations

import html
import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyarrow as pa

NAME: Final = "[NAME]"
ID: Final = "[ID]"
EMAIL: Final = "[EMAIL]"
URL: Final = "[URL]"
IP: Final = "[IP]"
PHONE: Final = "[PHONE]"
HANDLE: Final = "[HANDLE]"

WIDEST_GAP: Final = 3
"""Characters between two words of one known phrase."""

_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_TRIGGER: Final = re.compile(r"[@0-9:/]")
"""Without one of these, or ``www.``, no pattern can match."""
_TRIGGER_RE2: Final = (
    r"(?i)@|://|mailto:|www\.|\.[a-z]{2,6}/|:[0-9a-f]*:|[0-9][0-9\s()./-]{4,}[0-9]|&|[^\x00-\x7f]"
)
"""The same for whole columns, closer to the patterns: RE2 is fast enough to look for them."""
_WORDS_AT_ONCE: Final = 1000
"""Alternatives in one RE2 pattern: more would not fit into its memory."""
_DOMAINS: Final = (
    "com|org|net|edu|gov|io|me|app|dev|info|co|ai|tv|link|uk|de|fr|ch|at|nl|eu|us|ca|cn|jp"
)

_EMAIL: Final = re.compile(r"(?<![\w.+%'-])[\w.+%'-]++@[\w-]++(?:\.[\w-]++)+")
_URL: Final = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.|mailto:)[^\s<>\"']+"
    rf"|(?<![\w@.-])(?:[\w-]+\.)+(?:{_DOMAINS})/[^\s<>\"']*",
    re.IGNORECASE,
)
_IPV4: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)")
_IPV6: Final = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<!\w)(?<!\d[.,])(?:\+|\()?\d[\d\s()./\u2010-\u2015-]{4,24}\d(?!\w)")
_DECIMAL: Final = re.compile(r"\d+\.\d+\Z")
_HANDLE: Final = re.compile(r"(?<!\w)@\w{2,}")


class Span(NamedTuple):
    """A find: where, how sure, and what stands there instead."""

    start: int
    end: int
    rank: int
    """0 id, 1 pattern, 2 name: of overlapping finds the lowest gives the word."""
    label: str


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Give a word without case and accents."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a phrase as they are compared: runs of letters, runs of digits."""
    return tuple(fold(word) for word in _WORD.findall(unicodedata.normalize("NFC", text)))


class Scrubber:
    """Rewrites texts; the same text always gives the same result."""

    def __init__(
        self,
        phrases: Mapping[tuple[str, ...], tuple[int, str]],
        *,
        addresses: bool = True,
        numbers: bool = True,
    ) -> None:
        """``phrases``: words (see :func:`words_of`) -> rank (0 id, 2 name) and replacement.

        ``addresses``: look for e-mail addresses and URLs; ``numbers``: for IP addresses, phone
        numbers and handles, which words of the design may look like.
        """
        self._first: dict[str, list[tuple[tuple[str, ...], int, str]]] = {}
        self._addresses = addresses
        self._numbers = numbers
        for words, (rank, label) in phrases.items():
            self._first.setdefault(words[0], []).append((words, rank, label))
        for candidates in self._first.values():
            candidates.sort(key=lambda candidate: -len(candidate[0]))
        self._word_patterns = _re2_of(self._first)

    def scrub(self, text: str) -> str:
        """Give the text without what was found; the very same object when nothing was."""
        if not self._suspicious(text):
            return text
        prepared = text
        if not text.isascii():
            prepared = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
        if "&" in prepared:
            prepared = html.unescape(prepared)
        spans = list(self._known(prepared))
        if self._addresses:
            spans.extend(_addressed(prepared))
        if self._numbers:
            spans.extend(_numbered(prepared))
        return _replace(prepared, spans) if spans else text

    def _suspicious(self, text: str) -> bool:
        """Cheap test that never says no where something could be found."""
        if "&" in text or not text.isascii():
            return True
        low = text.lower()
        if (self._addresses or self._numbers) and (_TRIGGER.search(low) or "www." in low):
            return True
        return not self._first.keys().isdisjoint(_WORD.findall(low))

    def _known(self, text: str) -> Iterator[Span]:
        found = [(m.start(), m.end(), fold(m.group())) for m in _WORD.finditer(text)]
        at = 0
        while at < len(found):
            step = 1
            for words, rank, label in self._first.get(found[at][2], ()):
                if _follows(found, at, words):
                    step = len(words)
                    yield Span(found[at][0], found[at + step - 1][1], rank, label)
                    break
            at += step

    def column(self, texts: pa.Array) -> tuple[pa.Array, int]:
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
        look = self._look(words)
        old = words.filter(look).to_pylist()
        new = [self.scrub(text) for text in old]
        if all(a is b for a, b in zip(old, new, strict=True)):
            return texts, 0
        cleaned = pc.replace_with_mask(words, look, pa.array(new, pa.string()))
        touched = pc.sum(pc.not_equal(cleaned, words).take(coded.indices)).as_py()
        return cleaned.take(coded.indices), touched

    def _look(self, texts: pa.Array) -> pa.BooleanArray:
        """Which texts may hold something; never false where something could be found."""
        import pyarrow.compute as pc

        trigger = _TRIGGER_RE2 if self._addresses or self._numbers else r"&|[^\x00-\x7f]"
        look = pc.match_substring_regex(texts, trigger)
        for pattern in self._word_patterns:
            look = pc.or_(look, pc.match_substring_regex(texts, pattern))
        return look


def _re2_of(words: Iterable[str]) -> list[str]:
    """RE2 patterns that match where one of the words stands whole; ASCII words only.

    Texts with other characters are looked at in any case, so their words need no pattern.
    """
    patterns = []
    plain = [word for word in words if word.isascii()]
    for kind, border in ((str.isdigit, "0-9"), (str.isalpha, "a-z")):
        chosen = sorted(word for word in plain if kind(word))
        for first in range(0, len(chosen), _WORDS_AT_ONCE):
            some = "|".join(chosen[first : first + _WORDS_AT_ONCE])
            patterns.append(f"(?i)(?:^|[^{border}])(?:{some})(?:[^{border}]|$)")
    return patterns


def _follows(found: list[tuple[int, int, str]], at: int, words: tuple[str, ...]) -> bool:
    """Whether the words of a phrase stand here, one after the other."""
    if at + len(words) > len(found):
        return False
    for offset in range(1, len(words)):
        start, _, word = found[at + offset]
        if word != words[offset] or start - found[at + offset - 1][1] > WIDEST_GAP:
            return False
    return True


def _addressed(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (Span(m.start(), m.end(), 1, EMAIL) for m in _EMAIL.finditer(text))
    yield from (Span(m.start(), m.end(), 1, URL) for m in _URL.finditer(text))


def _numbered(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (Span(m.start(), m.end(), 2, HANDLE) for m in _HANDLE.finditer(text))
    for match in (*_IPV4.finditer(text), *_IPV6.finditer(text)):
        if _is_ip(match.group()):
            yield Span(match.start(), match.end(), 1, IP)
    for match in _PHONE.finditer(text):
        digits = sum(c.isdigit() for c in match.group())
        if 7 <= digits <= 15 and not _DECIMAL.match(match.group()):
            yield Span(match.start(), match.end(), 2, PHONE)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return text != "::"


def _replace(text: str, spans: Iterable[Span]) -> str:
    """Put the labels in; finds that overlap become one, under the surest label."""
    pieces: list[str] = []
    done = 0
    current: Span | None = None
    for span in sorted(spans):
        if current is not None and span.start < current.end:
            best = min(current, span, key=lambda s: (s.rank, s.start))
            current = Span(current.start, max(current.end, span.end), best.rank, best.label)
            continue
        if current is not None:
            pieces += (text[done : current.start], current.label)
            done = current.end
        current = span
    if current is not None:
        pieces += (text[done : current.start], current.label)
        done = current.end
    return "".join((*pieces, text[done:]))
