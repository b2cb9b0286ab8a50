"""Objects that say two things under one key are told: the last one is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive_tool.ingest.json_files.keys import EVERY, with_a_key_twice
from archive_tool.model.findings import Finding, Rows, Severity
from tests.support.ingesting import read

if TYPE_CHECKING:
    from pathlib import Path


def row(number: int, onset: str = '"onset":1') -> str:
    return f'{{"messageId":"m{number}","roomId":"r",{onset}}}'


def table(*rows: str) -> str:
    return f"[{','.join(rows)}]"


TWICE = '"onset":1,"onset":2'


def test_the_last_value_is_read_and_the_rows_are_told(tmp_path: Path) -> None:
    got = read(tmp_path, {"chat.json": table(row(1, TWICE), row(2), row(3, TWICE))})
    assert [one["onset"] for one in got.rows("chat")] == [2, 1, 2]
    assert got.findings == [
        Finding(
            code="JSON-KEY-TWICE",
            severity=Severity.WARNING,
            message="an object has a key twice, with different values; the last one is read",
            hint="find out what wrote the file, and use it as it was downloaded",
            data_type="chat",
            file="F001",
            rows=Rows(count=2, first=(1, 3)),
        )
    ]


@pytest.mark.parametrize(
    ("onset", "told"),
    [
        ('"onset":1,"metadata":{"a":1,"a":2}', True),
        ('"onset":1,"metadata":[{"a":{"b":1,"b":null}}]', True),
        ('"onset":1,"onset":1', False),
        ('"onset":1,"metadata":{"a":{"onset":2}}', False),
        ('"onset":1,"content":"\\"onset\\":3,\\"onset\\":4"', False),
    ],
)
def test_keys_inside_values_count_and_words_do_not(tmp_path: Path, onset: str, told: bool) -> None:
    codes = read(tmp_path, {"chat.json": table(row(1, onset))}).codes()
    assert ("JSON-KEY-TWICE" in codes) is told


def test_lines_are_looked_at_too(tmp_path: Path) -> None:
    got = read(tmp_path, {"chat.ndjson": f"{row(1, TWICE)}\n{row(2)}\n"})
    assert got.found("JSON-KEY-TWICE").rows == Rows(count=1, first=(1,))


def test_one_row_in_so_many_is_looked_at(tmp_path: Path) -> None:
    rows = [row(number) for number in range(EVERY + 2)]
    rows[EVERY] = row(EVERY, TWICE)
    rows[7] = row(7, TWICE)
    got = read(tmp_path, {"chat.json": table(*rows)})
    assert got.found("JSON-KEY-TWICE").rows == Rows(count=2, first=(8, EVERY + 1))


def test_a_row_that_is_too_deep_to_be_looked_at_says_nothing() -> None:
    deep = b'{"a":%b%b}' % (b"[" * 100_000, b"]" * 100_000)
    assert with_a_key_twice([deep]) == []
