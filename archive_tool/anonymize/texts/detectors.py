"""Patterns that identify whoever they belong to, each with the check that its kind allows.

A detector says yes to what its check confirms; where there is no check, it would rather take out
too much: a number of seven digits that stands alone in a text is a phone number.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts.labels import (
    ADDRESS,
    CARD,
    DATE,
    EMAIL,
    HANDLE,
    IBAN,
    ID,
    IP,
    PHONE,
    SSN,
    URL,
    Span,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

VERSION: Final = "9"
"""Changes whenever a text could come out differently."""


@dataclass(frozen=True, kw_only=True)
class Detector:
    """One kind of thing that is found by how it looks."""

    label: str
    rank: int
    trigger: str
    """RE2 and ``re``: texts without a match hold none."""
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    needs: frozenset[str] = frozenset("0123456789")
    """Characters of which a text must hold one for the pattern to be tried."""
    word: str = ""
    """What ``re`` looks for in place of a trigger with ``.*``, which takes it quadratic time: one
    message of 200,000 digits would take an hour."""

    @cached_property
    def quick(self) -> re.Pattern[str]:
        """The trigger, or its word: cheaper by far than the pattern."""
        return re.compile(self.word or self.trigger)

    def find(self, text: str) -> Iterator[Span]:
        """Give every find that passes the check."""
        for match in self.pattern.finditer(text):
            if self.check is None or self.check(match.group()):
                yield Span(match.start(), match.end(), self.rank, self.label)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _luhn(text: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    digits = [int(c) for c in reversed(_digits(text))]
    doubled = (d * 2 - 9 * (d > 4) if i % 2 else d for i, d in enumerate(digits))
    return 13 <= len(digits) <= 19 and sum(doubled) % 10 == 0 and len(set(digits)) > 1


def _mod97(text: str) -> bool:
    """ISO 13616: the rearranged number leaves 1."""
    plain = re.sub(r"[\s-]", "", text).upper()
    if not 15 <= len(plain) <= 34:
        return False
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return text != "::"


_SMALL_GROUPS: Final = re.compile(r"\d{3}")
_DECIMAL: Final = re.compile(r"\d+[.]\d+\Z")
_REGIONS: Final = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "CH", "AT", "BE", "DK", "SE", "PL")
"""Where ``01 23 45 67 89`` may be somebody's number."""


def _is_phone(text: str) -> bool:
    digits = _digits(text)
    if len(digits) < 7 or _DECIMAL.match(text):
        return False
    if text.startswith("+"):
        return True  # too many digits: a number, and others after it
    if len(digits) > 15:
        return False
    if _SMALL_GROUPS.search(text):
        return True
    return _is_valid_number(text)  # digits in ones and twos: a count, or a French number


@lru_cache(maxsize=4096)
def _is_valid_number(text: str) -> bool:
    import phonenumbers

    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(text, region)):
                return True
        except phonenumbers.NumberParseException:
            return False
    return False


