"""What somebody else puts where a file of a store or a vault is read or written next."""

from __future__ import annotations

import os
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from archive_tool.archive import rewrite, swap
from archive_tool.bundle import files as bundle_files
from archive_tool.cli import settings
from archive_tool.errors import BundleError, IntegrityError, UsageError
from archive_tool.keys.lock import FileLock
from archive_tool.lifecycle.audit_log import audit
from archive_tool.model import files, outputs
from archive_tool.model.files import read_file
from tests.support.archives import NOW
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.lives import Life, usual
from tests.support.refusing import impatient, problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

A = "20261120-aaa"
LINES = b"one line\nand half of one"


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def unix_socket(path: Path) -> None:
    inside = os.open(path.parent, os.O_RDONLY)  # the path of a socket has 107 bytes at most
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{inside}/{path.name}")
    finally:
        os.close(inside)


def terabyte(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


def folder(path: Path) -> None:
    path.mkdir()


def in_a_circle(path: Path) -> None:
    path.symlink_to(path.name)


PLANTED = (pipe, endless, unix_socket, terabyte, folder, in_a_circle)


@pytest.mark.parametrize("plant", PLANTED)
def test_what_is_no_file_is_not_read(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    plant(tmp_path / "holds.json")
    with impatient():
        said = problem(IntegrityError, lambda: read_file(tmp_path / "holds.json"))
    wrong = "is too large" if plant is terabyte else "is no file"
    assert said.startswith(f"holds.json: {wrong} (expected ")


def test_a_file_that_grows_while_it_is_read_has_an_end_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f").write_bytes(b"12345")
    real = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        found = real(descriptor)
        return os.stat_result((*found[:6], 0, *found[7:10]))

    monkeypatch.setattr(files.os, "fstat", fstat)
    assert read_file(tmp_path / "f", most=5) == b"12345"
    assert problem(IntegrityError, lambda: read_file(tmp_path / "f", most=4)).startswith(
        "f: is too large"
    )


def plain(life: Life) -> tuple[tuple[Path, tuple[object, ...]], ...]:
    """Files of a store, a vault and an archive, and a command that reads each."""
    keys = ("--vault", life.vault_folder)
    stored = ("--store", life.store)
    ids = life.store.parent / "ids.txt"
    ids.write_bytes(b"ann\n")
    plan = life.store.parent / "plan.json"
    erasing = ("subject", "erase", *stored, *keys, "--id-file", ids)
    holding = ("hold", "place", *stored, "--archive", A, "--reason", "r", "--owner", "o")
    for arguments in ((*erasing, "--plan", plan), (*erasing, "--apply", plan), holding):
        assert command(*arguments).code == 0
    state = life.store / "state"
    (record,) = (state / "erasures").iterdir()
    return (
        (life.store / "audit" / "log.jsonl", ("audit", "show", *stored)),
        (life.store / "audit" / "head.json", ("hold", "list", *stored)),
        (state / "holds.json", ("hold", "list", *stored)),
        (record, ("verify", life.folder(A), *keys)),
        (life.folder(A) / "data" / "archive.json", ("info", life.folder(A))),
        (life.folder(A) / "manifest-sha256.txt", ("verify", life.folder(A))),
        (life.vault_folder / "vault.age", ("key", "show", *keys)),
        (plan, (*erasing, "--apply", plan)),
    )


def test_no_command_waits_for_what_is_no_file(tmp_path: Path) -> None:
    """Pipes and the like that stand in the place of a file: named, with a code of ours."""
    tried = 0
    for path, arguments in plain(usual(tmp_path)):
        kept = path.with_name(f"{path.name}.kept")
        path.rename(kept)
        for plant in (pipe, endless, unix_socket, terabyte):
            plant(path)
            with impatient():
                ran = command(*arguments)
            assert ran.code in {15, 16, 17, 19}, (path.name, plant, ran.err)
            path.unlink()
            tried += 1
        kept.rename(path)
    assert tried == 4 * 8


def named(life: Life) -> tuple[tuple[Path, tuple[object, ...]], ...]:
    """Files that somebody names, and a command that reads each."""
    around = life.store.parent
    stored = ("--store", life.store, "--vault", life.vault_folder)
    bundle = ("create", DEFECTS / "overlap-equal" / "bundle", *stored)
    given = around / "given"
    key = life.vault_folder / "identity.txt"
    given.write_bytes(key.read_bytes())
    return (
        (given, ("key", "show", "--vault", life.vault_folder, "--identity", given)),
        (given, ("policy", "check", given)),
        (given, (*bundle, "--policy", given)),
        (given, (*bundle, "--policy", "keep", "--withdrawn", given)),
        (given, (*bundle, "--policy", "pseudonymize", "--review", given)),
        (given, ("subject", "find", *stored, "--id-file", given)),
        (given, ("hold", "place", *stored, "--id-file", given, "--reason", "r", "--owner", "o")),
        (given, ("policy", "sign", given, "--vault", life.vault_folder, "--to", around / "r.json")),
        (given, ("verify", life.folder(A), "--signer", given)),
        (given, ("report", given)),
    )


def somebody_elses(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = os.geteuid() + 1
    if path.lstat().st_uid == 0:  # root may give it away, others become somebody else
        os.chown(path, other, -1)
    else:
        monkeypatch.setattr(files.os, "geteuid", lambda: other)


def test_nobody_waits_for_a_pipe_that_somebody_else_put_in_the_place_of_a_named_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, arguments in named(usual(tmp_path)):
        path.unlink()
        pipe(path)
        with impatient(), monkeypatch.context() as patch:
            somebody_elses(path, patch)
            ran = command(*arguments)
        assert (ran.code, path.name in ran.err) in {(16, True), (2, True)}, (arguments, ran.err)


def test_what_has_no_end_is_not_read_for_a_named_file(tmp_path: Path) -> None:
    for path, arguments in named(usual(tmp_path)):
        for plant in (endless, terabyte):
            path.unlink()
            plant(path)
            with impatient():
                ran = command(*arguments)
            assert ran.code in {2, 13, 15, 16}, (arguments, ran.err)


def test_a_pipe_of_ones_own_is_waited_for(tmp_path: Path) -> None:
    """As a shell makes it for ``<(...)``: whoever writes to it may be slow."""
    pipe(tmp_path / "own")
    writer = threading.Timer(0.05, lambda: (tmp_path / "own").write_bytes(b"ann\n"))
    writer.start()
    with impatient():
        assert files.read_named(tmp_path / "own") == b"ann\n"
    writer.join()


def test_nobody_waits_for_a_pipe_that_comes_into_a_bundle_after_it_was_listed(
    tmp_path: Path,
) -> None:
    (tmp_path / "events.csv").write_bytes(b"")
    stamp = bundle_files.Stamp.of((tmp_path / "events.csv").stat())
    (tmp_path / "events.csv").unlink()
    pipe(tmp_path / "events.csv")
    os.utime(tmp_path / "events.csv", (stamp.second + 9, stamp.second + 9))
    with impatient():
        said = problem(
            BundleError,
            lambda: bundle_files.opened(str(tmp_path / "events.csv"), stamp, "events.csv"),
        )
    assert said == "events.csv: changed while it was being read"


def test_a_pipe_is_no_report_that_could_be_written_over(tmp_path: Path) -> None:
    pipe(tmp_path / "report.html")
    with impatient():
        said = problem(
            UsageError,
            lambda: outputs.refuse_outputs(
                (tmp_path / "report.html",), replace=True, read=(tmp_path,)
            ),
        )
    assert said.endswith("report.html: is what is being read")


def test_a_line_of_the_log_goes_through_no_link(tmp_path: Path) -> None:
    """Nor is anything cut off what the link leads to, as of a log that a power cut tore."""
    life = usual(tmp_path)
    own = tmp_path / "thesis.txt"
    own.write_bytes(LINES)
    log = life.store / "audit" / "log.jsonl"
    log.unlink()
    log.symlink_to(own)
    (life.store / "audit" / "head.json").unlink()
    said = problem(IntegrityError, lambda: audit.append(life.store, "x", now=NOW))
    assert said == "log.jsonl: is no file (expected a file, and no link)"
    assert own.read_bytes() == LINES


def test_no_file_is_made_where_the_link_of_a_lock_leads(tmp_path: Path) -> None:
    (tmp_path / ".lock").symlink_to(tmp_path / "elsewhere")
    lock = FileLock(tmp_path / ".lock", what="store")
    said = problem(IntegrityError, lock.__enter__)
    assert said == ".lock: is no file (expected a file, and no link)"
    assert not (tmp_path / "elsewhere").exists()


def test_a_link_in_the_place_of_older_revisions_moves_and_removes_nothing(tmp_path: Path) -> None:
    """What an interrupted swap left is put back or taken away; somebody's own folders are neither."""
    life = usual(tmp_path)
    home = tmp_path / "home"
    for name in ("letters", A):
        (home / name).mkdir(parents=True)
    (life.store / ".replaced").symlink_to(home)
    said = problem(IntegrityError, lambda: swap.settle(life.store))
    assert said == ".replaced: a link does not belong here"
    assert sorted(path.name for path in home.iterdir()) == [A, "letters"]


@pytest.mark.parametrize("what", ["link", "file"])
def test_of_what_passes_for_a_staging_folder_only_the_name_goes(tmp_path: Path, what: str) -> None:
    life = usual(tmp_path)
    home = tmp_path / "home"
    (home / "letters").mkdir(parents=True)
    stale = life.store / ".staging-0"
    if what == "link":
        stale.symlink_to(home)
    else:
        stale.write_bytes(b"")
    swap.clear_staging(life.store)
    assert not stale.is_symlink()
    assert not stale.exists()
    assert (home / "letters").is_dir()


def link_to_a_file(life: Life, home: Path) -> None:
    (life.folder(A) / "data" / "policy.toml").unlink()
    (life.folder(A) / "data" / "policy.toml").symlink_to(home / "policy.toml")


def link_to_a_folder(life: Life, home: Path) -> None:
    (life.folder(A) / "data").rename(home / "data")
    (home / "policy.toml").replace(home / "data" / "policy.toml")
    (life.folder(A) / "data").symlink_to(home / "data")


@pytest.mark.parametrize(
    ("plant", "linked", "said"),
    [
        (link_to_a_file, True, "a link or device does not belong here"),
        (link_to_a_file, False, "is no file (expected a file, and no link)"),
        (link_to_a_folder, False, "was changed: its sum does not fit"),
    ],
)
def test_no_revision_of_an_archive_holds_what_a_link_leads_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[Life, Path], None],
    linked: bool,
    said: str,
) -> None:
    """Links of other people the system does not link, so that a copy is made, which a group can read."""
    life = usual(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    (home / "policy.toml").write_bytes(LINES)
    plant(life, home)
    if not linked:
        monkeypatch.setattr(os, "link", refused)
    left = [path for path in life.store.rglob("policy.toml") if path.read_bytes() == LINES]
    erase = partial(
        rewrite.revise, life.store, A, life.vault, drop=lambda one: bool(one.subject), now=NOW
    )
    said_of = problem(IntegrityError, erase)
    assert said_of.startswith(f"{A}/")
    assert said_of.endswith(f"policy.toml: {said}")
    assert [path for path in life.store.rglob("policy.toml") if path.read_bytes() == LINES] == left


def refused(*_: object, **__: object) -> None:
    raise PermissionError


def test_settings_that_anybody_could_have_left_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else's file in a folder like /tmp, above the working folder, would name their vault."""
    file = tmp_path / "archive.toml"
    file.write_bytes(b'policy = "keep"\n')
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    tmp_path.chmod(0o1777)
    assert settings.nearest() == {"policy": "keep"}
    other = os.geteuid() + 1
    monkeypatch.setattr(settings.os, "geteuid", lambda: other)
    if file.stat().st_uid == 0:
        os.chown(file, other + 1, -1)
    said = problem(UsageError, settings.nearest)
    assert said == f"{file}: is somebody else's, in a place where everybody may write"
    tmp_path.chmod(0o2770)  # of a group that shares it
    assert settings.nearest() == {"policy": "keep"}


def test_rows_and_keys_go_through_no_link_that_somebody_else_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder that a group shares it could lead into one's own files, which --replace would overwrite."""
    life = usual(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "id.txt").write_text("ann\n")
    link = tmp_path / "tables"
    link.symlink_to(tmp_path / "own")
    keys = ["--vault", life.vault_folder, "--to", link]
    calls = [
        ["extract", life.folder("20261120-aaa"), *keys, "--replace"],
        ["subject", "access", "--store", life.store, "--id-file", tmp_path / "id.txt", *keys],
        ["key", "init", "--vault", link],
    ]
    with monkeypatch.context() as patch:
        other = os.geteuid() + 1
        if link.lstat().st_uid == 0:
            os.lchown(link, other, -1)
        else:
            patch.setattr(outputs.os, "geteuid", lambda: other)
        for words in calls:
            ran = command(*words)
            said = f"error: {link}: is a link that somebody else made"
            assert (ran.code, ran.err.splitlines()[0]) == (2, said)
    assert list((tmp_path / "own").iterdir()) == []
    if link.lstat().st_uid != os.geteuid():
        os.lchown(link, os.geteuid(), -1)
    assert command(*calls[0]).code == 0


def test_settings_without_end_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terabyte(tmp_path / "archive.toml")
    monkeypatch.chdir(tmp_path)
    assert command("policy", "list").code == 16
