"""What a file is: told by its first bytes, then by its name."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from itertools import pairwise
from posixpath import splitext
from typing import Final

from archive_tool.bundle.ignored import NESTED, OURS, SPREADSHEET
from archive_tool.bundle.limits import KIB
from archive_tool.bundle.names import data_type_from_name
from archive_tool.model.bundle import FileKind

HEAD_BYTES: Final = 4 * KIB
"""What is read of every file to see what it is."""
PEEK_BYTES: Final = 64 * KIB
"""What is read of a file that the head leaves open: a short document, a first long line."""

ERROR_ANSWER: Final = "an error answer of the platform"
A_PAGE: Final = "an HTML or XML page"
NOT_RECOGNISED: Final = "not recognised as data"
ONLY_ZEROS: Final = "begins with zero bytes only: not wholly downloaded or copied"

Peek = Callable[[int], bytes]
"""Gives the first n bytes of a file, or all of it when it is shorter."""

MEDIA_SUFFIXES: Final = frozenset(
    ".mp4 .webm .mp3 .wav .m4a .ogg .oga .ogv .opus .mov .mkv .avi .aac .flac .m4v "  # noqa: SIM905
    ".png .jpg .jpeg .gif .webp .svg .bmp .heic".split()
)
_CSV: Final = frozenset((".csv", ".tsv", ".tab"))
_JSON: Final = frozenset((".json", ".ndjson", ".jsonl"))
_LINES: Final = frozenset((".ndjson", ".jsonl"))

_MEDIA_MAGIC: Final = re.compile(
    rb"....ftyp|\x1aE\xdf\xa3|ID3|RIFF....(?:WAVE|AVI |WEBP)|OggS|\x89PNG|\xff\xd8\xff|GIF8|fLaC",
    re.DOTALL,
)
_ARCHIVE_MAGIC: Final = re.compile(rb"PK\x03\x04|PK\x05\x06|\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ")
_OFFICE: Final = re.compile(
    rb"\xd0\xcf\x11\xe0|PK\x03\x04.{26}(?:\[Content_Types\]|_rels/|docProps/|xl/|mimetypeapplication/vnd\.oasis)",
    re.DOTALL,
)
"""A spreadsheet that somebody named after a table: it is a ZIP, and nothing that is to be unpacked."""
_COLUMNS: Final = frozenset(
    "timestamp onset eventtype category participantid senderid sendername roomid experimentid "  # noqa: SIM905
    "componentid componenttype stateid messageid ratingid rawvalue recordingid egressid metricid "
    "timedrift sessionid".split()
)
"""Names of columns, as far as they tell a table of the platform in a file of any name."""
_TEXT_BYTES: Final = bytes(range(0x20, 0x100)) + b"\t\n\r\f\v\x1b"
_ENVELOPE: Final = re.compile(r'\{\s*"(?:status|metadata|data|success|error)"\s*:')
_OURS: Final = re.compile(r'\{\s*"schema"\s*:\s*"archive-tool/')
"""Findings, plans and answers of ours, which many save beside their data."""
_ERROR: Final = re.compile(
    r'\{\s*"(?:status"\s*:\s*"error"|error"\s*:(?!\s*(?:null|false|"")\s*[,}]))'
)


def is_zip(name: str, head: bytes) -> bool:
    """Whether to open it as a ZIP: by its signature, or because it says it is one."""
    suffix = splitext(name.lower())[1]
    if suffix == ".zip":
        return True
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not _table_named(name)


def kind_of(name: str, size: int, peek: Peek) -> tuple[FileKind, str]:
    """Tell the kind of one file and, where it is no table, a fixed phrase that says why.

    Reads at most :data:`PEEK_BYTES`. ``name`` is the bare file name, ``size`` in bytes.
    """
    if size == 0:
        return FileKind.EMPTY, ""
    head = peek(HEAD_BYTES)
    suffix = splitext(name.lower())[1]
    text = _text(head)
    # some signatures are plain words, with which a header may begin as well: NUL tells
    if suffix in MEDIA_SUFFIXES or text is None or (b"\0" in head and _MEDIA_MAGIC.match(head)):
        return _binary_kind(name, suffix, head)
    start = text.lstrip()
    if not start and size > len(head):
        start = _longer_start(peek)
    if not start:
        blank = size <= PEEK_BYTES
        return (FileKind.EMPTY, "") if blank else _unknown(name)
    return _text_kind(name, suffix, start, size, peek)


def _text_kind(name: str, suffix: str, start: str, size: int, peek: Peek) -> tuple[FileKind, str]:
    """Tell the kind of a text from its first character on."""
    if start[0] == "<":
        return _binary(name, FileKind.IGNORED, A_PAGE)
    if start[0] == "[":
        return FileKind.JSON, ""
    if start[0] == "{":
        if _OURS.match(start):
            return FileKind.IGNORED, OURS
        if _error_answer(suffix, start, size, peek):
            return FileKind.UNREADABLE, ERROR_ANSWER
        return (FileKind.NDJSON if _one_per_line(suffix, start, peek) else FileKind.JSON), ""
    named = suffix in _CSV or (suffix not in _JSON and _table_named(name))
    if named or (suffix not in _JSON and _has_columns(start)):
        return FileKind.CSV, ""
    return _unknown(name)


def _has_columns(start: str) -> bool:
    """Whether it begins with a header and a row: browsers save ``sync.csv.txt``."""
    lines = start.split("\n", 3)
    for header, row in pairwise(lines[:3]):  # a spreadsheet may say before what separates cells
        mark = max(",;\t|", key=header.count)
        names = {re.sub(r"[\W_]", "", cell).lower() for cell in header.split(mark)}
        if len(names & _COLUMNS) >= 2 and row.count(mark) >= header.count(mark):
            return True
    return False


def _binary_kind(name: str, suffix: str, head: bytes) -> tuple[FileKind, str]:
    """Tell media from packed files and from what nobody knows."""
    if suffix in MEDIA_SUFFIXES:
        text_inside = head.lstrip()[:1] in (b"{", b"<") and suffix != ".svg"
        return FileKind.MEDIA, "text where media should be" if text_inside else ""
    if _MEDIA_MAGIC.match(head):
        return _binary(name, FileKind.MEDIA, "a picture or a recording")
    if _OFFICE.match(head):
        return _binary(name, FileKind.IGNORED, SPREADSHEET)
    if not head.strip(b"\0"):
        return _binary(name, FileKind.IGNORED, ONLY_ZEROS)
    packed = _ARCHIVE_MAGIC.match(head)
    return _binary(name, FileKind.IGNORED, NESTED if packed else NOT_RECOGNISED)


def _binary(name: str, kind: FileKind, note: str) -> tuple[FileKind, str]:
    """Something that is no table: a fault where the name promises a table."""
    return (FileKind.UNREADABLE if _table_named(name) else kind), note


def _unknown(name: str) -> tuple[FileKind, str]:
    return _binary(name, FileKind.IGNORED, NOT_RECOGNISED)


def _table_named(name: str) -> bool:
    """Whether the name promises a table; ``.txt`` and no extension do only with a known stem."""
    suffix = splitext(name.lower())[1]
    if suffix in _CSV or suffix in _JSON:
        return True
    return suffix in (".txt", "") and data_type_from_name(name) is not None


def _text(head: bytes) -> str | None:
    """Give the head as text without its byte-order mark; None when it is binary."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="ignore")
    control = head.translate(None, _TEXT_BYTES)
    if len(control) * 20 > len(head):
        return None
    # latin-1 never fails, and only ASCII decides here: the real decoding is ingest's
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _longer_start(peek: Peek) -> str:
    """Give a text from its first character on, as far as a file that the head leaves open is read."""
    return (_text(peek(PEEK_BYTES)) or "").lstrip()


