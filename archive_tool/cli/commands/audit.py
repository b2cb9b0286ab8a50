"""``archive-tool audit``: what was done to a store, and whether the log of it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archive_tool.cli import options
from archive_tool.cli.answer import Answer, answers
from archive_tool.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from archive_tool.cli.keys import GivenVault
    from archive_tool.lifecycle.audit_log.lost_lines import Acknowledged
    from archive_tool.lifecycle.audit_log.record import Record


@click.group("audit")
def command() -> None:
    r"""Show and check the audit log of a store.

    \b
      archive-tool audit show   --store archives
      archive-tool audit verify --store archives --vault keys
      archive-tool audit acknowledge --store archives --vault keys --reason "disk of 2026 lost"
    """


@command.command("show", short_help="List the lines of the log, oldest first.")
@options.store
@answers("audit-show")
def show(*, store: Path) -> Answer:
    """List the lines of the log, oldest first; stops at the first bad one (16)."""
    from archive_tool.pipeline.store import open_store
    from archive_tool.report.text import table

    records = open_store(store).log()
    rows = [
        (r.line, r.time.isoformat(timespec="seconds"), r.event, r.phase, _said(r)) for r in records
    ]
    text = table(("line", "time", "event", "phase", "detail"), rows) if rows else "no lines"
    return Answer(text=text, fields={"lines": [_fields(record) for record in records]})


@command.command("verify", short_help="Check the chain of the log and its checkpoints.")
@options.store
@options.vault(required=False)
@answers("audit-verify")
def verify(*, store: Path, vault: GivenVault) -> Answer:
    """Check the chain of the log, and every checkpoint of it in archives and vault.

    Exits 16 and names the first line that was changed, moved, added or is missing.
    """
    from archive_tool.pipeline.store import open_store

    keys = vault.open_if_named()
    report = open_store(store, vault=keys).audit()
    fields = {
        "lines": report.lines,
        "head": report.head,
        "checkpoints": report.checkpoints,
        "lost": [_lost_fields(one) for one in report.lost],
    }
    return Answer(text=str(report), fields=fields)


@command.command(
    "acknowledge", short_help="Go on after lines of the log were lost, or a clock was ahead."
)
@options.store
@options.vault(required=True)
@click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    help="How it came about. It is kept: write no name and no id.",
)
@options.lock_wait
@answers("audit-acknowledge")
def acknowledge(
    *,
    store: Path,
    vault: GivenVault,
    reason: str,
) -> Answer:
    """Go on after lines of the log were lost, as after a restore from a backup.

    Writes a signed line that lists what archives and vault know of the lost ones. From then on audit
    verify ends with 0 again, and names the loss each time.

    Where none is missing: lines that are later than the clock of this machine were written by one that
    was ahead. They keep nothing waiting any more.
    """
    from archive_tool.lifecycle.audit_log.clocks import LINES
    from archive_tool.pipeline.store import open_store
    from archive_tool.report.text import count

    keys = vault.open()
    opened = open_store(store, vault=keys)
    try:
        done = opened.acknowledge_lost_lines(reason=reason)
    except UsageError as nothing_lost:
        try:
            line = opened.acknowledge_clock(reason=reason)
        except UsageError:
            raise nothing_lost from None
        ahead = count(line.detail[LINES], "line")
        text = f"clock ahead: {ahead}, acknowledged in line {line.line}: {reason}"
        return Answer(text=text, fields={"lost": None, "ahead": _fields(line)})
    return Answer(text=done.summary, fields={"lost": _lost_fields(done), "ahead": None})


def _lost_fields(one: Acknowledged) -> dict[str, Any]:
    return {
        "first": one.about.first,
        "last": one.about.last,
        "reason": one.about.reason,
        "time": one.about.time.isoformat(),
        "line": one.line,
    }


def _fields(record: Record) -> dict[str, Any]:
    return {
        "line": record.line,
        "time": record.time.isoformat(),
        "event": record.event,
        "phase": record.phase,
        "detail": record.detail,
        "hash": record.hash,
    }


def _said(record: Record) -> str:
    from archive_tool.lifecycle.audit_log.lost_lines import SIGNED

    parts = []
    for name, value in record.detail.items():
        if name == SIGNED:
            continue
        if isinstance(value, list):
            parts.append(f"{name}={len(value)}" if len(value) > 1 else f"{name}={''.join(value)}")
        else:
            short = str(value)
            parts.append(f"{name}={short[:12] if len(short) == 64 else short}")
    return " ".join(parts)
