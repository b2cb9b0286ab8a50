"""The text of a JSON file → its documents, one after the other, opened one level deep.

What lies inside stays JSON text. Numbers that JSON does not have, and half characters, are repaired.
"""

from __future__ import annotations

import codecs
import re
from typing import Any, Final

import msgspec

from archive_tool.errors import IngestError

CUT_OFF: Final = "truncated JSON: the text ends in the middle"
TOO_DEEP: Final = "JSON nested too deeply"

_AT_BYTE: Final = re.compile(r"\(byte (\d+)\)$")
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|-?\bInfinity\b|-?\bNaN\b', re.DOTALL)
"""A text that nobody ended goes to the end: from each of its quotes it would be looked for again."""
_CONSTANTS: Final = (b"NaN", b"Infinity", b"-Infinity", b"-NaN")
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
"""One escape of a JSON string; the two halves of a pair are one."""
_BLANK: Final = b" \t\r\n\x00\x1e"

NULL: Final = msgspec.Raw(b"null")
_NO_ERROR: Final = (b"null", b"false", b'""')
"""What stands under ``error`` in an answer that is none."""


class Page(msgspec.Struct, gc=False):
    """The usual page, in one pass over the text."""

    data: list[msgspec.Raw]
    status: msgspec.Raw = NULL
    metadata: msgspec.Raw = NULL
    error: msgspec.Raw = NULL

    @property
    def is_error(self) -> bool:
        """Whether it says why there are no rows."""
        return not self.data and has_failed(self.status, self.error)


_PAGE: Final = msgspec.json.Decoder(Page)
_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])
OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def as_utf8(text: memoryview) -> memoryview:
    """Without byte-order mark, and out of UTF-16."""
    head = bytes(text[:4])
    if head.startswith(codecs.BOM_UTF8):
        return text[3:]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return memoryview(bytes(text).decode("utf-16").encode())
        except UnicodeError:
            problem = "UTF-16 text that cannot be decoded"
        raise IngestError(problem, expected="UTF-8")
    return text


def decoded(text: memoryview, most: int, offset: int) -> tuple[list[Any], bool]:
    """Decode the top levels, one per JSON document in the text; say whether it had to be repaired.

    Raises :class:`IngestError` as :func:`archive_tool.ingest.json_files.documents.read_documents` says.
    """
    documents: list[Any] = []
    start, repaired = 0, False
    while start < len(text):
        document, end, problem = _next_document(text[start:])
        if problem is None:
            documents.append(document)
            if len(documents) > most:
                raise IngestError("too many JSON documents", expected=f"at most {most:,}")
            start = _after_blank(text, start + end)
            continue
        place = start + end
        if not repaired and _is_repairable(text, place):
            text, repaired = memoryview(_repaired(text[start:])), True
            start = 0
            continue
        where = "" if problem in (CUT_OFF, TOO_DEEP) else f" at byte {offset + place:,}"
        raise IngestError(f"{problem}{where}", expected="JSON")
    return documents, repaired


def _next_document(text: memoryview) -> tuple[Any, int, str | None]:
    """Give the document, where it ends, and what is wrong with it (then ``end`` is the place)."""
    document, end, problem = _decode(text)
    if problem != "trailing characters":
        return document, end, problem
    end -= 1
    if not bytes(text[end : end + 1]).strip(_BLANK):
        end = _after_blank(text, end)
    document, _, problem = _decode(text[:end])
    if problem is None and end < len(text) and bytes(text[end : end + 1]) not in (b"{", b"["):
        return None, end, "something that is no JSON follows"
    return document, end, problem


def _decode(text: memoryview) -> tuple[Any, int, str | None]:
    first = bytes(text[:256]).lstrip(_BLANK)[:1]
    decoders: tuple[Any, ...] = (_ARRAY,) if first == b"[" else (_PAGE, OBJECT)
    problem, place = "no JSON", 0
    for decoder in decoders:
        try:
            return decoder.decode(text), len(text), None
        except msgspec.ValidationError:
            problem, place = "not a table", 0
        except msgspec.DecodeError as error:
            problem, place = _problem(str(error), len(text))
            break
        except RecursionError:
            return None, 0, TOO_DEEP
        except UnicodeError:
            return None, 0, "a key that is no valid UTF-8"
    return None, place, problem


def _problem(message: str, size: int) -> tuple[str, int]:
    """Tell what msgspec says, in our fixed words: its own may not be passed on."""
    if "truncated" in message:
        return CUT_OFF, size
    found = _AT_BYTE.search(message)
    place = int(found[1]) if found else 0
    return ("trailing characters" if "trailing characters" in message else "broken JSON"), place


def _after_blank(text: memoryview, place: int) -> int:
    while place < len(text) and text[place] in _BLANK:
        place += 1
    return place


def _is_repairable(text: memoryview, place: int) -> bool:
    """Whether NaN, Infinity or half of a surrogate pair is what stopped the decoder here."""
    if bytes(text[place : place + 9]).startswith(_CONSTANTS):
        return True
    return _SURROGATE.search(bytes(text[max(0, place - 12) : place + 6])) is not None


def _repaired(text: memoryview) -> bytes:
    """NaN becomes null; Infinity, which no number of the platform is, becomes text.

    Half a surrogate pair, which is what is left of an emoji that was cut, becomes U+FFFD.
    """

    def plain(match: re.Match[bytes]) -> bytes:
        token = match[0]
        if token.startswith(b'"'):
            return _ESCAPE.sub(_whole_characters, token) if _SURROGATE.search(token) else token
        return b"null" if b"NaN" in token else b'"' + token + b'"'

    return _TOKEN.sub(plain, bytes(text))


def _whole_characters(match: re.Match[bytes]) -> bytes:
    escape = match[0]
    return rb"\ufffd" if len(escape) == 6 and _SURROGATE.match(escape) else escape


def opened(raw: msgspec.Raw) -> object:
    """Open a list or an object one level deep; None for what is neither, or broken."""
    first = first_byte(raw)
    if first not in (b"[", b"{"):
        return None
    return _decode(memoryview(raw))[0]


def first_byte(raw: msgspec.Raw) -> bytes:
    """Give the first byte of a value: it tells a list from an object."""
    return bytes(memoryview(raw)[:64]).lstrip(_BLANK)[:1]


def has_failed(status: msgspec.Raw, error: msgspec.Raw) -> bool:
    """Whether status and error of an answer tell of a failure."""
    return bytes(status).strip() == b'"error"' or bytes(error).strip() not in _NO_ERROR
