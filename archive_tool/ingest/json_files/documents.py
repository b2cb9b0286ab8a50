"""A JSON file → the tables in it, their rows still as JSON text.

Forms: a page of the API (``metadata`` before or after ``data``), a bare array, an object with one
table per data type, a single record, and several of these one after the other in one file.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.errors import IngestError
from archive_tool.ingest.envelope import Envelope, read_envelope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

API_PAGE: Final = "api-page"
ERROR_ANSWER: Final = "an error answer of the platform"
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


_NULL: Final = msgspec.Raw(b"null")


@dataclass(frozen=True, kw_only=True)
class RowSet:
    """One table of a JSON file."""

    rows: Sequence[msgspec.Raw]
    """JSON text of each row."""
    form: str
    """``api-page``, ``array``, ``dict-of-types`` or ``object``."""
    envelope: Envelope | None = None
    key: str | None = None
    """The key of a dict of types."""


class _Page(msgspec.Struct, gc=False):
    """The usual page, in one pass over the text."""

    data: list[msgspec.Raw]
    status: msgspec.Raw = _NULL
    metadata: msgspec.Raw = _NULL
    error: msgspec.Raw = _NULL

    @property
    def is_error(self) -> bool:
        """Whether it says why there are no rows."""
        return not self.data and _failed(self.status, self.error)


_PAGE: Final = msgspec.json.Decoder(_Page)
_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_documents(
    text: memoryview, most: int, *, offset: int = 0
) -> tuple[Iterator[RowSet], bool]:
    """Give the tables of a file, and whether numbers had to be repaired that JSON does not have.

    ``most`` is the limit of JSON documents one after the other, ``offset`` the bytes of the file that
    the text lacks.

    Raises :class:`IngestError` (with a fixed sentence and a byte position, never content) when
    the text is no JSON, is cut off, or is an error answer of the platform.
    """
    text = as_utf8(text)
    documents, repaired = _documents(text, most, offset)
    return (table for document in documents for table in _tables(document)), repaired


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


def _documents(text: memoryview, most: int, offset: int) -> tuple[list[Any], bool]:
    """Decode the top levels, one per JSON document in the text."""
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
    decoders: tuple[Any, ...] = (_ARRAY,) if first == b"[" else (_PAGE, _OBJECT)
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


def _tables(document: list[msgspec.Raw] | _Page | dict[str, msgspec.Raw]) -> Iterator[RowSet]:
    if isinstance(document, list):
        if document and _is_page(document[0]):
            yield from _listed(document)
        else:
            yield RowSet(rows=document, form="array")
        return
    if isinstance(document, _Page):
        if document.is_error:
            raise IngestError(ERROR_ANSWER, expected="a page with data")
        envelope = read_envelope(document.metadata)
        yield RowSet(rows=document.data, form=API_PAGE, envelope=envelope)
        return
    yield from _object_tables(document)


def _is_page(raw: msgspec.Raw) -> bool:
    """Whether an element of a list is an answer with rows: a script saved its pages as one list."""
    page = _opened(raw)
    return isinstance(page, _Page) and is_answer(_OBJECT.decode(raw))


def _listed(answers: Sequence[msgspec.Raw]) -> Iterator[RowSet]:
    for raw in answers:
        answer = _opened(raw)
        if not isinstance(answer, _Page | dict):
            raise IngestError("something else in a list of answers", expected="pages with data")
        yield from _tables(answer)


def is_answer(document: Mapping[str, object]) -> bool:
    """Whether an object is an answer of the platform; an event may have ``data`` and ``metadata``."""
    is_named = "data" in document and ("metadata" in document or "status" in document)
    return is_named and not _is_row(document)


def _is_row(document: Mapping[str, object]) -> bool:
    from archive_tool.ingest.classify import classify

    return classify(document) is not None


def _object_tables(document: Mapping[str, msgspec.Raw]) -> Iterator[RowSet]:
    if is_answer(document):
        envelope = read_envelope(document.get("metadata", _NULL))
        inner = _opened(document["data"])
        if not inner and _failed(document.get("status", _NULL), document.get("error", _NULL)):
            raise IngestError(ERROR_ANSWER, expected="a page with data")
        if isinstance(inner, _Page):
            yield from _tables(inner)
        elif isinstance(inner, dict) and _is_dict_of_types(inner):
            yield from _dict_of_types(inner)
        elif isinstance(inner, dict):
            yield RowSet(rows=[document["data"]], form=API_PAGE, envelope=envelope)
        return
    if _is_error(document) and not _is_row(document):
        raise IngestError(ERROR_ANSWER, expected="a page with data")
    if _is_dict_of_types(document):
        yield from _dict_of_types(document)
    elif set(document) - {"metadata", "status"}:
        yield RowSet(rows=[msgspec.Raw(msgspec.json.encode(document))], form="object")


def _is_error(document: Mapping[str, msgspec.Raw]) -> bool:
    status = document.get("status", _NULL)
    return _failed(status, _NULL) or ("error" in document and len(document) <= 3)


def _failed(status: msgspec.Raw, error: msgspec.Raw) -> bool:
    return bytes(status).strip() == b'"error"' or bytes(error).strip() != bytes(_NULL)


def _is_dict_of_types(document: Mapping[str, msgspec.Raw]) -> bool:
    """Whether keys name types; an event has an object of ``variables``."""
    from archive_tool.ingest.classify import type_of_name

    firsts = {_first(raw) for key, raw in document.items() if type_of_name(key)}
    return b"[" in firsts or (b"{" in firsts and not _is_row(document))


def _dict_of_types(document: Mapping[str, msgspec.Raw]) -> Iterator[RowSet]:
    """Give all tables; then IngestError where one of the answers was an error.

    An object in the place of a table is one of a single row: it has no other form that is known.
    """
    from archive_tool.ingest.classify import type_of_name

    failed = False
    for key, raw in document.items():
        inner = _opened(raw)
        if isinstance(inner, _Page) and inner.is_error:
            failed = True
        elif isinstance(inner, _Page):
            yield RowSet(
                rows=inner.data,
                form="dict-of-types",
                key=key,
                envelope=read_envelope(inner.metadata),
            )
        elif isinstance(inner, list):
            yield RowSet(rows=inner, form="dict-of-types", key=key)
        elif isinstance(inner, dict) and _is_error(inner):
            failed = True
        elif isinstance(inner, dict) and inner and type_of_name(key):
            yield RowSet(rows=[raw], form="dict-of-types", key=key)
    if failed:
        raise IngestError(f"{ERROR_ANSWER} among the tables", expected="pages with data")


def _opened(raw: msgspec.Raw) -> object:
    first = _first(raw)
    if first not in (b"[", b"{"):
        return None
    return _decode(memoryview(raw))[0]


def _first(raw: msgspec.Raw) -> bytes:
    return bytes(memoryview(raw)[:64]).lstrip(_BLANK)[:1]
