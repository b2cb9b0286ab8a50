"""A machine that has too little of something: the command says of what, and what to do."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from archive_tool.bundle import opened
from archive_tool.keys import disk
from archive_tool.lifecycle.subjects import access
from archive_tool.model.paths import as_argument
from tests.support.commands import command
from tests.support.defects import DEFECTS
from tests.support.lives import usual
from tests.support.pipelines import lab

SOUND = DEFECTS / "overlap-equal" / "bundle"
MAIN = "from archive_tool.cli.main import main; main()"
AGAIN = "then run the command again: nothing is half done"


@pytest.mark.parametrize(
    ("raised", "code", "error", "hint"),
    [
        (
            MemoryError(), 1, "there is not enough memory",
            "end other programs, allow more, or give --workers 0 to create and validate",
        ),
        (
            RuntimeError("can't start new thread"), 1, "no thread can be started",
            "allow more processes (ulimit -u) or more memory",
        ),
        (
            ImportError("libssl.so.3: failed to map segment from shared object"), 1,
            "there is not enough memory",
            "end other programs, allow more, or give --workers 0 to create and validate",
        ),
        (
            pa.ArrowException("Unknown error: Failed to launch worker thread: Resource …"), 1,
            "no thread can be started",
            "allow more processes (ulimit -u) or more memory",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "a"), 1, "a: no space left on device",
            "make room on that disk",
        ),
        (
            OSError(errno.EDQUOT, "Disk quota exceeded"), 1, "disk quota exceeded",
            "make room within the quota of that disk",
        ),
        (
            OSError(errno.EMFILE, "Too many open files", "a"), 1, "a: too many open files",
            "allow more open files (ulimit -n 1024)",
        ),
        (
            OSError(errno.ENOTCONN, "Transport endpoint is not connected", "a"), 1,
            "a: transport endpoint is not connected",
            "see whether the connection to that disk is sound",
        ),
        (OSError(errno.ENAMETOOLONG, "File name too long", "a"), 2, "a: file name too long", ""),
    ],
)  # fmt: skip
def test_what_is_lacking_is_named(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, code: int, error: str, hint: str
) -> None:
    def lacking(*_: object) -> None:
        raise raised

    monkeypatch.setattr(opened.Listing, "add", lacking)
    ran = command("inspect", SOUND)
    said = f"error: {error}\n" + (f"hint: {hint}, {AGAIN}\n" if hint else "")
    assert (ran.code, ran.err) == (code, said)
    assert command("inspect", SOUND, "--json").json["error"]["kind"] == type(raised).__name__


def test_a_bug_stays_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise RuntimeError("something else")

    monkeypatch.setattr(opened.Listing, "add", wrong)
    assert command("inspect", SOUND).err.splitlines()[-2] == "error: bug: RuntimeError"


def test_an_answer_that_no_disk_takes_is_no_success() -> None:
    for more in ((), ("--json",)):
        with Path("/dev/full").open("w") as full:
            ran = subprocess.run(
                [sys.executable, "-c", MAIN, "policy", "list", *more],
                stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (
            1, f"error: no space left on device\nhint: make room on that disk, {AGAIN}\n",
        )  # fmt: skip


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_half_an_answer_is_no_success(tmp_path: Path, unbuffered: str) -> None:
    """A disk that is nearly full takes a part; containers run Python unbuffered, which took that
    for all."""

    def limited() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    with (tmp_path / "answer").open("w") as file:
        ran = subprocess.run(
            [sys.executable, "-c", MAIN, "policy", "show", "keep"],
            stdout=file, stderr=subprocess.PIPE, text=True, check=False, preexec_fn=limited,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (
        1, f"error: file too large\nhint: allow larger files (ulimit -f), {AGAIN}\n",
    )  # fmt: skip


def test_a_folder_that_was_deleted_is_no_reason_to_stop(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = (sys.executable, "-m", "archive_tool", "inspect", SOUND.resolve())
    ran = subprocess.run(
        ["sh", "-c", 'rmdir "$0" && exec "$@"', gone, *command],
        cwd=gone, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")


def test_files_are_brought_to_the_disk_with_few_open_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quarter of what the system allows: others of the process open files meanwhile."""
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))
    paths = [str(tmp_path / str(number)) for number in range(40)]
    for path in paths:
        Path(path).touch()
    opened: list[int] = []
    most = 0
    before, close = os.open, os.close

    def counted(*given: object) -> int:
        nonlocal most
        opened.append(before(*given))  # type: ignore[arg-type]
        most = max(most, len(opened))
        return opened[-1]

    def closed(descriptor: int) -> None:
        opened.remove(descriptor)
        close(descriptor)

    monkeypatch.setattr(os, "open", counted)
    monkeypatch.setattr(os, "close", closed)
    disk.sync_all(paths)
    assert (most, opened) == (16, [])


