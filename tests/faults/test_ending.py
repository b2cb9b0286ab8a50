"""A batch system ends a job, a connection drops, somebody presses Ctrl-C: nothing is left behind."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.cli import ending
from archive_tool.cli.progress import Progress
from tests.support.defects import DEFECTS
from tests.support.pipelines import lab

if TYPE_CHECKING:
    from pathlib import Path

SOUND = DEFECTS / "overlap-equal" / "bundle"

STRUCK = """
import os, sys
from archive_tool.archive.extraction import formats
from archive_tool.cli import ending
from archive_tool.cli.main import main

number, times = int(sys.argv.pop(1)), sys.argv.pop(1)
if times == "later":
    ending.PATIENCE = 0
write, discard = formats.Target.write, formats.Target.discard

def struck(target, part):
    os.kill(os.getpid(), number)
    return write(target, part)

def again(target):
    if times != "once":
        os.kill(os.getpid(), number)
    discard(target)

formats.Target.write, formats.Target.discard = struck, again
main()
"""

SAID = (
    "\nerror: stopped\nhint: nothing is half done: what was begun was taken back, or the next command "
    "that changes the store finishes it\n"
)


def heeded() -> None:
    """Signals as in a terminal: whoever starts the tests in the background ignores some."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def extracted_under(
    number: int, folder: Path, *, times: str = "once", **more: Any
) -> tuple[int, str, list[str]]:
    """Extract, get a signal when the first rows are written; what is left of it."""
    own = lab(folder)
    made = own.create(SOUND)
    to = folder / "tables"
    more = {"preexec_fn": heeded, **more}
    ran = subprocess.run(
        [sys.executable, "-c", STRUCK, str(int(number)), times,
         "extract", made.path, "--to", to, "--vault", own.vault.folder],
        capture_output=True, text=True, check=False, timeout=120, **more,
    )  # fmt: skip
    return ran.returncode, ran.stderr, sorted(path.name for path in folder.glob("tables/*"))


@pytest.mark.parametrize("times", ["once", "twice"])
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_what_was_being_extracted_is_taken_back(
    tmp_path: Path, number: int, code: int, times: str
) -> None:
    assert extracted_under(number, tmp_path, times=times) == (code, SAID, [])
    assert not (tmp_path / "tables").exists()


def test_who_is_tired_of_waiting_gets_out(tmp_path: Path) -> None:
    """A disk in a network may never answer; then nothing can be taken back."""
    code, said, files = extracted_under(signal.SIGTERM, tmp_path, times="later")
    assert (code, said) == (
        143,
        "error: stopped before all was taken back: what was being written may still be there\n",
    )
    assert files == []  # but what was being extracted had no name yet


def test_nohup_is_obeyed(tmp_path: Path) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    code, said, files = extracted_under(signal.SIGHUP, tmp_path, preexec_fn=ignore)
    assert (code, said) == (0, "")
    assert "chat.csv" in files


def test_a_signal_is_known_behind_the_terminal_that_went_with_it() -> None:
    caught: OSError | None = None
    try:
        try:
            raise ending.Ended(signal.SIGHUP)
        except KeyboardInterrupt:
            raise OSError(errno.EIO, "no terminal")  # noqa: B904
    except OSError as error:
        caught = error
    assert caught is not None
    assert ending.code_of(caught) == 129
    assert ending.code_of(KeyboardInterrupt()) == 130
    assert ending.code_of(OSError(errno.EIO, "a disk")) is None


def test_the_work_goes_on_without_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, _: str) -> None:
            raise OSError(errno.EIO, "no terminal")

    monkeypatch.setattr(sys, "stderr", Gone())
    line = Progress("archiving")
    line(1, 1)
    line.clear()


def test_a_crash_says_what_it_was() -> None:
    """A file that is cut off while it is mapped, or a bug in a library: no handler can go on."""
    code = (
        "import os, signal; from archive_tool.bundle import opened; from archive_tool.cli.main import main;"
        "opened.Listing.add = lambda *_: os.kill(os.getpid(), signal.SIGBUS); main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "inspect", SOUND], capture_output=True, text=True, check=False
    )
    assert ran.returncode == -signal.SIGBUS
    assert ran.stderr.startswith("Fatal Python error: Bus error\n")


def test_a_crash_leaves_no_image_of_the_memory() -> None:
    code = (
        "import resource; from archive_tool.pipeline.processes.interpreter import ours_alone; ours_alone();"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert ran.stdout.split() == [b"0"]
