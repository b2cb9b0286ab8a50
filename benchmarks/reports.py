"""What a validation report costs: 10 million ratings beside ``create``, and 100,000 findings.

    python -m benchmarks.reports [--quick] [--repeat N] [--work DIR] [--write]

Whole processes in turn, medians; ``--write`` puts the tables into ``reports.md``. ``--quick`` runs
everything once at a tenth of the size. Chromium opens the largest report.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.measure import Figures, RunError, measure, median, script
from benchmarks.run import Bench, machine

TABLE: Final = Path(__file__).parent / "reports.md"
FINDINGS: Final = 100_000
HTML_MB: Final = 3.0
VALIDATE: Final = ("--as-of", "2026-11-20", "--line", "--quiet", "--replace")


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A figure and what is asked of it."""

    what: str
    measured: str
    asked: str


def spoiled(bundle: Path, out: Path) -> Path:
    """A copy of a bundle of pages with five things wrong in every page, warnings all of them."""
    if not out.exists():
        out.mkdir(parents=True)
        for path in sorted(bundle.iterdir()):
            page = json.loads(path.read_bytes())
            spoil(page)
            (out / path.name).write_text(json.dumps(page, separators=(",", ":")))
    return out


def spoil(page: dict[str, Any]) -> None:
    """Spoil a page: its count, and four of its rows."""
    page["metadata"]["pagination"]["returned"] += 1
    page["metadata"]["truncated"] = True
    first, second, third, *_ = page["data"]
    first["normalizedValue"] = 0.03 if first["normalizedValue"] > 0.5 else 0.97
    second["scaleMin"], second["scaleMax"] = second["scaleMax"], second["scaleMin"]
    third["rawOnset"], third["clockOffsetApplied"] = third["onset"], 500


def large(bench: Bench) -> tuple[dict[str, Figures], list[Aim]]:
    """``validate`` beside ``create`` on 10 million ratings."""
    bundle, out = bench.bundle("ratings-10"), bench.work / "store"
    commands = {
        "create, 10 million ratings": script(
            "archive-tool", "create", bundle, "--policy", "pseudonymize",
            "--store", out, "--vault", bench.vault, "--quiet",
        ),
        "validate, 10 million ratings": script(
            "archive-tool", "validate", bundle, *VALIDATE,
            "--html", bench.work / "large.html", "--findings", bench.work / "large.jsonl",
        ),
    }  # fmt: skip
    figures = in_turn(bench, commands, out)
    create, validate = figures.values()
    return figures, [
        Aim(
            what="validate / create, seconds",
            measured=f"{validate.wall / create.wall:.2f}",
            asked="at most 0.60",
        ),
        Aim(
            what="validate / create, processor",
            measured=f"{validate.cpu / create.cpu:.2f}",
            asked="at most 0.60",
        ),
        Aim(what="peak of validate", measured=f"{validate.peak:.0f} MB", asked="below 1500 MB"),
    ]


def many(bench: Bench) -> tuple[dict[str, Figures], list[Aim]]:
    """``validate`` of 20,000 pages, sound and with five findings in each."""
    sound = bench.bundle("pages-20000")
    bad = spoiled(sound, bench.work / f"spoiled-{bench.shrink}")
    html, record = bench.work / "many.html", bench.work / "many.jsonl"
    commands = {
        name: script(
            "archive-tool", "validate", bundle, *VALIDATE, "--html", html, "--findings", record
        )
        for name, bundle in (("20,000 sound pages", sound), ("20,000 spoiled pages", bad))
    }
    figures = in_turn(bench, commands, bench.work / "store")
    before, after = figures.values()
    with record.open(encoding="utf-8") as lines:
        found = sum(1 for _ in lines) - 1
    if found < FINDINGS // bench.shrink:
        raise RunError(f"only {found:,} findings")
    megabytes = html.stat().st_size / 1e6
    return figures, [
        Aim(
            what=f"with {found:,} findings / without, seconds",
            measured=f"{after.wall / before.wall:.2f}",
            asked="at most 1.25",
        ),
        Aim(
            what=f"with {found:,} findings / without, processor",
            measured=f"{after.cpu / before.cpu:.2f}",
            asked="at most 1.25",
        ),
        Aim(what="HTML of it", measured=f"{megabytes:.2f} MB", asked=f"below {HTML_MB:g} MB"),
        Aim(what="Chromium opens it", measured=f"{opened(html):.1f} s", asked="it opens"),
    ]


def in_turn(bench: Bench, commands: dict[str, list[str]], out: Path) -> dict[str, Figures]:
    """Medians of commands that are run one after the other, so many times."""
    runs: dict[str, list[Figures]] = {name: [] for name in commands}
    for _ in range(bench.repeat):
        for name, command in commands.items():
            runs[name].append(measure(command))
            shutil.rmtree(out, ignore_errors=True)
    return {name: median(figures) for name, figures in runs.items()}


def opened(html: Path) -> float:
    """Seconds of the clock until Chromium has drawn a file; RunError when it draws nothing."""
    shot = html.with_suffix(".png")
    shot.unlink(missing_ok=True)
    browser = shutil.which("chromium") or "chromium"
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--screenshot={shot}"]
    figures = measure([*command, "--window-size=1280,2000", html.resolve().as_uri()])
    if not shot.exists() or shot.stat().st_size < 20_000:
        raise RunError("Chromium drew nothing")
    return figures.wall


def described(name: str, figures: dict[str, Figures], aims: list[Aim]) -> str:
    """One measurement as Markdown."""
    return "\n".join(
        [
            f"## {name}",
            "",
            "| run | seconds | processor | peak MB |",
            "|---|--:|--:|--:|",
            *(f"| {n} | {f.wall:.2f} | {f.cpu:.2f} | {f.peak:.0f} |" for n, f in figures.items()),
            "",
            "| figure | measured | asked |",
            "|---|--:|---|",
            *(f"| {aim.what} | {aim.measured} | {aim.asked} |" for aim in aims),
            "",
        ]
    )


def main() -> None:
    """Read the options, run, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="once, a tenth of the size")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--work", type=Path, help="keep the generated bundles here")
    parser.add_argument("--write", action="store_true", help="write reports.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        bench = Bench(
            work=work, repeat=1 if given.quick else given.repeat, shrink=10 if given.quick else 1
        )
        parts = [
            described(name, *measured(bench))
            for name, measured in (("Many rows", large), ("Many findings", many))
        ]
    size = "full size" if bench.shrink == 1 else f"1/{bench.shrink} of the size"
    head = (
        "# What a report costs\n\nMade by `python -m benchmarks.reports`: whole processes in turn, "
        f"medians of {bench.repeat}, {size}. `validate` writes the HTML report and the record.\n\n"
        f"{machine()}\n"
    )
    text = "\n".join([head, *parts])
    print(text)
    if given.write:
        TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
