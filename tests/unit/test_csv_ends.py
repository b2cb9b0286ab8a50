"""Where a CSV begins and ends: its header, texts that are none, the same line again, a cell without end."""

from __future__ import annotations

import codecs
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from archive_tool.model.findings import Rows
from tests.support.ingesting import read

if TYPE_CHECKING:
    from pathlib import Path

CHAT = "messageId,senderId,senderName,content,roomId\n"
PEOPLE = "id,email,role,status\n"
EVENTS = "id,timestamp,onset,eventType,participantId,roomId,response\n"


@pytest.mark.parametrize(
    ("name", "header", "rows"),
    [
        ("chat", CHAT, ["m1,u1,Zofia,hello,room_a\n", "m2,u2,Ravi,hi,room_a\n"]),
        ("participants", PEOPLE, ["u1,z@x.org,host,done\n", "u2,r@x.org,guest,done\n"]),
        ("chat", f",{CHAT}", ["0,m1,u1,Zofia,hello,room_a\n", "1,m2,u2,Ravi,hi,room_a\n"]),
    ],
    ids=["chat", "participants", "with its index"],
)
def test_a_header_that_comes_again_is_nobody_where_all_columns_are_texts(
    tmp_path: Path, name: str, header: str, rows: list[str]
) -> None:
    got = read(tmp_path, {f"{name}.csv": header + rows[0] + header + rows[1]})
    subject = "senderId" if name == "chat" else "participantId"
    assert [row[subject] for row in got.rows(name)] == ["u1", "u2"]
    assert got.found("CSV-HEADER-AGAIN").rows == Rows(count=1)


@pytest.mark.parametrize("name", ['height 6"', 'the "new" one', 'say ""hi""'])
def test_a_quote_within_a_name_of_a_column_is_a_letter(tmp_path: Path, name: str) -> None:
    """It ended every command with a bug: the header seemed to go on in the next line."""
    header = EVENTS.replace("response", name)
    row = "evt_1,2024-10-20T14:30:45.123Z,5,component.response,u1,room_a,180\n"
    (event,) = read(tmp_path, {"events.csv": header + row}).rows("events")
    assert (event["id"], event["onset"], json.loads(event["extra"])) == ("evt_1", 5.0, {name: 180})


def test_an_empty_row_with_fewer_cells_is_none(tmp_path: Path) -> None:
    """Excel leaves out empty cells at the end of rows, and writes rows that are empty."""
    row = "m1,u1,Zofia,hello,room_a\n"
    got = read(tmp_path, {"chat.csv": f"{CHAT}{row},,\n,,,,,,\n\n"})
    assert (len(got.rows("chat")), "CSV-ROWS-BROKEN" in got.codes()) == (1, False)
    broken = read(tmp_path / "broken", {"chat.csv": f"{CHAT}{row},,x\n"})
    assert broken.found("CSV-ROWS-BROKEN").rows == Rows(count=1, first=(2,))


def test_two_byte_order_marks_hide_no_column(tmp_path: Path) -> None:
    row = "evt_1,2024-10-20T14:30:45.123Z,5,component.response,u1,room_a,yes\n"
    got = read(tmp_path, {"events.csv": f"\ufeff\ufeff{EVENTS}{row}"})
    (event,) = got.rows("events")
    assert (event["id"], "extra" in event) == ("evt_1", False)


def test_a_line_that_only_looks_like_a_header_is_named(tmp_path: Path) -> None:
    got = read(tmp_path, {"events.csv": f'"{"x" * 200_000}",id\n1,2\n'})
    assert got.unreadable == [
        ("F001", "no header row (expected names of columns in the first row)")
    ]


def test_half_a_character_of_utf_16_is_no_bug(tmp_path: Path) -> None:
    text = codecs.BOM_UTF16_LE + EVENTS.encode("utf-16-le") + b"\x00\xd8\x41\x00"
    got = read(tmp_path, {"events.csv": text})
    assert got.unreadable == [
        (
            "F001",
            "cannot be read as CSV after row 0: encoding (expected rows of cells under one header)",
        )
    ]


def test_na_of_readr_is_found_behind_a_long_cell(tmp_path: Path) -> None:
    long = f'evt_1,2024-10-20T14:30:45.123Z,5,x,u1,room_a,"{"y" * 140_000}, NA"\n'
    missing = "evt_2,2024-10-20T14:30:45.123Z,NA,x,u1,room_a,yes\n"
    got = read(tmp_path, {"events.csv": EVENTS + long + missing})
    assert [row.get("onset") for row in got.rows("events")] == [5.0, None]
    assert "VALUE-NOT-A-NUMBER" not in got.codes()


def test_na_that_is_quoted_was_typed(tmp_path: Path) -> None:
    rows = 'evt_1,2024-10-20T14:30:45.123Z,"NA",x,u1,room_a,NA\n'
    got = read(tmp_path, {"events.csv": EVENTS + rows})
    assert got.rows("events")[0]["response"] == '"NA"'
    assert "VALUE-NOT-A-NUMBER" in got.codes()


