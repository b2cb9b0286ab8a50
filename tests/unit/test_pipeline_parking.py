"""Parked rows: bounded in memory, sealed on disk, given back whole."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from archive_tool.errors import IntegrityError
from archive_tool.pipeline.first_pass.parking import Parking
from tests.support.canonical import batch

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

MARK = "KANARI"


def events(count: int, start: int = 0) -> pa.Table:
    rows = [
        {"id": f"{MARK}{start + number}", "participantId": f"{MARK}-p{number % 7}"}
        for number in range(count)
    ]
    return batch("events", rows, start=start).table


class Disk(io.BytesIO):
    """Stands for the unnamed file and remembers what was written."""

    content = b""

    def close(self) -> None:
        self.content = self.getvalue()
        super().close()


def ids(parking: Parking) -> list[list[str]]:
    return [table["id"].to_pylist() for table in parking.take("events")]


def test_a_small_bundle_is_one_bucket_and_never_leaves_memory(tmp_path: Path) -> None:
    parking = Parking(folder=tmp_path, expected_bytes=10)
    parking.add("events", events(3))
    parking.add("events", events(2, start=3))
    with patch("tempfile.TemporaryFile", side_effect=AssertionError("wrote to the disk")):
        assert parking.types() == ["events"]
        assert ids(parking) == [[f"{MARK}{number}" for number in range(5)]]
    assert ids(parking) == []


def test_what_goes_to_the_disk_is_sealed(tmp_path: Path) -> None:
    disk = Disk()
    parking = Parking(folder=tmp_path, expected_bytes=10, memory_bytes=1)
    with patch("tempfile.TemporaryFile", return_value=disk):
        for start in range(0, 50, 10):
            parking.add("events", events(10, start=start))
    found = [one for bucket in ids(parking) for one in bucket]
    assert sorted(found) == sorted(f"{MARK}{number}" for number in range(50))
    parking.close()
    assert len(disk.content) > 1000
    assert MARK.encode() not in disk.content


def test_a_subject_is_in_one_bucket(tmp_path: Path) -> None:
    with patch("archive_tool.pipeline.first_pass.parking.BUCKET_BYTES", 100):
        parking = Parking(folder=tmp_path, expected_bytes=1000, memory_bytes=500)
        for start in range(0, 60, 20):
            parking.add("events", events(20, start=start))
        found = [set(table["participantId"].to_pylist()) for table in parking.take("events")]
    people = [person for bucket in found for person in bucket]
    assert len(people) == len(set(people)) == 7


def test_two_seals_of_the_same_rows_differ(tmp_path: Path) -> None:
    disk = Disk()
    parking = Parking(folder=tmp_path, expected_bytes=10, memory_bytes=1)
    with patch("tempfile.TemporaryFile", return_value=disk):
        parking.add("events", events(5))
        half = len(disk.getvalue())
        parking.add("events", events(5))
    content = disk.getvalue()
    assert content[:half] != content[half:]


def test_a_changed_seal_is_refused(tmp_path: Path) -> None:
    disk = Disk()
    parking = Parking(folder=tmp_path, expected_bytes=10, memory_bytes=1)
    with patch("tempfile.TemporaryFile", return_value=disk):
        parking.add("events", events(5))
    disk.seek(40)
    disk.write(b"\0\0\0\0")
    with pytest.raises(IntegrityError, match=r"^cannot be decrypted"):
        ids(parking)


def test_after_closing_nothing_is_left(tmp_path: Path) -> None:
    parking = Parking(folder=tmp_path, expected_bytes=10, memory_bytes=1)
    parking.add("events", events(5))
    parking.close()
    assert parking.types() == []
    assert list(tmp_path.iterdir()) == []
