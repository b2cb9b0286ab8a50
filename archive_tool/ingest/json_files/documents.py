"""A JSON file → the tables in it, their rows still as JSON text.

Forms: a page of the API (``metadata`` before or after ``data``), a bare array, an object with one
table per data type, a single record, a table column by column, and several of these one after the
other in one file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec

from archive_tool.bundle.kinds import ERROR_ANSWER
from archive_tool.errors import IngestError
from archive_tool.ingest.classify import classify, type_of_name
from archive_tool.ingest.envelope import Envelope, read_envelope
from archive_tool.ingest.json_files.decode import (
    NULL,
    OBJECT,
    Page,
    as_utf8,
    decoded,
    first_byte,
    has_failed,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

API_PAGE: Final = "api-page"


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
    documents, repaired = decoded(text, most, offset)
    return (table for document in documents for table in _tables(document)), repaired


def _tables(document: list[msgspec.Raw] | Page | dict[str, msgspec.Raw]) -> Iterator[RowSet]:
    if isinstance(document, list):
        if document and _is_page(document[0]):
            yield from _listed(document)
        else:
            yield RowSet(rows=document, form="array")
        return
    if isinstance(document, Page):
        if document.is_error:
            raise IngestError(ERROR_ANSWER, expected="a page with data")
        envelope = _envelope(document)
        yield RowSet(rows=document.data, form=API_PAGE, envelope=envelope)
        return
    yield from _object_tables(document)


def _envelope(page: Page) -> Envelope:
    """What a page says about itself: an error beside rows is a warning that there are more."""
    envelope = read_envelope(page.metadata)
    failed = has_failed(page.status, page.error)
    return replace(envelope, warned=envelope.warned or failed)


def _is_page(raw: msgspec.Raw) -> bool:
    """Whether an element of a list is an answer with rows: a script saved its pages as one list."""
    page = opened(raw)
    return isinstance(page, Page) and is_answer(OBJECT.decode(raw))


def _listed(answers: Sequence[msgspec.Raw]) -> Iterator[RowSet]:
    for raw in answers:
        answer = opened(raw)
        if not isinstance(answer, Page | dict):
            raise IngestError("something else in a list of answers", expected="pages with data")
        yield from _tables(answer)


def is_answer(document: Mapping[str, object]) -> bool:
    """Whether an object is an answer of the platform; an event may have ``data`` and ``metadata``."""
    is_named = "data" in document and ("metadata" in document or "status" in document)
    return is_named and not _is_row(document)


def _is_row(document: Mapping[str, object]) -> bool:
    return classify(document) is not None


def _object_tables(document: Mapping[str, msgspec.Raw]) -> Iterator[RowSet]:
    if is_answer(document):
        envelope = read_envelope(document.get("metadata", NULL))
        inner = opened(document["data"])
        if not inner and has_failed(document.get("status", NULL), document.get("error", NULL)):
            raise IngestError(ERROR_ANSWER, expected="a page with data")
        if isinstance(inner, Page):
            yield from _tables(inner)
        elif isinstance(inner, dict) and _is_dict_of_types(inner):
            yield from _dict_of_types(inner)
        elif isinstance(inner, dict):
            rows = [document["data"]] if inner else []
            yield RowSet(rows=rows, form=API_PAGE, envelope=envelope)
        return
    if _is_error(document) and not _is_row(document):
        raise IngestError(ERROR_ANSWER, expected="a page with data")
    if _is_dict_of_types(document):
        yield from _dict_of_types(document)
    elif rows := _by_columns(document):
        yield RowSet(rows=rows, form="array")
    elif set(document) - {"metadata", "status"}:
        yield RowSet(rows=[msgspec.Raw(msgspec.json.encode(document))], form="object")


def _by_columns(document: Mapping[str, msgspec.Raw]) -> list[msgspec.Raw]:
    """Give the rows of a table that pandas saved with ``to_json(path)``: columns of index and value."""
    if not _is_row(document) or any(first_byte(raw) != b"{" for raw in document.values()):
        return []
    columns = {name: OBJECT.decode(raw) for name, raw in document.items()}
    index = next(iter(columns.values())).keys()
    if any(cells.keys() != index for cells in columns.values()):
        return []
    rows = ({name: cells[at] for name, cells in columns.items()} for at in index)
    return [msgspec.Raw(msgspec.json.encode(row)) for row in rows]


def _is_error(document: Mapping[str, msgspec.Raw]) -> bool:
    """Whether it says why there are no rows; beside tables an ``error`` may be empty."""
    if has_failed(document.get("status", NULL), NULL):
        return True
    if "error" not in document or len(document) > 3:
        return False
    return has_failed(NULL, document["error"]) or not _is_dict_of_types(document)


def _is_dict_of_types(document: Mapping[str, msgspec.Raw]) -> bool:
    """Whether keys name types; an event has an object of ``variables``."""
    firsts = {first_byte(raw) for key, raw in document.items() if type_of_name(key)}
    return b"[" in firsts or (b"{" in firsts and not _is_row(document))


def _dict_of_types(document: Mapping[str, msgspec.Raw]) -> Iterator[RowSet]:
    """Give all tables; then IngestError where one of the answers was an error.

    An object in the place of a table is one of a single row: it has no other form that is known.
    """
    failed = False
    for key, raw in document.items():
        inner = opened(raw)
        if isinstance(inner, Page) and inner.is_error:
            failed = True
        elif isinstance(inner, Page):
            yield RowSet(
                rows=inner.data,
                form="dict-of-types",
                key=key,
                envelope=_envelope(inner),
            )
        elif isinstance(inner, list):
            yield RowSet(rows=inner, form="dict-of-types", key=key)
        elif isinstance(inner, dict) and _is_error(inner):
            failed = True
        elif isinstance(inner, dict) and inner and type_of_name(key):
            yield RowSet(rows=[raw], form="dict-of-types", key=key)
    if failed:
        raise IngestError(f"{ERROR_ANSWER} among the tables", expected="pages with data")
