"""Protected tables against the bare group-by of polars and DuckDB, and the audit as it grows.

    python -m benchmarks.aggregates [--rows N] [--repeat N]

5 million ratings of 2,000 people: a table of 500 components and a time course of 300 bins, each
with rows, people, mean and standard deviation. The peers count and average; they protect nothing.
The rows lie in memory, the competitors take turns, and the median counts.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from archive_tool.disclose.aggregate import Aggregation
from archive_tool.policy import decide, load_policy, parse
from archive_tool.schemas import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive_tool.disclose.protection.hiding.cells import Hiding

PEOPLE = 2000
COMPONENTS = 500
BINS = 300
TABLES = """
[[aggregate.table]]
name = "by_component"
type = "ratings/continuous"
dimensions = ["componentId"]
measure = "value"

[[aggregate.table]]
name = "course"
type = "ratings/continuous"
dimensions = [{column = "onset", bin = 1000}]
measure = "value"
"""


def ratings(rows: int) -> pa.Table:
    """Continuous ratings in the columns that ingest gives."""
    draw = np.random.default_rng(7)
    person = np.repeat(np.arange(PEOPLE), rows // PEOPLE)
    component = draw.integers(0, COMPONENTS, len(person))
    given = {
        "participantId": _words(person, [f"P{n:05d}" for n in range(PEOPLE)]),
        "roomId": _words(person // 2, [f"R{n:04d}" for n in range(PEOPLE // 2)]),
        "componentId": _words(component, [f"component_{n}" for n in range(COMPONENTS)]),
        "onset": pa.array(draw.uniform(0, BINS * 1000, len(person))),
        "value": pa.array(draw.uniform(0, 100, len(person))),
    }
    return pa.table(given)


def ours(table: pa.Table) -> object:
    """Both protected tables."""
    made = Aggregation(decisions=POLICY)
    made.add("ratings/continuous", table)
    return made.tables()


def polars(table: pa.Table) -> object:
    """The bare group-bys."""
    import polars as pl

    frame = pl.DataFrame(pl.from_arrow(table)).lazy()
    figures = [
        pl.len().alias("rows"),
        pl.col("participantId").n_unique().alias("people"),
        pl.col("value").mean().alias("mean"),
        pl.col("value").std().alias("sd"),
    ]
    return pl.collect_all(
        [
            frame.group_by("componentId").agg(figures),
            frame.group_by((pl.col("onset") // 1000).alias("bin")).agg(figures),
        ]
    )


def duckdb(table: pa.Table) -> object:
    """The same in SQL."""
    import duckdb

    figures = "count(*), count(distinct participantId), avg(value), stddev(value)"
    memory = duckdb.connect()
    memory.register("given", table)
    return [
        memory.execute(f"select {key}, {figures} from given group by 1").fetchall()
        for key in ("componentId", "floor(onset / 1000)")
    ]


def audit(rows: int, columns: int) -> tuple[int, float, float]:
    """Protect a two-way table with many small cells: hidden cells, seconds, seconds of the audit."""
    from archive_tool.disclose.protection.hiding.audits import Audits
    from archive_tool.disclose.protection.sheet import PRIMARY

    draw = np.random.default_rng(11)
    sizes = np.where(draw.random((rows, columns)) < 0.08, draw.integers(1, 9, (rows, columns)),
                     draw.integers(12, 60, (rows, columns))).reshape(-1)  # fmt: skip
    cell = np.repeat(np.arange(rows * columns), sizes)
    person = np.arange(len(cell))
    table = pa.table(
        {
            "participantId": _words(person, [f"P{n}" for n in range(len(cell))]),
            "componentId": _words(cell // columns, [f"c{n}" for n in range(rows)]),
            "stateId": _words(cell % columns, [f"s{n}" for n in range(columns)]),
        }
    )
    seen: list[Hiding] = []
    hide = Audits.hide

    def watched(self: Audits) -> bool:
        seen.append(self.hiding)
        return hide(self)

    Audits.hide = watched  # type: ignore[method-assign]
    began = time.perf_counter()
    made = Aggregation(decisions=CROSSED)
    made.add("ratings/continuous", table)
    made.tables()
    whole = time.perf_counter() - began
    Audits.hide = hide  # type: ignore[method-assign]
    done = seen[0]
    again = Audits(hiding=done)  # remembers nothing
    began = time.perf_counter()
    assert not again.hide()
    seconds = time.perf_counter() - began
    unsafe = sum(int((s == PRIMARY).sum()) for o in done.sheets for s in o.status.values())
    return unsafe, whole, seconds


def in_any_order(components: int) -> tuple[int, float]:
    """Protect a time course where components stand in another order for everybody.

    60 people, of whom 8 to 24 saw each component at any time: nearly every cell of component and bin
    is of few. Rows, seconds.
    """
    draw = np.random.default_rng(3)
    shown = [draw.choice(60, draw.integers(8, 25), replace=False) for _ in range(components)]
    person = np.concatenate(shown)
    component = np.repeat(np.arange(components), [len(who) for who in shown])
    times = draw.integers(1, 30, len(person))
    person, component = np.repeat(person, times), np.repeat(component, times)
    table = pa.table(
        {
            "participantId": _words(person, [f"P{n}" for n in range(60)]),
            "componentId": _words(component, [f"c{n}" for n in range(components)]),
            "onset": pa.array(draw.uniform(0, 300_000, len(person))),
            "value": pa.array(draw.uniform(0, 100, len(person))),
        }
    )
    made = Aggregation(decisions=decide(load_policy("aggregate-only")))
    began = time.perf_counter()
    made.add("ratings/continuous", table)
    made.tables()
    return len(person), time.perf_counter() - began


def _words(codes: np.ndarray, words: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(words))


def _seconds(work: Callable[[pa.Table], object], table: pa.Table) -> tuple[float, float]:
    """Seconds on the clock, and of all processors."""
    began, busy = time.perf_counter(), time.process_time()
    work(table)
    return time.perf_counter() - began, time.process_time() - busy


_BARE = load_policy("aggregate-only").text
POLICY = decide(parse(_BARE + TABLES, where="benchmark"))
CROSSED = decide(
    parse(
        _BARE
        + '[[aggregate.table]]\nname = "cross"\ntype = "ratings/continuous"\n'
        + 'dimensions = ["componentId", "stateId"]\n',
        where="benchmark",
    )
)


def _medians(seconds: list[tuple[float, float]]) -> tuple[float, float]:
    """Medians, without the first run."""
    clock, busy = zip(*seconds[1:], strict=True)
    return statistics.median(clock), statistics.median(busy)


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    table = ratings(given.rows)
    assert set(table.column_names) <= set(arrow_schema("ratings/continuous").names)
    runs: dict[str, list[tuple[float, float]]] = {"protected": [], "polars": [], "DuckDB": []}
    for _ in range(given.repeat + 1):
        for name, work in (("protected", ours), ("polars", polars), ("DuckDB", duckdb)):
            runs[name].append(_seconds(work, table))
    print(f"{given.rows:,} rows, {PEOPLE:,} people, {COMPONENTS} cells and {BINS} bins")
    mine = _medians(runs["protected"])
    for name, seconds in runs.items():
        clock, busy = _medians(seconds)
        print(f"  {name:10} {clock:.2f} s, ratio {mine[0] / clock:.1f}; "
              f"processors {busy:.2f} s, ratio {mine[1] / busy:.1f}")  # fmt: skip
    for rows, columns in ((40, 25), (100, 40), (200, 50)):
        hidden, whole, audited = audit(rows, columns)
        print(f"{rows} x {columns}: {hidden} unsafe, all {whole:.2f} s, audit {audited:.2f} s")
    for components in (150, 300, 600):
        lines, took = in_any_order(components)
        print(f"{components} components in any order, {lines:,} rows: {took:.1f} s")


if __name__ == "__main__":
    main()
