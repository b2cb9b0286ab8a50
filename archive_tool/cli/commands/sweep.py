"""``archive-tool sweep``: what is past its retention date goes, by a plan."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from click.core import ParameterSource

from archive_tool.cli import clock_note, options, unreadable
from archive_tool.cli.answer import Answer, answers
from archive_tool.cli.progress import progress
from archive_tool.errors import RetentionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive_tool.cli.keys import GivenVault
    from archive_tool.lifecycle.applying.destroy import Destroyed
    from archive_tool.lifecycle.planning.sweep_item import Item
    from archive_tool.lifecycle.planning.sweep_plan import SweepPlan
    from archive_tool.pipeline.downgrade import Swept


@click.command("sweep")
@options.store
@options.vault(required=True)
@options.path_option("--plan", "", "Write what would be destroyed to this file.")
@options.path_option("--apply", "", "Destroy exactly what the plan in this file says.")
@click.option(
    "--check",
    is_flag=True,
    help="For cron: exit 14 when something is due, or the clock runs behind the log.",
)
@click.option(
    "--bundle",
    "bundles",
    multiple=True,
    metavar="BUNDLE",
    type=click.Path(exists=True, path_type=Path),
    help="Raw bundle: the plan says whether it was archived and is due to go; repeatable.",
)
@options.as_of
@options.operator
@options.lock_wait
@answers("sweep")
def command(
    *,
    store: Path,
    vault: GivenVault,
    plan: Path | None,
    apply: Path | None,
    check: bool,
    bundles: tuple[Path, ...],
    as_of: datetime,
    operator: str,
) -> Answer:
    r"""Show what is past its retention date, write that down as a plan, and apply the plan.

    \b
      archive-tool sweep --store archives --vault keys --check
      archive-tool sweep --store archives --vault keys --plan sweep.json
      archive-tool sweep --store archives --vault keys --apply sweep.json

    A plan that was edited, was applied already or no longer fits the store is refused (19). What is
    under hold stays. A plan of a day to come (--as-of) is a preview: --apply takes it when that day
    has come, or if the same --as-of is written on its command line too.
    """
    from archive_tool.lifecycle.planning import plans, sweep_plan
    from archive_tool.pipeline.store import open_store

    if apply is not None and (plan is not None or check):
        raise UsageError(
            "--apply stands alone",
            where="sweep",
            hint="write the plan with --plan, read it, then apply it in a command of its own",
        )
    plans.refuse_other(plan, sweep_plan.SweepPlan, sweep_plan.SCHEMA)
    keys = vault.open()
    stored, now = open_store(store, vault=keys), datetime.now(UTC)
    if apply is not None:
        if click.get_current_context().get_parameter_source("as_of") is ParameterSource.DEFAULT:
            clock_note.tell_ahead(store, now)
        _refuse_unsaid(as_of, now)
        with progress("archiving what tells less", quiet=False) as shown:
            swept = stored.sweep(apply, as_of=as_of, operator=operator, progress=shown, now=now)
        return _applied(swept, as_of.date(), early=as_of.date() > now.date())
    decided = stored.plan_sweep(as_of=as_of, bundles=bundles or None, now=now)
    if plan is not None:
        decided.save(plan)
    due = decided.is_due or decided.is_behind
    code = RetentionError.exit_code if check and due else 0
    return Answer(
        text=_text(decided, plan, bundles),
        fields=_fields(decided, plan),
        exit_code=unreadable.exit_code(decided.unreadable, otherwise=code),
    )


def _refuse_unsaid(as_of: datetime, now: datetime) -> None:
    """UsageError (2) for a day to come that is not written on the command line itself.

    A variable that somebody set to look ahead must not destroy what is not due.
    """
    source = click.get_current_context().get_parameter_source("as_of")
    if as_of.date() > now.date() and source is not ParameterSource.COMMANDLINE:
        raise UsageError(
            "ARCHIVE_TOOL_AS_OF names a day to come, and what is not due today would be destroyed",
            where="sweep --apply",
            expected="--as-of DATE on the command line",
            hint="unset the variable, or give the day with --as-of if that is what you want",
        )


def _applied(swept: Swept, day: date, *, early: bool) -> Answer:
    """``early``: the day is still to come."""
    from archive_tool.report.plans import unread
    from archive_tool.report.text import count

    rest = [
        *(
            f"erased    {count(item.work.people, 'person', 'people')}, as was asked for before: "
            f"{item.certificate}"
            for item in swept.erased
        ),
        *(f"not lowered: {name}: {error}" for name, error in swept.refused.items()),
        *(
            [f"undecided {count(swept.undecided, 'data type')}: see the plan"]
            * bool(swept.undecided)
        ),
        *unread(swept.unreadable),
    ]
    fields = {
        "refused": {name: str(error) for name, error in swept.refused.items()},
        "as_of": day.isoformat(),
        "undecided": swept.undecided,
        "erased": sum(item.work.people for item in swept.erased),
        "certificates": [str(item.certificate) for item in swept.erased],
        **unreadable.fields(swept.unreadable),
    }
    refused = max((error.exit_code for error in swept.refused.values()), default=0)
    code = unreadable.exit_code(swept.unreadable, otherwise=refused)
    done = swept.destroyed
    if done is None:
        empty: dict[str, Any] = {"destroyed": [], "certificate": None}
        said = "nothing was destroyed" if swept.undecided else "nothing was due"
        text = "\n".join([*([said] if not swept.erased else []), *rest])
        return Answer(text=text, fields=empty | fields, exit_code=code)
    code = max(code, unreadable.exit_code_after(done.work.not_reached))
    tasks = done.work.tasks
    whole = sum(task.whole for task in tasks)
    lines = [
        f"destroyed {count(whole, 'archive')}, parts of {count(len(tasks) - whole, 'archive')}",
        f"keys      {len(done.work.key_ids):,} left the vault, epoch {done.epoch}",
        *(f"kept      {name}, in place of {t.archive_id}" for t in tasks for name in t.successors),
        *([f"judged by {day.isoformat()}, a day to come: log and certificate say so"] * early),
        f"proof     {done.certificate}",
        *(f"not reached: {item.what}" for item in done.work.not_reached),
    ]
    return Answer(text="\n".join([*lines, *rest]), fields=_destroyed(done) | fields, exit_code=code)


def _destroyed(done: Destroyed) -> dict[str, Any]:
    return {
        "destroyed": [
            {
                "archive": task.archive_id,
                "whole": task.whole,
                "types": task.types,
                "successors": task.successors,
            }
            for task in done.work.tasks
        ],
        "certificate": str(done.certificate),
        "epoch": done.epoch,
        "not_reached": msgspec.to_builtins(done.work.not_reached),
    }


def _fields(decided: SweepPlan, path: Path | None) -> dict[str, Any]:
    newest = decided.newest_line
    return {
        "plan": {"path": None if path is None else str(path), "digest": decided.digest},
        "as_of": decided.as_of.isoformat(),
        "archives": decided.archives,
        "due": [_item(item) for item in decided.ready],
        "held": [_item(item) for item in decided.held],
        "decisions": msgspec.to_builtins(decided.decisions),
        "bundles": msgspec.to_builtins(decided.bundles),
        "coming": msgspec.to_builtins(decided.coming),
        "not_reached": msgspec.to_builtins(decided.not_reached),
        "erasures": decided.erasures,
        "newest_line": newest and newest.isoformat(),
        **unreadable.fields(decided.unreadable),
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "archive": item.archive,
        "why": item.why,
        "whole": item.whole,
        "types": [due.data_type for due in item.due],
        "since": min((due.since.isoformat() for due in item.due), default=None),
        "files": item.files,
        "named_again": item.named,
        "lesser": None if item.lesser is None else asdict(item.lesser),
        "successors": item.successors,
        "holds": item.holds,
    }


def _text(decided: SweepPlan, path: Path | None, bundles: Sequence[Path]) -> str:
    from archive_tool.report.plans import sweep_text, unread

    lines = [sweep_text(decided, bundles)]
    if path is not None:
        lines.append(f"plan {decided.digest[:12]} written to {path}; look at it, then --apply it")
    return "\n".join([*lines, *unread(decided.unreadable)])
