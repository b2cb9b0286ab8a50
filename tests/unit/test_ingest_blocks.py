"""Files are read block by block: nothing is lost, doubled or misread where one block ends."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

from archive_tool.bundle import open_bundle
from archive_tool.bundle.limits import Limits
from archive_tool.ingest.csv_files import ending, rows
from archive_tool.ingest.csv_files.return_marks import RETURN_MARK, ReturnMarks
from archive_tool.ingest.json_files import ndjson
from archive_tool.ingest.reader import Ingest
from archive_tool.model.findings import FindingLog
from tests.support.ingesting import read

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HEADER = "id,participantId,roomId,onset\n"


def test_rows_that_an_earlier_attempt_gave_do_not_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word among numbers in the last of several blocks: all of them are read again, as texts."""
    monkeypatch.setattr(rows, "BLOCK", 256)
    lines = [f"e{number},u1,r1,{number}\n" for number in range(60)]
    got = read(tmp_path, {"events.csv": HEADER + "".join(lines) + "e60,u1,r1,late\n"})
    assert [row["id"] for row in got.rows("events")] == [f"e{number}" for number in range(61)]


class Pieces(io.BytesIO):
    """A stream that gives each piece by itself."""

    def __init__(self, *given: bytes) -> None:
        super().__init__()
        self.given = [*given]

    def read(self, _: int | None = -1) -> bytes:
        return self.given.pop(0) if self.given else b""


def test_a_line_break_is_one_also_where_a_block_ends_within_it() -> None:
    marked = ReturnMarks(Pieces(b"a\r", b"\nb\r", b"c\r"), "utf-8")
    assert io.BufferedReader(marked).read().decode() == f"a\r\nb{RETURN_MARK}c{RETURN_MARK}"


def test_the_end_of_a_packed_file_is_found_behind_a_short_last_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEADER.replace("onset", "content") + 'e1,u1,r1,"whole"\ne2,u1,r1,"cut here'
    monkeypatch.setattr(ending, "BLOCK", len(text) - 3)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        folder.writestr("events.csv", text)
    got = read(tmp_path, {"export.zip": packed.getvalue()})
    assert [row["id"] for row in got.rows("events")] == ["e1"]
    assert got.unreadable[0][1].startswith("it ends within a quoted cell")


def test_a_line_without_end_is_read_up_to_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson, "BLOCK", 64)
    line = json.dumps({"id": "e1", "participantId": "u1", "onset": 1})
    (tmp_path / "events.ndjson").write_text(f"{line}\n{line}{' ' * 1000}", encoding="utf-8")
    assert unreadable(tmp_path, Limits(line_bytes=900)) == [
        "a line is too long (expected at most 900 bytes)"
    ]
    assert unreadable(tmp_path, Limits(line_bytes=2000)) == []


def test_a_table_of_more_columns_than_the_limit_is_none(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(f"{HEADER}e1,u1,r1,1\n", encoding="utf-8")
    assert unreadable(tmp_path, Limits(columns=3)) == ["too many columns (expected at most 3)"]
    assert unreadable(tmp_path, Limits(columns=4)) == []


def unreadable(folder: Path, limits: Limits) -> list[str]:
    with open_bundle([folder], limits=limits) as bundle:
        ingest = Ingest(bundle, FindingLog())
        for _ in ingest.batches():
            pass
    return [reason for _, reason in ingest.unreadable]
