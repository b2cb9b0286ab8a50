"""Texts as words: how they are compared, whatever their case, accents and invisible characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

LONG_NAME: Final = 7
"""Letters from which a name is found with one typo in it."""
WIDEST_GAP: Final = 3
"""Characters between two words of one known phrase."""

UNSPACED: Final = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ecd\u0edc-\u0edf\u0f40-\u0fbc"
    "\u1000-\u103f\u1050-\u108f\u109a-\u109d\u1100-\u11ff\u1780-\u17b3\u17b6-\u17d3\u3005\u3007\u3041-\u3096"
    "\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
"""Thai, Lao, Tibetan, Myanmar, Hangul, Khmer, kana, Han: no spaces, or none before particles."""

_ACCENTS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\u2de0-\u2dff\ua66f-\ua69f\ufe20-\ufe2f"
"""Accents of Latin, Greek and Cyrillic letters: part of the letter before them."""

_ALPHABETS: Final = (
    "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u037d\u037f-\u0386\u0388-\u0481"
    "\u048a-\u052f\u1c80-\u1c8f\u1d00-\u1dbf\u1e00-\u1fff\u2100-\u214f\u2c60-\u2c7f\ua640-\ua69f"
    "\ua720-\ua7ff\ufb00-\ufb06\U0001d400-\U0001d7ff"
)
"""Latin, Greek, Cyrillic: letters of one for those of another are a way of hiding a name."""

_LETTER: Final = rf"(?=[{_ALPHABETS}])[^\W\d_]"
_OTHER: Final = rf"[^\W\d_{UNSPACED}{_ALPHABETS}]"
_CUT_ASCII: Final = re.compile("([a-z]+|[0-9]+)")
"""Words of ASCII texts in lower case, in two thirds of the time."""
_CUT_LATIN: Final = re.compile(
    "([A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]+|[0-9]+)"
)
_BEYOND: Final = re.compile(
    "[^\0-\u00b1\u00b4-\u00b8\u00ba\u00bb\u00bf-\u024f\u2000-\u206f\u20a0-\u20cf]"
)
"""The same for texts in Latin letters, in half the time; what such texts do not hold."""

INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters that take no room on the screen but would part a word."""


_PLAIN: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
    | {"\u0640": "", "\u0629": "\u0647"}
)
"""Letters with a stroke of their own, which Unicode does not take apart; small capitals;
kashida; the Arabic ending that is typed with and without its dots."""

_ALIKE: Final = str.maketrans(
    "АВЕКМНОРСТУХаеорсухіјѕһԁԛԝІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυκτ",
    "ABEKMHOPCTYXaeopcyxijshdqwIJSABEZHIKMNOPTYXaivopukt",
)
"""Cyrillic and Greek letters that look like Latin ones, where they stand among these."""
_LATIN: Final = re.compile("[A-Za-z]")

_CASED: Final = "".join(map(chr, chain(range(0x250), range(0x370, 0x530), range(0x1E00, 0x2000))))
CAPITALS: Final = "".join(filter(str.isupper, _CASED))
SMALL: Final = "".join(filter(str.islower, _CASED))
"""Letters of the alphabets that have both."""
_HUMP_ASCII: Final = re.compile("(?<=[a-z])(?=[A-Z])")
_TYPED_UMLAUT: Final = re.compile("([aou])e")

_WRITTEN_OUT: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
    | {"Ä": "ae", "Ö": "oe", "Ü": "ue", "Ø": "oe", "Å": "aa"}
)
"""How such letters are typed where a keyboard lacks them."""


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Give a word without case and accents."""
    if word.isascii():
        return word.lower()
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if _LATIN.search(plain):
        plain = plain.translate(_ALIKE)
    return plain.casefold().translate(_PLAIN)


def visible(text: str) -> str:
    """Give a text in composed form, without what takes no room."""
    return text if text.isascii() else INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def in_ascii(text: str) -> str:
    """Write digits of all scripts, and wide letters and signs, in ASCII: each stays one character."""
    if text.isascii() or not _MAY_BE_WIDE.search(text):
        return text
    return text.translate(_narrow())


_MAY_BE_WIDE: Final = re.compile("[^\0-\u065f]")


@cache
def _narrow() -> dict[int, int]:
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    codes = chain(range(0x660, 0xD800), range(0xE000, 0x10000), range(0x1D7CE, 0x1D800))
    letters = "".join(map(chr, codes))
    digits = {ord(c): ord("0") + unicodedata.decimal(c) for c in re.findall(r"\d", letters)}
    return wide | digits


# What only texts beyond Latin letters need is made for the first of them: each of these character
# classes takes the compiler milliseconds, at every start.


@cache
def _marks() -> str:
    """Give accents and vowel signs: part of the letter before them, though ``re`` takes them for gaps."""
    codes = chain(range(0x300, 0x3100), range(0xA660, 0xAC00), range(0xFE20, 0xFE30))
    return "".join(mark for mark in map(chr, codes) if unicodedata.category(mark)[0] == "M")


@cache
def _signs() -> str:
    """Those of other scripts that part words by spaces."""
    return "".join(re.findall(f"[^{_ACCENTS}{UNSPACED}]", _marks()))


@cache
def cut() -> re.Pattern[str]:
    """Cut any text: its one group is a run of letters that make words with each other, or of digits."""
    word = rf"{_LETTER}(?:{_LETTER}|[{_marks()}])*|{_OTHER}(?:{_OTHER}|[{_marks()}])*|\d+"
    return re.compile(f"([{UNSPACED}]+|{word})")


@cache
def unspaced() -> re.Pattern[str]:
    """Match a letter of the scripts without spaces."""
    return re.compile(f"[{UNSPACED}]")


@cache
def _last_marks() -> re.Pattern[str]:
    return re.compile(f"[{_ACCENTS}{_signs()}]+\\Z")


@cache
def _hump() -> re.Pattern[str]:
    return re.compile(f"(?<=[{SMALL}])(?=[{CAPITALS}])")


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a phrase as they are compared: runs of letters, runs of digits."""
    return tuple(Words(text if text.isascii() else in_ascii(visible(text))).folded)


