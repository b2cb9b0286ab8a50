"""Who may read what the tool writes: under the most careless umask, only its owner."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive import rewrite
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.opening import open_archive
from archive_tool.archive.staging import Staging
from archive_tool.keys import disk
from archive_tool.lifecycle import places
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.subjects.access import access
from archive_tool.model.datatypes import MEDIA
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.lives import Life, begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A = "20261120-aaa"


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    before = os.umask(0)
    try:
        life = begin(tmp_path)
        life.store.rmdir()  # the tool makes it
        life.add(
            A, {("events", "ann"): [event(1, "ann")]}, recordings={("ann", "ann.mp4"): b"film"}
        )
        yield life
    finally:
        os.umask(before)


def bits(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder: Path) -> list[str]:
    """What others can reach in a folder: a private folder keeps them from all that is in it."""
    found = []
    for path in sorted(folder.iterdir()):
        if bits(path) & 0o077:
            found.append(path.name)
            if path.is_dir():
                found += [f"{path.name}/{name}" for name in open_to_others(path)]
    return found


def test_a_vault_and_a_store_are_for_their_owner(life: Life) -> None:
    holds.place(life.store, reason="r", owner="o", archives=[A], now=NOW)
    assert open_to_others(life.store.parent) == []
    assert open_to_others(life.vault_folder) == []
    inside = [name for name in open_to_others(life.store) if not name.startswith("archives")]
    assert inside == []  # archives can be given to others as they are: what is in them is sealed
    assert bits(life.store / "audit" / "log.jsonl") == bits(life.store / ".store.lock") == 0o600


def test_folders_around_the_first_file_of_a_store_are_for_its_owner(life: Life) -> None:
    places.write(life.store / "state" / "pending" / "plan.json", b"{}")
    assert bits(life.store / "state") == bits(life.store / "state" / "pending") == 0o700


def test_a_new_file_is_put_in_the_place_of_none(tmp_path: Path) -> None:
    disk.write_new(tmp_path / "f", b"first")
    with pytest.raises(FileExistsError):
        disk.write_new(tmp_path / "f", b"2nd")
    assert (tmp_path / "f").read_bytes() == b"first"


def test_a_growing_archive_is_for_its_owner(life: Life) -> None:
    staging = Staging(life.store, "20261120-bbb")
    staging.open()
    assert bits(staging.folder.parent) == 0o700
    staging.close()


@pytest.mark.parametrize("format", ["csv", "json", "ndjson", "parquet"])
def test_what_comes_out_is_for_its_owner(life: Life, tmp_path: Path, format: str) -> None:
    archive = open_archive(life.folder(A), vault=life.vault)
    for types in ((), (MEDIA,)):
        extract(archive, to=tmp_path / "out", format=format, types=types, now=NOW)
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {bits(path) for path in files} == {0o600}
    assert len(files) == 2
    assert bits(tmp_path / "out") == bits(tmp_path / "out" / "media") == 0o700


def test_a_copy_for_a_person_is_for_its_owner(life: Life, tmp_path: Path) -> None:
    handed = access(life.store, life.vault, "ann", to=tmp_path / "copy", now=NOW)
    rows = [path for path in handed.files if path.parent.name == A]
    assert {bits(path) for path in rows} == {0o600}
    assert len(rows) >= 2
    assert bits(tmp_path / "copy") == bits(tmp_path / "copy" / A) == 0o700


def test_keys_that_others_can_read_are_named(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ssh does; the answer and the exit code are the same."""
    keys = ("verify", life.store, "--vault", life.vault_folder, "--json")
    assert (command(*keys).code, command(*keys).err) == (0, "")
    vault, identity = life.vault_folder / "vault.age", life.vault_folder / "identity.txt"
    identity.chmod(0o640)
    vault.chmod(0o604)
    ran = command(*keys)
    assert (ran.code, ran.json["exit_code"]) == (0, 0)
    assert ran.err == "".join(
        f"warning: {path}: its mode lets others read it (expected 600)\n"
        f"hint: chmod 600 {path}; do not keep it on a drive without file modes, such as most USB sticks\n"
        for path in (vault, identity)
    )
    monkeypatch.setattr(sys, "platform", "win32")  # where modes mean nothing
    assert command(*keys).err == ""


def test_passphrases_that_others_can_read_are_named(tmp_path: Path) -> None:
    word = tmp_path / "word.txt"
    word.write_bytes(b"correct horse")
    word.chmod(0o644)
    ran = command("key", "init", "--vault", tmp_path / "vault", "--passphrase-file", word)
    assert ran.code == 0
    assert f"warning: {word}: its mode lets others read it (expected 600)\n" in ran.err


def test_the_memory_of_a_machine_is_for_its_owner(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "state" / "memory"
    monkeypatch.setenv("ARCHIVE_TOOL_MEMORY", str(memory))
    vault = life.vault
    vault.erase_subjects([vault.subject_key("ann")], now=NOW)
    vault.save(NOW)
    (record,) = memory.iterdir()
    assert (bits(memory), bits(record)) == (0o700, 0o600)


def test_the_older_revision_is_for_its_owner_until_it_goes(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    real = disk.move

    def move(source: Path, target: Path) -> None:
        seen.extend((entry.name, bits(entry)) for entry in life.store.iterdir())
        real(source, target)

    monkeypatch.setattr(disk, "move", move)
    life.add("20261120-bbb", {("events", "bob"): [event(2, "bob")]})
    rewrite.revise(
        life.store, A, life.vault, drop=lambda _: False, drop_types=frozenset({"media"}), now=NOW
    )
    hidden = {name for name, mode in seen if name.startswith(".") and mode & 0o077}
    names = {name.partition("-")[0] for name, _ in seen}
    assert (hidden, {".replaced", ".staging"} <= names) == (set(), True)
    assert not (life.store / ".replaced").exists()
