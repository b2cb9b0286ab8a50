"""What is extracted grows without a name where the system can, and beside its place elsewhere."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive_tool.archive.extraction import unseen
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.extraction.unseen import Unseen
from tests.support.defects import DEFECTS
from tests.support.pipelines import keep_all, lab

WAYS = ["without a name", "beside"]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "beside":
        monkeypatch.setattr(unseen, "_NAMELESS", 0)
    return str(request.param)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_is_there_before_it_is_published(tmp_path: Path, way: str) -> None:
    growing = Unseen(tmp_path / "a.csv")
    growing.file.write(b"rows")
    growing.complete()
    assert len(names(tmp_path)) == (0 if way == "without a name" else 1)
    assert all(name.startswith(".a.csv.") for name in names(tmp_path))
    growing.publish()
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"rows"
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600


def test_what_was_there_goes_when_it_is_published(tmp_path: Path, way: str) -> None:
    (tmp_path / "a.csv").write_bytes(b"older")
    growing = Unseen(tmp_path / "a.csv")
    growing.file.write(b"rows")
    growing.complete()
    assert (tmp_path / "a.csv").read_bytes() == b"older"
    growing.publish()
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"rows", way


@pytest.mark.parametrize("last", ["written", "complete", "named"])
def test_what_is_discarded_leaves_nothing(tmp_path: Path, way: str, last: str) -> None:
    growing = Unseen(tmp_path / "a.csv")
    growing.file.write(b"rows")
    if last != "written":
        growing.complete()
    if last == "named":
        growing.name()
        assert len(names(tmp_path)) == 1, way
    growing.discard()
    assert names(tmp_path) == []


def test_where_a_name_cannot_be_given_the_bytes_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refused)
    growing = Unseen(tmp_path / "a.csv")
    growing.file.write(b"rows" * 100_000)
    growing.complete()
    growing.publish()
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == b"rows" * 100_000
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600


def test_a_copy_goes_into_no_file_that_somebody_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder where others may write: what they can read has the name of what was just made."""
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", refused)
    growing = Unseen(tmp_path / "a.csv")
    opened = os.open

    def swapped(path: Any, *how: Any) -> int:
        descriptor = opened(path, *how)
        if Path(path).name.startswith(".a.csv."):
            Path(path).unlink()
            Path(path).symlink_to(theirs)
        return descriptor

    monkeypatch.setattr(os, "open", swapped)
    growing.file.write(b"rows")
    growing.complete()
    growing.name()
    assert theirs.read_bytes() == b""
    growing.discard()


def test_half_a_copy_goes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(28, "the disk is full")

    monkeypatch.setattr(os, "link", refused)
    monkeypatch.setattr(shutil, "copyfileobj", refused)
    growing = Unseen(tmp_path / "a.csv")
    growing.file.write(b"rows")
    growing.complete()
    with pytest.raises(OSError, match="full"):
        growing.publish()
    assert len(names(tmp_path)) == 1
    growing.discard()
    assert names(tmp_path) == []


def test_a_library_may_write_all_of_it_by_a_path(tmp_path: Path, way: str) -> None:
    growing = Unseen(tmp_path / "a.sav")
    with growing.lent() as path:
        path.write_bytes(b"head")
        with path.open("r+b") as again:
            again.write(b"H")
    growing.file.write(b" and more")
    growing.complete()
    growing.publish()
    assert (tmp_path / "a.sav").read_bytes() == b"Head and more", way


KILLED = """
import os, sys
from pathlib import Path
from archive_tool.archive.extraction.unseen import Unseen
growing = Unseen(Path(sys.argv[1]) / "a.csv")
growing.file.write(b"KANARI" * 100_000)
growing.complete()
os.kill(os.getpid(), 9)
"""


def test_a_kill_leaves_nothing_of_it(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert names(tmp_path) == []


def test_of_many_files_only_some_stay_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = lab(tmp_path)
    archive = own.open(own.create(DEFECTS / "overlap-equal" / "bundle", policy=keep_all()))
    at_once = extract(archive, to=tmp_path / "at once")
    few: list[list[str]] = []
    publish = Unseen.publish

    def watched(growing: Unseen) -> None:
        few.append(names(tmp_path / "few"))
        publish(growing)

    monkeypatch.setattr(Unseen, "publish", watched)
    monkeypatch.setattr(sys.modules[extract.__module__], "OPEN", 1)
    extract(archive, to=tmp_path / "few")
    assert len(at_once) > 2
    assert len(few[0]) == len(at_once) - 1  # all but the first had to be named
    assert names(tmp_path / "few") == names(tmp_path / "at once")