def test_a_nul_before_a_line_break_stays_beside_a_lone_return(tmp_path: Path) -> None:
    text = 'messageId,senderId,content,roomId\nm1,u1,a\rb,room_a\nm2,u1,"c\0\nd",room_a\n'
    got = read(tmp_path, {"chat.csv": text})
    assert [row["content"] for row in got.rows("chat")] == ["a\rb", "c\0\nd"]


ROWS = f'{CHAT}m1,u1,Zofia,"hello",room_a\nm2,u2,Ravi,hi,'
CUT = "it ends within a quoted cell (expected rows of cells under one header)"


def packed(text: str) -> dict[str, str | bytes]:
    """The file in a ZIP, which cannot be read from its end."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("chat.csv", text)
    return {"export.zip": memory.getvalue()}


@pytest.mark.parametrize(
    "end", ['"roo', '"', '"room_a\n', '"say ""hi""', '"room_a\nm3,u3,Kim,ho,x\n']
)
def test_a_file_that_ends_within_a_cell_is_named_and_its_last_row_is_none(
    tmp_path: Path, end: str
) -> None:
    got = read(tmp_path / "unix", {"chat.csv": ROWS + end})
    assert [row["messageId"] for row in got.rows("chat")] == ["m1"]
    assert [part.rows for part in got.parts] == [1]
    assert got.unreadable == [("F001", CUT)]
    windows = (ROWS + end).replace("\n", "\r\n")
    assert read(tmp_path / "windows", {"chat.csv": windows}).unreadable == [("F001", CUT)]
    marked = (ROWS + end).replace("hello", "he\rllo")
    assert read(tmp_path / "marked", {"chat.csv": marked}).unreadable == [("F001", CUT)]
    zipped = read(tmp_path / "zipped", packed(ROWS + end))
    assert [row["messageId"] for row in zipped.rows("chat")] == ["m1"]
    assert zipped.unreadable == [("F001", CUT)]


@pytest.mark.parametrize(
    "end", ["room_a", "", '""', '"room_a"', '"room ""a"""\n', '"a,"', '","\n', 'a"b', '"a\n"\n']
)
def test_a_last_cell_that_has_its_end_is_whole(tmp_path: Path, end: str) -> None:
    for number, files in enumerate(({"chat.csv": ROWS + end}, packed(ROWS + end))):
        got = read(tmp_path / str(number), files)
        assert [row["messageId"] for row in got.rows("chat")] == ["m1", "m2"]
        assert got.unreadable == []


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_cell_without_end_is_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    text = f'{ROWS.replace("Ravi", "Zoë")}"cafè'
    got = read(tmp_path, {"chat.csv": text.encode(encoding)})
    assert ([row["messageId"] for row in got.rows("chat")], got.unreadable) == (
        ["m1"],
        [("F001", CUT)],
    )


def test_an_odd_character_late_in_a_file_hides_no_cell_without_end(tmp_path: Path) -> None:
    """The head is UTF-8, and it is read in another encoding in the end."""
    many = "".join(f"m{i},u1,Zofia,hello,room_a\n" for i in range(20_000))
    got = read(tmp_path, {"chat.csv": f'{CHAT}{many}m,u1,Zofia,hi,"cafè'.encode("cp1252")})
    assert len(got.rows("chat")) == 20_000
    assert got.unreadable == [("F001", CUT)]


def test_a_file_whose_only_row_has_no_end_has_none(tmp_path: Path) -> None:
    got = read(tmp_path, {"chat.csv": f'{CHAT}m1,u1,Zofia,hello,"room'})
    assert (got.rows("chat"), got.unreadable) == ([], [("F001", CUT)])


RATINGS = (
    "timestamp,onset,participantId,roomId,ratingId,value\n"
    "2026-03-02T10:00:00.000Z,100,u1,room_a,r1,3\n"
    "2026-03-02T10:00:01.000Z,1100,u1,room_a,r2,"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ['"4', '"4\n', '"', '" 4 \n\n'])
def test_a_number_that_has_no_end_may_have_been_a_longer_one(
    tmp_path: Path, end: str, encoding: str
) -> None:
    got = read(tmp_path, {"ratings_continuous.csv": (RATINGS + end).encode(encoding)})
    assert [row["value"] for row in got.rows("ratings/continuous")] == [3.0]
    assert got.unreadable == [("F001", CUT)]


@pytest.mark.parametrize("end", ["4", '"4"', '"4"\n\n', "", '""', "4\n"])
def test_a_last_number_that_has_its_end_is_whole(tmp_path: Path, end: str) -> None:
    got = read(tmp_path, {"ratings_continuous.csv": RATINGS + end})
    value = 4.0 if "4" in end else None
    assert [row.get("value") for row in got.rows("ratings/continuous")] == [3.0, value]
    assert got.unreadable == []
