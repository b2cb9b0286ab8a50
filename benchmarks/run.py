"""Every comparison, side by side on the same generated bundles; the table goes to results.md.

    python -m benchmarks.run [--quick] [--repeat N] [--only NAME]... [--work DIR]

Whole processes, started in turn so that a slow moment of the machine hits everybody; medians.
``--quick`` runs everything once at a tenth of the size: it shows that it works, not how fast.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.measure import Figures, RunError, measure, median, python, script

RESULTS: Final = Path(__file__).parent / "results.md"
LIBRARIES: Final = ("pyarrow", "duckdb", "pandas", "pandera", "cryptography", "msgspec")

MIX: Final = {"ratings/continuous": 1_000_000, "events": 100_000, "chat": 20_000}


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A generated bundle."""

    name: str
    rows: dict[str, int]
    form: str = "csv"
    page: int = 1000
    people: int = 400


@dataclass(frozen=True, kw_only=True)
class Runner:
    """One competitor: what it is called, what it reads, how it is started."""

    name: str
    bundle: str
    kind: str
    """``create``, ``validate``, ``duckdb-person``, ``duckdb-type`` or ``script``."""


@dataclass(frozen=True, kw_only=True)
class Contest:
    """Runners that are started in turn, and the ratios that are asked of them."""

    name: str
    runners: tuple[Runner, ...]
    ratios: tuple[tuple[str, str, float, str], ...]
    """Runner, runner it is divided by, divisor of the ratio (rows grew so many times), the aim."""


BUNDLES: Final = (
    Bundle(name="csv", rows=MIX),
    Bundle(name="pages", rows=MIX, form="pages"),
    Bundle(name="envelope", rows=MIX, form="envelope"),
    Bundle(name="ratings-1", rows={"ratings/continuous": 1_000_000}),
    Bundle(name="ratings-10", rows={"ratings/continuous": 10_000_000}, people=4000),
    Bundle(name="pages-2000", rows={"ratings/continuous": 100_000}, form="pages", page=50),
    Bundle(name="pages-20000", rows={"ratings/continuous": 1_000_000}, form="pages", page=50),
)

CONTESTS: Final = (
    Contest(
        name="peers",
        runners=(
            Runner(name="create", bundle="csv", kind="create"),
            Runner(name="DuckDB, a file per person", bundle="csv", kind="duckdb-person"),
            Runner(name="DuckDB, a file per type", bundle="csv", kind="duckdb-type"),
            Runner(name="careful script", bundle="csv", kind="script"),
            Runner(name="validate", bundle="csv", kind="validate"),
        ),
        ratios=(
            ("create", "DuckDB, a file per person", 1, "at most 1.0"),
            ("create", "DuckDB, a file per type", 1, "at most 1.75"),
            ("careful script", "create", 1, "at least 6"),
            ("validate", "create", 1, ""),
        ),
    ),
    Contest(
        name="forms",
        runners=(
            Runner(name="create, CSV", bundle="csv", kind="create"),
            Runner(name="create, API pages", bundle="pages", kind="create"),
            Runner(name="create, one envelope", bundle="envelope", kind="create"),
        ),
        ratios=(
            ("create, API pages", "create, CSV", 1, "at most 1.5"),
            ("create, one envelope", "create, CSV", 1, "at most 1.5"),
        ),
    ),
    Contest(
        name="rows",
        runners=(
            Runner(name="1 million ratings", bundle="ratings-1", kind="create"),
            Runner(name="10 million ratings", bundle="ratings-10", kind="create"),
        ),
        ratios=(("10 million ratings", "1 million ratings", 10, "at most 1.15, and 1500 MB"),),
    ),
    Contest(
        name="pages",
        runners=(
            Runner(name="2,000 small pages", bundle="pages-2000", kind="create"),
            Runner(name="20,000 small pages", bundle="pages-20000", kind="create"),
        ),
        ratios=(("20,000 small pages", "2,000 small pages", 10, "at most 1.15"),),
    ),
)


