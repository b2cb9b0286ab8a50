"""Patterns that identify whoever they belong to, each with the check that its kind allows.

A detector says yes to what its check confirms; where there is no check, it would rather take out
too much: a number of seven digits that stands alone in a text is a phone number.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final

from archive_tool.anonymize.texts.dates import DATES
from archive_tool.anonymize.texts.detector import ANY_DIGIT, BEGINS, DIGITS, ENDS, LETTER, Detector
from archive_tool.anonymize.texts.labels import CARD, EMAIL, HANDLE, IBAN, ID, IP, SSN, URL
from archive_tool.anonymize.texts.phones import NUMBER
from archive_tool.anonymize.texts.streets import STREETS
from archive_tool.anonymize.texts.words import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION: Final = "10"
"""Changes whenever a text could come out differently."""


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


def _has_both(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(c.isalpha() for c in text)


def _is_worker(text: str) -> bool:
    return sum(c.isdigit() for c in text) >= 2


def _is_ssn(text: str) -> bool:
    """Areas that were never given out (SSA, 2011): 000, 666 and from 900."""
    area, group, serial = text[:3], text[4:6], text[7:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


_LATIN: Final = rf"(?:{LETTER}++|[.+%'-]++)++"
"""What may stand before the sign of an address, but for scripts in which it is glued to what is said."""
_LABEL: Final = rf"(?:(?:{LETTER}++|-++)++|[\w-]++)"
_NO_LOCAL: Final = rf"{BEGINS}(?<![.+%'-])"
_AT: Final = "ät|arroba|arobase|chiocciola|ma[łl]pa|snabel-?a|zavináč|собака|apenstaartje"
_DOT: Final = "dot|punkt|point|punto|ponto|punt|kropka|tečka|точка"
_ENDS: Final = "com|org|net|edu|gov|de|fr|uk|nl|pl|ru|pt|cz|tr|ch|br|jp|cn|kr"
"""Ends of addresses that are hardly words: ``look at that dot it moves``."""
_DOMAINS: Final = "com|org|net|edu|gov|info|app|dev|link|xyz|online|site|gle|[a-z]{2}"
"""Ends of addresses where a path follows."""
_NO_DOMAIN: Final = r"(?!(?:an|go|he|if|of|ok|on|or|up|we)/)"
"""As in ``the one who lost.he/she``."""
_BARE: Final = r"com|org|net|edu|gov|co\.uk|ac\.uk"
"""Ends of addresses that stand alone: hardly anybody begins a sentence so right after a full stop."""
_PATH: Final = r"[^\s<>\"'](?:[^\s<>\"']*[^\s<>\"'.,;:!?)\]])?"
"""But not the full stop or bracket that ends what is said."""

TOGETHER: Final = 15
"""Triggers in one pattern. RE2 remembers where it has been in a pattern; of all of them in one, that
is more than it has room for, and it takes ten times as long."""
SPELT: Final = rf"(?i: (?:{_DOT}) [a-zа-я])"
"""Texts without a match hold no address that is written in words."""

ADDRESSES: Final = (
    Detector(
        label=EMAIL, rank=1, trigger="@", needs=frozenset("@"),
        pattern=(
            rf"(?:{_NO_LOCAL}{_LATIN}|(?<![\w.+%'-])[\w.+%'-]++(?<=(?-i:[{UNSPACED}])))"
            rf"@{_LABEL}(?:\.{_LABEL})+"
        ),
    ),
    Detector(
        label=EMAIL, rank=1, trigger=" @|@ ", needs=frozenset("@"),
        pattern=(
            rf"(?i){_NO_LOCAL}{_LATIN} ?@ ?[\w-]++(?:\.[\w-]+)*\.(?:{_ENDS}){ENDS}"
        ),
    ),
    Detector(
        label=EMAIL, rank=1, trigger=rf"(?i)[(\[{{<] ?(?:at|@|{_AT}) ?[)\]}}>]",
        needs=frozenset("([{<"),
        pattern=(
            rf"(?i)(?<![\w.+%'-])[\w.+%'-]++ ?[(\[{{<] ?(?:at|@|{_AT}) ?[)\]}}>] ?[\w-]++"
            rf"(?: ?(?:\.|[(\[{{<] ?(?:\.|{_DOT}) ?[)\]}}>]| (?:{_DOT}) ) ?\d*[^\W\d_][\w-]*+)+"
        ),
    ),
    Detector(
        label=EMAIL, rank=1, trigger=SPELT, needs=frozenset(" "),
        pattern=(
            rf"(?i){_NO_LOCAL}{_LATIN} (?:at [\w-]++(?: (?:dot|point) [\w-]+)*? (?:dot|point) (?:{_ENDS})"
            rf"|(?:{_AT}) [\w-]++(?: (?:{_DOT}) [\w-]+)*? (?:{_DOT}) [^\W\d_]{{2,3}})(?!\w)"
        ),
    ),
    Detector(
        label=URL, rank=1, needs=frozenset(":./"),
        trigger=rf"(?i)://|mailto:|www\.|\.(?:{_DOMAINS})/|(?:^|[^@.A-Za-z0-9_-])[^\s@]*\.(?:{_BARE})",
        word=rf"(?i)://|mailto:|www\.|\.(?:{_DOMAINS})/|\.(?:{_BARE})",
        pattern=(
            rf"(?i)(?:[a-z][a-z0-9+.-]{{1,15}}+://|www\.|mailto:){_PATH}"
            rf"|(?:{BEGINS}(?<![@.-])|(?<![\w@.-])[\w-]++(?<=(?-i:[{UNSPACED}]))\.)"
            rf"(?:(?:{LETTER}++|-++)++\.)+(?:{_NO_DOMAIN}(?:{_DOMAINS})/(?:{_PATH})?|(?:{_BARE})(?:\.[a-z]{{2}})?{ENDS}(?!-))"
        ),
    ),
)  # fmt: skip
"""Where somebody can be reached: looked for in kept text too."""

NUMBERS: Final = (
    Detector(
        label=IP, rank=1, trigger=r"[0-9]\.[0-9]{1,3}\.[0-9]",
        pattern=(
            rf"{BEGINS}(?<!\.)(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?!(?:{LETTER}|\.)*\d)"
        ),
        check=_is_ip,
    ),
    Detector(
        label=IP, rank=1, trigger=r"(?i):[0-9a-f]*:", needs=frozenset(":"),
        pattern=(
            rf"(?i){BEGINS}(?<!:)(?:[0-9a-f]{{0,4}}:){{2,7}}[0-9a-f]{{0,4}}{ENDS}(?!:)"
        ),
        check=_is_ip,
    ),
    Detector(
        label=CARD, rank=1, trigger=r"[0-9](?:[ -]?[0-9]){12}",
        pattern=rf"{BEGINS}(?<!\.)\d(?:[ -]?\d){{12,18}}{ENDS}", check=_luhn,
    ),
    Detector(
        label=IBAN, rank=1, trigger=r"(?i)\b[a-z]{2}[0-9]{2}[ -]?[a-z0-9]{4}",
        word=r"(?i)[a-z]{2}[0-9]{2}[ -]?[a-z0-9]{4}",
        pattern=(
            rf"(?i){BEGINS}[a-z]{{2}}\d{{2}}(?:[ -]?[a-z0-9]{{4}}){{2,7}}(?:[ -]?[a-z0-9]{{1,4}})?{ENDS}"
        ),
        check=_mod97,
    ),
    Detector(
        label=SSN, rank=1, trigger=r"[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}",
        pattern=rf"{BEGINS}(?<!-)\d{{3}}[- ]\d{{2}}[- ]\d{{4}}{ENDS}(?!-)",
        check=_is_ssn,
    ),
    Detector(
        label=ID, rank=1, trigger=r"(?i)[0-9a-f]{24}",
        pattern=r"(?i)(?<![0-9a-z])[0-9a-f]{24}(?![0-9a-z])",
        check=_has_both,
    ),
    Detector(
        label=ID, rank=1, trigger=r"A[A-Z0-9]{11}",
        pattern=rf"{BEGINS}A[A-Z0-9]{{11,14}}{ENDS}", check=_is_worker,
    ),
    *STREETS,
    *DATES,
    NUMBER,
    Detector(
        label=HANDLE, rank=2, trigger="@", needs=frozenset("@"),
        pattern=rf"@(?<!{LETTER}@)(?!(?:all|everyone|here)\b)\w{{2,}}",
    ),
)  # fmt: skip
"""Numbers and marks of one person. Words of the design may look like them: only for scrubbed text."""


def triggers(detectors: Sequence[Detector]) -> tuple[tuple[str, list[str]], ...]:
    """RE2: texts without a match of any hold nothing that a detector finds.

    By what a text must hold to be asked: a digit, or nothing in particular.
    """
    numbers = [one for one in detectors if one.needs == DIGITS]
    others = [one for one in detectors if one.needs != DIGITS]
    return (("", _together(others)), (ANY_DIGIT, _together(numbers)))


def _together(detectors: Sequence[Detector]) -> list[str]:
    some = (detectors[at : at + TOGETHER] for at in range(0, len(detectors), TOGETHER))
    return ["|".join(f"(?:{one.trigger})" for one in each) for each in some]
