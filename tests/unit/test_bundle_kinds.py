"""What a file is, by its first bytes and then by its name."""

from __future__ import annotations

import pytest

from archive_tool.bundle.kinds import PEEK_BYTES, is_zip, kind_of
from archive_tool.model.bundle import FileKind

ERROR = '{"status":"error","error":{"code":"UNAUTHORIZED","message":"no key"}}'
PAGE = '{"status": "success", "metadata": {"pagination": {"total": 1}}, "data": [{"id": "e1"}]}'
LONG = '{"id": "e1", "content": "' + "x" * 5000 + '"}'


def kind(name: str, content: bytes) -> tuple[FileKind, str]:
    return kind_of(name, len(content), lambda count: content[:count])


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("events.csv", "id,onset\n1,2\n", FileKind.CSV),
        ("events.tsv", "id\tonset\n", FileKind.CSV),
        ("events.txt", "id,onset\n", FileKind.CSV),
        ("events", "id,onset\n", FileKind.CSV),
        ("events.csv", "\ufeffid,onset\n", FileKind.CSV),
        ("events.csv", '[{"id": 1}]', FileKind.JSON),
        ("events.csv", '{"id": 1}', FileKind.JSON),
        ("response.json", PAGE, FileKind.JSON),
        ("response.json", "\ufeff \n" + PAGE, FileKind.JSON),
        ("response", PAGE, FileKind.JSON),
        ("two.json", PAGE + "\n" + PAGE, FileKind.JSON),
        ("two.json", PAGE + PAGE, FileKind.JSON),
        ("pretty.json", '{\n  "id": 1\n}\n{\n  "id": 2\n}', FileKind.JSON),
        ("one.json", '{"id": 1}\n', FileKind.JSON),
        ("events.json", '{"id": 1}\n{"id": 2}\n', FileKind.NDJSON),
        ("events.json", LONG + "\n" + LONG, FileKind.NDJSON),
        ("events.ndjson", '{"id": 1}', FileKind.NDJSON),
        ("events.jsonl", '{"data": 3, "id": 1}\n{"id": 2}\n', FileKind.NDJSON),
        ("events.ndjson", PAGE, FileKind.JSON),
        ("events.ndjson", '{\n "id": 1\n}', FileKind.JSON),
        ("events.ndjson", '[{"id": 1}]', FileKind.JSON),
        ("empty.csv", "", FileKind.EMPTY),
        ("empty.csv", "\n", FileKind.EMPTY),
        ("empty.json", "\ufeff", FileKind.EMPTY),
        ("empty.json", " " * 10_000, FileKind.EMPTY),
    ],
)
def test_the_first_bytes_tell_what_table_it_is_and_then_the_name(
    name: str, content: str, expected: FileKind
) -> None:
    assert kind(name, content.encode()) == (expected, "")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_a_mark_keeps_its_kind(codec: str) -> None:
    assert kind("a.csv", "\ufeffid,onset\n1,2\n".encode(codec)) == (FileKind.CSV, "")
    assert kind("a.json", f"\ufeff{PAGE}".encode(codec)) == (FileKind.JSON, "")


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("events.csv", ERROR.encode(), "an error answer of the platform"),
        ("events.json", ERROR.encode(), "an error answer of the platform"),
        ("events.json", b'{"error": "gateway"}', "an error answer of the platform"),
        ("events.csv", b"<!DOCTYPE html><html>", "an HTML or XML page"),
        ("events.json", b"\n<html>", "an HTML or XML page"),
        ("events.csv", b"PK\x03\x04\x00\x00\x00", "nested archive: unpack it first"),
        ("events.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00", "a picture or a recording"),
        ("events.csv", b"\x00\x01\x02\x03" * 9, "not recognised as data"),
        (
            "events.csv",
            bytes(9_999),
            "begins with zero bytes only: not wholly downloaded or copied",
        ),
        ("events.json", b"id,onset\n", "not recognised as data"),
        ("events.csv", b" " * (PEEK_BYTES + 1), "not recognised as data"),
    ],
)
def test_what_is_named_like_a_table_and_is_none_is_unreadable(
    name: str, content: bytes, note: str
) -> None:
    assert kind(name, content) == (FileKind.UNREADABLE, note)


@pytest.mark.parametrize("name", ["sync.csv.txt", "my export.txt", "export", "export.dat"])
@pytest.mark.parametrize(
    "header",
    ["id,timestamp,eventType", '"Participant ID"\t"Onset"\t"x"', "sep=;\nroom_id;senderId;x"],
)
def test_a_table_is_told_by_its_columns_under_any_name(name: str, header: str) -> None:
    """They were left out, and only ``inspect`` said so."""
    mark = max(",;\t", key=header.count)
    assert kind(name, f"{header}\n1{mark}2{mark}3\n".encode()) == (FileKind.CSV, "")
    assert kind(name, f"{header}\n".encode()) == (FileKind.IGNORED, "not recognised as data")


@pytest.mark.parametrize(
    "text",
    [
        "Session 3, Zofia left early, see video\nSession 4, fine, no notes\n",
        "timestamp, onset, and so on are explained below\nonset: seconds since the start\n",
        "",
    ],
)
def test_notes_are_no_table(text: str) -> None:
    assert kind("notes.txt", text.encode())[0] in (FileKind.IGNORED, FileKind.EMPTY)


def test_a_spreadsheet_that_is_named_like_a_table_is_called_one() -> None:
    """Its owner was told to unpack it, and found XML."""
    new = b"PK\x03\x04\x14\x00\x06\x00" + bytes(22) + b"[Content_Types].xml"
    for head in (new, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)):
        note = "a spreadsheet: export it as CSV or JSON"
        assert kind("events.csv", head) == (FileKind.UNREADABLE, note)


def test_an_error_field_beside_data_is_no_error_answer() -> None:
    assert kind("a.json", b'{"data": [], "status": "error", "error": 1}') == (FileKind.JSON, "")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42", (FileKind.MEDIA, "")),
        ("a.webm", b"", (FileKind.EMPTY, "")),
        ("a.mp4", ERROR.encode(), (FileKind.MEDIA, "text where media should be")),
        ("clip", b"\x1aE\xdf\xa3\x01\x00\x00", (FileKind.MEDIA, "a picture or a recording")),
        ("notes.txt", b"some text", (FileKind.IGNORED, "not recognised as data")),
        ("a.csv", b"ID3,column\n1,2\n", (FileKind.CSV, "")),
        (
            "a.csv",
            b"ID3\x04\x00\x00\x00\x00\x00\x00",
            (FileKind.UNREADABLE, "a picture or a recording"),
        ),
    ],
)
def test_what_is_no_text_is_told_by_its_signature_and_then_by_its_name(
    name: str, content: bytes, expected: tuple[FileKind, str]
) -> None:
    assert kind(name, content) == expected


def test_a_zip_is_told_by_signature_or_name() -> None:
    assert is_zip("export", b"PK\x03\x04")
    assert is_zip("export.zip", b"<htm")
    assert not is_zip("events.csv", b"PK\x03\x04")
    assert not is_zip("events.csv", b"id,o")