@dataclass(kw_only=True)
class Bench:
    """Where the bundles lie, and how often everything runs."""

    work: Path
    repeat: int
    shrink: int = 1

    @property
    def vault(self) -> Path:
        """A vault that all runs share; making it is not measured."""
        path = self.work / "vault"
        if not path.exists():
            measure(script("archive-tool", "key", "init", "--vault", path))
        return path

    def bundle(self, name: str) -> Path:
        """The folder of a bundle, made when it is asked for."""
        wanted = next(bundle for bundle in BUNDLES if bundle.name == name)
        path = self.work / f"{name}-{self.shrink}"
        if not path.exists():
            options = {
                "--form": wanted.form,
                "--page": wanted.page,
                "--out": path,
                "--people": wanted.people // self.shrink,
            }
            for kind, number in wanted.rows.items():
                options[f"--{kind.partition('/')[0]}"] = number // self.shrink
            words = [str(word) for pair in options.items() for word in pair]
            measure(python("sample_data.generate", *words))
        return path

    def once(self, runner: Runner, out: Path) -> Figures:
        """One run, from nothing to everything written; what it wrote is looked at."""
        command = self._command(runner.kind, self.bundle(runner.bundle), out)
        figures = measure(command, compiled=self.work / "compiled")
        prove(runner.kind, figures, out)
        return figures

    def _command(self, kind: str, bundle: Path, out: Path) -> list[str]:
        if kind == "create":
            return script(
                "archive-tool",
                "create",
                bundle,
                "--policy",
                "pseudonymize",
                "--json",
                "--store",
                out,
                "--vault",
                self.vault,
            )
        if kind == "validate":
            return script("archive-tool", "validate", bundle, "--json")
        if kind == "script":
            return python("benchmarks.peer_script", bundle, out)
        return python("benchmarks.peer_duckdb", bundle, out, kind.removeprefix("duckdb-"))

    def contest(self, contest: Contest) -> dict[str, Figures]:
        """Everybody in turn, so many times; a runner that fails is left out and named.

        What they write is removed at the end: a file system that has just deleted thousands of
        files takes longer to make new ones.
        """
        runs: dict[str, list[Figures]] = {runner.name: [] for runner in contest.runners}
        for runner in contest.runners:
            self.bundle(runner.bundle)
        written = self.work / "written"
        shutil.rmtree(written, ignore_errors=True)
        for turn in range(self.repeat + 1):  # the first turn compiles and is not counted
            for number, runner in enumerate(contest.runners):
                try:
                    figures = self.once(runner, written / f"{turn}-{number}")
                except RunError as failure:
                    print(f"left out: {runner.name}: {failure}")
                    continue
                if turn:
                    runs[runner.name].append(figures)
        shutil.rmtree(written)
        return {name: median(figures) for name, figures in runs.items() if figures}


def prove(kind: str, figures: Figures, out: Path) -> None:
    """A run that did not do its work is no run: RunError."""
    if kind in ("create", "validate") and '"exit_code"' not in figures.answer:
        raise RunError("did not answer")
    if kind == "validate":
        return
    where = "archives/*/data/tables/*/*.parquet" if kind == "create" else "**/*.parquet*"
    if sum(path.stat().st_size for path in out.glob(where)) < 100_000:
        raise RunError("wrote next to nothing")


def table(contest: Contest, figures: dict[str, Figures]) -> str:
    """The figures of one contest as Markdown."""
    lines = [
        f"## {contest.name}",
        "",
        "| run | seconds | processor | peak MB |",
        "|---|--:|--:|--:|",
    ]
    lines += [
        f"| {name} | {f.wall:.2f} | {f.cpu:.2f} | {f.peak:.0f} |" for name, f in figures.items()
    ]
    ratios = [
        f"| {left} / {right}{f' / {times:.0f}' if times != 1 else ''} "
        f"| {figures[left].wall / figures[right].wall / times:.2f} | {aim} |"
        for left, right, times, aim in contest.ratios
        if left in figures and right in figures
    ]
    if ratios:
        lines += ["", "| ratio of seconds | measured | aim |", "|---|--:|---|", *ratios]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What it ran on, without a name."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"{pages * size / 1e9:.0f} GB; Python {platform.python_version()}, {libraries}."
    )


def report(bench: Bench, contests: list[Contest]) -> str:
    """Run the contests and describe them."""
    parts = [table(contest, bench.contest(contest)) for contest in contests]
    size = "full size" if bench.shrink == 1 else f"1/{bench.shrink} of the size"
    head = (
        f"# Benchmarks\n\nMade by `python -m benchmarks.run`; whole processes in turn, medians of "
        f"{bench.repeat}, {size}. The bundle of the first two tables holds 1,000,000 continuous "
        "ratings, 100,000 events and 20,000 chat messages of 400 people. Absolute figures move "
        f"from machine to machine, the ratios less so.\n\n{machine()}\n"
    )
    return "\n".join([head, *parts])


def main() -> None:
    """Read the options, run, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="once, a tenth of the rows, not kept")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", action="append", choices=[contest.name for contest in CONTESTS])
    parser.add_argument("--work", type=Path, help="keep the generated bundles here")
    given = parser.parse_args()
    contests = [contest for contest in CONTESTS if not given.only or contest.name in given.only]
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        bench = Bench(
            work=work, repeat=1 if given.quick else given.repeat, shrink=10 if given.quick else 1
        )
        text = report(bench, contests)
    print(text)
    if not given.quick and not given.only:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
