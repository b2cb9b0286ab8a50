"""How a CSV was written: encoding, delimiter, header, and what that says about its producer."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import BinaryIO, Final

from archive_tool.errors import IngestError
from archive_tool.ingest.columns import simple
from archive_tool.schemas import FIELDS, Kind, Sensitivity

HEAD: Final = 256 << 10
"""Bytes that are looked at."""

_BARE_NA: Final = re.compile(r"(?:^|[,;\t])NA(?=[,;\t\r\n]|$)", re.MULTILINE)
_BARE_TIME: Final = re.compile(
    r"(?:^|[,;\t])\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?=[,;\t\r\n]|$)", re.MULTILINE
)
"""R quotes every text, but not its points in time, and writes them without a zone."""
_SEPARATOR_LINE: Final = re.compile(r'"?sep=([,;|\t])"?[,;|\t]*(?:\r\n|\r|\n)', re.IGNORECASE)
"""First line by which programs tell Excel what separates the cells; the header comes after it."""
_R_HEADER: Final = re.compile(r'(?:"(?:[^"]|"")*")(?:[,;\t]"(?:[^"]|"")*")*')
_DELIMITERS: Final = ",;\t|"
_DOUBLY_ENCODED_BOM: Final = "ï»¿"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """What has to be known before a CSV can be read."""

    encoding: str
    """Name of a Python codec; ``utf-8`` in the normal case."""
    delimiter: str
    header: tuple[str, ...]
    """Column names as they are in the file, without a byte-order mark."""
    lines: str
    """How rows end: ``\\n``, ``\\r\\n`` or ``\\r``."""
    producer_r: bool
    """Written by R: a bare NA is missing, times without a zone are UTC."""
    bare_na: bool = False
    """A bare NA is missing: R, or readr, which quotes only what needs it."""
    before_header: int = 0
    """Lines above the header, which are none of the table."""
    header_only: bool = False
    doubly_encoded: bool = False
    """The byte-order mark itself is mojibake: the file was decoded wrongly and saved again."""

    @property
    def decimal_comma(self) -> bool:
        """A spreadsheet of a locale that writes ``1,5`` separates cells with semicolons."""
        return self.delimiter == ";"

    @property
    def plain(self) -> bool:
        """The form that the platform and pandas write."""
        return self.encoding == "utf-8" and self.delimiter in ",\t" and not self.producer_r


def sniff(stream: BinaryIO) -> Dialect:
    """Look at the beginning of a CSV; :class:`IngestError` when it has no header row."""
    head = stream.read(HEAD)
    whole = len(head) < HEAD
    encoding, text = _decode(head, whole=whole)
    doubly = text.startswith(_DOUBLY_ENCODED_BOM)
    text = text.removeprefix(_DOUBLY_ENCODED_BOM)
    start = text.lstrip("\r\n")
    told = _SEPARATOR_LINE.match(start)
    start = start[told.end() :] if told else start
    first, ending, rest = _first_line(start, whole=whole)
    delimiter = (
        told[1] if told else max(_DELIMITERS, key=lambda mark: _outside_quotes(first).count(mark))
    )
    header = _names(first, delimiter)
    if not header or all(not name.strip() for name in header) or "\x00" in first:
        raise IngestError("no header row", expected="names of columns in the first row")
    producer_r = _by_r(first, rest)
    return Dialect(
        encoding=encoding,
        delimiter=delimiter,
        header=tuple(header),
        lines=ending,
        producer_r=producer_r,
        bare_na=producer_r or _na_that_nobody_typed(header, delimiter, rest),
        before_header=1 if told else 0,
        header_only=whole and not rest.strip(),
        doubly_encoded=doubly,
    )


def _names(first: str, delimiter: str) -> list[str]:
    """Give the cells of the header row; none where it is no row of cells."""
    try:
        return next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:  # its own message may quote the row
        return []


def _by_r(header: str, rest: str) -> bool:
    if not _R_HEADER.fullmatch(header):
        return False
    return bool(_BARE_NA.search(rest) or _BARE_TIME.search(rest))


def _na_that_nobody_typed(header: list[str], delimiter: str, rest: str) -> bool:
    """Whether a number, a time or a person says NA: then readr wrote it, which quotes a typed one."""
    if not any(f"{delimiter}NA{after}" in rest for after in (delimiter, "\r", "\n")):
        return False
    places = [place for place, name in enumerate(header) if simple(name) in _untyped()]
    bare = _outside_quotes(f'{rest}"')  # what is looked at may end within a cell
    rows = (line.split(delimiter) for line in re.split(r"[\r\n]+", bare))
    return any(row[place] == "NA" for row in rows for place in places if place < len(row))


@cache
def _untyped() -> frozenset[str]:
    """Names of fields that hold no words of people, in any data type that has them."""
    kinds = {Kind.NUMBER, Kind.TIME, Kind.FLAG}
    names: dict[str, bool] = {}
    for field in chain.from_iterable(FIELDS.values()):
        fits = field.kind in kinds or field.sensitivity is Sensitivity.PERSON
        names[simple(field.name)] = fits and names.get(simple(field.name), True)
    return frozenset(name for name, fits in names.items() if fits)


def _decode(head: bytes, *, whole: bool) -> tuple[str, str]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", codecs.getincrementaldecoder("utf-16")("replace").decode(head)
    for encoding in ("utf-8", "cp1252", "latin-1"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            return encoding, decoder.decode(head, whole).removeprefix("\ufeff")
        except UnicodeError:
            continue
    return "latin-1", head.decode("latin-1")


def _first_line(text: str, *, whole: bool) -> tuple[str, str, str]:
    """Give the header row (quoted names may hold line breaks), how it ends, and the rest."""
    quoted, last = False, -1
    for place, mark in enumerate(text):
        # a quote begins a cell, or goes on with one that ended just before; else it is a letter
        if mark == '"' and (quoted or last == place - 1 or text[place - 1] in _DELIMITERS):
            quoted, last = not quoted, place
        elif mark in "\r\n" and not quoted:
            ending = "\r\n" if text[place : place + 2] == "\r\n" else mark
            return text[:place], ending, text[place + len(ending) :]
    if not whole:
        raise IngestError("the first row has no end", expected="names of columns in the first row")
    return text, "\n", ""


def _outside_quotes(text: str) -> str:
    return re.sub(r'"(?:[^"]|"")*"', "", text)
