"""A validation as plain text: one screen for the researcher, one line for cron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive_tool.model.findings import Severity
from archive_tool.report.grouping import Kind, View, counted, kinds, tally, tally_by_type
from archive_tool.report.text import count, percent, size, table
from archive_tool.report.verdict import Verdict, verdict

if TYPE_CHECKING:
    from archive_tool.model.validation import Labels, Validation

MOST_KINDS: Final = 8
"""Kinds of findings on one screen; ``--html`` and ``--json`` have all."""
MOST_UNCHECKED: Final = 4
MOST_COLUMNS: Final = 3
"""Columns of the privacy preview on one screen; those that leave come first."""
_DIGEST: Final = 16
"""Hex digits of the digest that people compare by eye."""


def line(validation: Validation, *, fail_on: Severity = Severity.ERROR) -> str:
    """One line of ``key=value`` for cron and logs."""
    found = tally(validation.findings)
    return (
        f"{verdict(validation, fail_on).word} as_of={validation.as_of:%Y-%m-%d} "
        f"sha256={validation.input.digest[:_DIGEST]} errors={found.errors} "
        f"warnings={found.warnings} notes={found.notes} "
        f"open_errors={validation.count(Severity.ERROR, accepted=False)} "
        f"not_checked={len(validation.not_checked)} "
        f"rows={validation.rows} people={validation.people} rooms={validation.rooms}"
    )


def screen(
    validation: Validation,
    *,
    labels: Labels | None = None,
    view: View | None = None,
    fail_on: Severity = Severity.ERROR,
) -> str:
    """About forty lines. With ``labels`` bundle and files have the names that their owner knows."""
    judged = verdict(validation, fail_on)
    blocks = [
        _top(validation, labels, judged),
        _types(validation),
        *_findings(validation, labels, view or View()),
        *_privacy(validation),
        *_unchecked(validation),
        f"next: {judged.next_step}",
    ]
    return "\n\n".join(blocks)


def _top(validation: Validation, labels: Labels | None, judged: Verdict) -> str:
    stamp = validation.input
    name = labels.name if labels else stamp.name
    agents = f" and {count(validation.agents, 'agent')}" if validation.agents else ""
    alone = f" and {stamp.ignored} left alone" if stamp.ignored else ""
    return (
        f"{judged.word}: {judged.title[:1].lower()}{judged.title[1:]}\n"
        f"{name}, {count(stamp.files, 'file')}{alone}, {size(stamp.bytes)}, "
        f"sha256 {stamp.digest[:_DIGEST]}…, as of {validation.as_of:%Y-%m-%d}\n"
        f"{count(validation.tables, 'table')}, {count(validation.rows, 'row')}, "
        f"{count(validation.people, 'person', 'people')}{agents}, "
        f"{count(validation.rooms, 'room')}"
    )


def _types(validation: Validation) -> str:
    by_type = tally_by_type(validation.findings, [entry.data_type for entry in validation.overview])
    rows = []
    for entry in validation.overview:
        found = by_type[entry.data_type]
        if not entry.rows and not found.all:
            continue
        share = None if entry.complete is None else percent(entry.complete)
        rows.append(
            (entry.data_type, entry.rows, entry.people, entry.rooms, share,
             found.errors, found.warnings)
        )  # fmt: skip
    head = ("type", "rows", "people", "rooms", "complete", "errors", "warnings")
    if not rows:
        return "  no rows of a data type that can be archived"
    copies = sum(entry.copies for entry in validation.overview)
    folded = f"\n  {count(copies, 'further row')} of overlapping downloads counted once"
    return table(head, rows) + (folded if copies else "")


def _findings(validation: Validation, labels: Labels | None, view: View) -> list[str]:
    if not validation.findings:
        return []
    shown = [f for f in validation.findings if f.severity.rank <= view.min_severity.rank]
    listed = kinds(shown, cap=1, accepted=validation.accepted)
    lines = [counted(validation.findings, {entry.code for entry in validation.accepted})]
    for kind in listed[:MOST_KINDS]:
        lines += _kind(kind, labels)
    if len(listed) > MOST_KINDS:
        rest = sum(kind.total for kind in listed[MOST_KINDS:])
        more = count(len(listed) - MOST_KINDS, "more kind")
        lines.append(f"  … and {more} ({count(rest, 'finding')}): --html F or --json has all")
    if len(shown) < len(validation.findings):
        lines.append(
            f"  … and {len(validation.findings) - len(shown):,} below {view.min_severity.value}"
        )
    return ["\n".join(lines)]


def _kind(kind: Kind, labels: Labels | None) -> list[str]:
    first = kind.places[0]
    file = labels.files.get(first.file, first.file) if labels and first.file else first.file
    where = " ".join(part for part in (first.data_type, file, first.column) if part)
    numbers = [kind.amount] if kind.rows else []
    if kind.total > 1:
        numbers.append(count(kind.total, "place"))
        where = f"first: {where}" if where else where
    told = f" ({', '.join(numbers)})" if numbers else ""
    mark = "accepted" if kind.because is not None else kind.severity.value
    return [f"  {mark:8} {kind.code}{told}  {where}".rstrip(), f"           {kind.message}"]


def _privacy(validation: Validation) -> list[str]:
    """What looks personal, by column, and what the policy that was given does with it."""
    if not validation.policy:
        return []
    found = sorted(validation.privacy, key=lambda row: row.action == "drop")
    head = f"under {validation.policy}: {count(len(found), 'column')} with cells that look personal"
    rows = [
        (
            f"{row.data_type} {row.column}",
            row.email,
            row.phone,
            row.ip,
            row.url,
            row.name,
            row.action,
        )
        for row in found[:MOST_COLUMNS]
    ]
    names = ("column", "e-mail", "phone", "ip", "url", "name", "policy")
    lines = [head, *([table(names, rows)] if rows else [])]
    if len(found) > MOST_COLUMNS:
        lines.append(f"  … and {len(found) - MOST_COLUMNS} more: --html F or --json has all")
    return ["\n".join(lines)]


def _unchecked(validation: Validation) -> list[str]:
    if not validation.not_checked:
        return []
    lines = [f"not checked: {len(validation.not_checked)}"]
    lines += [f"  {entry.what}: {entry.why}" for entry in validation.not_checked[:MOST_UNCHECKED]]
    rest = len(validation.not_checked) - MOST_UNCHECKED
    if rest > 0:
        lines.append(f"  … and {rest} more: --html F or --json has all")
    return ["\n".join(lines)]
