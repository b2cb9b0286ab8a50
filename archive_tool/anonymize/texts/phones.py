"""Which rows of digits are telephone numbers, and which are only counted, rated or dated with."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from archive_tool.anonymize.texts.detector import BEGINS, LETTER, Detector
from archive_tool.anonymize.texts.labels import PHONE

_BETWEEN: Final = "\\s()./\u2010-\u2015\u2212\u30fc-"
"""Japanese has its own minus, and a long vowel that looks like one."""
_COUNTED: Final = "円元块块圆圓원년年月日号番回人名個个本枚点分秒時时萬万億亿만억명번점초"
"""Counted or dated with where it follows digits in scripts without spaces."""

_SMALL_GROUPS: Final = re.compile(r"\d{3}")
_DECIMAL: Final = re.compile(r"\d+[.]\d+\Z")
_COUNT: Final = re.compile(
    r"\d{1,3}(?:[ .]000)+(?:\s?[\u2010-\u2015-]\s?\d{1,3}(?:[ .]000)+)?"  # 1 000 000
    r"|[1-9]\d{0,2}0{5,}"
    r"|(?:\d\.\d{1,4}|\d{1,3}\.\d{1,2})(?:\s+(?:\d\.\d{1,4}|\d{1,3}\.\d{1,2}))+"  # 55.5 60.2
    r"|(?:1[89]|20)\d\d(?:\s?[\u2010-\u2015/-]\s?|\s)(?:1[89]|20)\d\d"  # 1998-2003
    r"|\d+\.(?:\d+\.)*0\.[\d.]+"  # 118.0.5993.88
)
_REGIONS: Final = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "CH", "AT", "BE", "DK", "SE", "PL")
"""Where ``01 23 45 67 89`` may be somebody's number."""


def is_phone(text: str) -> bool:
    """Whether a row of digits may be somebody's number; of other rows, whether it is known to be one."""
    digits = "".join(filter(str.isdigit, text))
    if len(digits) < 7 or _DECIMAL.match(text):
        return False
    if text.startswith("+"):
        return True  # too many digits: a number, and others after it
    if len(digits) > (17 if digits.startswith("00") else 15) or _is_isbn(digits):
        return False
    if not text.startswith("(") and _is_count(text, re.findall(r"\d+", text)):
        return False
    if _SMALL_GROUPS.search(text):
        return True
    return _is_valid_number(text)  # digits in ones and twos: a count, or a French number


def _is_isbn(digits: str) -> bool:
    """ISO 2108, which is older than any telephone number that begins so."""
    if len(digits) != 13 or not digits.startswith(("978", "979")):
        return False
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


def _is_count(text: str, groups: list[str]) -> bool:
    """Whether nobody writes a number so: ratings, amounts, years, versions."""
    if _COUNT.fullmatch(text):
        return True
    sizes = set(map(len, groups))
    if len(groups) == 1 or (groups[0][0] == "0" and len(groups[0]) > 1):
        return False
    if sizes == {1}:  # spelt out: 0 6 1 2 …
        return max(groups) < "6" or (groups[0] != "0" and len(groups) < 10)
    if len(groups) > 3 and all(int(one) % 5 == 0 for one in groups):
        return True
    if max(sizes) > 2:
        step = 50 if sizes == {4} else 100
        return all(int(one) % step == 0 for one in groups) or (min(sizes) > 2 and len(groups) > 4)
    if sizes == {2}:
        return len(groups) > 4
    return [at for at, one in enumerate(groups) if len(one) == 1] not in ([0], [1])


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


NUMBER: Final = Detector(
    label=PHONE, rank=2, trigger=f"[0-9][0-9{_BETWEEN}]{{4,}}[0-9]",
    pattern=(
        rf"{BEGINS}(?:\+|(?<!\d[.,])\(?)\d[\d{_BETWEEN}]{{4,24}}\d(?:\s?(?:x|ext\.?)\s?\d{{1,5}})?(?!{LETTER}|[{_COUNTED}])"
    ),
    check=is_phone,
)  # fmt: skip
