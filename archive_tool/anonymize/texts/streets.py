"""Streets with a number, as they are written in some languages."""

from __future__ import annotations

from typing import Final

from archive_tool.anonymize.texts.detector import Detector
from archive_tool.anonymize.texts.labels import ADDRESS
from archive_tool.anonymize.texts.words import CAPITALS

_NOT_A_STREET: Final = (
    "minutes?|mins?|hours?|miles?|km|seconds?|steps?|days?|more|other|ways?|times?"
)
_ENGLISH: Final = (
    "street|avenue|ave|road|rd|lane|ln|drive|boulevard|blvd|court|ct|terrace|square|place"
)
_TALK: Final = "St|Dr|Pl|Sq|Close|Way|Grove|Crescent|Gardens|Hill|Row|Mews|Walk|Circle|Parkway|Hwy"
"""Words of the language too, so only where the street is written as a name."""
_GERMAN: Final = r"(?:stra(?:ß|ss)e|str\.|gasse|allee)"
_JOINED: Final = "straat|gracht|laan|plein|kade|singel|gatan|vägen|gränd|torget|weg|platz"
_NO_JOINED: Final = (
    "(?:um|aus|rück|heim|hin|her|schul|arbeits|sitz|park|spiel|fest|steh|schlaf|stell|camping|"
    "speicher|studien|unter|über|durch|stamm|lieblings|fenster|tennis|sport|fu(?:ß|ss)ball)"
    "(?:weg|platz)"
)
_FRENCH: Final = "rue|avenue|boulevard|bd|allée|impasse|quai"
_FIRST: Final = (
    r"calle|c/|avenida|avda\.?|av\.|paseo|plaza|carrer|via|viale|piazza|corso|vicolo|rua|travessa|"
    r"praça|ul\.|ulica|ulice|al\.|aleja|plac|os\.|ул\.|улица|проспект|пер\.|переулок"
)
"""What stands before the name of a street."""
_LAST: Final = (
    r"caddesi|cad\.?|sokağı|sokak|sok\.|bulvarı|mahallesi|náměstí|nám\.|ulice|třída|nábřeží"
)
_LITTLE: Final = "(?:(?:de|del|della|dei|des|du|da|do|dos|das|la|los|las) |[ld]['\u2019])"
_NAMED: Final = rf"[{CAPITALS}][\w.'\u2019-]*"
_NUMBER: Final = r"(?:n[or]\.?:? ?|n[º°] ?|д\. ?)?\d{1,4}(?:/\d{1,3})?(?: ?[A-Za-z](?!\w))?"
_HAN: Final = "\u3400-\u9fff"
_KANA: Final = "\u3040-\u30ff"


def _street(trigger: str, pattern: str, *, word: str = "") -> Detector:
    return Detector(label=ADDRESS, rank=1, trigger=trigger, pattern=pattern, word=word)


STREETS: Final = (
    _street(
        rf"(?i)[0-9][a-z]?,? .*\b(?:{_ENGLISH})\b",
        rf"(?i)(?<!\w)\d{{1,5}}[a-z]?,? (?!(?:{_NOT_A_STREET})\b)"
        rf"(?:(?:[^\W\d_][\w.'-]*|\d{{1,3}}(?:st|nd|rd|th)) ){{1,3}}(?:{_ENGLISH})(?!\w)",
        word=rf"(?i)\b(?:{_ENGLISH})\b",
    ),
    _street(
        rf"[0-9][a-z]?,? (?:[A-Z][^ ]* ){{1,3}}(?:{_TALK})",
        rf"(?<!\w)\d{{1,5}}[a-z]?,? (?:{_NAMED} ){{1,3}}(?:{_TALK})(?!\w)",
    ),
    _street(
        rf"(?i){_GERMAN}[ ,]*[0-9]",
        rf"(?i)[^\W\d_][\w.-]{{0,40}}[ -]?{_GERMAN}[ ,]*\d{{1,4}}(?:/\d{{1,3}})?(?: ?[a-z](?!\w))?",
    ),
    _street(
        rf"(?i)(?:{_JOINED})[ ,]+[0-9]",
        rf"(?i)(?<!\w)(?!{_NO_JOINED})[^\W\d_]{{3,40}}(?:{_JOINED})[ ,]+\d{{1,4}}(?: ?[a-z](?!\w))?",
    ),
    _street(
        rf"(?i)[0-9](?: ?bis| ?ter)?,? (?:{_FRENCH}) ",
        rf"(?<!\w)\d{{1,4}}(?: ?(?:bis|ter))?,? (?i:{_FRENCH}) {_LITTLE}{{0,2}}[^\W\d_][\w.'\u2019-]*"
        rf"(?: {_LITTLE}{{0,2}}{_NAMED}){{0,3}}",
    ),
    _street(
        rf"(?i)(?:{_FIRST}) ",
        rf"(?<!\w)(?i:{_FIRST}) (?:{_LITTLE}{{0,2}}{_NAMED},? ){{1,4}}{_NUMBER}(?!\w)",
    ),
    _street(
        rf"(?i) (?:{_LAST}),? ",
        rf"(?<!\w)(?:{_NAMED} ){{1,3}}(?i:{_LAST}),? (?i:{_NUMBER})(?!\w)",
    ),
    _street(
        "شارع .*[0-9]", r"شارع (?:[^\W\d_]+ ){1,4}(?:رقم )?\d{1,4}(?!\w)", word="شارع "
    ),
    _street(
        "[路街道巷弄][0-9]+[号號弄]|[番丁][0-9地目]|[市区町村][^ -~]{1,10}[0-9]{1,3}-[0-9]|[로길] ?[0-9]",
        rf"[{_HAN}]{{1,10}}[路街道巷弄]\d{{1,5}}[号號弄]"
        rf"|[{_HAN}{_KANA}]{{1,12}}\d{{1,3}}(?:丁目|番地)[\d番地号丁目の-]*"
        rf"|[{_HAN}]{{1,12}}[市区町村][{_HAN}{_KANA}]{{1,10}}\d{{1,3}}(?:-\d{{1,3}}){{1,2}}(?!\d)"
        r"|[가-힣]{1,9}[시군구읍면동] [가-힣]{1,9}[로길] ?\d{1,4}(?:-\d{1,4})?",
    ),
)  # fmt: skip
