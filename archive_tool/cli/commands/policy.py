"""``archive-tool policy``: what policies there are, and what one decides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.commands import policy_review as review_command
from archive_tool.cli.progress import progress

if TYPE_CHECKING:
    from archive_tool.policy import Coverage


@click.group("policy")
def command() -> None:
    r"""List, show, check and explain policies.

    \b
      archive-tool policy list
      archive-tool policy show pseudonymize > board.toml
      archive-tool policy check board.toml export.zip
      archive-tool policy review export.zip --policy board.toml --sheet words.csv
      archive-tool policy sign words.csv --vault keys --to review.json
    """


command.add_command(review_command.review)
command.add_command(review_command.sign)


@command.command("list")
@answers("policy-list")
def list_policies() -> Answer:
    """Name the ready policies."""
    from archive_tool.policy import load_policy, ready_policies
    from archive_tool.report.text import table

    policies = [load_policy(name) for name in ready_policies()]
    rows = [(policy.name, policy.version, policy.description) for policy in policies]
    return Answer(
        text=table(("policy", "version", "what it does"), rows),
        fields={
            "policies": [
                {
                    "name": policy.name,
                    "version": policy.version,
                    "description": policy.description,
                    "digest": policy.digest,
                }
                for policy in policies
            ]
        },
    )


@command.command("show")
@click.argument("name")
@answers("policy-show")
def show(*, name: str) -> Answer:
    """Print the TOML of a ready policy, to start from."""
    from archive_tool.policy import policy_text

    text = policy_text(name)
    return Answer(text=text.rstrip("\n"), fields={"name": name, "toml": text})


@command.command("check", short_help="Print what a policy decides for every field.")
@click.argument("policy")
@click.argument("bundle", required=False, type=click.Path(path_type=Path))
@options.workers
@answers("policy-check")
def check(*, policy: str, bundle: Path | None, workers: int | None) -> Answer:
    """Print what a policy decides for every field and leaf; with a bundle, for what it holds.

    Exits 13 and prints the lines to add when anything is left undecided.
    """
    from archive_tool.pipeline import lowering
    from archive_tool.policy import decide, load_policy
    from archive_tool.policy.telling import warnings
    from archive_tool.report.text import count

    loaded = load_policy(policy)
    decisions = decide(loaded)
    lowering.named(loaded, decisions)
    rows = list(decisions.coverage())
    held = None if bundle is None else _held(bundle, workers)
    if held is not None:
        rows = [row for row in rows if (row.data_type, row.column) in held]
    fields = {
        "policy": {"name": loaded.name, "version": loaded.version, "digest": loaded.digest},
        "coverage": [_row_fields(row) for row in rows],
        "undecided": [],
        "warnings": warnings(decisions),
    }
    notes = "".join(f"\nwarning: {text}" for text in warnings(decisions))
    decided = f"{count(len(rows), 'field and leaf', 'fields and leaves')} decided, none undecided"
    return Answer(text=f"{_coverage(rows)}\n\n{loaded.name}: {decided}{notes}", fields=fields)


@command.command("explain")
@click.argument("policy")
@answers("policy-explain")
def explain(*, policy: str) -> Answer:
    """Say for every field which line of the policy decides it."""
    from archive_tool.policy import decide, load_policy
    from archive_tool.report.text import table

    loaded = load_policy(policy)
    rows = list(decide(loaded).coverage())
    return Answer(
        text=table(
            ("type", "field", "action", "because"),
            [(row.data_type, _name(row), row.action, row.because) for row in rows],
        ),
        fields={
            "policy": {"name": loaded.name, "version": loaded.version, "digest": loaded.digest},
            "coverage": [_row_fields(row) for row in rows],
        },
    )


def _held(path: Path, workers: int | None) -> set[tuple[str, str]]:
    """Types and columns that have at least one value in a bundle."""
    from datetime import UTC, datetime

    from archive_tool.bundle import open_bundle
    from archive_tool.pipeline.first_pass.inventory import inventory

    with open_bundle([path]) as bundle, progress("reading", quiet=False) as shown:
        now = datetime.now(UTC)
        gathered = inventory(bundle, [path], as_of=now, progress=shown, workers=workers)
    return {
        (data_type, column)
        for data_type, counted in gathered.census.types.items()
        for column in counted.columns_seen
    }


def _name(row: Coverage) -> str:
    if row.leaf is None:
        return row.column
    return f"{row.column}.{row.leaf}" if row.leaf else f"{row.column} (value itself)"


def _row_fields(row: Coverage) -> dict[str, str | None]:
    return {
        "data_type": row.data_type,
        "column": row.column,
        "leaf": row.leaf,
        "action": row.action,
        "because": row.because,
    }


def _coverage(rows: list[Coverage]) -> str:
    from archive_tool.report.text import table

    return table(
        ("type", "field", "action"), [(row.data_type, _name(row), row.action) for row in rows]
    )