def border(letter: str, look: str) -> str:
    """Give a pattern: no letter or digit that would make a longer word with this one.

    ``look``: ``<!`` for what stands before, ``!`` for what comes after.
    """
    if letter.isdigit():
        return rf"(?{look}\d)"
    if not letter.isascii() and unspaced().match(letter):
        return ""  # anything may stand beside it
    if letter.isascii() or re.match(f"[{_ALPHABETS}]", letter):
        return rf"(?{look}[{_ALPHABETS}{_ACCENTS}])"
    return rf"(?{look}{_OTHER})(?{look}[{_ACCENTS}{_signs()}])"


def last_letter(word: str) -> str:
    """Give the last letter of a word without the accents that stand after it."""
    return word[-1] if word.isascii() else (_last_marks().sub("", word) or word)[-1]


def written_out(text: str) -> str:
    """Give a text with ``ue`` for ``ü`` and the like: ``Müller`` is typed ``Mueller`` too."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_WRITTEN_OUT)


def by_capitals(text: str) -> str:
    """Part words where a capital follows a small letter: ``AnnaKowalska`` is ``Anna Kowalska``."""
    return (_HUMP_ASCII if text.isascii() else _hump()).sub(" ", text)


def without_umlauts(word: str) -> str:
    """Give a folded word as it is with umlauts: ``joerg`` is ``jorg``, as ``Jörg`` is when folded."""
    return _TYPED_UMLAUT.sub(r"\1", word)


def one_typo_apart(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours swapped, makes one of the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at + 1 : at + 2] + one[at : at + 1] + one[at + 2 :]
    return one[at + 1 :] == other[at + 1 :] or swapped == other[at:]


def shortened(word: str) -> set[str]:
    """Give the word, and the word without each of its letters: where typos meet."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


class Words:
    """The words of a text as they are compared; where they stand is told when it is asked for."""

    __slots__ = ("_ends", "_pieces", "folded")

    def __init__(self, text: str) -> None:
        plain = text.isascii()
        words = _CUT_ASCII if plain else cut() if _BEYOND.search(text) else _CUT_LATIN
        self._pieces = words.split(text.lower() if plain else text)
        """What is between the words, and the words, in turn."""
        self._ends: list[int] = []
        found = self._pieces[1::2]
        self.folded = found if plain else list(map(fold, found))

    def text(self) -> str:
        """Give the text without case and accents."""
        pieces = self._pieces.copy()
        pieces[1::2] = self.folded
        return "".join(pieces)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Give where words stand in the text: start of the first, end of the last."""
        if not self._ends:
            self._ends = list(accumulate(map(len, self._pieces)))
        return self._ends[2 * first], self._ends[2 * last + 1]

    def stands(self, at: int, phrase: tuple[str, ...]) -> bool:
        """Whether the words of a phrase stand here one after the other, with little in between."""
        if len(phrase) == 1:
            return self.folded[at] == phrase[0]
        after = at + len(phrase)
        gaps = self._pieces[2 * at + 2 : 2 * after : 2]
        return tuple(self.folded[at:after]) == phrase and max(map(len, gaps)) <= WIDEST_GAP


def folded(text: str) -> tuple[str, set[str]]:
    """Give a text without case, accents and invisible characters, and its words."""
    words = Words(in_ascii(visible(text)))
    return words.text(), set(words.folded)


def words_of_column(texts: pa.StringArray) -> tuple[pa.DictionaryArray, np.ndarray]:
    """Words of many ASCII texts, lower case, and which text each of them stands in.

    Told byte by byte, all texts at once; letters of other alphabets part words here. Some words may be
    empty, and several of the dictionary be the same.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    low = pc.ascii_lower(texts).fill_null("")
    offsets = np.frombuffer(low.buffers()[1], np.int32, len(low) + 1, 4 * low.offset)
    data = np.frombuffer(low.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    offsets = offsets - offsets[0]
    kinds = _kinds_of_bytes()[data]
    starts = np.ones(len(data) + 1, bool)
    starts[1:-1] = (kinds[1:] != kinds[:-1]) & (kinds[1:] > 0)
    starts[offsets] = True
    places = np.flatnonzero(starts).astype(np.int32)
    owners = np.repeat(np.arange(len(low)), np.diff(np.searchsorted(places, offsets)))
    pieces = pa.StringArray.from_buffers(len(places) - 1, pa.py_buffer(places), pa.py_buffer(data))
    coded = pieces.dictionary_encode()  # a word, and what stands before the next one
    words = pc.replace_substring_regex(coded.dictionary, "[^a-z0-9]+", "")
    return pa.DictionaryArray.from_arrays(coded.indices, words), owners


@cache
def _kinds_of_bytes() -> np.ndarray:
    """Lower-case letters 1, digits 2, anything else 0."""
    import numpy as np

    kinds = np.zeros(256, np.uint8)
    kinds[ord("a") : ord("z") + 1] = 1
    kinds[ord("0") : ord("9") + 1] = 2
    return kinds
