"""One command, measured by the kernel: wall time, processor time, peak memory.

Processes that a command starts count: their processor time, and the sum of what all of them hold at
a time (looked at fifty times a second, on Linux; pages that they share are counted for each).

The measuring process must stay small: a child's peak begins at its parent's resident set, which
Linux carries over ``exec``. So bundles are generated in processes of their own.

Every process finds its modules compiled, as an installed package has them: the bytecode of this
checkout goes to a folder of its own, and one run of everything comes before the first that counts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO


class RunError(Exception):
    """A measured command did not end with 0."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one command cost."""

    wall: float
    """Seconds from start to end."""
    cpu: float
    """Seconds of user and system time, all threads."""
    peak: float
    """Largest resident set in MB, of all its processes together."""
    answer: str = ""
    """What it printed on stdout."""


def measure(command: list[str], *, compiled: Path | None = None) -> Figures:
    """Run a command to its end; RunError when that is not 0. ``compiled``: folder for bytecode."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    if compiled is not None:
        environment["PYTHONPYCACHEPREFIX"] = str(compiled)
    with TemporaryFile() as answer, TemporaryFile() as talk:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=answer, stderr=talk, env=environment)
        held = _Held(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RunError(f"ended with {process.returncode}: {_text(talk)[-2000:]}")
        kilo = 1024 if sys.platform == "darwin" else 1
        return Figures(
            wall=wall,
            cpu=usage.ru_utime + usage.ru_stime,
            peak=max(usage.ru_maxrss / kilo / 1000, held.peak()),
            answer=_text(answer),
        )


class _Held:
    """Looks at what a process and its children hold, until the process is gone."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak = pid, 0.0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def peak(self) -> float:
        """Largest sum in MB; 0 where the system does not tell."""
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE") if sys.platform == "linux" else 0
        while page and (pages := _pages(self._pid)):
            self._peak = max(self._peak, pages * page / 1_000_000)
            time.sleep(0.02)


def _pages(pid: int) -> int:
    """Resident pages of a process and of its children; 0 when it is gone."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return own + sum(_pages(int(child)) for child in children)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def median(runs: list[Figures]) -> Figures:
    """The median of every figure on its own; the largest peak."""
    return Figures(
        wall=statistics.median(run.wall for run in runs),
        cpu=statistics.median(run.cpu for run in runs),
        peak=max(run.peak for run in runs),
    )


def python(module: str, *arguments: str | Path) -> list[str]:
    """A module of this checkout as a command."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def script(name: str, *arguments: str | Path) -> list[str]:
    """A command that is installed beside this Python."""
    return [str(Path(sys.executable).with_name(name)), *map(str, arguments)]
