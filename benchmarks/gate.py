"""What the leak gate costs: ``create`` with it, and with nothing in its place.

    python -m benchmarks.gate [--quick] [--repeat N] [--work DIR] [--write]

Whole processes in turn on the bundle of the first tables of ``results.md``, without workers, under
relative and under shifted time; medians of processor time, all threads. The share of the gate is what a run
without it saves; clocks of the threads inside it say which part of it costs what. ``--write`` puts
the tables into ``gate.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from benchmarks.measure import measure, python
from benchmarks.run import Bench, machine

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE: Final = Path(__file__).parent / "gate.md"
PARTS: Final = "parts of the gate: "
TIMES: Final = ("relative", "shift")
WITH, WITHOUT = "with", "without"


class Clocks:
    """Processor seconds by part of the gate; a part inside another is not counted twice."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._here = threading.local()

    def watch(self, owner: Any, name: str, part: str) -> None:
        """Measure every call of a method or function from now on."""
        inner: Callable[..., Any] = getattr(owner, name)

        def measured(*args: Any, **options: Any) -> Any:
            if getattr(self._here, "inside", False):
                return inner(*args, **options)
            self._here.inside = True
            began = time.thread_time()
            try:
                answer = inner(*args, **options)
                return list(answer) if isinstance(answer, Generator) else answer
            finally:
                self._here.inside = False
                with self._lock:
                    self.spent[part] += time.thread_time() - began

        setattr(owner, name, measured)


class NoGate:
    """Stands where the gate is, sees nothing and refuses nothing."""

    def __init__(self, **_: object) -> None:
        pass

    def see(self, *_: object) -> None:
        """Take a table, and forget it."""

    came = close = merge = read_ahead = search_rest = see
    window = None

    def risk(self, *_: object, **__: object) -> Any:
        """Nobody was looked at."""
        from archive_tool.disclose.gate.risk import GroupRisk, Risk

        groups = GroupRisk(columns=(), people=0, k=0, alone=0, few=0, diversity=None, told=0)
        return Risk(people=0, linked_exact=0, linked_rounded=0, traces=(), groups=groups)


class NoTraces:
    """Stands where the source is remembered for the linkage attack."""

    def __init__(self, *_: object) -> None:
        pass

    def add(self, *_: object) -> None:
        """Take rows, and forget them."""


def one(mode: str, arguments: list[str]) -> None:
    """Run ``create`` in this process, with the gate under clocks or without it."""
    from archive_tool.cli.main import run as command
    from archive_tool.disclose.gate import clocks, gate, outside, tables, traces
    from archive_tool.pipeline import run
    from archive_tool.pipeline.second_pass import bench

    watched = Clocks()
    if mode == WITHOUT:  # patch, and not only set: it fails when nothing of that name is there
        patch.object(bench, "Gate", NoGate).start()
        patch.object(run, "Traces", NoTraces).start()
    else:
        watched.watch(tables.Tables, "search", "search of the tables")
        watched.watch(tables.Tables, "__init__", "search of the tables")
        watched.watch(outside.Outside, "__init__", "search of readable files and names")
        watched.watch(outside.Outside, "search", "search of readable files and names")
        watched.watch(traces.Traces, "add", "linkage attack")
        watched.watch(traces.Traces, "merge", "linkage attack")
        watched.watch(gate, "attack", "linkage attack")
        watched.watch(gate.Gate, "came", "proof of shifted time")
        watched.watch(clocks.Clocks, "add", "proof of shifted time")
        watched.watch(gate, "unmoved", "proof of shifted time")
        watched.watch(gate, "_together", "putting small tables together")
    code = command(["create", *arguments, "--workers", "0"])  # all of the gate is in this process
    print(PARTS + json.dumps(watched.spent), flush=True)
    os._exit(code)  # as the command does


def policy(work: Path, name: str) -> Path:
    """The ready policy that pseudonymises, with another setting of time."""
    ready = Path(__file__).parent.parent / "policies" / "pseudonymize.toml"
    path = work / f"{name}.toml"
    path.write_text(ready.read_text("utf-8").replace('time = "relative"', f'time = "{name}"'))
    return path


def run_once(bench: Bench, name: str, mode: str) -> tuple[float, dict[str, float]]:
    """One process: processor seconds of all of it, and of the parts of the gate."""
    out = bench.work / "out"
    arguments = (bench.bundle("csv"), "--policy", policy(bench.work, name), "--store", out)
    command = python("benchmarks.gate", "--one", mode, *arguments, "--vault", bench.vault)
    try:
        figures = measure(command, compiled=bench.work / "compiled")
    finally:
        shutil.rmtree(out, ignore_errors=True)
    (line,) = (line for line in figures.answer.splitlines() if line.startswith(PARTS))
    return figures.cpu, json.loads(line.removeprefix(PARTS))


def table(bench: Bench, name: str) -> str:
    """Run ``create`` in turn with and without the gate; the figures as Markdown."""
    seconds: dict[str, list[float]] = {WITH: [], WITHOUT: []}
    parts: dict[str, list[float]] = {}
    for turn in range(bench.repeat + 1):  # the first turn compiles and is not counted
        for mode, spent in seconds.items():
            whole, inside = run_once(bench, name, mode)
            if turn:
                spent.append(whole)
                for part, cost in inside.items():
                    parts.setdefault(part, []).append(cost)
    whole, bare = (statistics.median(seconds[mode]) for mode in (WITH, WITHOUT))
    inside_all = sum(statistics.median(costs) for costs in parts.values())
    rows = [("create", whole), ("create, nothing in place of the gate", bare)]
    rows += [(part, statistics.median(costs)) for part, costs in sorted(parts.items())]
    lines = [
        f'## time = "{name}"',
        "",
        "| | processor seconds | share of create |",
        "|---|--:|--:|",
    ]
    lines += [f"| {what} | {cost:.2f} | {cost / whole:.0%} |" for what, cost in rows]
    share = max(whole - bare, inside_all) / whole
    lines += ["", f"The gate costs **{share:.0%}** of `create` (aim: at most 40 %)."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the options, run, print, keep."""
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="once, a tenth of the rows, not kept")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--work", type=Path, help="keep the generated bundles here")
    parser.add_argument("--write", action="store_true", help="keep the tables in gate.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        quick = given.quick
        bench = Bench(work=work, repeat=1 if quick else given.repeat, shrink=10 if quick else 1)
        tables = [table(bench, name) for name in TIMES]
    head = (
        "# The cost of the leak gate\n\nMade by `python -m benchmarks.gate`; whole processes, "
        f"without workers, in turn, medians of {bench.repeat}. 1,000,000 continuous ratings, 100,000 events and 20,000 "
        f"chat messages of 400 people. The share of the gate is what a run with nothing in its place "
        f"saves, or the sum of its parts where that is more; clocks of the threads inside tell "
        f"those.\n\n{machine()}\n"
    )
    text = "\n".join([head, *tables])
    print(text)
    if given.write and not quick:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
