"""What another member of a group puts in the place of a file while a command has it in hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive_tool.anonymize.known.identifiers import KnownIdentifiers
from archive_tool.archive import media, rewrite
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.files import Files
from archive_tool.archive.opening import open_archive
from archive_tool.disclose.gate.outside import Outside
from archive_tool.errors import IntegrityError, SubjectError, UsageError
from archive_tool.keys import disk
from archive_tool.model.datatypes import MEDIA
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.lives import begin, usual
from tests.support.refusing import impatient, problem

A = "20261120-aaa"
NO_FILE = "is no file (expected a file, and no link)"


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def test_no_pipe_is_waited_for_when_what_was_written_is_read_back(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.write("policy.toml", b"x")
    pipe(tmp_path / "policy.toml")
    with impatient():
        assert problem(IntegrityError, lambda: files.read("policy.toml")).endswith(NO_FILE)
        try:
            assert problem(IntegrityError, files.settle).endswith(NO_FILE)
        finally:  # a thread that waits all the same is let go
            os.close(os.open(tmp_path / "policy.toml", os.O_RDWR))
            files.close()


def test_nor_where_a_folder_is_brought_to_the_disk(tmp_path: Path) -> None:
    pipe(tmp_path / "state")
    with impatient(), pytest.raises(NotADirectoryError):
        disk.sync_folder(tmp_path / "state")


def test_nor_in_a_new_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    life = usual(tmp_path)
    real = Files.write

    def write(files: Files, path: str, content: bytes) -> None:
        real(files, path, content)
        if path.endswith("index.parquet"):
            pipe(files.folder / path)

    monkeypatch.setattr(Files, "write", write)

    def erase() -> object:
        return rewrite.revise(life.store, A, life.vault, drop=lambda e: bool(e.subject), now=NOW)

    with impatient():
        assert problem(IntegrityError, erase) == f"{A}/index.parquet: {NO_FILE}"


def test_nor_in_a_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(tmp_path / "film")
    monkeypatch.setattr(Path, "is_file", lambda _: True)
    with impatient():
        said = problem(IntegrityError, lambda: media.opened(tmp_path / "film", where="film"))
    assert said == f"film: {NO_FILE}"


def test_nor_in_the_readable_files_that_the_gate_searches(tmp_path: Path) -> None:
    pipe(tmp_path / "policy.toml")
    with impatient():
        search = Outside(KnownIdentifiers(), ()).search(tmp_path)
        assert problem(IntegrityError, lambda: list(search)) == f"policy.toml: {NO_FILE}"


def test_nor_for_an_identity_that_nobody_named(tmp_path: Path) -> None:
    life = usual(tmp_path)
    pipe(life.vault_folder / "identity.txt")
    with impatient():
        ran = command("key", "show", "--vault", life.vault_folder)
    assert (ran.code, ran.err.splitlines()[0]) == (16, f"error: identity.txt: {NO_FILE}")


def test_what_was_written_is_taken_back_out_of_its_own_folder(tmp_path: Path) -> None:
    home, to, moved = tmp_path / "home", tmp_path / "out", tmp_path / "moved"
    (home / "letters").mkdir(parents=True)
    (home / "thesis.txt").write_bytes(b"own")

    def hand_out() -> None:
        with disk.all_or_nothing(to):
            (to / "20261120-aaa").mkdir()
            (to / "20261120-aaa" / "chat.csv").write_bytes(b"rows")
            (to / "link").symlink_to(home)
            (to / "review.json").write_bytes(b"rows")
            to.rename(moved)
            to.symlink_to(home)
            raise SubjectError("in none of the archives", where="id-file")

    assert problem(SubjectError, hand_out) == "id-file: in none of the archives"
    assert sorted(path.name for path in home.iterdir()) == ["letters", "thesis.txt"]
    assert list(moved.iterdir()) == []


def test_recordings_go_through_no_link(tmp_path: Path) -> None:
    life = begin(tmp_path)
    life.add(A, {("events", "ann"): [event(1, "ann")]}, recordings={("ann", "ann.mp4"): b"film"})
    home, to = tmp_path / "home", tmp_path / "tables"
    home.mkdir()
    to.mkdir()
    (to / "media").symlink_to(home)
    archive = open_archive(life.folder(A), vault=life.vault)
    said = problem(UsageError, lambda: extract(archive, to=to, types=[MEDIA]))
    assert said == "media: is a link (expected a folder, or none)"
    assert list(home.iterdir()) == []
