"""Days: written with a year, or with a word that says that somebody was born then."""

from __future__ import annotations

import re
from typing import Final

from archive_tool.anonymize.texts.detector import ENDS, Detector
from archive_tool.anonymize.texts.labels import DATE

_MONTHS: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember|"
    "janvier|f[ée]vrier|mars|avril|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre|"
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    "gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|"
    "januari|februari|maart|mei|augustus|janeiro|fevereiro|março|maio|junho|julho|setembro|"
    "outubro|novembro|dezembro|maj|augusti|"
    "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|wrze[śs]nia|pa[źz]dziernika|"
    "listopada|grudnia|ledna|[úu]nora|b[řr]ezna|dubna|kv[ěe]tna|[čc]ervna|[čc]ervence|srpna|"
    "z[áa][řr][íi]|[řr][íi]jna|listopadu|prosince|ocak|[şs]ubat|mart|nisan|may[ıi]s|haziran|"
    "temmuz|a[ğg]ustos|eyl[üu]l|ekim|kas[ıi]m|aral[ıi]k|"
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|"
    "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر|"
    "जनवरी|फरवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|अक्टूबर|नवंबर|दिसंबर"
)
_BIRTH: Final = (
    "birthday|b-?day|born|birth|dob|geburts?tag|geburtsdatum|geboren|geb\\.|anniversaire|née?|"
    "naissance|cumplea[ñn]os|cumple|nac[íi]|nacimiento|compleanno|nat[oa]|nascita|verjaardag|"
    "urodziny|urodzin|urodził[ae]m|ur\\.|do[ğg]um|födelsedag|född|fyller|anivers[áa]rio|nasci|"
    "nascimento|narozeniny|narozen[áa]?|рождения|родил(?:ся|ась)|ميلادي?|ولدت|जन्म(?:दिन)?|"
    "生日|出生于?|誕生日|生まれ|생일"
)
_YEAR: Final = r"(?:19|20)\d\d"
_COMPACT: Final = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[T_-]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?"
"""``20260302T090641``, as names of files have it. They have epoch ms too, but so have ids of
questions (``q_1718000000000_ab``), by which answers are found."""
_ZONE: Final = r"(?:Z(?!\w)|[+-]\d\d:?\d\d(?!\d))?"
_DAY_MONTH: Final = rf"\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?(?: of| de)?[ /.-]?(?:{_MONTHS})"
_MONTH_DAY: Final = rf"(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?"
_DAY: Final = (
    rf"(?<!\w)(?:{_DAY_MONTH}|{_MONTH_DAY})(?!\w)|\d{{1,2}} ?[月월] ?\d{{1,2}} ?[日号號일]?"
)
"""A day without a year, which may be anybody's."""
_DIGITS: Final = r"(?<![\w./])\d{1,2}[./-] ?\d{1,2}(?![\w/:-]|[.,]\d)"
"""So is a day in digits, and scores look like it: only right after the word."""
_AND: Final = (
    r"\W{0,3}(?:\b(?:is|on|the|am|der|den|ist|le|el|es|il|è|em|é|op|dne|den|on)\b\W{1,2}){0,2}"
)


def _is_short_date(text: str) -> bool:
    """Whether a day and a month, in either order, stand before a year of two digits."""
    one, other, _ = map(int, re.findall(r"\d+", text))
    return 1 <= min(one, other) <= 12 and 1 <= max(one, other) <= 31


DATES: Final = (
    Detector(
        label=DATE, rank=1, trigger=r"(?:19|20)[0-9]{2}[-./][0-9]",
        pattern=(
            rf"(?<!\d){_YEAR}([-./])\d{{1,2}}\1\d{{1,2}}"
            rf"(?:[T ]\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?{_ZONE})?(?!\d)"
        ),
    ),
    Detector(
        label=DATE, rank=1, trigger=r"[0-9][-./](?:19|20)[0-9]{2}",
        pattern=rf"(?<![\d.])\d{{1,2}}([-./])\d{{1,2}}\1{_YEAR}(?!\d)",
    ),
    Detector(
        label=DATE, rank=1, trigger=rf"(?i)(?:{_MONTHS})[ ,./dehlnrst0-9-]{{1,8}}(?:19|20)[0-9]{{2}}",
        pattern=(
            rf"(?i)(?<!\w)(?:{_DAY_MONTH}\.?,?(?: del?)?|{_MONTH_DAY},?)[ /.-]{_YEAR}(?!\w)"
        ),
    ),
    Detector(
        label=DATE, rank=1, trigger="(?:19|20)[0-9]{2} ?[年년]",
        pattern=rf"(?<!\d){_YEAR} ?[年년] ?\d{{1,2}} ?[月월](?: ?\d{{1,2}} ?[日号號일])?",
    ),
    Detector(
        label=DATE, rank=1, trigger=r"[0-9][-./][0-9]{1,2}[-./][0-9]{2}",
        pattern=r"(?<![\d./-])\d{1,2}([-./])\d{1,2}\1\d{2}(?![\d/-]|\.\d)",
        check=_is_short_date,
    ),
    Detector(
        label=DATE, rank=1, trigger=rf"(?i){_BIRTH}",
        pattern=(
            rf"(?i)(?<!\w)(?:{_BIRTH})(?:[^\d\n]{{0,20}}?(?P<word>{_DAY})|{_AND}(?P<digits>{_DIGITS}))"
            rf"|(?P<before>{_DAY})[^\d\n]{{0,20}}?(?:{_BIRTH}){ENDS}"
            rf"|(?P<near>{_DIGITS}) (?:is )?(?:my |mein )?(?:{_BIRTH})(?!\w)"
        ),
    ),
    Detector(
        label=DATE, rank=1, trigger=r"(?:19|20)[0-9]{6}|1[3-9][0-9]{11}\.",
        pattern=rf"(?<!\d)(?:{_COMPACT}(?!\d)|1[3-9]\d{{11}}(?=\.[a-z]\w{{1,4}}(?!\w)))",
    ),
)  # fmt: skip

MOMENTS: Final = (
    Detector(
        label=DATE, rank=1, trigger=r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}",
        pattern=(
            rf"(?<!\d)\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?{_ZONE}(?!\d)"
        ),
    ),
)  # fmt: skip
"""Points in time: looked for in kept text too, where the policy takes the clocks out."""
