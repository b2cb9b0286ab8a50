"""Rows of made-up people for summary tables, and tables declared as a policy declares them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from archive_tool.disclose.aggregate import Aggregation
from archive_tool.policy import decide, load_policy, parse
from archive_tool.schemas import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from archive_tool.disclose.protection.table import AggregateTable
    from archive_tool.disclose.releases.ledger import Ledger
    from archive_tool.policy import Decisions

RATINGS = "ratings/continuous"
POLICY = load_policy("aggregate-only")
ONE = 'name = "one"\ntype = "ratings/continuous"\ndimensions = ["componentId"]\n'


def declared(*tables: str, aggregate: str = "", fields: str = "") -> Decisions:
    """The ready policy with tables of its own; each is what stands below its header."""
    text = POLICY.text.replace("[aggregate]\n", "[aggregate]\n" + aggregate)
    for line in aggregate.splitlines():
        name = line.partition("=")[0].strip()
        kept = [one for one in text.splitlines() if one.partition("=")[0].strip() != name]
        text = "\n".join(kept).replace("[aggregate]", f"[aggregate]\n{line}")
    text += "\n" + fields + "".join(f"\n[[aggregate.table]]\n{table}\n" for table in tables)
    return decide(parse(text, where="test.toml"))


def own(person: int, _row: int) -> float:
    """A value that differs from person to person."""
    return 1.0 + person / 100


def people_in(
    cell: dict[str, Any], people: Iterable[int], each: int = 1,
    value: Callable[[int, int], Any] = own,
) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of some people in one cell; two people share a room."""
    return [
        {"participantId": f"u{n}", "roomId": f"r{n // 2}", "value": value(n, row), **cell}
        for n in people
        for row in range(each)
    ]


def rated(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """A bundle of ratings, named by their number: rows with a time each."""
    for number, row in enumerate(rows):
        row |= {"timestamp": f"2026-10-20T14:30:{number % 60:02d}.000Z", "onset": 100.0 * number}
    bundle = folder / f"bundle-{len(rows)}"
    bundle.mkdir(exist_ok=True)
    (bundle / "ratings_continuous.json").write_text(json.dumps(rows))
    return bundle


def tables_of(
    rows: list[dict[str, Any]], decisions: Decisions, *, data_type: str = RATINGS,
    leave_out: Iterable[str] = (), ledger: Ledger | None = None, name: str = "",
) -> dict[str, AggregateTable]:  # fmt: skip
    """Protected tables by name; with a ledger and a name they are also written down in it."""
    from tests.support.pipelines import NOW

    made = Aggregation(decisions=decisions, leave_out=frozenset(leave_out), ledger=ledger)
    made.add(data_type, pa.Table.from_pylist(rows, schema=arrow_schema(data_type)))
    released = made.tables()
    if ledger is not None and name:
        ledger.add(made.release(released, ledger, name=name, made=NOW))
    return {table.name: table for table in released}


def cells(table: AggregateTable, *names: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """Rows of a table by their levels."""
    return {tuple(row[name] for name in names): row for row in table.table.to_pylist()}


def at(component: str, state: str | None = None) -> dict[str, Any]:
    """A cell by component and state."""
    return {"componentId": component, "stateId": state}


def statuses(table: AggregateTable, *names: str) -> dict[tuple[str, ...], str]:
    """What is said of each cell, by its levels."""
    return {key: row["status"] for key, row in cells(table, *names).items()}


def answers(component: str, people: Iterable[int], answer: str) -> list[dict[str, Any]]:
    """Events of people who gave an answer, each in a room of their own."""
    return [
        {"participantId": f"u{n}", "roomId": f"r{n}", "componentId": component,
         "eventType": "response", "response": f'{{"value":"{answer}"}}'}
        for n in people
    ]  # fmt: skip