def test_a_disk_that_is_full_is_named_by_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Store, vault and reports may lie on three disks; a write tells none of them."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "there").touch()
    monkeypatch.setattr(os, "fsync", full)
    for act, name in (
        (lambda: disk.write_new(tmp_path / "new", b""), "new"),
        (lambda: disk.sync_all([str(tmp_path / "there")]), ""),
    ):
        with pytest.raises(OSError, match="No space left on device") as caught:
            act()
        assert caught.value.filename == str(tmp_path / name)


def test_a_path_that_begins_with_a_dash_is_typed_as_a_path() -> None:
    assert as_argument(Path("-st") / "a b") == f"'{os.path.join('.', '-st', 'a b')}'"
    assert as_argument(Path("st")) == "st"


def test_the_home_folder_is_meant_where_no_shell_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--store=~/x`` made a folder called ``~`` in the working folder; so did the settings."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert command("key", "init", "--vault=~/keys").code == 0
    assert (tmp_path / "home" / "keys" / "vault.age").is_file()
    (tmp_path / "archive.toml").write_text('store = "~/archives"\nvault = "~/keys"\n')
    assert command("create", SOUND.resolve(), "--policy", "keep").code == 0
    assert len(list((tmp_path / "home" / "archives" / "archives").iterdir())) == 1
    assert not (tmp_path / "~").exists()


@pytest.mark.parametrize("address", ["file:///tmp/x", "https://lab.example/export.zip"])
def test_an_address_is_no_path(address: str) -> None:
    ran = command("inspect", address)
    assert (ran.code, ran.err.splitlines()[0]) == (
        2, "error: invalid value for 'BUNDLE...': an address (expected a path on this machine)",
    )  # fmt: skip


@pytest.mark.parametrize("new", [True, False], ids=["new", "empty"])
def test_a_copy_for_a_person_is_handed_out_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: bool
) -> None:
    """Rows of two archives were written in plain text when the disk was full, and stayed."""
    life, to = usual(tmp_path), tmp_path / "copy"
    if not new:
        to.mkdir()

    def full(folder: Path, *_: object) -> None:
        assert len(list(folder.rglob("*.csv"))) == 2
        raise OSError(errno.ENOSPC, "No space left on device", "a")

    monkeypatch.setattr(access, "_papers", full)
    (tmp_path / "ids").write_text("ann")
    ran = command(
        "subject", "access", "--store", life.store, "--vault", life.vault_folder,
        "--id-file", tmp_path / "ids", "--to", to,
    )  # fmt: skip
    assert (ran.code, ran.err.splitlines()[0]) == (1, "error: a: no space left on device")
    assert [path.name for path in tmp_path.glob("copy*/*")] == []
    assert to.exists() != new


@pytest.mark.parametrize("which", ["store", "vault"])
def test_what_cannot_be_written_is_said_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    own = lab(tmp_path)
    may, folder = os.access, own.store if which == "store" else own.vault.folder

    def access_of(path: object, mode: int) -> bool:
        return path != folder and may(path, mode)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "access", access_of)
    monkeypatch.setattr(opened.Listing, "add", lambda *_: pytest.fail("the bundle was read"))
    ran = command(
        "create", SOUND, "--policy", "keep", "--store", own.store, "--vault", own.vault.folder
    )
    said = f"error: {folder}: cannot be written: it is read-only, or somebody else's\n"
    assert (ran.code, ran.err) == (2, said)


def test_a_small_bundle_is_validated_where_nothing_can_be_put_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All folders for such files are full on many a node of a cluster; this one needs none."""

    def full() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", full)
    assert command("validate", SOUND).code == 0