def _has_both(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def _is_worker(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= 2


def _is_ssn(text: str) -> bool:
    """Areas that were never given out (SSA, 2011): 000, 666 and from 900."""
    area, group, serial = text[:3], text[4:6], text[7:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _is_short_date(text: str) -> bool:
    """Whether a day and a month, in either order, stand before a year of two digits."""
    one, other, _ = map(int, re.findall(r"\d+", text))
    return 1 <= min(one, other) <= 12 and 1 <= max(one, other) <= 31


_DOMAINS: Final = (
    "com|org|net|edu|gov|io|me|app|dev|info|co|ai|tv|link|uk|de|fr|ch|at|nl|eu|us|ca|cn|jp"
)
_NOT_A_STREET: Final = (
    "minutes?|mins?|hours?|miles?|km|seconds?|steps?|days?|more|other|ways?|times?"
)
_STREETS: Final = (
    "street|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd|court|ct|terrace|square|place"
)
_STRASSEN: Final = r"(?:stra(?:ß|ss)e|str\.|gasse|allee)"
_MONTHS: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember|"
    "janvier|f[ée]vrier|mars|avril|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre|"
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    "gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|"
    "januari|februari|maart|mei|augustus|janeiro|fevereiro|março|maio|junho|julho|setembro|"
    "outubro|novembro|dezembro"
)
_YEAR: Final = r"(?:19|20)\d\d"
_COMPACT: Final = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[T_-]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?"
"""``20260302T090641``, as names of files have it. They have epoch ms too, but so have ids of
questions (``q_1718000000000_ab``), by which answers are found."""
_ZONE: Final = r"(?:Z(?!\w)|[+-]\d\d:?\d\d(?!\d))?"
_SEP: Final = r"[\s()./\u2010-\u2015-]"

ADDRESSES: Final = (
    Detector(
        label=EMAIL, rank=1, trigger="@", needs=frozenset("@"),
        pattern=re.compile(r"(?<![\w.+%'-])[\w.+%'-]++@[\w-]++(?:\.[\w-]++)+"),
    ),
    Detector(
        label=EMAIL, rank=1, trigger=r"(?i)[(\[{<] ?at ?[)\]}>]", needs=frozenset("([{<"),
        pattern=re.compile(
            r"(?<![\w.+%'-])[\w.+%'-]++ ?[(\[{<] ?at ?[)\]}>] ?[\w-]++"
            r"(?: ?(?:\.|[(\[{<] ?dot ?[)\]}>]| dot ) ?\d*[^\W\d_][\w-]*+)+",
            re.IGNORECASE,
        ),
    ),
    Detector(
        label=URL, rank=1, needs=frozenset(":./"), trigger=rf"(?i)://|mailto:|www\.|\.(?:{_DOMAINS})/",
        pattern=re.compile(
            r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.|mailto:)[^\s<>\"']+"
            rf"|(?<![\w@.-])(?:[\w-]++\.)+(?:{_DOMAINS})/[^\s<>\"']*",
            re.IGNORECASE,
        ),
    ),
)  # fmt: skip
"""Where somebody can be reached: looked for in kept text too."""

NUMBERS: Final = (
    Detector(
        label=IP, rank=1, trigger=r"[0-9]\.[0-9]{1,3}\.[0-9]",
        pattern=re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)"), check=_is_ip,
    ),
    Detector(
        label=IP, rank=1, trigger=r"(?i):[0-9a-f]*:", needs=frozenset(":"),
        pattern=re.compile(
            r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE
        ),
        check=_is_ip,
    ),
    Detector(
        label=CARD, rank=1, trigger=r"[0-9](?:[ -]?[0-9]){12}",
        pattern=re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?!\w)"), check=_luhn,
    ),
    Detector(
        label=IBAN, rank=1, trigger=r"(?i)\b[a-z]{2}[0-9]{2}[ -]?[a-z0-9]{4}",
        pattern=re.compile(
            r"(?<!\w)[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,4})?(?!\w)",
            re.IGNORECASE,
        ),
        check=_mod97,
    ),
    Detector(
        label=SSN, rank=1, trigger=r"[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}",
        pattern=re.compile(r"(?<![\w-])\d{3}[- ]\d{2}[- ]\d{4}(?![\w-])"), check=_is_ssn,
    ),
    Detector(
        label=ID, rank=1, trigger=r"(?i)[0-9a-f]{24}",
        pattern=re.compile(r"(?<![0-9a-z])[0-9a-f]{24}(?![0-9a-z])", re.IGNORECASE),
        check=_has_both,
    ),
    Detector(
        label=ID, rank=1, trigger=r"A[A-Z0-9]{11}",
        pattern=re.compile(r"(?<!\w)A[A-Z0-9]{11,14}(?!\w)"), check=_is_worker,
    ),
    Detector(
        label=ADDRESS, rank=1, trigger=rf"(?i)[0-9][a-z]?,? .*\b(?:{_STREETS})\b",
        word=rf"(?i)\b(?:{_STREETS})\b",
        pattern=re.compile(
            rf"(?<!\w)\d{{1,5}}[a-z]?,? (?!(?:{_NOT_A_STREET})\b)(?:[^\W\d_][\w.'-]* ){{1,3}}"
            rf"(?:{_STREETS})(?!\w)",
            re.IGNORECASE,
        ),
    ),
    Detector(
        label=ADDRESS, rank=1, trigger=rf"(?i){_STRASSEN}[ ,]*[0-9]",
        pattern=re.compile(
            rf"[^\W\d_][\w.-]{{0,40}}[ -]?{_STRASSEN}[ ,]*\d{{1,4}}(?: ?[a-z](?!\w))?",
            re.IGNORECASE,
        ),
    ),
    Detector(
        label=DATE, rank=1, trigger=r"(?:19|20)[0-9]{2}[-./][0-9]",
        pattern=re.compile(
            rf"(?<!\d){_YEAR}([-./])\d{{1,2}}\1\d{{1,2}}"
            rf"(?:[T ]\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?{_ZONE})?(?!\d)"
        ),
    ),
    Detector(
        label=DATE, rank=1, trigger=r"[0-9][-./](?:19|20)[0-9]{2}",
        pattern=re.compile(rf"(?<![\d.])\d{{1,2}}([-./])\d{{1,2}}\1{_YEAR}(?!\d)"),
    ),
    Detector(
        label=DATE, rank=1, trigger=rf"(?i)\b(?:{_MONTHS})\b.*(?:19|20)[0-9]{{2}}",
        word=rf"(?i)\b(?:{_MONTHS})\b",
        pattern=re.compile(
            rf"(?<!\w)(?:\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?(?: of| de)? (?:{_MONTHS})\.?,?(?: de)?"
            rf"|(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,?) {_YEAR}(?!\w)",
            re.IGNORECASE,
        ),
    ),
    Detector(
        label=DATE, rank=1, trigger="(?:19|20)[0-9]{2} ?[年년]",
        pattern=re.compile(rf"(?<!\d){_YEAR} ?[年년] ?\d{{1,2}} ?[月월](?: ?\d{{1,2}} ?[日号號일])?"),
    ),
    Detector(
        label=DATE, rank=1, trigger=r"[0-9][-./][0-9]{1,2}[-./][0-9]{2}",
        pattern=re.compile(r"(?<![\d./-])\d{1,2}([-./])\d{1,2}\1\d{2}(?![\d/-]|\.\d)"),
        check=_is_short_date,
    ),
    Detector(
        label=DATE, rank=1, trigger=r"(?:19|20)[0-9]{6}|1[3-9][0-9]{11}\.",
        pattern=re.compile(rf"(?<!\d)(?:{_COMPACT}(?!\d)|1[3-9]\d{{11}}(?=\.[a-z]\w{{1,4}}(?!\w)))"),
    ),
    Detector(
        label=PHONE, rank=2, trigger="[0-9][0-9\\s()./\u2010-\u2015-]{4,}[0-9]",
        pattern=re.compile(rf"(?<!\w)(?<!\d[.,])(?:\+|\()?\d(?:\d|{_SEP}){{4,24}}\d(?!\w)"),
        check=_is_phone,
    ),
    Detector(label=HANDLE, rank=2, trigger="@", needs=frozenset("@"), pattern=re.compile(r"@(?<!\w@)\w{2,}")),
)  # fmt: skip
"""Numbers and marks of one person. Words of the design may look like them: only for scrubbed text."""


MOMENTS: Final = (
    Detector(
        label=DATE, rank=1, trigger=r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}",
        pattern=re.compile(
            rf"(?<!\d)\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?{_ZONE}(?!\d)"
        ),
    ),
)  # fmt: skip
"""Points in time: looked for in kept text too, where the policy takes the clocks out."""


def triggers(detectors: Iterable[Detector]) -> str:
    """RE2: texts without a match hold nothing that a detector finds."""
    return "|".join(f"(?:{detector.trigger})" for detector in detectors)