def _error_answer(suffix: str, start: str, size: int, peek: Peek) -> bool:
    """Whether it is the platform's answer to a request that failed: no rows, only an error.

    ``curl > events.csv`` saves such an answer without a word (seed-data-types.md, batch script).
    """
    if suffix in _CSV and _ERROR.match(start):
        return True
    if size > PEEK_BYTES or '"error"' not in start:
        return False
    document = _parsed(_longer_start(peek))
    if not isinstance(document, dict) or "data" in document:
        return False
    return document.get("status") == "error" or set(document) <= {"error", "message", "code"}


def _one_per_line(suffix: str, start: str, peek: Peek) -> bool:
    """Whether every line is a row of its own. Envelopes one per line are documents, not rows."""
    if _ENVELOPE.match(start):
        return suffix in _LINES and not _first_line_is_envelope(start, peek)
    lines = start.split("\n", 2)
    if len(lines) < 2 or (len(lines) == 2 and not lines[1].strip()):
        start = _longer_start(peek)
        lines = start.split("\n", 2)
    whole = lines[0].rstrip().endswith("}") and isinstance(_parsed(lines[0]), dict)
    if suffix in _LINES:
        # a first line longer than we look, or one that was cut off, is still a line of NDJSON
        return whole or len(lines[0].strip()) > 1
    return whole and len(lines) > 1 and lines[1].lstrip().startswith("{")


def _first_line_is_envelope(start: str, peek: Peek) -> bool:
    first = start.split("\n", 1)[0]
    if "\n" not in start:
        first = _longer_start(peek).split("\n", 1)[0]
    document = _parsed(first)
    if document is None:
        return first.strip() == "{" or '"status"' in first[:200] or '"pagination"' in first
    return isinstance(document, dict) and isinstance(document.get("data"), list)


def _parsed(text: str) -> object:
    """Parse a JSON value; None when it is not one."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
