"""Plans in words, to be looked at before they are applied: what goes, what stays, and why.

``print(plan)`` says it too. A plan lies in the lifecycle and knows nothing of reports, so its text
is attached from here: importing this module is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive_tool.lifecycle.dates.terms import Change
from archive_tool.lifecycle.planning.erase_plan import ErasePlan
from archive_tool.lifecycle.planning.sweep_plan import SweepPlan
from archive_tool.report.text import count, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.lifecycle.dates.due import Decision
    from archive_tool.lifecycle.planning.sweep_item import Item
    from archive_tool.lifecycle.unreadable import Unreadable


def sweep_text(plan: SweepPlan, bundles: Sequence[object] = ()) -> str:
    """Say what a sweep would do; ``bundles``: how the raw bundles it looked at are called."""
    lines = _going(plan.items)
    lines += [
        f"made first of {item.archive}: an archive under policy {item.lesser.name} "
        f"{item.lesser.version}, {item.lesser.digest[:12]}"
        for item in plan.ready
        if item.lesser is not None
    ]
    lines += _to_decide(plan.decisions)
    for raw in plan.bundles:
        said = f"due: archived as {', '.join(raw.archives)}" if raw.is_due else "not archived here"
        lines.append(f"raw bundle {bundles[raw.number - 1] if bundles else raw.number}: {said}")
    lines.append(plan.summary)
    if plan.erasures:
        lines.append(
            f"{count(plan.erasures, 'erasure')} that no hold keeps any more: "
            "run when the plan is applied"
        )
    if plan.as_of > plan.made.date() and plan.ready:
        lines.append(
            f"{plan.as_of.isoformat()} is a day to come: nothing is destroyed before it is due, "
            "unless --as-of says that day again when the plan is applied"
        )
    if plan.newest_line is not None and (plan.is_behind or plan.is_due):
        if_right = "; if it is right now: archive-tool audit acknowledge" if plan.is_behind else ""
        lines.append(
            f"look at the clock of this machine: it says {plan.made.date().isoformat()}, and the newest "
            f"line of the audit log is of {plan.newest_line.date().isoformat()}{if_right}"
        )
    return "\n".join(lines)


def erase_text(plan: ErasePlan) -> str:
    """Say what an erasure would do, and what it would not reach."""
    rows = [
        (i.archive, len(i.subjects), i.rows, i.files, ", ".join(i.holds) or "-") for i in plan.items
    ]
    heads = ("archive", "people", "rows", "files", "held by")
    lines = [table(heads, rows), ""] if rows else []
    lines += [plan.summary, *_mentions(plan)]
    return "\n".join([*lines, *(f"not reached: {item.what}" for item in plan.not_reached)])


def change_text(plan: Change) -> str:
    """Say which last days a change would bring nearer, and what happens then."""
    then = "" if plan.action is None else f", then {plan.action}"
    rows = sorted(plan.before.items())
    return "\n".join(f"{name}: {last} -> {plan.until}{then}" for name, last in rows)


def unread(archives: Sequence[Unreadable]) -> list[str]:
    """Name archives that could not be looked at, one line for each, and say what to do."""
    said = [f"not looked at: {item.archive}: {item.why}" for item in archives]
    if any(item.is_sealed for item in archives):
        said.append(
            "hint: put copies from after the renewal in their place, or use the vault that has their "
            "keys"
        )
    if not all(item.is_sealed for item in archives):
        said.append("hint: archive-tool verify says what is wrong; put whole copies in their place")
    return said


def _going(items: Sequence[Item]) -> list[str]:
    """Say what goes, and an empty line after it."""
    rows = [
        (
            item.archive,
            item.what,
            min((due.since.isoformat() for due in item.due), default="-"),
            item.why,
            ", ".join(item.holds) or "-",
        )
        for item in items
    ]
    return [table(("archive", "what", "since", "why", "held by"), rows), ""] if rows else []


def _to_decide(decisions: Sequence[Decision]) -> list[str]:
    """Say what waits for somebody: one line for what they can settle at once."""
    types: dict[tuple[str, ...], list[str]] = {}
    for one in decisions:
        alike = (f"{one.action} {one.archive}", f"since {one.since.isoformat()}: {one.what}")
        types.setdefault(alike, []).append(one.data_type)
    return [f"{what} {', '.join(names)} {rest}" for (what, rest), names in types.items()]


def _mentions(plan: ErasePlan) -> list[str]:
    named = sum(item.rows for item in plan.mentions)
    held = sum(item.held for item in plan.mentions)
    if not plan.rewrite_mentions:
        going, staying = 0, named
        later = "stays" if named == 1 else "stay"
    else:
        going, staying = named - held, held
        later = "will be rewritten when the hold is released"
    told = [(going, "will be rewritten"), (staying, later)]
    return [f"{count(n, 'place')} in rows of others {what}" for n, what in told if n]


def _say_sweep(plan: SweepPlan) -> str:
    return "\n".join([sweep_text(plan), *unread(plan.unreadable)])


SweepPlan.__str__ = _say_sweep  # type: ignore[assignment, method-assign]
ErasePlan.__str__ = erase_text  # type: ignore[assignment, method-assign]
Change.__str__ = change_text  # type: ignore[assignment, method-assign]
