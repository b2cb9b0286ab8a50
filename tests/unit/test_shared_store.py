"""A store or vault that a group shares: its folder's group bits hold for what is made there, and no secret's."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive import rewrite
from archive_tool.archive.extraction.extract import extract
from archive_tool.archive.opening import open_archive
from archive_tool.errors import ArchiveToolError
from archive_tool.keys import disk, shared
from archive_tool.keys.lock import FileLock
from archive_tool.lifecycle.audit_log import log_file
from archive_tool.lifecycle.dates import holds
from archive_tool.lifecycle.subjects.access import access
from archive_tool.model.datatypes import MEDIA
from tests.support.archives import NOW, event
from tests.support.commands import command
from tests.support.lives import Life, begin

if TYPE_CHECKING:
    from collections.abc import Iterator

A, B = "20261120-aaa", "20261120-bbb"
GROUP_WRITES, GROUP_READS = 0o2770, 0o2750


@pytest.fixture(params=[0o077, 0o022], ids=["umask 077", "umask 022"], autouse=True)
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def bits(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def lived(folder: Path, mode: int) -> Life:
    """A store in a folder of that mode, in which everything is done that leaves files there."""
    life = begin(folder)
    life.store.chmod(mode)
    for name in (A, B):
        life.add(
            name,
            {("events", "ann"): [event(1, "ann")], ("events", "bob"): [event(2, "bob")]},
            recordings={("ann", "ann.mp4"): b"film"},
        )
    holds.place(life.store, reason="r", owner="o", archives=[B], now=NOW)
    ids = folder / "ids.txt"
    ids.write_bytes(b"ann\n")
    plan = folder / "plan.json"
    where = ("--store", life.store, "--vault", life.vault_folder)
    assert command("subject", "erase", *where, "--id-file", ids, "--plan", plan).code == 0
    assert command("subject", "erase", *where, "--id-file", ids, "--apply", plan).code == 0
    return life


def inside(store: Path) -> tuple[list[Path], list[Path]]:
    """Folders and files of a store."""
    found = sorted(store.rglob("*"))
    return [path for path in found if path.is_dir()], [path for path in found if path.is_file()]


@pytest.mark.parametrize("mode", [GROUP_WRITES, GROUP_READS], ids=["2770", "2750"])
def test_a_group_may_do_in_a_store_what_it_may_do_with_its_folder(
    tmp_path: Path, mode: int
) -> None:
    life = lived(tmp_path, mode)
    folders, files = inside(life.store)
    wanted = mode & stat.S_IRWXG
    assert {bits(path) & 0o2070 for path in folders} == {0o2000 | wanted}
    assert {bits(path) & 0o070 for path in files} == {wanted & 0o060}
    names = {path.name for path in files}
    assert {
        ".store.lock",
        ".lock",
        "log.jsonl",
        "head.json",
        "holds.json",
        "index.parquet",
    } <= names
    assert {"state", "certificates", "archives", "tables"} <= {path.name for path in folders}
    private = [
        path for path in (*folders, *files) if path.relative_to(life.store).parts[0] != "archives"
    ]
    assert {bits(path) & 0o007 for path in private} == {0}


@pytest.mark.parametrize("mode", [0o770, 0o2700], ids=["0770", "2700"])
def test_a_store_without_the_sign_or_the_bits_stays_its_owners(tmp_path: Path, mode: int) -> None:
    """Without setgid new files are of the writer's group, and that may be everybody's."""
    life = lived(tmp_path, mode)
    folders, files = inside(life.store)
    private = [
        path for path in (*folders, *files) if path.relative_to(life.store).parts[0] != "archives"
    ]
    assert {bits(path) & 0o077 for path in private} == {0}
    assert len(private) > 6


def test_what_a_killed_run_leaves_can_be_cleared_by_the_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = begin(tmp_path)
    life.store.chmod(GROUP_WRITES)
    seen: dict[Path, int] = {}
    real = disk.move

    def move(source: Path, target: Path) -> None:
        for path in life.store.rglob("*"):
            place = path.relative_to(life.store)
            if place.parts[0].startswith((".staging", ".replaced")):
                seen[place] = bits(path) & (0o2070 if path.is_dir() else 0o070)
        real(source, target)

    monkeypatch.setattr(disk, "move", move)
    life.add(A, {("events", "ann"): [event(1, "ann")]}, recordings={("ann", "ann.mp4"): b"film"})
    rewrite.revise(
        life.store, A, life.vault, drop=lambda _: False, drop_types=frozenset({MEDIA}), now=NOW
    )
    assert set(seen.values()) == {0o2070, 0o060}
    assert {place.parts[0].partition("-")[0] for place in seen} == {".staging", ".replaced"}


def test_a_shared_folder_shares_no_secret(tmp_path: Path) -> None:
    """Identities and rows in plain text stay their owner's, wherever they are put."""
    tmp_path.chmod(GROUP_WRITES)
    life = begin(tmp_path)
    life.add(A, {("events", "ann"): [event(1, "ann")]}, recordings={("ann", "ann.mp4"): b"film"})
    life.vault_folder.chmod(GROUP_WRITES)
    (life.vault_folder / ".vault.lock").unlink(missing_ok=True)
    life.add(B, {("events", "ann"): [event(1, "ann")]})
    for name in ("copy", "tables"):
        (tmp_path / name).mkdir(mode=0o700)
        (tmp_path / name).chmod(GROUP_WRITES)
    access(life.store, life.vault, "ann", to=tmp_path / "copy", now=NOW)
    extract(open_archive(life.folder(A), vault=life.vault), to=tmp_path / "tables")
    files = [
        path
        for folder in (life.vault_folder, tmp_path / "copy", tmp_path / "tables")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    assert {path.name for path in files if bits(path) != 0o600} == {"vault.age", ".vault.lock"}
    assert len(files) > 8


@pytest.mark.parametrize("mode", [GROUP_WRITES, GROUP_READS], ids=["2770", "2750"])
def test_a_group_may_do_with_a_vault_what_it_may_do_with_its_folder(
    tmp_path: Path, mode: int
) -> None:
    """Only its recipients can open it; nobody is told to take from the others what they may do."""
    life = begin(tmp_path)
    vault, identity = life.vault_folder / "vault.age", life.vault_folder / "identity.txt"
    assert (bits(vault), bits(identity)) == (0o600, 0o600)
    life.vault_folder.chmod(mode)
    (life.vault_folder / ".vault.lock").unlink(missing_ok=True)
    life.add(A, {("events", "ann"): [event(1, "ann")]})
    for path in (vault, life.vault_folder / ".vault.lock"):
        assert bits(path) == 0o600 | mode & 0o060
    assert bits(identity) == 0o600
    keys = ("verify", life.store, "--vault", life.vault_folder)
    assert (command(*keys).code, command(*keys).err) == (0, "")
    for path, more in ((vault, 0o664), (identity, 0o640)):
        before = bits(path)
        path.chmod(more)
        assert f"warning: {path}: its mode lets others read it" in command(*keys).err
        path.chmod(before)


def test_a_vault_without_the_sign_stays_its_owners(tmp_path: Path) -> None:
    life = begin(tmp_path)
    life.vault_folder.chmod(0o770)
    life.add(A, {("events", "ann"): [event(1, "ann")]})
    vault = life.vault_folder / "vault.age"
    assert bits(vault) == 0o600
    vault.chmod(0o660)
    ran = command("verify", life.store, "--vault", life.vault_folder)
    assert f"warning: {vault}: its mode lets others read it" in ran.err


def test_a_folder_of_another_group_gives_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk may put new files into the writer's group all the same."""
    tmp_path.chmod(GROUP_WRITES)
    made = tmp_path / "made"
    real = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        found = real(descriptor)
        return os.stat_result((*found[:5], found.st_gid + 1, *found[6:10]))

    monkeypatch.setattr(shared.os, "fstat", fstat)
    disk.write_new(made, b"", shared=True)
    assert bits(made) == 0o600


@pytest.mark.parametrize("name", [".vault.lock", "log.jsonl"])
def test_a_private_file_that_was_moved_to_the_place_of_a_shared_one_stays_private(
    tmp_path: Path, name: str
) -> None:
    """Whoever may write in a folder can move files of others there, and read what a command shares."""
    tmp_path.chmod(GROUP_WRITES)
    disk.write_new(tmp_path / "identity.txt", b"AGE-SECRET-KEY-1\n")
    (tmp_path / "identity.txt").rename(tmp_path / name)
    if name == "log.jsonl":
        log_file.append(tmp_path / name, b"line\n")
    else:
        with FileLock(tmp_path / name, what="vault"):
            pass
    assert bits(tmp_path / name) == 0o600


def swapping(monkeypatch: pytest.MonkeyPatch, private: Path, named: str) -> list[Path]:
    """Let somebody put a private file or folder in the place of what was made, before it is shared."""
    swapped: list[Path] = []
    real = shared._around

    def around(path: str | os.PathLike[str]) -> os.stat_result:
        place = Path(path)
        if private.exists() and place.name.endswith(named):
            place.rename(f"{place}.away")
            private.rename(place)
            swapped.append(place)
        return real(path)

    monkeypatch.setattr(shared, "_around", around)
    return swapped


@pytest.mark.parametrize(
    "named", [".vault.lock", ".lock", "log.jsonl", ".head.json.new", ".parquet", ".vault.age.new"]
)
def test_what_is_shared_is_the_file_that_was_made_whatever_has_its_name_by_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    life = begin(tmp_path)
    (life.vault_folder / ".vault.lock").unlink(missing_ok=True)
    for folder in (life.store, life.vault_folder):
        folder.chmod(GROUP_WRITES)
    identity = tmp_path / "identity.txt"
    disk.write_new(identity, b"AGE-SECRET-KEY-1\n")
    kept = tmp_path / "kept"
    os.link(identity, kept)  # the name that was moved may be taken away, as what it stands for is
    swapped = swapping(monkeypatch, identity, named)
    with suppress(ArchiveToolError, OSError):
        life.add(A, {("events", "ann"): [event(1, "ann")]})
    assert (len(swapped), bits(kept)) == (1, 0o600)


def test_a_folder_that_is_not_new_is_not_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(GROUP_WRITES)
    private = tmp_path / "extracted"
    private.mkdir(mode=0o700)
    private.chmod(0o700)
    disk.write_new(private / "chat.csv", b"hello")
    swapped = swapping(monkeypatch, private, "state")
    shared.make_folder(tmp_path / "state")
    assert (len(swapped), bits(tmp_path / "state")) == (1, 0o700)


def test_a_link_in_the_place_of_a_new_folder_shares_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(GROUP_WRITES)
    private = tmp_path / "extracted"
    private.mkdir(mode=0o700)
    private.chmod(0o700)
    (tmp_path / "state").symlink_to(private)
    with pytest.raises(OSError, match="state"):
        shared.share_folder(tmp_path / "state")
    assert bits(private) == 0o700


def test_bits_that_somebody_else_gave_stop_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fchmod(*_: object) -> None:
        raise PermissionError

    tmp_path.chmod(GROUP_WRITES)
    monkeypatch.setattr(shared.os, "fchmod", fchmod)
    with FileLock(tmp_path / ".lock", what="store"):
        pass
    assert bits(tmp_path / ".lock") == 0o600


def test_folders_hand_on_what_they_are_where_the_system_does_not(tmp_path: Path) -> None:
    """A Mac gives a new folder the group of the one around it, and not its setgid bit."""
    tmp_path.chmod(GROUP_WRITES)
    made = tmp_path / "made"
    made.mkdir()
    made.chmod(0o700)
    shared.share_folder(made)
    assert bits(made) == 0o2770
